//! The numbers and names of `npm/isolane/src/protocol.ts` and `driver/contract.ts`, as far as Rust
//! looks at them. A test compares the two languages
//! (`__test__/package/numbers.test.mjs`).

use isolane_core::ChunkCall;

/// How a call ended, as the driver tells the engine.
pub mod status {
    /// Well.
    pub const DONE: u32 = 0;
    /// The output is a failure record.
    pub const FAILED: u32 = 1;
    /// The call waits for promises.
    pub const PENDING: u32 = 2;
    /// The call was told to stop; the output is what it had finished.
    pub const INTERRUPTED: u32 = 3;
}

/// Places of the words of 32 bits that an engine and its driver exchange around a call: `Control` in
/// `npm/isolane/src/driver/contract.ts`.
pub mod control {
    /// Out: a [`status`](super::status).
    pub const STATUS: usize = 0;
    /// Out: 1 when log records wait to be taken.
    pub const LOGS: usize = 1;
    /// Out: log records that were shortened or dropped; the engine sets it back.
    pub const CUT_LOGS: usize = 2;
    /// Out: errors that were shortened; the engine sets it back.
    pub const CUT_ERRORS: usize = 3;
    /// Out: buffers that the output of a call refers to.
    pub const ATTACHMENTS: usize = 4;
    /// In: the call's [kind](super::kind_of).
    pub const KIND: usize = 6;
    /// In: bytes of the encoded arguments; 0 for none.
    pub const ARGS_LENGTH: usize = 7;
    /// In: index of the first item in the whole input. A double, of two words.
    pub const FIRST: usize = 8;
    /// In: items of the chunk.
    pub const COUNT: usize = 10;
    /// In: parts that the items come in.
    pub const PARTS: usize = 11;
    /// In: failures of single items that are told in full.
    pub const MAX_FAILURES: usize = 12;
    /// Words in all.
    pub const LENGTH: usize = 14;
}

/// The kind of items that are encoded. Others are the raw memory of a typed array.
pub const CODEC: u8 = 0;

/// Bit of a call's [kind](kind_of): what it has finished may be asked for after a termination.
pub const SALVAGE: u32 = 1 << 24;

/// Bytes in a word of a header.
pub const WORD: usize = 4;

/// Parts of a chunk's input, and payloads of the wire, start at multiples of this, in bytes.
pub const ALIGNMENT: usize = 8;

/// First byte of a failure that could not be told in the codec's format; UTF-8 text follows. The
/// codec's version bytes are others.
pub const PLAIN_TEXT: u8 = 0xff;

/// Resource name of the prelude in stack traces.
pub const PRELUDE_NAME: &str = "isolane/prelude";

/// Prefix of a function's resource name in stack traces, before its own name.
pub const FUNCTION_PREFIX: &str = "isolane:";

/// A call's kind in one word: operation, input kind and output kind, a byte each from the lowest, and
/// [`SALVAGE`].
pub fn kind_of(call: &ChunkCall<'_>) -> u32 {
    u32::from(call.kind.operation)
        | u32::from(call.kind.input) << 8
        | u32::from(call.kind.output) << 16
        | if call.salvage { SALVAGE } else { 0 }
}
