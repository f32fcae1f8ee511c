//! The Node.js addon: Node-API only, and thin. It carries commands from JavaScript to
//! `isolane_core::Pool` and events back, a batch per call, and never looks inside a payload.
//!
//! Every export catches panics: one that reached Node's C++ would abort the process.
//!
//! | module | noun |
//! | --- | --- |
//! | `about` | exported functions about this build |
//! | `native_pool` | the exported class `NativePool` |
//! | `options` | how a pool is made |
//! | `attachments` | what the commands of a batch refer to |
//! | `loans` | the host's memory that jobs read and write |
//! | `engines` | the engines of this build, by cargo feature |
//! | `wire` | commands and events as bytes, as `npm/isolane/src/wire.ts` has them |
//! | `events` | writing events into the host's inbox |
//! | `report` | status and statistics as JSON |
//! | `node_worker` | the exported class `NodeWorker`, for the Workers of the node engine |
//! | `number` | numbers as JavaScript has them |
//! | `lifecycle` | what happens to pools when their Node environment goes away |
//! | `faults` | faults on purpose, in a build for the soak |

pub mod about;
mod attachments;
mod engines;
mod events;
#[cfg(feature = "fault-injection")]
pub mod faults;
mod lifecycle;
mod loans;
pub mod native_pool;
pub mod node_worker;
mod number;
pub mod options;
mod report;
mod wire;
