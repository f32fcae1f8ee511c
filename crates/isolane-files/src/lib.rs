//! The modules of a function that is in a file: read from disk, resolved as Node resolves, types taken
//! out of TypeScript.
//!
//! [`read`] gives a table for [`isolane_modules::link`], whose ids are the files' paths. Every module
//! says by [`imports`](isolane_modules::Module::imports) what its specifiers mean.
//!
//! | module | noun |
//! | --- | --- |
//! | `walk` | the way from file to file |
//! | `file` | a file's text, and whether it has changed |
//! | `resolver` | from a specifier to a file |
//! | `format` | how a file's text is to be read |
//! | `types` | TypeScript as JavaScript |
//! | `map` | the author's places of what was printed anew |
//! | `builtin` | Node's own modules, which no isolate has |
//! | `error` | why a file's modules cannot be had |

#![expect(
    clippy::result_large_err,
    reason = "an error is made once, and ends all"
)]

mod builtin;
mod error;
mod file;
mod format;
mod map;
mod resolver;
mod types;
mod walk;

pub use error::FileError;
pub use file::Stamp;
pub use map::Map;
pub use walk::{Files, read};
