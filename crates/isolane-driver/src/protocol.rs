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
    /// Out: 1 when the call has left something behind that the engine ends: timers, or an error that
    /// nobody has caught.
    pub const TURNS: usize = 5;
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

/// Kinds of items and results that are JSON text.
pub mod text_kind {
    /// In one array.
    pub const JSON: u8 = 64;
    /// One a line.
    pub const NDJSON: u8 = 65;
}

/// Bit of a call's [kind](kind_of): what it has finished may be asked for after a termination.
pub const SALVAGE: u32 = 1 << 24;

/// Bit of a call's [kind](kind_of): all lines that are logged for it say where.
pub const PLACES: u32 = 1 << 25;

/// How much of a shared value is frozen; first byte of its payload.
pub mod freeze_mode {
    /// All of it.
    pub const DEEP: u8 = 0;
    /// All but the elements of arrays.
    pub const OBJECTS: u8 = 1;
    /// Nothing.
    pub const NOTHING: u8 = 2;
    /// All of it, unless each function of the realm is proven to leave it as it is.
    pub const AS_NEEDED: u8 = 3;
    /// Functions do not see it; it is decoded anew for each copy that they get.
    pub const ENCODED: u8 = 4;
}

/// How a function's text is to be read.
pub mod function_form {
    /// As strict code, or as sloppy code where it is no strict code.
    pub const SOURCE: u8 = 0;
    /// As where it is.
    pub const MODULE: u8 = 1;
    /// As strict code.
    pub const STRICT: u8 = 2;
    /// As sloppy code.
    pub const SLOPPY: u8 = 3;
    /// As what it is made of: see [`Program`](crate::Program).
    pub const MODULES: u8 = 4;
    /// What it is made of is in files; a worker reads them when it first needs them.
    pub const FILES: u8 = 5;
}

/// How the text of a module is to be read.
pub mod module_format {
    /// As the body of a function.
    pub const COMMON_JS: u8 = 0;
    /// As an ES module.
    pub const MODULE: u8 = 1;
    /// As an expression, which is what it exports.
    pub const EXPRESSION: u8 = 2;
    /// As JSON.
    pub const JSON: u8 = 3;
    /// Not at all: the module is the engine's own.
    pub const BUILTIN: u8 = 4;
}

/// What the host puts in front of a method's text, which ends with `})` then.
pub const FIRST_PROPERTY: &str = "(o=>{for(const k in o)return o[k]})";

/// Bytes in a word of a header.
pub const WORD: usize = 4;

/// Parts of a chunk's input, and payloads of the wire, start at multiples of this, in bytes.
pub const ALIGNMENT: usize = 8;

/// First byte of a failure that could not be told in the codec's format; UTF-8 text follows. The
/// codec's version bytes are others.
pub const PLAIN_TEXT: u8 = 0xff;

/// First byte of a failure that is about the text in which the items are: see `noItem` in
/// `npm/isolane/src/jobs/failures.ts`.
pub const INVALID_JSON: u8 = 0xfe;

/// First byte of a failure that is about what a function is made of; JSON follows, in UTF-8: a
/// `LinkFault` in `npm/isolane/src/functions/link-error.ts`.
pub const LINK_FAULT: u8 = 0xfd;

/// Resource name of the prelude in stack traces.
pub const PRELUDE_NAME: &str = "isolane/prelude";

/// Prefix of a function's resource name in stack traces, before its own name.
pub const FUNCTION_PREFIX: &str = "isolane:";

/// A call's kind in one word: operation, input kind and output kind, a byte each from the lowest, and
/// [`SALVAGE`] and [`PLACES`].
pub fn kind_of(call: &ChunkCall<'_>) -> u32 {
    u32::from(call.kind.operation)
        | u32::from(call.kind.input) << 8
        | u32::from(call.kind.output) << 16
        | if call.salvage { SALVAGE } else { 0 }
        | if call.function.is_fresh() { PLACES } else { 0 }
}
