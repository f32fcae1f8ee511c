//! [`Supply`]: where the workers of a pool come from.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::{Roster, Workers};
use crate::LostReason;
use crate::handoff::WorkerRef;

/// Brings workers up and hears what becomes of them. [`start`](Self::start), [`lost`](Self::lost) and
/// [`cancel`](Self::cancel) are called under the roster's lock.
pub(in crate::pool) trait Supply: Send + Sync {
    /// Brings up `worker`: starts its thread, or asks for it. What that adds to the events is
    /// signalled by the caller.
    fn start(&self, workers: &Arc<Workers>, worker: WorkerRef) -> io::Result<()>;

    /// `worker` has been given up. Why no other is to be started, if none is.
    fn lost(&self, workers: &Workers, worker: WorkerRef, reason: &LostReason)
    -> Result<(), String>;

    /// A worker that was asked for has come.
    fn arrived(&self, _worker: WorkerRef) {}

    /// The pool stops: does without those that were asked for and have not come. How many.
    fn cancel(&self, _workers: &Workers) -> usize {
        0
    }

    /// The thread of a worker that was given up has come back after all, and ends.
    fn came_back(&self) {}

    /// Whether the thread of a worker that is given up stays, with its memory.
    fn abandons_threads(&self) -> bool;

    /// Waits until all threads have ended that were started here, but no longer than `limit`. True
    /// if none is left.
    fn join(&self, roster: &Roster, limit: Duration) -> bool;
}
