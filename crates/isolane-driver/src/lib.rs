//! How every engine speaks with its driver, the JavaScript that runs a chunk
//! (`npm/isolane/src/driver`): what the engines would otherwise each have of their own.
//!
//! | module | noun |
//! | --- | --- |
//! | `protocol` | the numbers and names of `npm/isolane/src/protocol.ts` that Rust looks at |
//! | `input` | where the pieces of a call's input are |
//! | `shared_values` | the shared values that a driver holds, and those that its calls see |
//!
//! No V8 and no Node-API here: bytes only.
#![forbid(unsafe_code)]

mod input;
pub mod protocol;
mod shared_values;

pub use input::InputLayout;
pub use shared_values::SharedValues;
