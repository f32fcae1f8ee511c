//! Memory that crosses between a pool and an isolate: input that is written into a buffer, lent for
//! a call or given for good; output that is copied or taken over.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use isolane_core::Input;
use v8::{BackingStore, Local, PinScope, SharedRef, Value};

use super::budget::{Budget, Charge};

/// From this size on memory that the driver gives away is taken over; below it is copied, and its
/// buffer left to the isolate's budget.
const TAKE_OVER_FROM: usize = 64 << 10;

/// From this size on raw items are read where they are: below it a copy is cheaper than a buffer.
const IN_PLACE_FROM: usize = 64 << 10;

/// Arrays of any kind can start at multiples of this.
const BUFFER_ALIGNMENT: usize = 8;

/// The memory of an `ArrayBuffer` of the prelude's. User code is not meant to reach the buffer; if it
/// did, and detached it, the memory would still be here.
pub(crate) struct Memory {
    start: NonNull<u8>,
    length: usize,
    /// Keeps `start` valid, whatever becomes of the buffer.
    _store: SharedRef<BackingStore>,
}

impl Memory {
    /// `None` for memory that JavaScript could shrink.
    pub(crate) fn of(buffer: Local<'_, v8::ArrayBuffer>) -> Option<Self> {
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

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn write(&mut self, offset: usize, bytes: &[u8]) {
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

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the memory is initialised, kept alive by `_store`, and not written while a
        // reference is about: no JavaScript runs meanwhile, or none that knows the buffer.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }

    pub(crate) fn word(&self, index: usize) -> u32 {
        assert!((index + 1) * 4 <= self.length, "control words are few");
        // SAFETY: in bounds (asserted) and kept alive, as in `write`; JavaScript writes it on this
        // thread only, and does not run now.
        unsafe {
            self.start
                .as_ptr()
                .cast::<u32>()
                .add(index)
                .read_unaligned()
        }
    }
}

/// A buffer over raw items that the pool owns, for the driver to read them where they are; `None`
/// where they are to be written into the input. It is lent for one call, and not counted by the
/// budget.
pub(crate) fn lent<'s>(
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

unsafe extern "C" fn drop_bytes(_start: *mut c_void, _length: usize, owner: *mut c_void) {
    // SAFETY: the pointer that `lent` made of a box; V8 calls this once.
    drop(unsafe { Box::from_raw(owner.cast::<Bytes>()) });
}

/// What is attached, in memory that the isolate takes over. Back, where it is the host's, or the
/// budget has no room: V8 gets the chance to collect garbage when it allocates by itself.
pub(crate) fn adopted<'s>(
    scope: &mut PinScope<'s, '_>,
    input: Input,
) -> Result<Local<'s, v8::ArrayBuffer>, Input> {
    let Input::Owned(bytes) = input else {
        return Err(input);
    };
    let budget = scope.get_slot::<Arc<Budget>>();
    let Some(charge) = budget.and_then(|budget| budget.charge(bytes.len(), 0)) else {
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
pub(crate) fn take_out(output: Local<'_, Value>) -> Bytes {
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
pub(crate) fn copy_out(output: Local<'_, Value>) -> Bytes {
    let Ok(view) = output.try_cast::<v8::ArrayBufferView>() else {
        return Bytes::new();
    };
    let mut bytes = vec![0; view.byte_length()];
    let copied = view.copy_contents(&mut bytes);
    bytes.truncate(copied);
    bytes.into()
}
