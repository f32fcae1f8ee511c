//! What can be proven of a function's text, or forbidden in it, without running it.
//!
//! [`read_only`] proves that a function writes to nothing that it did not make itself. Shared values
//! can then be served to it unfrozen: V8 does not inline `every`, `some` and `includes` over frozen
//! arrays.
//!
//! The parser is [oxc](https://docs.rs/oxc_parser/0.96.0). It recurses as deep as the text nests, so
//! a text is parsed on a thread of its own with a stack that suffices for the longest text taken.

mod position;
mod program;
mod read_only;

pub use position::Position;
pub use program::MAX_TEXT_BYTES;
pub use read_only::{Finding, ReadOnly, read_only};
