//! The Node.js addon: Node-API only, and thin. It carries commands from JavaScript to
//! `isolane_core::Pool` and events back, a batch per call, and never looks inside a payload.
//!
//! Every export catches panics: one that reached Node's C++ would abort the process.
//!
//! | module | noun |
//! | --- | --- |
//! | `about` | exported functions about this build |
//! | `pool_class` | the exported class `NativePool` |
//! | `worker_class` | the exported class `NodeWorker`, for the Workers of the node engine |
//! | `options` | how a pool is made |
//! | `engines` | the engines of this build, by cargo feature |
//! | `handles` | functions and shared values that JavaScript holds by their keys |
//! | `wire` | commands and events as bytes, as `npm/isolane/src/addon/{outbox,inbox}.ts` have them |
//! | `memory` | the host's memory: attachments of commands, loans that jobs read and write |
//! | `number` | numbers as JavaScript has them |
//! | `report` | status and statistics as JSON |
//! | `lifecycle` | what happens to pools when their Node environment goes away |
//! | `faults` | faults on purpose, in a build for the soak |

pub mod about;
mod engines;
#[cfg(feature = "fault-injection")]
pub mod faults;
mod handles;
mod lifecycle;
mod memory;
mod number;
pub mod options;
pub mod pool_class;
mod report;
mod wire;
pub mod worker_class;
