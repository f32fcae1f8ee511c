//! How every engine speaks with its driver, the JavaScript that runs a chunk
//! (`npm/isolane/src/driver`): what the engines would otherwise each have of their own.
//!
//! | module | noun |
//! | --- | --- |
//! | `protocol` | the numbers and names of `npm/isolane/src/protocol.ts` that Rust looks at |
//! | `input` | where the pieces of a call's input are |
//! | `shared_values` | the shared values that a driver holds, and those that its calls see |
//! | `realm` | the functions that run on one set of built-ins, and whether they can be trusted |
//! | `place` | which context of an isolate a call runs in |
//! | `deferred` | a program that is made when it is first needed |
//! | `program` | a function that is made of modules, linked |
//! | `judgement` | whether a function is proven to write to nothing that it did not make |
//!
//! No V8 and no Node-API here: bytes only.
#![forbid(unsafe_code)]

mod deferred;
mod input;
mod judgement;
mod place;
mod program;
pub mod protocol;
mod realm;
mod shared_values;

pub use deferred::{Deferred, Maker};
pub use input::InputLayout;
pub use judgement::judge;
pub use place::Place;
pub use program::{Module, Program, Resolver, Text};
pub use realm::{Realm, reason};
pub use shared_values::SharedValues;
