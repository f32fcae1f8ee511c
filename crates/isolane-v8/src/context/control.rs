//! What the driver is told of a call, and how a call ends. Numbers cross in control words, as `Control`
//! in `npm/isolane/src/driver/contract.ts` has them.

use bytes::Bytes;
use isolane_core::Output;

/// How many there are.
pub(crate) const WORDS: usize = 14;
pub(crate) const STATUS: usize = 0;
pub(crate) const LOGS: usize = 1;
pub(crate) const CUT_LOGS: usize = 2;
pub(crate) const CUT_ERRORS: usize = 3;
pub(crate) const ATTACHMENTS: usize = 4;
/// The first of the words that describe a call: see [`CallWords`].
pub(crate) const CALL: usize = 6;

/// What a call is, besides values of V8's.
pub(crate) struct CallWords {
    /// Operation, input kind and output kind, a byte each from the lowest, and the salvage bit.
    pub(crate) kind: u32,
    /// Length of the encoded arguments.
    pub(crate) args_length: usize,
    /// Index of the first item in the whole input.
    pub(crate) first: u64,
    /// Items.
    pub(crate) count: u32,
    /// Parts the items come in.
    pub(crate) parts: usize,
    /// Failures of single items that are told in full.
    pub(crate) max_failures: u32,
}

impl CallWords {
    /// As the driver reads them from its control words.
    pub(crate) fn to_bytes(&self) -> [u8; (WORDS - CALL) * 4] {
        #[expect(clippy::cast_precision_loss, reason = "no array has 2^53 items")]
        let first = (self.first as f64).to_ne_bytes();
        let word = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let mut bytes = [0; (WORDS - CALL) * 4];
        bytes[0..4].copy_from_slice(&self.kind.to_ne_bytes());
        bytes[4..8].copy_from_slice(&word(self.args_length).to_ne_bytes());
        bytes[8..16].copy_from_slice(&first);
        bytes[16..20].copy_from_slice(&self.count.to_ne_bytes());
        bytes[20..24].copy_from_slice(&word(self.parts).to_ne_bytes());
        bytes[24..28].copy_from_slice(&self.max_failures.to_ne_bytes());
        bytes
    }
}

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
