//! What can be proven of a function's text, or forbidden in it, without running it.
//!
//! [`read_only`] proves that a function writes to nothing that it did not make itself. Shared values
//! can then be served to it unfrozen: V8 does not inline `every`, `some` and `includes` over frozen
//! arrays.
//!
//! [`check`] judges a text by rules, as linters do.
//!
//! The parser is [oxc](https://docs.rs/oxc_parser/0.96.0), on [a stack that
//! suffices](isolane_syntax::on_parser_stack) for the longest text taken.
//!
//! | module | noun |
//! | --- | --- |
//! | `read_only` | the proof, of what `program` parses |
//! | `options` | what a check is asked for |
//! | `source` | a text with its tree and its places |
//! | `lint` | how rules judge a text |
//! | `mutation` | the methods that change what they are called on |
//! | `rules` | the rules |
//! | `report` | what a check finds |

mod lint;
mod mutation;
mod options;
mod program;
mod read_only;
mod report;
mod rules;
mod source;

pub use isolane_syntax::Position;
pub use lint::{MAX_SOURCE_BYTES, check};
pub use options::{CheckOptions, OptionFault};
pub use program::MAX_TEXT_BYTES;
pub use read_only::{Finding, ReadOnly, read_only};
pub use report::{Diagnostic, Explanation, Placed, Reason, Report, Severity};
pub use rules::{RuleDescription, Severities, rules};
pub use source::{EstreeError, estree, frame_at};
