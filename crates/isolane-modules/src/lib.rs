//! How the modules of a function hang together, found without running them.
//!
//! [`link`] takes a table of modules and the id of one of them, the entry. It finds what each of
//! those requests that the entry reaches, and which module of the table is meant. What is wrong (a
//! module that is missing, a cycle, a syntax error) is an error before anything runs.
//!
//! | module | noun |
//! | --- | --- |
//! | `module` | a module, as given and as linked |
//! | `text` | a module's text, parsed: its format, requests and exports |
//! | `known` | texts that have been read before |
//! | `names` | imports by name, and whether there is such an export |
//! | `requests` | what a parsed text requests |
//! | `exports` | what it exports |
//! | `json` | modules that are JSON |
//! | `table` | modules by id, and which of them a specifier means |
//! | `resolver` | which modules are meant by names that are computed |
//! | `cycles` | modules that need one another |
//! | `hash` | the identity of a text, and of all that an entry reaches |
//! | `graph` | the modules that an entry reaches |
//! | `examine` | what texts request: that of an entry without others, those of a table beside one another |
//! | `error` | why there is no graph |

mod cycles;
mod error;
mod examine;
mod exports;
mod graph;
mod hash;
mod json;
mod known;
mod module;
mod names;
mod requests;
mod resolver;
mod table;
mod text;

pub use error::LinkError;
pub use examine::{examine, unmet};
pub use graph::{Cycles, Graph, Linked, Request, link};
pub use hash::Hash;
pub use isolane_syntax::{Position, nearest};
pub use known::read_once;
pub use module::{Format, MAX_ID_BYTES, Module};
pub use requests::{Kind, Names};
pub use resolver::Resolver;
pub use text::{Found, Role, Text, TextError, read};
