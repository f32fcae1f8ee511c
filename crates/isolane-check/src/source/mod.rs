//! A text as it is given, and as it is parsed.
//!
//! | module | noun |
//! | --- | --- |
//! | `index` | the places of a text: lines, columns and offsets in UTF-16 |
//! | `frame` | a few lines of a text, with a place marked |
//! | `parsed` | a text with its tree, in the form in which it makes sense |
//! | `syntax_error` | why a text has no tree |
//! | `regex` | the regular expressions of a text |
//! | `semicolon` | the one behind the text of a function |
//! | `jumps` | `break` and `continue` that have nowhere to go |
//! | `decorators` | those that no engine knows |
//! | `estree` | the tree as JSON |
//! | `lone_surrogates` | strings with them, as the tree in JSON is to have them |
//! | `visible` | what stands for characters that a terminal obeys |

mod decorators;
mod estree;
mod frame;
mod index;
mod jumps;
mod lone_surrogates;
mod parsed;
mod regex;
mod semicolon;
mod syntax_error;
mod visible;

pub use estree::{EstreeError, estree};
pub(crate) use frame::frame;
pub use frame::frame_at;
pub(crate) use index::Index;
pub(crate) use parsed::{Form, Language, Parsed, Place, Wanted, parse};
pub(crate) use regex::Found as RegexFound;
pub(crate) use syntax_error::SyntaxError;
pub(crate) use visible::visible;
