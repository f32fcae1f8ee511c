//! The pool of isolane: workers, status array, scheduling, deadlines and statistics. It knows
//! neither V8 nor Node-API: what runs code is an [`Engine`], what submits it a host.
//!
//! A host [starts](Pool::start) a pool on an engine and [submits](Pool::submit) jobs: a function
//! and items, as bytes. Workers, each a thread with an isolate, pull chunks of them; what comes of
//! it is [drained](Pool::drain) as [`Event`]s.
#![forbid(unsafe_code)]

mod completion;
mod engine;
mod event;
#[cfg(feature = "fault-injection")]
pub mod faults;
mod function;
mod handoff;
mod item_source;
mod job_spec;
mod jobs;
mod memory;
mod options;
mod panic;
mod pool;
mod shared;
mod stats;
mod sync;
mod watchdog;

pub use engine::{
    CallEnd, CallKind, ChunkCall, Cut, Engine, Interrupt, Isolate, Lifeline, LostReason, Output,
    Reply, StartError, Waker,
};
pub use event::{End, Event};
pub use function::{Function, FunctionText, Functions, Parts, Scope};
pub use handoff::{WorkerState, WorkerStatus};
pub use item_source::{Found, ItemSource, NoItem};
pub use job_spec::{JobId, JobSpec, Part, Priority};
pub use memory::{Attachment, Input, Loan, Sink, TakenBack, Target};
pub use options::{PoolOptions, default_threads};
pub use pool::{AdoptHandle, AdoptedWorker, Adoption, Outstanding, Pool, SlotTaken, Step};
pub use shared::{MayWrite, Shared};
pub use stats::{Stats, Summary};
