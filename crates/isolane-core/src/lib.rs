//! The pool of isolane: workers, status array, scheduling and deadlines. No V8, no Node-API.
#![forbid(unsafe_code)]

mod engine;
mod event;
mod function;
mod job;
mod options;
mod pool;
mod shared;
mod stats;
mod status;

pub use engine::{
    Call, CallKind, Engine, Interrupt, Isolate, Lifeline, LostReason, Outcome, Reply, StartError,
};
pub use event::{End, Event};
pub use function::{Function, Functions};
pub use job::{JobId, JobSpec, Part, Priority};
pub use options::{PoolOptions, default_threads};
pub use pool::Pool;
pub use shared::Shared;
pub use stats::{Stats, Summary};
pub use status::{WorkerState, WorkerStatus};
