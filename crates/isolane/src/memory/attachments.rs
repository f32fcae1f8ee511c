//! What the commands of a batch refer to.

use std::num::NonZeroU32;

use bytes::Bytes;
use isolane_core::{Input, Target};
use napi::bindgen_prelude::{Array, ArrayBuffer, FromNapiValue, JsValue, Uint8ArraySlice, Unknown};
use napi::{Error, Result, Status};

use crate::memory::loans::Loans;

/// Taken in the order in which the commands name them.
pub(crate) struct Attachments<'a> {
    loans: &'a Loans,
    list: Option<&'a Array<'a>>,
    next: u32,
}

impl<'a> Attachments<'a> {
    pub(crate) fn new(loans: &'a Loans, list: Option<&'a Array<'a>>) -> Self {
        Self {
            loans,
            list,
            next: 0,
        }
    }

    fn next(&mut self) -> Result<Unknown<'_>> {
        let attachment = self.list.map(|list| list.get(self.next)).transpose()?;
        self.next += 1;
        attachment
            .flatten()
            .ok_or_else(|| Error::new(Status::InvalidArg, "an attachment is missing"))
    }

    /// The next `count`, as input of `job`.
    pub(crate) fn inputs(&mut self, job: u32, count: u32) -> Result<Vec<Input>> {
        let loans = self.loans;
        (0..count)
            .map(|_| input(loans, job, self.next()?))
            .collect()
    }

    /// Where the results of `job` go, of `stride` bytes each: the next, an `ArrayBuffer`.
    pub(crate) fn target(&mut self, job: u32, stride: NonZeroU32) -> Result<Target> {
        let loans = self.loans;
        let loan = loans.lend(job, &convert(self.next()?)?)?;
        let stride = stride.get();
        Ok(Target { loan, stride })
    }
}

/// A `Uint8Array` is copied, an `ArrayBuffer` lent.
pub(crate) fn input(loans: &Loans, job: u32, attachment: Unknown<'_>) -> Result<Input> {
    if attachment.is_typedarray()? {
        let bytes = convert::<Uint8ArraySlice<'_>>(attachment)?;
        return Ok(Bytes::copy_from_slice(&bytes).into());
    }
    let buffer = convert::<ArrayBuffer<'_>>(attachment)?;
    Ok(Input::Lent {
        loan: loans.lend(job, &buffer)?,
        range: 0..buffer.len(),
    })
}

/// Fails where the value is of another type.
fn convert<T: FromNapiValue>(value: Unknown<'_>) -> Result<T> {
    // SAFETY: the types that are asked for here ask Node-API for their data, which checks the type.
    unsafe { value.cast() }
}
