//! The exported class of payloads that come in pieces.

use std::cell::RefCell;

use bytes::Bytes;
use napi::bindgen_prelude::Uint8ArraySlice;
use napi::{Error, Result};
use napi_derive::napi;

use isolane_wire::number::whole;

/// What a value is encoded to that calls share. A large one is put together in as many turns of the event
/// loop as that takes, in memory of the pool's: nothing has to be copied as a whole.
#[napi]
pub struct NativePayload {
    bytes: RefCell<Vec<u8>>,
}

#[napi]
impl NativePayload {
    /// With room for `length` bytes; more may come.
    #[napi(constructor, catch_unwind)]
    pub fn new(length: f64) -> Result<Self> {
        let mut bytes = Vec::new();
        make_room(
            &mut bytes,
            usize::try_from(whole(length)).unwrap_or(usize::MAX),
        )?;
        Ok(Self {
            bytes: RefCell::new(bytes),
        })
    }

    /// The bytes that come next. They are copied.
    #[napi(catch_unwind)]
    pub fn put(&self, piece: Uint8ArraySlice<'_>) -> Result<()> {
        let mut bytes = self.bytes.borrow_mut();
        make_room(&mut bytes, piece.len())?;
        bytes.extend_from_slice(&piece);
        Ok(())
    }

    /// All of it, once.
    pub(crate) fn take(&self) -> Bytes {
        self.bytes.take().into()
    }
}

fn make_room(bytes: &mut Vec<u8>, more: usize) -> Result<()> {
    bytes
        .try_reserve(more)
        .map_err(|_| Error::from_reason(format!("there is no memory for {more} more bytes")))
}
