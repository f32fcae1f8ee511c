//! [`Supply`]: where the workers of a pool come from.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::{Roster, Workers};
use crate::LostReason;
use crate::handoff::WorkerRef;

/// Brings workers up and hears what becomes of them. [`start`](Self::start), [`ask`](Self::ask),
/// [`failed`](Self::failed), [`start_again`](Self::start_again), [`lost`](Self::lost) and
/// [`cancel`](Self::cancel) are called under the roster's lock.
pub(in crate::pool) trait Supply: Send + Sync {
    /// Brings up `worker`: starts its thread, or asks for it. What that adds to the events is
    /// signalled by the caller.
    fn start(&self, workers: &Arc<Workers>, worker: WorkerRef) -> io::Result<()>;

    /// Brings up `worker`, whose start was put off.
    fn ask(&self, _workers: &Arc<Workers>, _worker: WorkerRef) {}

    /// `worker` could not start, and has left its slot. Whether that is news; otherwise the one before
    /// it could not either.
    fn failed(&self, _workers: &Arc<Workers>, _worker: WorkerRef) -> bool {
        true
    }

    /// It is time to bring up another in the place of `failed`, which could not start. `alive` counts
    /// the workers that there are. Whether it does.
    fn start_again(&self, _workers: &Arc<Workers>, _failed: WorkerRef, _alive: usize) -> bool {
        false
    }

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

    /// Why none has come, as far as is known.
    fn why_awaited(&self) -> String {
        String::new()
    }

    /// `worker` is expected to take a step within `limit`.
    fn expect(&self, _workers: &Arc<Workers>, _worker: WorkerRef, _limit: Duration) {}

    /// `worker` has taken the step, or has come that had to start.
    fn came(&self, _workers: &Workers, _worker: WorkerRef) {}

    /// The limit of `number` has passed. Why `worker` is to be given up, if it has not come.
    fn overdue(&self, _worker: WorkerRef, _number: u64) -> Option<LostReason> {
        None
    }

    /// Whether workers look into the queue as soon as they are done with a chunk.
    fn looks_at_once(&self) -> bool {
        false
    }

    /// Something waits in the queue.
    fn queued(&self, _workers: &Arc<Workers>) {}

    /// Something has waited in the queue, for `pause` since the last look: calls workers that should have
    /// come for it by now.
    fn call_back(&self, _workers: &Arc<Workers>, _pause: Duration) {}

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
