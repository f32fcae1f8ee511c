//! The pool of isolane: workers, status array, scheduling, deadlines and statistics. It knows
//! neither V8 nor Node-API: what runs code is an [`Engine`], what submits it a host.
//!
//! A host [starts](Pool::start) a pool on an engine and [submits](Pool::submit) jobs: a function
//! and items, as bytes. Workers, each a thread with an isolate, pull chunks of them; what comes of
//! it is [drained](Pool::drain) as [`Event`]s.
#![forbid(unsafe_code)]

mod admission;
mod adopted;
mod chunking;
mod completion;
mod course;
mod crew;
mod cursor;
mod engine;
mod event;
#[cfg(feature = "fault-injection")]
pub mod faults;
mod flight;
mod flights;
mod function;
mod idle;
mod job;
mod jobs;
mod memory;
mod options;
mod parker;
mod pool;
mod priority;
mod queue;
mod registry;
mod scheduler;
mod shared;
mod spec;
mod spinning;
mod stats;
mod status;
mod sync;
mod thread;
#[cfg(tsan)]
mod visible_locks;
mod watchdog;
mod worker;

pub use adopted::{AdoptedWorker, Adoption, Entrance, Step, Unwanted};
pub use engine::{
    Call, CallKind, Cut, Engine, Interrupt, Isolate, Lifeline, LostReason, Outcome, Output, Reply,
    StartError, Waker,
};
pub use event::{End, Event};
pub use function::{Function, Functions, Scope};
pub use memory::{Attachment, Input, Loan, TakenBack, Target};
pub use options::{PoolOptions, default_threads};
pub use pool::Pool;
pub use shared::Shared;
pub use spec::{JobId, JobSpec, Part, Priority};
pub use stats::{Stats, Summary};
pub use status::{WorkerState, WorkerStatus};
