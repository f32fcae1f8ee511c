//! The Node.js addon: Node-API only, and thin. It carries commands from JavaScript to
//! `isolane_core::Pool` and events back, a batch per call, and never looks inside a payload.
//!
//! Every export catches panics: one that reached Node's C++ would abort the process.
//!
//! | module | noun |
//! | --- | --- |
//! | `about` | exported functions about this build |
//! | `check` | exported functions of the checker |
//! | `pool_class` | the exported class `NativePool` |
//! | `worker_class` | the exported class `NodeWorker`, for the Workers of the node engine |
//! | `payload_class` | the exported class `NativePayload`, for shared values that are put together in pieces |
//! | `splitter_class` | the exported class `NativeSplitter`, for texts that stream |
//! | `options` | how a pool is made |
//! | `engines` | the engines of this build, by cargo feature |
//! | `handles` | functions and shared values that JavaScript holds by their keys |
//! | `modules` | functions that are made of modules, linked, and functions in files; exported functions that read modules, and tell what they ask for |
//! | `wire` | what commands stand for, and events as bytes, as `npm/isolane/src/addon/inbox.ts` has them |
//! | `memory` | the host's memory: attachments of commands, loans that jobs read and write |
//! | `text` | items that are JSON text, and results joined to one |
//! | `report` | status and statistics as JSON |
//! | `lifecycle` | what happens to pools when their Node environment goes away |
//! | `faults` | faults on purpose, in a build for the soak |

pub mod about;
pub mod check;
mod engines;
#[cfg(feature = "fault-injection")]
pub mod faults;
mod handles;
mod lifecycle;
mod memory;
pub mod modules;
pub mod options;
pub mod payload_class;
pub mod pool_class;
mod report;
pub mod splitter_class;
mod text;
mod wire;
pub mod worker_class;
