//! [`Supply`]: where the workers of a pool come from.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::{Roster, Workers};
use crate::LostReason;
use crate::handoff::WorkerRef;

/// Brings workers up and hears what becomes of them. [`start`](Self::start), [`ask`](Self::ask),
/// [`lost`](Self::lost) and [`cancel`](Self::cancel) are called under the roster's lock.
pub(in crate::pool) trait Supply: Send + Sync {
    /// Brings up `worker`: starts its thread, or asks for it. What that adds to the events is
    /// signalled by the caller.
    fn start(&self, workers: &Arc<Workers>, worker: WorkerRef) -> io::Result<()>;

    /// Brings up `worker`, whose start was put off.
    fn ask(&self, _workers: &Arc<Workers>, _worker: WorkerRef) {}

    /// `worker` has been given up. Why no other is to be started, if none is.
    fn lost(&self, workers: &Workers, worker: WorkerRef, reason: &LostReason)
    -> Result<(), String>;

    /// `worker` has its first chunk.
    fn works(&self, _workers: &Arc<Workers>, _worker: WorkerRef) {}

    /// Workers that are not started any more, after [`lost`](Self::lost) has said why.
    fn withheld(&self) -> Vec<WorkerRef> {
        Vec::new()
    }

    /// Whether workers have been asked for and none has come yet.
    fn is_awaited(&self) -> bool {
        false
    }

    /// `worker` is expected to take a step within `limit`.
    fn expect(&self, _workers: &Arc<Workers>, _worker: WorkerRef, _limit: Duration) {}

    /// `worker` has taken the step.
    fn came(&self, _workers: &Workers, _worker: WorkerRef) {}

    /// The limit of `number` has passed. Why `worker` is to be given up, if it has not come.
    fn overdue(&self, _worker: WorkerRef, _number: u64) -> Option<LostReason> {
        None
    }

    /// The pool stops: does without those that were asked for and have not come. How many.
    fn cancel(&self, _workers: &Workers) -> usize {
        0
    }

    /// How long workers may take to leave a pool that stops before it does without them.
    fn leave_limit(&self) -> Option<Duration> {
        None
    }

    /// Whether the thread of a worker that is given up stays, with its memory.
    fn abandons_threads(&self) -> bool;

    /// Waits until all threads have ended that were started here and not given up, but no longer than
    /// `limit`. True if none is left.
    fn join(&self, roster: &Roster, limit: Duration) -> bool;
}
