//! The Rust side of the prelude's driver (`npm/isolane/src/prelude/driver.ts`): its functions, its
//! input buffer and its control words.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use isolane_core::{Attachment, Cut, Input, Output, Shared};
use v8::{BackingStore, Global, Local, PinScope, SharedRef, Value};

use crate::budget::{Budget, Charge};
use crate::engine::V8Options;
use crate::natives;
use crate::prelude::Prelude;
use crate::signal::Signal;
use crate::source::{self, Stop};

/// Control words, as in `native.ts`.
const CONTROL_WORDS: usize = 6;
const CONTROL_STATUS: usize = 0;
const CONTROL_LOGS: usize = 1;
const CONTROL_CUT_LOGS: usize = 2;
const CONTROL_CUT_ERRORS: usize = 3;
const CONTROL_ATTACHMENTS: usize = 4;

/// From this size on memory that the driver gives away is taken over; below it is copied, and its
/// buffer left to the isolate's budget.
const TAKE_OVER_FROM: usize = 64 << 10;

/// From this size on raw items are read where they are: below it a copy is cheaper than a buffer.
const IN_PLACE_FROM: usize = 64 << 10;

/// Arrays of any kind can start at multiples of this.
const BUFFER_ALIGNMENT: usize = 8;

/// Bytes in a page of a WebAssembly memory.
const WASM_PAGE: usize = 64 << 10;

/// Values of the status word, as `Status` in `protocol.ts`.
const STATUS_FAILED: i32 = 1;
const STATUS_PENDING: i32 = 2;

/// First byte of a failure that could not be told in the codec's format; UTF-8 text follows. The
/// codec's version bytes are others.
const PLAIN_TEXT: u8 = 0xff;

/// How a chunk ended.
pub(crate) enum Ending {
    Done(Output),
    Failed(Bytes),
    /// JavaScript was terminated: by an interrupt, or by the heap guard. What the chunk answered
    /// where it was already through, and only what it had left behind was still at work; empty
    /// otherwise.
    Terminated(Bytes),
}

impl Ending {
    /// Nothing came of it.
    pub(crate) const CUT: Self = Self::Terminated(Bytes::new());
}

pub(crate) struct Driver {
    /// The receiver of the functions.
    object: Global<Value>,
    reserve: Global<v8::Function>,
    call: Global<v8::Function>,
    settle: Global<v8::Function>,
    salvage: Global<v8::Function>,
    fail: Global<v8::Function>,
    share: Global<v8::Function>,
    select: Global<v8::Function>,
    forget: Global<v8::Function>,
    take_logs: Global<v8::Function>,
    allocate: Global<v8::Function>,
    take_attachments: Global<v8::Function>,
    name_helper: Global<Value>,
    control: Memory,
    input: Memory,
}

/// The memory of an `ArrayBuffer` of the prelude's. User code is not meant to reach the buffer; if it
/// did, and detached it, the memory would still be here.
struct Memory {
    start: NonNull<u8>,
    length: usize,
    /// Keeps `start` valid, whatever becomes of the buffer.
    _store: SharedRef<BackingStore>,
}

impl Memory {
    /// `None` for memory that JavaScript could shrink.
    fn of(buffer: Local<'_, v8::ArrayBuffer>) -> Option<Self> {
        let store = buffer.get_backing_store();
        if store.is_resizable_by_user_javascript() {
            return None;
        }
        Some(Self {
            start: store.data()?.cast::<u8>(),
            length: store.byte_length(),
            _store: store,
        })
    }

    fn write(&mut self, offset: usize, bytes: &[u8]) {
        assert!(
            offset <= self.length && bytes.len() <= self.length - offset,
            "input was reserved"
        );
        // SAFETY: the range is inside the memory (asserted), which `_store` keeps alive and nothing
        // makes smaller (`of`); no JavaScript runs on this thread now, and no other thread knows it.
        unsafe {
            std::ptr::copy_nonoverlapping(
                bytes.as_ptr(),
                self.start.as_ptr().add(offset),
                bytes.len(),
            );
        }
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: the memory is initialised, kept alive by `_store`, and not written while a
        // reference is about: no JavaScript runs meanwhile, or none that knows the buffer.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }

    fn word(&self, index: usize) -> i32 {
        assert!((index + 1) * 4 <= self.length, "control words are few");
        // SAFETY: in bounds (asserted) and kept alive, as in `write`; JavaScript writes it on this
        // thread only, and does not run now.
        unsafe {
            self.start
                .as_ptr()
                .cast::<i32>()
                .add(index)
                .read_unaligned()
        }
    }
}

impl Driver {
    /// Runs the prelude in the current context.
    pub(crate) fn load(
        scope: &mut PinScope<'_, '_>,
        options: &V8Options,
        prelude: &mut Prelude,
    ) -> Result<Self, String> {
        let (function, first) = prelude.function(scope)?;
        let (native, control) =
            Self::native(scope, options).ok_or("no memory for the prelude's natives")?;
        let driver = source::evaluate(scope, function, &[native.into()])
            .map_err(|stop| stop.describe(scope))?
            .try_cast::<v8::Object>()
            .map_err(|_| "the prelude gave no driver")?;
        let driver = Self::extract(scope, driver, control).ok_or("the driver lacks a function")?;
        if let Some(first) = first {
            driver.warm_up(scope);
            first.keep_code();
        }
        Ok(driver)
    }

    fn native<'s>(
        scope: &mut PinScope<'s, '_>,
        options: &V8Options,
    ) -> Option<(Local<'s, v8::Object>, Memory)> {
        let native = v8::Object::new(scope);
        natives::define(scope, native)?;
        for (name, cap) in [
            ("maxLogRecords", options.caps.log_records),
            ("maxLogSize", options.caps.log_size),
            ("maxErrorSize", options.caps.error_size),
        ] {
            let name = v8::String::new(scope, name)?;
            let cap = v8::Integer::new_from_unsigned(scope, cap);
            native.set(scope, name.into(), cap.into())?;
        }
        let words = v8::ArrayBuffer::new_backing_store_from_vec(vec![0; CONTROL_WORDS * 4]);
        let buffer = v8::ArrayBuffer::with_backing_store(scope, &words.make_shared());
        let lent = [
            ("control", buffer.into()),
            ("codegen", v8::Boolean::new(scope, options.eval).into()),
            ("wasm", v8::Boolean::new(scope, options.wasm).into()),
            (
                "wasmPages",
                length_value(scope, options.memory_limit / 2 / WASM_PAGE),
            ),
        ];
        for (name, value) in lent {
            let name = v8::String::new(scope, name)?;
            native.set(scope, name.into(), value)?;
        }
        Some((native, Memory::of(buffer)?))
    }

    fn extract(
        scope: &mut PinScope<'_, '_>,
        driver: Local<'_, v8::Object>,
        control: Memory,
    ) -> Option<Self> {
        let function = |name: &str| {
            let name = v8::String::new(scope, name)?;
            let value = driver
                .get(scope, name.into())?
                .try_cast::<v8::Function>()
                .ok()?;
            Some(Global::new(scope, value))
        };
        let reserve = function("reserve")?;
        let call = function("call")?;
        let settle = function("settle")?;
        let salvage = function("salvage")?;
        let fail = function("fail")?;
        let share = function("share")?;
        let select = function("select")?;
        let forget = function("forget")?;
        let take_logs = function("takeLogs")?;
        let allocate = function("allocate")?;
        let take_attachments = function("takeAttachments")?;
        let name_helper = function("nameHelper")?;
        let name_helper: Local<'_, Value> = Local::new(scope, &name_helper).into();
        let object: Local<'_, Value> = driver.into();
        let object = Global::new(scope, object);
        let input = reserve_input(scope, &object, &reserve, 0).ok()?;
        Some(Self {
            object,
            reserve,
            call,
            settle,
            salvage,
            fail,
            share,
            select,
            forget,
            take_logs,
            allocate,
            take_attachments,
            name_helper: Global::new(scope, name_helper),
            control,
            input,
        })
    }

    /// Has V8 compile what every realm's first call needs, so that the code cache has it.
    fn warm_up(&self, scope: &mut PinScope<'_, '_>) {
        let object = Local::new(scope, &self.object);
        let name = v8::String::new(scope, "warmUp");
        let warm_up = name
            .and_then(|name| {
                object
                    .try_cast::<v8::Object>()
                    .ok()?
                    .get(scope, name.into())
            })
            .and_then(|value| value.try_cast::<v8::Function>().ok());
        if let Some(warm_up) = warm_up {
            // Whatever came of it, the driver starts each call afresh.
            let _ = source::call(scope, warm_up, object, &[]);
        }
    }

    /// `__name`, which transpilers leave in functions.
    pub(crate) fn name_helper<'s>(&self, scope: &PinScope<'s, '_>) -> Local<'s, Value> {
        Local::new(scope, &self.name_helper)
    }

    /// Makes room for `size` bytes of input.
    pub(crate) fn reserve(
        &mut self,
        scope: &mut PinScope<'_, '_>,
        size: usize,
    ) -> Result<(), Ending> {
        if size > self.input.length {
            match reserve_input(scope, &self.object, &self.reserve, size) {
                Ok(input) => self.input = input,
                Err(stop) => return Err(self.refuse_thrown(scope, stop)),
            }
        }
        Ok(())
    }

    /// Writes input at `offset`, for which room was reserved.
    pub(crate) fn write(&mut self, offset: usize, bytes: &[u8]) {
        self.input.write(offset, bytes);
    }

    /// Buffers of the isolate's own with what is attached to a call's input, for the function to
    /// keep; `undefined` for nothing. What the pool owns is not copied; the budget counts it from now on.
    pub(crate) fn attach<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        attachments: &[Attachment],
    ) -> Result<Local<'s, Value>, Ending> {
        if attachments.is_empty() {
            return Ok(v8::undefined(scope).into());
        }
        let mut buffers: Vec<Local<'_, Value>> = Vec::with_capacity(attachments.len());
        for input in attachments.iter().filter_map(Attachment::take) {
            let buffer = match adopted(scope, input) {
                Ok(buffer) => buffer,
                Err(input) => self.copied(scope, &input)?,
            };
            buffers.push(buffer.into());
        }
        Ok(v8::Array::new_with_elements(scope, &buffers).into())
    }

    /// A buffer that the driver allocates: with a RangeError where there is no memory for it.
    fn copied<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        input: &Input,
    ) -> Result<Local<'s, v8::ArrayBuffer>, Ending> {
        let length = length_value(scope, input.len());
        let buffer = invoke(scope, &self.object, &self.allocate, &[length])
            .map_err(|stop| self.refuse_thrown(scope, stop))?
            .try_cast::<v8::ArrayBuffer>()
            .map_err(|_| Ending::CUT)?;
        // An empty buffer has no memory.
        if !input.is_empty() {
            let mut memory = Memory::of(buffer).ok_or(Ending::CUT)?;
            // Taken back: the host is going away, and the pool with it.
            input
                .read(|bytes| memory.write(0, bytes))
                .map_err(|_| Ending::CUT)?;
        }
        Ok(buffer)
    }

    /// A buffer over raw items that the pool owns, for the driver to read them where they are; `None`
    /// where they are to be written into the input. It is lent for one call, and not counted by the
    /// budget.
    pub(crate) fn lend<'s>(
        scope: &mut PinScope<'s, '_>,
        parts: &[Input],
    ) -> Option<Local<'s, v8::ArrayBuffer>> {
        let [Input::Owned(bytes)] = parts else {
            return None;
        };
        if bytes.len() < IN_PLACE_FROM || bytes.as_ptr().align_offset(BUFFER_ALIGNMENT) != 0 {
            return None;
        }
        let start = bytes.as_ptr().cast_mut().cast::<c_void>();
        let owner = Box::into_raw(Box::new(bytes.clone())).cast::<c_void>();
        // SAFETY: the box keeps the bytes valid until V8 calls the deleter, once. Nobody writes to
        // them: only the driver holds the buffer, which reads it, item by item. Should anybody come
        // by it and write, then to the items of this chunk alone, which nobody else reads.
        let memory = unsafe {
            v8::ArrayBuffer::new_backing_store_from_ptr(start, bytes.len(), drop_bytes, owner)
        };
        Some(v8::ArrayBuffer::with_backing_store(
            scope,
            &memory.make_shared(),
        ))
    }

    /// Runs the chunk that was written; `arguments` as `Driver.call` in `driver.ts`.
    ///
    /// V8 uses a termination up when the outermost call returns, and does not say that microtasks
    /// were cut short: `signal` tells whether an interrupt has come. After one nothing runs here that
    /// could need another.
    pub(crate) fn call<'s>(
        &mut self,
        scope: &mut PinScope<'s, '_>,
        arguments: &[Local<'s, Value>],
        signal: &Signal,
    ) -> Ending {
        let output = invoke(scope, &self.object, &self.call, arguments);
        let mut ending = self.ending(scope, output);
        if matches!(ending, Some(Ending::Terminated(_))) {
            return Ending::CUT;
        }
        // Also without a promise as result: what the function left behind belongs to this call.
        scope.perform_microtask_checkpoint();
        if ending.is_none() && !signal.is_raised() && !scope.is_execution_terminating() {
            let output = invoke(scope, &self.object, &self.settle, &[]);
            ending = self.ending(scope, output);
            // Getters of the results may have left something behind too.
            scope.perform_microtask_checkpoint();
        }
        let is_cut = signal.is_raised() || scope.is_execution_terminating();
        match ending {
            Some(Ending::Done(output)) if is_cut => Ending::Terminated(output.bytes),
            Some(ending) if !is_cut => ending,
            _ => Ending::CUT,
        }
    }

    /// What the call that was terminated had finished, encoded; empty for nothing. Runs none of the
    /// user's code, and no microtasks.
    pub(crate) fn salvage(&self, scope: &mut PinScope<'_, '_>) -> Bytes {
        invoke(scope, &self.object, &self.salvage, &[]).map_or_else(|_| Bytes::new(), copy_out)
    }

    /// What an output and the status word say; `None` for a chunk that waits for promises.
    fn ending<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        output: Result<Local<'s, Value>, Stop<'s>>,
    ) -> Option<Ending> {
        match output {
            Ok(output) => match self.control.word(CONTROL_STATUS) {
                STATUS_PENDING => None,
                STATUS_FAILED => Some(Ending::Failed(copy_out(output))),
                _ => {
                    let attachments = self.take_attachments(scope);
                    let bytes = take_out(output);
                    Some(Ending::Done(Output { bytes, attachments }))
                }
            },
            Err(stop) => Some(self.refuse_thrown(scope, stop)),
        }
    }

    /// What is attached to the output, copied: the function may have kept it.
    fn take_attachments(&self, scope: &mut PinScope<'_, '_>) -> Vec<Bytes> {
        let count = self.control.word(CONTROL_ATTACHMENTS).cast_unsigned();
        if count == 0 {
            return Vec::new();
        }
        let list = invoke(scope, &self.object, &self.take_attachments, &[])
            .ok()
            .and_then(|list| list.try_cast::<v8::Array>().ok());
        let Some(list) = list else {
            return Vec::new();
        };
        (0..count)
            .filter_map(|index| list.get_index(scope, index).map(copy_out))
            .collect()
    }

    /// Decodes a shared value in the isolate.
    pub(crate) fn share(
        &mut self,
        scope: &mut PinScope<'_, '_>,
        value: &Arc<Shared>,
    ) -> Result<(), Ending> {
        self.reserve(scope, value.bytes().len())?;
        self.write(0, value.bytes());
        let arguments = [
            id_value(scope, value.id()),
            length_value(scope, value.bytes().len()),
        ];
        let output = invoke(scope, &self.object, &self.share, &arguments);
        match self.ending(scope, output) {
            Some(Ending::Done(_)) => Ok(()),
            Some(ending) => Err(ending),
            None => Err(Ending::CUT),
        }
    }

    /// Says which shared values the next calls see.
    pub(crate) fn select(
        &self,
        scope: &mut PinScope<'_, '_>,
        shared: &[Arc<Shared>],
    ) -> Result<(), Ending> {
        let names = shared
            .iter()
            .map(|value| v8::String::new(scope, value.name()).map(Into::into))
            .collect::<Option<Vec<Local<'_, Value>>>>()
            .ok_or(Ending::CUT)?;
        let ids: Vec<_> = shared
            .iter()
            .map(|value| id_value(scope, value.id()))
            .collect();
        let names = v8::Array::new_with_elements(scope, &names).into();
        let ids = v8::Array::new_with_elements(scope, &ids).into();
        match invoke(scope, &self.object, &self.select, &[names, ids]) {
            Ok(_) => Ok(()),
            Err(stop) => Err(self.refuse_thrown(scope, stop)),
        }
    }

    /// Lets a shared value go.
    pub(crate) fn forget(&self, scope: &mut PinScope<'_, '_>, id: u64) {
        let id = id_value(scope, id);
        // It removes a map entry; nothing in it can fail.
        let _ = invoke(scope, &self.object, &self.forget, &[id]);
    }

    pub(crate) fn has_logs(&self) -> bool {
        self.control.word(CONTROL_LOGS) != 0
    }

    /// What the caps have cut off since the last time.
    pub(crate) fn take_cut(&mut self) -> Cut {
        let count = |index| u64::from(self.control.word(index).cast_unsigned());
        let cut = Cut {
            logs: count(CONTROL_CUT_LOGS),
            errors: count(CONTROL_CUT_ERRORS),
            results: 0,
        };
        if cut != Cut::default() {
            self.control.write(CONTROL_CUT_LOGS * 4, &[0; 8]);
        }
        cut
    }

    /// Log records since the last time, encoded.
    pub(crate) fn take_logs(&self, scope: &mut PinScope<'_, '_>) -> Bytes {
        invoke(scope, &self.object, &self.take_logs, &[]).map_or_else(|_| Bytes::new(), copy_out)
    }

    /// The ending for a function whose source does not compile.
    pub(crate) fn refuse_source<'s>(&self, scope: &mut PinScope<'s, '_>, stop: Stop<'s>) -> Ending {
        self.describe(scope, "compile", stop)
    }

    /// The ending for a function whose source failed when it was evaluated.
    pub(crate) fn refuse_value<'s>(&self, scope: &mut PinScope<'s, '_>, stop: Stop<'s>) -> Ending {
        self.describe(scope, "evaluate", stop)
    }

    /// The ending for an exception that escaped the driver, as a stack overflow can.
    fn refuse_thrown<'s>(&self, scope: &mut PinScope<'s, '_>, stop: Stop<'s>) -> Ending {
        self.describe(scope, "throw", stop)
    }

    /// Has the driver put `stop` into a failure record; where even that fails, its plain text goes.
    fn describe<'s>(&self, scope: &mut PinScope<'s, '_>, kind: &str, stop: Stop<'s>) -> Ending {
        let Stop::Thrown {
            exception,
            line,
            column,
        } = stop
        else {
            return Ending::CUT;
        };
        let Some(kind) = v8::String::new(scope, kind) else {
            return Ending::CUT;
        };
        let line = v8::Integer::new(scope, line).into();
        let column = v8::Integer::new(scope, column).into();
        match invoke(
            scope,
            &self.object,
            &self.fail,
            &[kind.into(), exception, line, column],
        ) {
            Ok(output) => Ending::Failed(copy_out(output)),
            Err(Stop::Terminated) => Ending::CUT,
            Err(stop) => {
                let mut text = vec![PLAIN_TEXT];
                text.extend_from_slice(stop.describe(scope).as_bytes());
                Ending::Failed(text.into())
            }
        }
    }
}

fn reserve_input<'s>(
    scope: &mut PinScope<'s, '_>,
    driver: &Global<Value>,
    reserve: &Global<v8::Function>,
    size: usize,
) -> Result<Memory, Stop<'s>> {
    let wanted = length_value(scope, size);
    let buffer = invoke(scope, driver, reserve, &[wanted])?;
    let memory = buffer
        .try_cast::<v8::ArrayBuffer>()
        .ok()
        .and_then(Memory::of);
    memory
        .filter(|memory| memory.length >= size)
        .ok_or(Stop::Terminated)
}

fn invoke<'s>(
    scope: &mut PinScope<'s, '_>,
    driver: &Global<Value>,
    function: &Global<v8::Function>,
    arguments: &[Local<'s, Value>],
) -> Result<Local<'s, Value>, Stop<'s>> {
    let driver = Local::new(scope, driver);
    let function = Local::new(scope, function);
    source::call(scope, function, driver, arguments)
}

/// What is attached, in memory that the isolate takes over. Back, where it is the host's, or the
/// budget has no room: V8 gets the chance to collect garbage when it allocates by itself.
fn adopted<'s>(
    scope: &mut PinScope<'s, '_>,
    input: Input,
) -> Result<Local<'s, v8::ArrayBuffer>, Input> {
    let Input::Owned(bytes) = input else {
        return Err(input);
    };
    let budget = scope.get_slot::<Arc<Budget>>();
    let Some(charge) = budget.and_then(|budget| budget.charge(bytes.len())) else {
        return Err(bytes.into());
    };
    // Not unique, or at an address that no array of doubles can start at.
    let mut bytes = bytes.try_into_mut().map_err(Input::from)?;
    if bytes.is_empty() || bytes.as_mut_ptr().align_offset(BUFFER_ALIGNMENT) != 0 {
        return Err(bytes.freeze().into());
    }
    let memory = v8::ArrayBuffer::new_backing_store_from_bytes(Box::new(Adopted {
        bytes,
        _charge: charge,
    }));
    Ok(v8::ArrayBuffer::with_backing_store(
        scope,
        &memory.make_shared(),
    ))
}

unsafe extern "C" fn drop_bytes(_start: *mut c_void, _length: usize, owner: *mut c_void) {
    // SAFETY: the pointer that `Driver::lend` made of a box; V8 calls this once.
    drop(unsafe { Box::from_raw(owner.cast::<Bytes>()) });
}

/// Memory that was the pool's.
struct Adopted {
    bytes: BytesMut,
    _charge: Charge,
}

impl AsMut<[u8]> for Adopted {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

/// What the driver returned: the bytes of a `Uint8Array`; or an `ArrayBuffer`, which it gives away.
fn take_out(output: Local<'_, Value>) -> Bytes {
    let Ok(buffer) = output.try_cast::<v8::ArrayBuffer>() else {
        return copy_out(output);
    };
    let length = buffer.byte_length();
    match Memory::of(buffer) {
        Some(memory) if length >= TAKE_OVER_FROM => Bytes::from_owner(TakenOver(memory)),
        Some(memory) => Bytes::copy_from_slice(memory.bytes()),
        None => Bytes::new(),
    }
}

/// Memory of a buffer that the driver has forgotten; user code has never seen it.
struct TakenOver(Memory);

// SAFETY: nothing in an isolate refers to the memory any more, but for garbage, which is not read.
// The store that keeps it alive counts its owners atomically and may be dropped on any thread, as
// the allocator that it gives the memory back to is `Sync`.
unsafe impl Send for TakenOver {}

impl AsRef<[u8]> for TakenOver {
    fn as_ref(&self) -> &[u8] {
        self.0.bytes()
    }
}

/// The bytes of a `Uint8Array` that the driver returned; empty for anything else.
fn copy_out(output: Local<'_, Value>) -> Bytes {
    let Ok(view) = output.try_cast::<v8::ArrayBufferView>() else {
        return Bytes::new();
    };
    let mut bytes = vec![0; view.byte_length()];
    let copied = view.copy_contents(&mut bytes);
    bytes.truncate(copied);
    bytes.into()
}

fn id_value<'s>(scope: &PinScope<'s, '_>, id: u64) -> Local<'s, Value> {
    #[expect(clippy::cast_precision_loss, reason = "ids count up from zero")]
    let id = id as f64;
    v8::Number::new(scope, id).into()
}

/// A length as JavaScript sees it.
pub(crate) fn length_value<'s>(scope: &PinScope<'s, '_>, length: usize) -> Local<'s, Value> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "memory is smaller than 2^53 bytes"
    )]
    let length = length as f64;
    v8::Number::new(scope, length).into()
}
