//! What a call gets: bytes in the driver's input buffer, and buffers beside it.

use isolane_core::{Attachment, Input};
use v8::{Local, PinScope, Value};

use crate::context::ending::{Ending, Failing};
use crate::context::exports::{Export, Exports, number};
use crate::memory::{self, Memory};
use crate::script::source::Stop;

/// The driver's input buffer. It grows, and never shrinks.
pub(super) struct InputBuffer(Memory);

impl InputBuffer {
    pub(super) fn new<'s>(
        scope: &mut PinScope<'s, '_>,
        exports: &Exports,
    ) -> Result<Self, Stop<'s>> {
        Self::of_size(scope, exports, 0)
    }

    fn of_size<'s>(
        scope: &mut PinScope<'s, '_>,
        exports: &Exports,
        size: usize,
    ) -> Result<Self, Stop<'s>> {
        let wanted = number(scope, size as u64);
        let buffer = exports.call(scope, Export::Reserve, &[wanted])?;
        let memory = buffer
            .try_cast::<v8::ArrayBuffer>()
            .ok()
            .and_then(Memory::of);
        memory
            .filter(|memory| memory.len() >= size)
            .map(Self)
            .ok_or(Stop::Terminated)
    }

    /// Makes room for `size` bytes.
    pub(super) fn reserve(
        &mut self,
        scope: &mut PinScope<'_, '_>,
        exports: &Exports,
        size: usize,
    ) -> Result<(), Ending> {
        if size > self.0.len() {
            *self = Self::of_size(scope, exports, size)
                .map_err(|stop| exports.fail(scope, Failing::Throw, stop))?;
        }
        Ok(())
    }

    /// Writes bytes at `offset`, for which room was reserved.
    pub(super) fn write(&mut self, offset: usize, bytes: &[u8]) {
        self.0.write(offset, bytes);
    }
}

/// Buffers of the isolate's own with what is attached to a call's input, for the function to keep;
/// `undefined` for nothing. What the pool owns is not copied; the budget counts it from now on.
pub(super) fn attach<'s>(
    scope: &mut PinScope<'s, '_>,
    exports: &Exports,
    attachments: &[Attachment],
) -> Result<Local<'s, Value>, Ending> {
    if attachments.is_empty() {
        return Ok(v8::undefined(scope).into());
    }
    let mut buffers: Vec<Local<'_, Value>> = Vec::with_capacity(attachments.len());
    for input in attachments.iter().filter_map(Attachment::take) {
        let buffer = match memory::adopted(scope, input) {
            Ok(buffer) => buffer,
            Err(input) => copied(scope, exports, &input)?,
        };
        buffers.push(buffer.into());
    }
    Ok(v8::Array::new_with_elements(scope, &buffers).into())
}

/// A buffer that the driver allocates: with a RangeError where there is no memory for it.
fn copied<'s>(
    scope: &mut PinScope<'s, '_>,
    exports: &Exports,
    input: &Input,
) -> Result<Local<'s, v8::ArrayBuffer>, Ending> {
    let length = number(scope, input.len() as u64);
    let buffer = exports
        .call(scope, Export::Allocate, &[length])
        .map_err(|stop| exports.fail(scope, Failing::Throw, stop))?
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
