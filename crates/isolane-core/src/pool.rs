//! [`Pool`]: the handle the host holds. Only here are both jobs and workers known.

// Declared here, so that the compiler lets nobody but the pool name them.
#[path = "workers/mod.rs"]
mod workers;

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use self::workers::{Adopted, Spawned, Supply, Workers};
use crate::handoff::WorkerRef;
use crate::jobs::{Jobs, unsplit_items};

pub use crate::jobs::Outstanding;
use crate::{
    End, Engine, Event, Function, JobId, JobSpec, LostReason, Part, PoolOptions, Stats,
    WorkerStatus,
};

pub use self::workers::{AdoptHandle, AdoptedWorker, Adoption, SlotTaken, Step};

/// A pool of isolates, each on a thread of its own.
///
/// Clones are handles to the same pool; dropping the last one [destroys](Self::destroy) it without
/// waiting. No method blocks, except [`join`](Self::join).
#[derive(Clone, Debug)]
pub struct Pool {
    handle: Arc<Handle>,
}

/// What the clones share; the workers' threads share jobs and workers only, so the handle goes with
/// the last clone.
#[derive(Debug)]
struct Handle {
    jobs: Arc<Jobs>,
    workers: Arc<Workers>,
}

impl Handle {
    fn destroy(&self) {
        self.jobs.destroy();
        self.workers.fail_all(&End::Closed);
        self.workers.stop_if(self.jobs.emptied());
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.destroy();
    }
}

impl Pool {
    /// Starts the workers; returns without waiting for their isolates.
    ///
    /// `notify` is called, on any thread, when there are events after there were none: the host
    /// must then [`drain`](Self::drain) soon, on whichever thread it likes. It must neither block
    /// nor panic; after a panic the host has not been told, and the next event calls it again.
    ///
    /// # Errors
    ///
    /// When a thread cannot be started. Those that were are stopped.
    pub fn start<E: Engine>(
        engine: E,
        options: PoolOptions,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let terms = Adoption {
            lanes: NonZeroUsize::MIN,
            grace_period: engine.grace_period(),
            max_lost_workers: engine.max_lost_workers(),
        };
        let supply = Spawned::new(engine, options.threads.get(), &options.name);
        Self::start_on(Box::new(supply), terms, &options, notify)
    }

    /// Starts a pool whose workers are threads of the host's. It asks for them at once, by
    /// [`Event::WorkerWanted`], and again for each that is lost; they take their slots by the
    /// [handle](Self::adopt_handle).
    ///
    /// # Errors
    ///
    /// None so far.
    pub fn start_adopting(
        terms: Adoption,
        options: PoolOptions,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let supply = Adopted::new(options.threads.get());
        Self::start_on(Box::new(supply), terms, &options, notify)
    }

    fn start_on(
        supply: Box<dyn Supply>,
        terms: Adoption,
        options: &PoolOptions,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (threads, lanes) = (options.threads.get(), terms.lanes.get());
        let jobs = Arc::new(Jobs::new(threads, lanes, options, notify));
        let workers = Workers::new(Arc::clone(&jobs), supply, terms, options);
        // On an error the handle goes, and the workers with it.
        let handle = Arc::new(Handle {
            jobs,
            workers: Arc::new(workers),
        });
        handle.workers.start()?;
        Ok(Self { handle })
    }

    /// How threads of the host's become workers; see [`start_adopting`](Self::start_adopting).
    pub fn adopt_handle(&self) -> AdoptHandle {
        AdoptHandle::new(&self.handle.workers)
    }

    /// Says that a worker the pool has [asked for](Event::WorkerWanted) is gone, or will not come.
    /// What it was running is reported, and another is asked for. Nothing happens if it has left by
    /// itself. One that the pool has given up is listed by [`status`](Self::status) until then.
    pub fn give_up(&self, slot: u32, generation: u64, reason: &LostReason) {
        let worker = WorkerRef {
            slot: slot as usize,
            generation,
        };
        self.handle.workers.give_up(worker, reason);
        self.handle.workers.thread_ended(worker);
    }

    /// Submits a job. Whatever becomes of it is told by [events](Event), also that it was not
    /// admitted.
    pub fn submit(&self, spec: JobSpec) {
        self.handle.workers.submit(spec);
    }

    /// How many items of a function one worker takes, though others are idle: to share them would
    /// take longer. 0 while their cost is unknown. A host need not cut so few into parts.
    pub fn unsplit_items(function: &Function) -> u64 {
        unsplit_items(function.cost())
    }

    /// Gives a job more items. Nothing happens if it has ended or is sealed.
    pub fn append(&self, job: JobId, part: Part) {
        self.handle.workers.append(job, part);
    }

    /// Gives a job its last items: workers then know how many there are when they see them.
    pub fn append_last(&self, job: JobId, part: Part) {
        self.handle.workers.append_last(job, part);
    }

    /// Says that a job has all its items. It ends when they are done.
    pub fn seal(&self, job: JobId) {
        self.handle.workers.seal(job);
    }

    /// Ends a job as [`End::Cancelled`], once what runs of it has been stopped. Nothing happens if it
    /// has ended or is ending.
    pub fn cancel(&self, job: JobId) {
        if let Some(job) = self.handle.jobs.get(job) {
            self.handle.workers.fail(&job, End::Cancelled, 0, None);
        }
    }

    /// Has no more workers run what came with a [warm-up](JobSpec::warm_up). With `stop`, none that runs it
    /// goes on.
    pub fn forget_warm_up(&self, job: JobId, stop: bool) {
        self.handle.workers.forget_warm_up(job, stop);
    }

    /// Hands out up to `max` events and returns how many there were. If more are left, `notify`
    /// is called again.
    pub fn drain(&self, max: usize, sink: &mut impl FnMut(Event)) -> usize {
        self.handle.jobs.completions().drain(max, sink)
    }

    /// As [`drain`](Self::drain), for a host that is awake anyway: `notify` stays silent until it
    /// drains. It must not go to sleep without having done so.
    pub fn poll(&self, max: usize, sink: &mut impl FnMut(Event)) -> usize {
        self.handle.jobs.completions().poll(max, sink)
    }

    /// What the workers are doing, by slot.
    pub fn status(&self) -> Vec<WorkerStatus> {
        self.handle.workers.status()
    }

    /// The jobs that have not ended, of those that run and of those that wait `most` each, the oldest
    /// first.
    pub fn outstanding(&self, most: usize) -> Outstanding {
        self.handle.jobs.outstanding(most)
    }

    /// What the pool has done since its start, or since [`reset_stats`](Self::reset_stats).
    pub fn stats(&self) -> Stats {
        self.handle.jobs.stats()
    }

    /// Starts the counts, times and utilization of [`stats`](Self::stats) anew.
    pub fn reset_stats(&self) {
        self.handle.jobs.reset_stats();
    }

    /// Takes no new jobs: they end as [`End::Closed`]. When those inside have
    /// ended the threads stop, and [`Event::Stopped`] is the last event.
    pub fn close(&self) {
        let Handle { jobs, workers } = &*self.handle;
        jobs.close();
        workers.stop_if(jobs.emptied());
    }

    /// Ends the jobs that have not been started as [`End::Closed`].
    pub fn drop_queued(&self) {
        let Handle { jobs, workers } = &*self.handle;
        for job in jobs.all() {
            workers.fail_unstarted(&job, End::Closed);
        }
    }

    /// As [`close`](Self::close), and ends the jobs inside as [`End::Closed`],
    /// once what runs of them has been stopped.
    pub fn destroy(&self) {
        self.handle.destroy();
    }

    /// Waits, after [`close`](Self::close) or [`destroy`](Self::destroy), until the threads are
    /// gone, but no longer than `limit`. Lost workers and threads of the host's are not waited for.
    /// True if no thread is left. Must not be called on one of them.
    pub fn join(&self, limit: Duration) -> bool {
        self.handle.workers.join(limit)
    }
}
