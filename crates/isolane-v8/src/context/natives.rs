//! Functions that the prelude gets from Rust: strings in and out of bytes, in one block each, and
//! what only the engine can tell.
//!
//! They reach only the prelude, which passes its own buffers; all the same, each checks its bounds
//! and answers a bad call with nothing. None unwinds into V8.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::memory::Budget;
use crate::script::prelude::{self, Part};
use crate::script::source::Stop;

use v8::{FunctionCallbackArguments as Arguments, Local, PinScope, ReturnValue};

type Native =
    for<'s, 'i> fn(&mut PinScope<'s, 'i>, &Arguments<'s>, &mut ReturnValue<'_>) -> Option<()>;

/// By name; the position is the index that [`shielded`] is instantiated with.
const NATIVES: [(&str, Native); 9] = [
    ("writeLatin1", write_latin1),
    ("readLatin1", read_latin1),
    ("writeUtf16", write_utf16),
    ("readUtf16", read_utf16),
    ("isLatin1", is_latin1),
    ("isOpaque", is_opaque),
    ("charge", charge),
    ("defer", defer),
    ("codec", codec),
];

/// Defines the functions on `target`.
pub(crate) fn define<'s>(
    scope: &mut PinScope<'s, '_>,
    target: Local<'s, v8::Object>,
) -> Option<()> {
    let functions: [_; NATIVES.len()] = [
        v8::Function::new(scope, shielded::<0>)?,
        v8::Function::new(scope, shielded::<1>)?,
        v8::Function::new(scope, shielded::<2>)?,
        v8::Function::new(scope, shielded::<3>)?,
        v8::Function::new(scope, shielded::<4>)?,
        v8::Function::new(scope, shielded::<5>)?,
        v8::Function::new(scope, shielded::<6>)?,
        v8::Function::new(scope, shielded::<7>)?,
        v8::Function::new(scope, shielded::<8>)?,
    ];
    for ((name, _), function) in NATIVES.iter().zip(functions) {
        let name = v8::String::new(scope, name)?;
        target.set(scope, name.into(), function.into())?;
    }
    Some(())
}

/// Runs native `INDEX`; a panic ends here, since the caller is C++.
fn shielded<'s, const INDEX: usize>(
    scope: &mut PinScope<'s, '_>,
    arguments: Arguments<'s>,
    mut result: ReturnValue<'_>,
) {
    let run = AssertUnwindSafe(|| NATIVES[INDEX].1(scope, &arguments, &mut result));
    let _ = catch_unwind(run);
}

fn write_latin1<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    _result: &mut ReturnValue<'_>,
) -> Option<()> {
    let text = arguments.get(0).try_cast::<v8::String>().ok()?;
    let window = Window::of(scope, arguments, text.length())?;
    // SAFETY: `Window::of` has checked that the range lies inside the buffer, which the arguments
    // keep alive; nothing else touches it while this native runs.
    let bytes = unsafe { std::slice::from_raw_parts_mut(window.start, window.length) };
    text.write_one_byte_v2(scope, 0, bytes, v8::WriteFlags::empty());
    Some(())
}

fn read_latin1<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    result: &mut ReturnValue<'_>,
) -> Option<()> {
    let length = index_argument(scope, arguments, 2)?;
    let window = Window::of_bytes(scope, arguments, 0, length)?;
    // SAFETY: as in `write_latin1`; V8 only reads it, to copy.
    let bytes = unsafe { std::slice::from_raw_parts(window.start, window.length) };
    result.set(v8::String::new_from_one_byte(scope, bytes, v8::NewStringType::Normal)?.into());
    Some(())
}

fn write_utf16<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    _result: &mut ReturnValue<'_>,
) -> Option<()> {
    let text = arguments.get(0).try_cast::<v8::String>().ok()?;
    let window = Window::of(scope, arguments, text.length().checked_mul(2)?)?;
    let mut units = vec![0u16; text.length()];
    text.write_v2(scope, 0, &mut units, v8::WriteFlags::empty());
    // SAFETY: as in `write_latin1`.
    let bytes = unsafe { std::slice::from_raw_parts_mut(window.start, window.length) };
    for (pair, unit) in bytes.chunks_exact_mut(2).zip(&units) {
        pair.copy_from_slice(&unit.to_le_bytes());
    }
    Some(())
}

fn read_utf16<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    result: &mut ReturnValue<'_>,
) -> Option<()> {
    let length = index_argument(scope, arguments, 2)?;
    let window = Window::of_bytes(scope, arguments, 0, length)?;
    // SAFETY: as in `read_latin1`.
    let bytes = unsafe { std::slice::from_raw_parts(window.start, window.length) };
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    result.set(v8::String::new_from_two_byte(scope, &units, v8::NewStringType::Normal)?.into());
    Some(())
}

fn is_latin1<'s>(
    _scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    result: &mut ReturnValue<'_>,
) -> Option<()> {
    let text = arguments.get(0).try_cast::<v8::String>().ok()?;
    result.set_bool(text.contains_only_onebyte());
    Some(())
}

/// Whether the object is one that only the engine can tell from a plain one.
fn is_opaque<'s>(
    _scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    result: &mut ReturnValue<'_>,
) -> Option<()> {
    let value = arguments.get(0);
    result.set_bool(value.is_promise() || value.is_proxy() || value.is_generator_object());
    Some(())
}

/// Takes bytes from the isolate's budget, for as long as the object lives that it gives.
fn charge<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    result: &mut ReturnValue<'_>,
) -> Option<()> {
    let bytes = arguments.get(0).number_value(scope)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast saturates, and gives 0 for NaN"
    )]
    let bytes = bytes as usize;
    let budget = Arc::clone(scope.get_slot::<Arc<Budget>>()?);
    let charge = budget.charge(bytes).or_else(|| {
        // What hangs on garbage is given back first.
        scope.low_memory_notification();
        budget.charge(bytes)
    })?;
    let memory = charge.into_backing_store().make_shared();
    let token = v8::ArrayBuffer::with_backing_store(scope, &memory);
    result.set(token.into());
    Some(())
}

/// Gives the global object a property whose value a function makes when it is first read.
fn defer<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    _result: &mut ReturnValue<'_>,
) -> Option<()> {
    let name = arguments.get(0).try_cast::<v8::Name>().ok()?;
    let context = scope.get_current_context();
    context.global(scope).set_lazy_data_property_with_data(
        scope,
        name,
        make_deferred,
        arguments.get(1),
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

/// The function that the codec's script gives.
fn codec<'s>(
    scope: &mut PinScope<'s, '_>,
    _arguments: &Arguments<'s>,
    result: &mut ReturnValue<'_>,
) -> Option<()> {
    match prelude::function(scope, Part::Codec) {
        Ok(function) => result.set(function.into()),
        Err(Stop::Thrown { exception, .. }) => {
            scope.throw_exception(exception);
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

impl Window {
    /// `(text, bytes, offset)`: the range at `offset` of argument 1.
    fn of<'s>(scope: &PinScope<'s, '_>, arguments: &Arguments<'s>, length: usize) -> Option<Self> {
        Self::of_bytes(scope, arguments, 1, length)
    }

    /// The range at the offset that follows argument `at`, which is the typed array.
    fn of_bytes<'s>(
        scope: &PinScope<'s, '_>,
        arguments: &Arguments<'s>,
        at: i32,
        length: usize,
    ) -> Option<Self> {
        let view = arguments.get(at).try_cast::<v8::ArrayBufferView>().ok()?;
        let offset = index_argument(scope, arguments, at + 1)?;
        if offset.checked_add(length)? > view.byte_length() {
            return None;
        }
        let start = std::ptr::NonNull::new(view.data())?.as_ptr().cast::<u8>();
        // SAFETY: `offset` is within the view, as checked above.
        let start = unsafe { start.add(offset) };
        Some(Self { start, length })
    }
}

fn index_argument<'s>(
    scope: &PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    at: i32,
) -> Option<usize> {
    usize::try_from(arguments.get(at).integer_value(scope)?).ok()
}
