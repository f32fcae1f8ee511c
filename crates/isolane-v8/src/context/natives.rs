//! What the prelude gets from Rust (`npm/isolane/src/isolate/native.ts`): functions for strings in
//! and out of bytes, in one block each, and for what only the engine can tell; and settings.
//!
//! They reach only the prelude, which passes its own buffers; all the same, each checks its bounds
//! and answers a bad call with nothing. None unwinds into V8.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use v8::{FunctionCallbackArguments as Arguments, Local, PinScope, ReturnValue, Value};

use crate::context::exports::number;
use crate::memory::Budget;
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
    let settings: [(&str, Local<'_, Value>); 7] = [
        ("control", control.into()),
        ("codegen", v8::Boolean::new(scope, options.eval).into()),
        ("wasm", v8::Boolean::new(scope, options.wasm).into()),
        ("wasmPages", number(scope, wasm_pages as u64)),
        (
            "maxLogRecords",
            number(scope, options.max_log_records.into()),
        ),
        ("maxLogSize", number(scope, options.max_log_size.into())),
        ("maxErrorSize", number(scope, options.max_error_size.into())),
    ];
    for (name, value) in settings {
        set(scope, native, name, value)?;
    }
    Some(native)
}

fn set<'s>(
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
struct Invocation<'a, 's, 'i> {
    scope: &'a mut PinScope<'s, 'i>,
    arguments: Arguments<'s>,
    result: ReturnValue<'a>,
}

macro_rules! natives {
    ($($name:literal => $native:ident),+ $(,)?) => {
        /// Defines the functions on `target`.
        fn define<'s>(
            scope: &mut PinScope<'s, '_>,
            target: Local<'s, v8::Object>,
        ) -> Option<()> {
            $({
                /// A panic ends here, since the caller is C++.
                fn shielded<'s>(
                    scope: &mut PinScope<'s, '_>,
                    arguments: Arguments<'s>,
                    result: ReturnValue<'_>,
                ) {
                    let invocation = Invocation { scope, arguments, result };
                    let _ = catch_unwind(AssertUnwindSafe(|| $native(invocation)));
                }
                let function = v8::Function::new(scope, shielded)?;
                set(scope, target, $name, function.into())?;
            })+
            Some(())
        }
    };
}

natives! {
    "writeLatin1" => write_latin1,
    "readLatin1" => read_latin1,
    "writeUtf16" => write_utf16,
    "readUtf16" => read_utf16,
    "isLatin1" => is_latin1,
    "isOpaque" => is_opaque,
    "charge" => charge,
    "hold" => hold,
    "giveBack" => give_back,
    "defer" => defer,
    "codec" => codec,
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
    let budget = Arc::clone(call.scope.get_slot::<Arc<Budget>>()?);
    let charge = budget.charge(bytes, mappings).or_else(|| {
        // What hangs on garbage is given back first.
        call.scope.low_memory_notification();
        budget.charge(bytes, mappings)
    })?;
    let memory = charge.into_backing_store().make_shared();
    let token = v8::ArrayBuffer::with_backing_store(call.scope, &memory);
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

/// The value of a property that was deferred; an exception goes to whoever reads it. Does not
/// panic: `defer` passes a function, and what is no function gives `undefined`.
fn make_deferred<'s>(
    scope: &mut PinScope<'s, '_>,
    _name: Local<'s, v8::Name>,
    arguments: v8::PropertyCallbackArguments<'s>,
    mut result: ReturnValue<'_>,
) {
    let receiver = v8::undefined(scope).into();
    let value = arguments
        .data()
        .try_cast::<v8::Function>()
        .ok()
        .and_then(|make| make.call(scope, receiver, &[]));
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
struct Window {
    start: *mut u8,
    length: usize,
}

impl<'s> Invocation<'_, 's, '_> {
    /// The first argument.
    fn text(&self) -> Option<Local<'s, v8::String>> {
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

    fn index(&self, at: i32) -> Option<usize> {
        usize::try_from(self.arguments.get(at).integer_value(self.scope)?).ok()
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
