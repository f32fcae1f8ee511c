//! Text on its way into V8, and the code that V8 makes of it.
//!
//! | module | noun |
//! | --- | --- |
//! | `expression` | a text that is an expression: a function's source |
//! | `source` | text on its way into V8, and its compile errors |
//! | `text_limit` | how long a text may be that an isolate compiles |
//! | `patterns` | regular expressions that are too long to compile |
//! | `prelude` | the prelude's compiled code, for the contexts of an isolate |
//! | `code_cache` | compiled code, shared between isolates |

mod code_cache;
pub(crate) mod expression;
mod patterns;
pub(crate) mod prelude;
pub(crate) mod source;
mod text_limit;

pub(crate) use code_cache::{CodeCache, MODULE_CODE};
pub(crate) use text_limit::TextLimit;
