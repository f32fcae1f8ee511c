//! Text on its way into V8, and the code that V8 makes of it.
//!
//! | module | noun |
//! | --- | --- |
//! | `source` | a function's text on its way into V8, and its compile errors |
//! | `prelude` | the prelude's compiled code, for the contexts of an isolate |
//! | `code_cache` | compiled code, shared between isolates |

mod code_cache;
pub(crate) mod prelude;
pub(crate) mod source;

pub(crate) use code_cache::CodeCache;
