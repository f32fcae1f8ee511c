//! What the prelude gets from Rust (`npm/isolane/src/isolate/native.ts`): functions for strings in
//! and out of bytes, in one block each, and for what only the engine can tell; and settings.
//!
//! They reach only the prelude, which passes its own buffers; all the same, each checks its bounds
//! and answers a bad call with nothing. None unwinds into V8.

use std::sync::Arc;

use v8::{FunctionCallbackArguments as Arguments, Local, PinScope, ReturnValue, Value};

use crate::context::exports::number;
use crate::context::globals;
use crate::context::place;
use crate::memory::{Budget, Charge};
use crate::options::V8Options;
use crate::script::prelude::{self, Part};
use crate::script::source::Stop;

/// Bytes in a page of memory, or some of several.
const PAGE: usize = 4 << 10;
/// Bytes in a page of a WebAssembly memory.
const WASM_PAGE: usize = 64 << 10;

/// The object of all of it. `control` is the buffer of the control words.
pub(super) fn object<'s>(
    scope: &mut PinScope<'s, '_>,
    options: &V8Options,
    control: Local<'s, v8::ArrayBuffer>,
) -> Option<Local<'s, v8::Object>> {
    let native = v8::Object::new(scope);
    define(scope, native)?;
    let wasm_pages = options.memory_limit / 2 / WASM_PAGE;
    let settings: [(&str, Local<'_, Value>); 9] = [
        ("control", control.into()),
        ("codegen", v8::Boolean::new(scope, options.eval).into()),
        ("wasm", v8::Boolean::new(scope, options.wasm).into()),
        (
            "hasGlobals",
            v8::Boolean::new(scope, options.globals).into(),
        ),
        ("wasmPages", number(scope, wasm_pages as u64)),
        (
            "maxLogRecords",
            number(scope, options.max_log_records.into()),
        ),
        ("maxLogSize", number(scope, options.max_log_size.into())),
        ("maxErrorSize", number(scope, options.max_error_size.into())),
        ("placeLevel", number(scope, options.place_level.into())),
    ];
    for (name, value) in settings {
        set(scope, native, name, value)?;
    }
    Some(native)
}

pub(super) fn set<'s>(
    scope: &PinScope<'s, '_>,
    target: Local<'s, v8::Object>,
    name: &str,
    value: Local<'s, Value>,
) -> Option<()> {
    let name = v8::String::new(scope, name)?;
    target.set(scope, name.into(), value)?;
    Some(())
}

/// One call of a native.
pub(super) struct Invocation<'a, 's, 'i> {
    pub(super) scope: &'a mut PinScope<'s, 'i>,
    pub(super) arguments: Arguments<'s>,
    pub(super) result: ReturnValue<'a>,
}

macro_rules! natives {
    ($($name:literal => $native:path),+ $(,)?) => {
        /// Defines the functions on `target`.
        fn define<'s>(
            scope: &mut v8::PinScope<'s, '_>,
            target: v8::Local<'s, v8::Object>,
        ) -> Option<()> {
            $({
                /// A panic ends here, since the caller is C++.
                fn shielded<'s>(
                    scope: &mut v8::PinScope<'s, '_>,
                    arguments: v8::FunctionCallbackArguments<'s>,
                    result: v8::ReturnValue<'_>,
                ) {
                    let invocation = Invocation { scope, arguments, result };
                    let _ = std::panic::catch_unwind(
                        std::panic::AssertUnwindSafe(|| $native(invocation)),
                    );
                }
                let function = v8::Function::new(scope, shielded)?;
                set(scope, target, $name, function.into())?;
            })+
            Some(())
        }
    };
}

pub(super) use natives;

natives! {
    "writeLatin1" => write_latin1,
    "readLatin1" => read_latin1,
    "writeUtf16" => write_utf16,
    "readUtf16" => read_utf16,
    "utf8Length" => utf8_length,
    "writeUtf8" => write_utf8,
    "readUtf8" => read_utf8,
    "isLatin1" => is_latin1,
    "isOpaque" => is_opaque,
    "place" => place::place,
    "charge" => charge,
    "hold" => hold,
    "giveBack" => give_back,
    "defer" => defer,
    "codec" => codec,
    "deferGlobals" => globals::defer,
    "globals" => globals::load,
}

/// `(text, bytes, offset)`.
fn write_latin1(call: Invocation<'_, '_, '_>) -> Option<()> {
    let text = call.text()?;
    let window = call.window(1, text.length())?;
    // SAFETY: `Invocation::window` has checked that the range lies inside the buffer, which the
    // arguments keep alive; nothing else touches it while this native runs.
    let bytes = unsafe { std::slice::from_raw_parts_mut(window.start, window.length) };
    text.write_one_byte_v2(call.scope, 0, bytes, v8::WriteFlags::empty());
    Some(())
}

/// `(bytes, offset, length)`.
fn read_latin1(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let window = call.window(0, call.index(2)?)?;
    // SAFETY: as in `write_latin1`; V8 only reads it, to copy.
    let bytes = unsafe { std::slice::from_raw_parts(window.start, window.length) };
    let text = v8::String::new_from_one_byte(call.scope, bytes, v8::NewStringType::Normal)?;
    call.result.set(text.into());
    Some(())
}

/// `(text, bytes, offset)`.
fn write_utf16(call: Invocation<'_, '_, '_>) -> Option<()> {
    let text = call.text()?;
    let window = call.window(1, text.length().checked_mul(2)?)?;
    let mut units = vec![0u16; text.length()];
    text.write_v2(call.scope, 0, &mut units, v8::WriteFlags::empty());
    // SAFETY: as in `write_latin1`.
    let bytes = unsafe { std::slice::from_raw_parts_mut(window.start, window.length) };
    for (pair, unit) in bytes.chunks_exact_mut(2).zip(&units) {
        pair.copy_from_slice(&unit.to_le_bytes());
    }
    Some(())
}

/// `(bytes, offset, byteLength)`.
fn read_utf16(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let window = call.window(0, call.index(2)?)?;
    // SAFETY: as in `read_latin1`.
    let bytes = unsafe { std::slice::from_raw_parts(window.start, window.length) };
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    let text = v8::String::new_from_two_byte(call.scope, &units, v8::NewStringType::Normal)?;
    call.result.set(text.into());
    Some(())
}

/// `(text)`: bytes that it takes as UTF-8.
fn utf8_length(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let length = call.text()?.utf8_length(call.scope);
    call.result.set(number(call.scope, length as u64));
    Some(())
}

/// `(text, bytes, offset)`.
fn write_utf8(call: Invocation<'_, '_, '_>) -> Option<()> {
    let text = call.text()?;
    let window = call.window(1, text.utf8_length(call.scope))?;
    // SAFETY: as in `write_latin1`.
    let bytes = unsafe { std::slice::from_raw_parts_mut(window.start, window.length) };
    text.write_utf8_v2(call.scope, bytes, v8::WriteFlags::kReplaceInvalidUtf8, None);
    Some(())
}

/// `(bytes, offset, length)`: nothing where they are no UTF-8, or too many for a string.
fn read_utf8(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let window = call.window(0, call.index(2)?)?;
    // SAFETY: as in `read_latin1`.
    let bytes = unsafe { std::slice::from_raw_parts(window.start, window.length) };
    let kind = v8::NewStringType::Normal;
    let text = if bytes.is_ascii() {
        v8::String::new_from_one_byte(call.scope, bytes, kind)?
    } else {
        std::str::from_utf8(bytes).ok()?;
        v8::String::new_from_utf8(call.scope, bytes, kind)?
    };
    call.result.set(text.into());
    Some(())
}

/// `(text)`.
fn is_latin1(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let text = call.text()?;
    call.result.set_bool(text.contains_only_onebyte());
    Some(())
}

/// `(value)`: whether the object is one that only the engine can tell from a plain one.
fn is_opaque(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let value = call.arguments.get(0);
    let opaque = value.is_promise() || value.is_proxy() || value.is_generator_object();
    call.result.set_bool(opaque);
    Some(())
}

/// `(bytes, mappings)`: takes so many from the isolate's budget, for as long as the object lives that
/// it gives. What is mapped is in whole pages.
fn charge(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let mappings = call.amount(1)?;
    let mut bytes = call.amount(0)?;
    if mappings > 0 {
        bytes = bytes.checked_next_multiple_of(PAGE).unwrap_or(usize::MAX);
    }
    let memory = call.take(bytes, mappings)?.into_backing_store();
    let token = v8::ArrayBuffer::with_backing_store(call.scope, &memory.make_shared());
    call.result.set(token.into());
    Some(())
}

/// `(bytes)`: takes so many from the isolate's budget, and says whether it could.
fn hold(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    let bytes = call.amount(0)?;
    let held = call.scope.get_slot::<Arc<Budget>>()?.hold(bytes);
    call.result.set_bool(held);
    Some(())
}

/// `(bytes)`: gives back what `hold` has taken.
fn give_back(call: Invocation<'_, '_, '_>) -> Option<()> {
    let bytes = call.amount(0)?;
    call.scope.get_slot::<Arc<Budget>>()?.let_go(bytes);
    Some(())
}

/// `(name, make)`: gives the global object a property whose value a function makes when it is first
/// read.
fn defer(call: Invocation<'_, '_, '_>) -> Option<()> {
    let name = call.arguments.get(0).try_cast::<v8::Name>().ok()?;
    let global = call.scope.get_current_context().global(call.scope);
    global.set_lazy_data_property_with_data(
        call.scope,
        name,
        make_deferred,
        call.arguments.get(1),
        v8::PropertyAttribute::DONT_ENUM,
        v8::SideEffectType::HasSideEffect,
        v8::SideEffectType::HasSideEffect,
    )?;
    Some(())
}

/// The value of a property that was deferred, whose name is told; an exception goes to whoever reads it. Does not
/// panic: `defer` passes a function, and what is no function gives `undefined`.
pub(super) fn make_deferred<'s>(
    scope: &mut PinScope<'s, '_>,
    name: Local<'s, v8::Name>,
    arguments: v8::PropertyCallbackArguments<'s>,
    mut result: ReturnValue<'_>,
) {
    let receiver = v8::undefined(scope).into();
    let value = arguments
        .data()
        .try_cast::<v8::Function>()
        .ok()
        .and_then(|make| make.call(scope, receiver, &[name.into()]));
    if let Some(value) = value {
        result.set(value);
    }
}

/// `()`: the function that the codec's script gives.
fn codec(mut call: Invocation<'_, '_, '_>) -> Option<()> {
    match prelude::function(call.scope, Part::Codec) {
        Ok(function) => call.result.set(function.into()),
        Err(Stop::Thrown { exception, .. }) => {
            call.scope.throw_exception(exception);
        }
        // The call that asked is being terminated, too.
        Err(Stop::Terminated) => {}
    }
    Some(())
}

/// A checked range of a typed array's memory.
pub(super) struct Window {
    pub(super) start: *mut u8,
    pub(super) length: usize,
}

impl<'s> Invocation<'_, 's, '_> {
    /// The first argument.
    pub(super) fn text(&self) -> Option<Local<'s, v8::String>> {
        self.arguments.get(0).try_cast::<v8::String>().ok()
    }

    /// An argument that may be any number.
    fn amount(&self, at: i32) -> Option<usize> {
        let number = self.arguments.get(at).number_value(self.scope)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast saturates, and gives 0 for NaN"
        )]
        Some(number as usize)
    }

    pub(super) fn index(&self, at: i32) -> Option<usize> {
        usize::try_from(self.arguments.get(at).integer_value(self.scope)?).ok()
    }

    /// Takes bytes and mappings from the isolate's budget, if need be once garbage has been collected.
    pub(super) fn take(&mut self, bytes: usize, mappings: usize) -> Option<Charge> {
        let budget = Arc::clone(self.scope.get_slot::<Arc<Budget>>()?);
        budget.charge(bytes, mappings).or_else(|| {
            // What hangs on garbage is given back first.
            self.scope.low_memory_notification();
            budget.charge(bytes, mappings)
        })
    }

    /// All of the typed array that is argument `at`.
    pub(super) fn view(&self, at: i32) -> Option<Window> {
        let view = self
            .arguments
            .get(at)
            .try_cast::<v8::ArrayBufferView>()
            .ok()?;
        let length = view.byte_length();
        let start = match std::ptr::NonNull::new(view.data()) {
            Some(start) => start.cast::<u8>(),
            // An empty one need not have any.
            None if length == 0 => std::ptr::NonNull::dangling(),
            None => return None,
        };
        Some(Window {
            start: start.as_ptr(),
            length,
        })
    }

    /// The range of the typed array that is argument `at`, from the offset on that follows it.
    fn window(&self, at: i32, length: usize) -> Option<Window> {
        let view = self
            .arguments
            .get(at)
            .try_cast::<v8::ArrayBufferView>()
            .ok()?;
        let offset = self.index(at + 1)?;
        if offset.checked_add(length)? > view.byte_length() {
            return None;
        }
        let start = std::ptr::NonNull::new(view.data())?.as_ptr().cast::<u8>();
        // SAFETY: `offset` is within the view, as checked above.
        let start = unsafe { start.add(offset) };
        Some(Window { start, length })
    }
}
