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
//! | `signal` | whether the running call was interrupted |
//! | `time_zone` | the local time zone, which the host may change |
//! | `fatal` | where V8 can only abort: the thread is given up instead |
//! | `context` | one context: its driver, loaded functions, shared values |
//! | `script` | text on its way into V8, and the code that V8 makes of it |
//! | `memory` | the memory limit, and memory that crosses |
//!
//! A call crosses into V8 once per chunk: bytes are copied into a buffer of the isolate, the
//! prelude's driver (TypeScript, `npm/isolane/src/driver`) decodes them, loops over the items and
//! encodes the results, and the result bytes are copied out.

mod context;
mod engine;
mod fatal;
mod isolate;
mod memory;
mod options;
mod runtime;
mod script;
mod signal;
mod time_zone;

pub use engine::V8Engine;
pub use options::V8Options;
pub use runtime::{Unavailable, version};
pub use time_zone::follow_time_zone;
