//! The embedded engine of isolane: V8 isolates of our own beside Node's, one per worker thread.
//!
//! V8 appears in no other crate. [`V8Engine`] implements `isolane_core::Engine`; everything else is
//! private:
//!
//! | module | noun |
//! | --- | --- |
//! | `runtime` | the one V8 of the process: flags, platform, ICU data |
//! | `engine` | what a pool needs to start isolates |
//! | `options` | limits of isolates, and what their code may do |
//! | `isolate` | one isolate on its thread, behind `isolane_core::Isolate` |
//! | `context` | one context: loaded functions, shared values |
//! | `driver` | the Rust side of the prelude: its calls and control words |
//! | `exports` | the functions of the prelude's driver |
//! | `memory` | memory that crosses: written, lent, given, taken over |
//! | `prelude` | the prelude's compiled code, for the contexts of an isolate |
//! | `natives` | functions that the prelude gets from Rust |
//! | `signal` | whether the running call was interrupted |
//! | `source` | a function's text on its way into V8, and its compile errors |
//! | `budget` | memory of array buffers: the allocator that counts it |
//! | `pages` | pages of freed memory, for the system |
//! | `heap` | the memory limit: near-limit callback, and what is outside of the heap |
//! | `fatal` | where V8 can only abort: the thread is given up instead |
//! | `code_cache` | compiled code, shared between isolates |
//!
//! A call crosses into V8 once per chunk: bytes are copied into a buffer of the isolate, the
//! prelude's driver (TypeScript, `npm/isolane/src/driver`) decodes them, loops over the items and
//! encodes the results, and the result bytes are copied out.

mod code_cache;
mod context;
mod control;
mod driver;
mod engine;
mod exports;
mod fatal;
mod isolate;
mod memory;
mod natives;
mod options;
mod prelude;
mod runtime;
mod signal;
mod source;

pub use engine::V8Engine;
pub use options::V8Options;
pub use runtime::{Unavailable, version};
