//! [`Event`]: what the pool tells the host.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::{Function, JobId};

/// One thing that happened, handed out by [`Pool::drain`](crate::Pool::drain).
///
/// For each submitted job exactly one event ends it: a [`Chunk`](Self::Chunk) with `last` set, or
/// an [`Ended`](Self::Ended). The events of a job precede its end, and the records a function
/// logged during a chunk precede that chunk.
#[derive(Clone, Debug)]
pub enum Event {
    /// A chunk is done.
    Chunk {
        /// The job.
        job: JobId,
        /// Index of the chunk's first item within the job. Chunks arrive in any order.
        first: u64,
        /// Number of items in the chunk.
        count: u32,
        /// The encoded results; empty where they went to the job's [sink](crate::Sink). With the last
        /// chunk comes what that gives in the end; or with one of no items, where an
        /// [`Ended`](Self::Ended) follows.
        output: Bytes,
        /// What `output` refers to, in this order.
        attachments: Vec<Bytes>,
        /// Time since the job's first chunk was started.
        ran: Duration,
        /// The job ended well with this chunk: every item has been delivered and no
        /// [`Ended`](Self::Ended) follows.
        last: bool,
    },
    /// A chunk was interrupted by its job's timeout; what had been finished of it was salvaged. The
    /// job's [`TimedOut`](End::TimedOut) follows.
    Salvaged {
        /// The job.
        job: JobId,
        /// Index of the chunk's first item within the job.
        first: u64,
        /// Number of items in the chunk, finished or not.
        count: u32,
        /// What the engine gave.
        output: Bytes,
    },
    /// How long a job took that is [timed](crate::JobSpec::timed). Its end follows; what was not admitted
    /// has none.
    Timed {
        /// The job.
        job: JobId,
        /// Time from the submission to the start of the first chunk; where none was started, to the end.
        queued: Duration,
        /// Time from then to the end of the last call.
        ran: Duration,
        /// The workers that ran its chunks, by rising number.
        workers: Vec<u32>,
    },
    /// A job is over and nothing of it runs any more.
    Ended {
        /// The job.
        job: JobId,
        /// How it ended.
        end: End,
    },
    /// A function logged something.
    Log {
        /// The job, which may have ended by now.
        job: JobId,
        /// The function.
        function: Arc<Function>,
        /// The worker it ran on.
        worker: u32,
        /// Encoded records, as the engine gave them.
        records: Bytes,
    },
    /// A worker has run what came with a job that is a [warm-up](crate::JobSpec::warm_up), or could not.
    Warmed {
        /// The job, which may have ended by now.
        job: JobId,
        /// The slot of the worker.
        slot: u32,
        /// The worker.
        worker: u32,
        /// How it ended.
        end: End,
    },
    /// A worker's isolate has started.
    WorkerCreated {
        /// The worker; ids are never used again.
        worker: u32,
        /// The one that it replaces.
        before: Option<u32>,
    },
    /// A worker's isolate is gone. Once for each that was [created](Self::WorkerCreated).
    WorkerDestroyed {
        /// The worker.
        worker: u32,
        /// Why, unless it was time: the pool stopped or the isolate was spent.
        reason: Option<String>,
    },
    /// A worker ended before it was there. Once until another is there in its slot, however often that
    /// is tried where others work.
    WorkerFailed {
        /// The worker.
        worker: u32,
        /// Why.
        reason: String,
    },
    /// A worker is asked for; see [`AdoptHandle::adopt`](crate::AdoptHandle::adopt). Only of a pool
    /// whose workers are [adopted](crate::Pool::start_adopting).
    WorkerWanted {
        /// The slot it is to take.
        slot: u32,
        /// The slot's generation by then.
        generation: u64,
    },
    /// A worker that was asked for has been given up or is not wanted any more: the host ends its
    /// thread. Only of a pool whose workers are adopted.
    WorkerUnwanted {
        /// The slot it had.
        slot: u32,
        /// The slot's generation then.
        generation: u64,
    },
    /// The pool has stopped: every job has ended and no worker takes work any more. The last event,
    /// but for the ends of jobs that are submitted even so.
    Stopped,
}

/// How a job ended, when not with its last chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Well: the job was empty, or it was sealed after its last chunk had been delivered.
    Done,
    /// The function failed. Of several failures the one with the lowest index that came in time.
    Failed {
        /// The encoded error, as the engine gave it.
        error: Bytes,
    },
    /// The job's timeout passed.
    TimedOut {
        /// The timeout, counted from the start of the first chunk.
        limit: Duration,
        /// Items delivered before.
        done: u64,
    },
    /// The job's timeout passed, counted from the submission, and the pool had no worker yet that could
    /// have started it.
    NotStarted {
        /// The timeout.
        limit: Duration,
        /// Why there was none, as far as is known.
        reason: String,
    },
    /// The job was not started in time.
    QueueTimedOut {
        /// The limit, counted from the submission.
        limit: Duration,
    },
    /// [`Pool::cancel`](crate::Pool::cancel) was called.
    Cancelled,
    /// No worker was idle and the queue was at its limit.
    QueueFull {
        /// The limit, in jobs.
        limit: usize,
    },
    /// A chunk met the memory limit.
    MemoryLimit,
    /// The results were larger than [`PoolOptions::max_result`](crate::PoolOptions::max_result).
    ResultTooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// A worker was lost while it ran a chunk of the job.
    WorkerLost {
        /// What became of the worker.
        reason: String,
        /// The job's timeout, if that is what the chunk was interrupted for.
        overran: Option<Duration>,
    },
    /// The pool has no worker: the engine could not start, or too many workers were lost.
    Unavailable {
        /// What went wrong last.
        reason: String,
    },
    /// The pool was closed before the submission, or destroyed.
    Closed,
}
