//! The Rust side of the prelude's driver (`npm/isolane/src/isolate/driver.ts`): its functions, its
//! input buffer and its control words.

use std::sync::Arc;

use bytes::Bytes;
use isolane_core::{Attachment, Cut, Input, Output, Shared};
use isolane_driver::protocol::{self, status};
use v8::{Local, PinScope, Value};

use crate::context::control::{self, CallWords, Ending};
use crate::context::exports::{Export, Exports};
use crate::context::natives;
use crate::memory::{self, Memory};
use crate::options::V8Options;
use crate::script::prelude::{self, Part};
use crate::script::source::{self, Stop};
use crate::signal::Signal;

/// Bytes in a page of a WebAssembly memory.
const WASM_PAGE: usize = 64 << 10;

pub(crate) struct Driver {
    exports: Exports,
    control: Memory,
    input: Memory,
}

impl Driver {
    /// Runs the prelude in the current context.
    pub(crate) fn load(scope: &mut PinScope<'_, '_>, options: &V8Options) -> Result<Self, String> {
        // Not before the context is there: where V8 aborts for want of memory, the thread is parked
        // with what it holds.
        let first = prelude::share_code(scope);
        let function =
            prelude::function(scope, Part::Driver).map_err(|stop| stop.describe(scope))?;
        let (native, control) =
            Self::native(scope, options).ok_or("no memory for the prelude's natives")?;
        let driver = source::evaluate(scope, function, &[native.into()])
            .map_err(|stop| stop.describe(scope))?
            .try_cast::<v8::Object>()
            .map_err(|_| "the prelude gave no driver")?;
        let exports = Exports::of(scope, driver).ok_or("the driver lacks a function")?;
        let input = reserve_input(scope, &exports, 0).map_err(|stop| stop.describe(scope))?;
        if let Some(first) = first {
            // Has V8 compile what every context's first call needs, so that the code has it. Whatever
            // comes of it, the driver starts each call afresh.
            let _ = exports.call(scope, Export::WarmUp, &[]);
            first.keep_code(scope);
        }
        Ok(Self {
            exports,
            control,
            input,
        })
    }

    fn native<'s>(
        scope: &mut PinScope<'s, '_>,
        options: &V8Options,
    ) -> Option<(Local<'s, v8::Object>, Memory)> {
        let native = v8::Object::new(scope);
        natives::define(scope, native)?;
        for (name, cap) in [
            ("maxLogRecords", options.max_log_records),
            ("maxLogSize", options.max_log_size),
            ("maxErrorSize", options.max_error_size),
        ] {
            let name = v8::String::new(scope, name)?;
            let cap = v8::Integer::new_from_unsigned(scope, cap);
            native.set(scope, name.into(), cap.into())?;
        }
        let words = v8::ArrayBuffer::new_backing_store_from_vec(vec![0; control::WORDS * 4]);
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

    /// `__name`, which transpilers leave in functions.
    pub(crate) fn name_helper<'s>(&self, scope: &PinScope<'s, '_>) -> Local<'s, Value> {
        self.exports.name_helper(scope)
    }

    /// Makes room for `size` bytes of input.
    pub(crate) fn reserve(
        &mut self,
        scope: &mut PinScope<'_, '_>,
        size: usize,
    ) -> Result<(), Ending> {
        if size > self.input.len() {
            match reserve_input(scope, &self.exports, size) {
                Ok(input) => self.input = input,
                Err(stop) => return Err(self.refuse_thrown(scope, stop)),
            }
        }
        Ok(())
    }

    /// Has the driver load what a call may need that the start has left out.
    pub(crate) fn ready(&self, scope: &mut PinScope<'_, '_>) {
        // Where it fails, a call tries again.
        let _ = self.exports.call(scope, Export::Ready, &[]);
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
            let buffer = match memory::adopted(scope, input) {
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
        let buffer = self
            .exports
            .call(scope, Export::Allocate, &[length])
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

    /// Runs the chunk that was written; `arguments` as `Driver.call` in `driver.ts` has them.
    ///
    /// V8 uses a termination up when the outermost call returns, and does not say that microtasks
    /// were cut short: `signal` tells whether an interrupt has come. After one nothing runs here that
    /// could need another.
    pub(crate) fn call<'s>(
        &mut self,
        scope: &mut PinScope<'s, '_>,
        words: &CallWords,
        arguments: &[Local<'s, Value>],
        signal: &Signal,
    ) -> Ending {
        self.control.write(control::CALL * 4, &words.to_bytes());
        let output = self.exports.call(scope, Export::Call, arguments);
        let mut ending = self.ending(scope, output);
        if matches!(ending, Some(Ending::Terminated(_))) {
            return Ending::CUT;
        }
        // Also without a promise as result: what the function left behind belongs to this call.
        scope.perform_microtask_checkpoint();
        if ending.is_none() && !signal.is_raised() && !scope.is_execution_terminating() {
            let output = self.exports.call(scope, Export::Settle, &[]);
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
        self.exports
            .call(scope, Export::Salvage, &[])
            .map_or_else(|_| Bytes::new(), memory::copy_out)
    }

    /// What an output and the status word say; `None` for a chunk that waits for promises.
    fn ending<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        output: Result<Local<'s, Value>, Stop<'s>>,
    ) -> Option<Ending> {
        match output {
            Ok(output) => match self.control.word(control::STATUS).cast_unsigned() {
                status::PENDING => None,
                status::FAILED => Some(Ending::Failed(memory::copy_out(output))),
                _ => {
                    let attachments = self.take_attachments(scope);
                    let bytes = memory::take_out(output);
                    Some(Ending::Done(Output { bytes, attachments }))
                }
            },
            Err(stop) => Some(self.refuse_thrown(scope, stop)),
        }
    }

    /// What is attached to the output, copied: the function may have kept it.
    fn take_attachments(&self, scope: &mut PinScope<'_, '_>) -> Vec<Bytes> {
        let count = self.control.word(control::ATTACHMENTS).cast_unsigned();
        if count == 0 {
            return Vec::new();
        }
        let list = self
            .exports
            .call(scope, Export::TakeAttachments, &[])
            .ok()
            .and_then(|list| list.try_cast::<v8::Array>().ok());
        let Some(list) = list else {
            return Vec::new();
        };
        (0..count)
            .filter_map(|index| list.get_index(scope, index).map(memory::copy_out))
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
        let output = self.exports.call(scope, Export::Share, &arguments);
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
        match self.exports.call(scope, Export::Select, &[names, ids]) {
            Ok(_) => Ok(()),
            Err(stop) => Err(self.refuse_thrown(scope, stop)),
        }
    }

    /// Lets a shared value go.
    pub(crate) fn forget(&self, scope: &mut PinScope<'_, '_>, id: u64) {
        let id = id_value(scope, id);
        // It removes a map entry; nothing in it can fail.
        let _ = self.exports.call(scope, Export::Forget, &[id]);
    }

    pub(crate) fn has_logs(&self) -> bool {
        self.control.word(control::LOGS) != 0
    }

    /// What the caps have cut off since the last time.
    pub(crate) fn take_cut(&mut self) -> Cut {
        let count = |index| u64::from(self.control.word(index).cast_unsigned());
        let cut = Cut {
            logs: count(control::CUT_LOGS),
            errors: count(control::CUT_ERRORS),
            results: 0,
        };
        if cut != Cut::default() {
            self.control.write(control::CUT_LOGS * 4, &[0; 8]);
        }
        cut
    }

    /// Log records since the last time, encoded.
    pub(crate) fn take_logs(&self, scope: &mut PinScope<'_, '_>) -> Bytes {
        self.exports
            .call(scope, Export::TakeLogs, &[])
            .map_or_else(|_| Bytes::new(), memory::copy_out)
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
        match self
            .exports
            .call(scope, Export::Fail, &[kind.into(), exception, line, column])
        {
            Ok(output) => Ending::Failed(memory::copy_out(output)),
            Err(Stop::Terminated) => Ending::CUT,
            Err(stop) => {
                let mut text = vec![protocol::PLAIN_TEXT];
                text.extend_from_slice(stop.describe(scope).as_bytes());
                Ending::Failed(text.into())
            }
        }
    }
}

fn reserve_input<'s>(
    scope: &mut PinScope<'s, '_>,
    exports: &Exports,
    size: usize,
) -> Result<Memory, Stop<'s>> {
    let wanted = length_value(scope, size);
    let buffer = exports.call(scope, Export::Reserve, &[wanted])?;
    let memory = buffer
        .try_cast::<v8::ArrayBuffer>()
        .ok()
        .and_then(Memory::of);
    memory
        .filter(|memory| memory.len() >= size)
        .ok_or(Stop::Terminated)
}

fn id_value<'s>(scope: &PinScope<'s, '_>, id: u64) -> Local<'s, Value> {
    #[expect(clippy::cast_precision_loss, reason = "ids count up from zero")]
    let id = id as f64;
    v8::Number::new(scope, id).into()
}

/// A length as JavaScript sees it.
fn length_value<'s>(scope: &PinScope<'s, '_>, length: usize) -> Local<'s, Value> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "memory is smaller than 2^53 bytes"
    )]
    let length = length as f64;
    v8::Number::new(scope, length).into()
}
