//! The Node.js addon: Node-API only, and thin. It carries commands from JavaScript to
//! `isolane_core::Pool` and events back, a batch per call, and never looks inside a payload.
//!
//! | module | noun |
//! | --- | --- |
//! | `binding` | the exported class `NativePool` and the functions about this build |
//! | `engines` | the engines of this build, by cargo feature |
//! | `wire` | commands and events as bytes, as `npm/isolane/src/wire.ts` has them |
//! | `events` | writing events into the host's inbox |
//! | `report` | status and statistics as JSON |
//! | `node_worker` | the exported class `NodeWorker`, for the Workers of the node engine |
//! | `lifecycle` | what happens to pools when their Node environment goes away |

pub mod binding;
mod engines;
mod events;
mod lifecycle;
mod loans;
pub mod node_worker;
mod report;
mod wire;
