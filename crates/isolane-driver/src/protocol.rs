//! The numbers and names of `npm/isolane/src/protocol.ts`, as far as Rust looks at them. A test
//! compares the two (`__test__/package/numbers.test.mjs`).

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
