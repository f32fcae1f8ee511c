//! [`Pool`]: the handle the host holds.

use std::io;
use std::time::Duration;

use crate::{Engine, Event, JobId, JobSpec, Part, PoolOptions, Stats, WorkerStatus};

/// A pool of isolates. Clones are handles to the same pool; dropping the last one
/// [destroys](Self::destroy) it without waiting.
#[derive(Clone, Debug)]
pub struct Pool(());

impl Pool {
    /// Starts the workers; returns without waiting for their isolates.
    pub fn start<E: Engine>(
        engine: E,
        options: PoolOptions,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let _ = (engine, options, notify);
        Err(io::ErrorKind::Unsupported.into())
    }
    /// Submits a job.
    pub fn submit(&self, spec: JobSpec) {
        let _ = spec;
    }
    /// Gives a job more items.
    pub fn append(&self, job: JobId, part: Part) {
        let _ = (job, part);
    }
    /// Says that a job has all its items.
    pub fn seal(&self, job: JobId) {
        let _ = job;
    }
    /// Ends a job.
    pub fn cancel(&self, job: JobId) {
        let _ = job;
    }
    /// Hands out up to `max` events; returns how many.
    pub fn drain(&self, max: usize, sink: &mut impl FnMut(Event)) -> usize {
        let _ = (max, sink);
        0
    }
    /// What the workers are doing.
    pub fn status(&self) -> Vec<WorkerStatus> {
        Vec::new()
    }
    /// What the pool has done.
    pub fn stats(&self) -> Stats {
        Stats {
            completed: 0,
            failed: 0,
            queued: 0,
            running: 0,
            utilization: 0.0,
            run: Default::default(),
            wait: Default::default(),
        }
    }
    /// Starts the figures of [`stats`](Self::stats) anew.
    pub fn reset_stats(&self) {}
    /// Takes no new jobs; stops when the present ones have ended.
    pub fn close(&self) {}
    /// Ends all jobs as closed, then stops.
    pub fn destroy(&self) {}
    /// Waits until all threads are gone; false if some are not within `limit`.
    pub fn join(&self, limit: Duration) -> bool {
        let _ = limit;
        true
    }
}
