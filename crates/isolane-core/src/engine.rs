//! The seam between the pool and whatever runs code: [`Engine`], [`Isolate`], [`Interrupt`].
//!
//! The pool moves bytes and decides who runs what and when; an engine knows what the bytes mean.
//! Nothing here knows V8 or Node.

use std::fmt;
use std::ops::AddAssign;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::{Attachment, Function, Input, Shared};

/// Provides isolates, one per worker thread.
pub trait Engine: Send + Sync + 'static {
    /// What [`start`](Self::start) makes.
    type Isolate: Isolate;

    /// Makes the isolate of one worker.
    ///
    /// Runs on the worker's own thread, which keeps the isolate and drops it there. It runs again
    /// on the same thread when an isolate is [spent](Isolate::is_spent) or has panicked.
    /// `worker` stays valid for as long as that isolate lives and may be kept inside it.
    ///
    /// # Errors
    ///
    /// [`StartError`] when no isolate can be had. The pool tries a few times, then ends the thread and
    /// tries again later, with another, for as long as other workers are left. Jobs of a pool with none
    /// left end as [`End::Unavailable`](crate::End).
    fn start(&self, worker: &Arc<dyn Lifeline>) -> Result<Self::Isolate, StartError>;

    /// Stack of a worker thread, in bytes.
    fn stack_size(&self) -> usize;

    /// How long an interrupted call may take to come back before its worker is given up as lost.
    /// Default: 5 seconds (isolated-vm waits as long).
    fn grace_period(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// How many lost workers are replaced while the pool lives, unless
    /// [`PoolOptions::max_lost_workers`](crate::PoolOptions::max_lost_workers) says it. Default: 4.
    fn max_lost_workers(&self) -> u32 {
        4
    }
}

/// Runs calls. Lives on one thread and need not be `Send`.
pub trait Isolate: 'static {
    /// The handle by which other threads stop the running call. Asked for once, after the start.
    fn interrupt(&self) -> Arc<dyn Interrupt>;

    /// Runs the function over one chunk.
    ///
    /// A panic is caught: the chunk is reported as lost, with the panic's message, and the isolate
    /// is replaced.
    fn call(&mut self, call: &ChunkCall<'_>) -> Reply;

    /// What the call that was just interrupted had finished, in a form that only the engine and the
    /// host know; empty for nothing. Asked for at most once after a call with
    /// [`salvage`](ChunkCall::salvage) has returned [`CallEnd::Interrupted`], and only where its job
    /// timed out.
    ///
    /// Must take a bounded, short time and run nothing of the user's code: what bounded that has
    /// been used up. The default gives nothing.
    fn salvage(&mut self) -> Bytes {
        Bytes::new()
    }

    /// Housekeeping that must not delay a call: the worker found nothing to do and is about to
    /// sleep. A new isolate's first one, where no call comes before it, is the time for what the
    /// start has left out: it comes after 100 ms, so that the workers that start are not held up.
    fn rest(&mut self) {}

    /// Whether the isolate must not be used again, for example because it met its memory limit.
    /// Asked after each call and each rest; the pool then drops it and starts another on the same
    /// thread.
    fn is_spent(&self) -> bool {
        false
    }

    /// Gives back memory that only garbage holds. It may take its time: asked for only when an
    /// isolate is to be replaced unless it then [uses](Self::heap_used) less.
    fn shrink(&mut self) {}

    /// Bytes of heap in use, as last known. Asked after each call, so it must be cheap.
    fn heap_used(&self) -> u64;
}

/// Stops what an isolate runs at the moment.
///
/// The pool raises it only while the call it is meant for is the one that runs, so an
/// implementation needs no guard of its own against a late raise.
pub trait Interrupt: Send + Sync {
    /// Stops the running call, from any thread. Sticky until [cleared](Self::clear). The pool
    /// holds the lock of the running call meanwhile, so this must neither block nor call the pool.
    fn raise(&self);

    /// Makes the isolate usable again: on the isolate's thread, after the call that was interrupted
    /// has returned.
    fn clear(&self);
}

/// Reaches a worker that waits in an event loop of its own, which only an
/// [adopted](crate::AdoptedWorker) one does.
pub trait Waker: Send + Sync {
    /// Has the worker look for work soon. Called on any thread, also when the worker is gone; must
    /// neither block nor call the pool.
    fn wake(&self);
}

/// What the pool gives an engine so that code deep inside a call, such as V8's out-of-memory
/// handler, can give the thread up.
pub trait Lifeline: Send + Sync {
    /// Declares the worker lost: its chunk is reported ([`End::MemoryLimit`](crate::End) or
    /// [`End::WorkerLost`](crate::End), by `reason`) and a replacement starts on another thread.
    ///
    /// A caller on the worker's own thread must then never return into the call: it parks for
    /// ever. A second declaration does nothing.
    fn lost(&self, reason: LostReason);
}

/// Why a worker was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LostReason {
    /// The isolate ran out of memory in a way it cannot return from.
    Memory,
    /// Anything else, in words for the user.
    Other(String),
}

impl fmt::Display for LostReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("out of memory"),
            Self::Other(reason) => f.write_str(reason),
        }
    }
}

/// An engine could not make an isolate; the text says why and what would help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub String);

/// What a call does with its items: four numbers whose meaning belongs to the engine and the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CallKind {
    /// The operation, for example map or reduce.
    pub operation: u8,
    /// How the items are encoded.
    pub input: u8,
    /// How the results are to be encoded.
    pub output: u8,
    /// How many failures of single items are told in full. With 0 the first one ends the call.
    pub max_failures: u32,
}

/// One chunk of a job, as an isolate sees it.
#[derive(Clone, Copy, Debug)]
pub struct ChunkCall<'a> {
    /// The function to run.
    pub function: &'a Arc<Function>,
    /// The second function of operations that have two, for example the reducer.
    pub second: Option<&'a Arc<Function>>,
    /// What to do.
    pub kind: CallKind,
    /// The encoded arguments, the same for every chunk of the job.
    pub args: &'a Bytes,
    /// The shared values of the job.
    pub shared: &'a [Arc<Shared>],
    /// Index of the first item within the job.
    pub first: u64,
    /// Number of items in `parts` together.
    pub count: u32,
    /// Whether what it has finished may be [asked for](Isolate::salvage) if it is interrupted.
    pub salvage: bool,
    /// The items: a contiguous run of parts in the order in which the host gave them.
    pub parts: &'a [Input],
    /// The attachments of all parts, in the order in which the parts refer to them.
    pub attachments: &'a [Attachment],
}

/// What came of a call.
#[derive(Clone, Debug)]
pub struct Reply {
    /// How it ended.
    pub end: CallEnd,
    /// Encoded log records; empty if none.
    pub logs: Bytes,
    /// What the engine's caps have cut off.
    pub cut: Cut,
}

/// What a call gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The results.
    pub bytes: Bytes,
    /// What `bytes` refers to, in this order.
    pub attachments: Vec<Bytes>,
}

impl Output {
    /// Bytes of all of it.
    pub fn len(&self) -> usize {
        self.bytes.len() + self.attachments.iter().map(Bytes::len).sum::<usize>()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<Bytes> for Output {
    fn from(bytes: Bytes) -> Self {
        Self {
            bytes,
            attachments: Vec::new(),
        }
    }
}

/// How much was cut off by caps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Log records that were shortened or dropped.
    pub logs: u64,
    /// Errors that were shortened.
    pub errors: u64,
    /// Jobs that ended because their results were too large. The pool's own to count.
    pub results: u64,
}

impl AddAssign for Cut {
    fn add_assign(&mut self, other: Self) {
        self.logs += other.logs;
        self.errors += other.errors;
        self.results += other.results;
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// Well, with the encoded results.
    Done(Output),
    /// The function failed; the encoded error is opaque to the pool.
    Failed(Bytes),
    /// The [`Interrupt`] stopped it.
    Interrupted,
    /// It met the memory limit. Usually the isolate is [spent](Isolate::is_spent) now.
    MemoryLimit,
}
