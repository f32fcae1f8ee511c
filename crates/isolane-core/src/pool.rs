//! [`Pool`]: the handle the host holds.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::jobs::registry::Registry;
use crate::workers::crew::Crew;
use crate::{
    AdoptHandle, Adoption, Engine, Event, JobId, JobSpec, LostReason, Part, PoolOptions, Stats,
    WorkerStatus,
};

/// A pool of isolates, each on a thread of its own.
///
/// Clones are handles to the same pool; dropping the last one [destroys](Self::destroy) it without
/// waiting. No method blocks, except [`join`](Self::join).
#[derive(Clone, Debug)]
pub struct Pool {
    handle: Arc<Handle>,
}

/// What the clones share; workers share the registry only, so it ends with the last clone.
#[derive(Debug)]
struct Handle {
    registry: Arc<Registry>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.registry.destroy();
    }
}

impl Pool {
    /// Starts the workers; returns without waiting for their isolates.
    ///
    /// `notify` is called, on any thread, when there are events after there were none: the host
    /// must then [`drain`](Self::drain) soon, on whichever thread it likes. It must neither block
    /// nor panic.
    ///
    /// # Errors
    ///
    /// When a thread cannot be started. Those that were are stopped.
    pub fn start<E: Engine>(
        engine: E,
        options: PoolOptions,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let crew = Crew::spawning(engine, &options);
        Self::start_crew(crew, &options, notify)
    }

    /// Starts a pool whose workers are threads of the host's. It asks for them at once, by
    /// [`Event::WorkerWanted`], and again for each that is lost; they come in through the
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
        Self::start_crew(Crew::adopting(terms, &options), &options, notify)
    }

    fn start_crew(
        crew: Crew,
        options: &PoolOptions,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let registry = Arc::new(Registry::new(crew, options, notify));
        // On an error the handle goes, and the workers with it.
        let handle = Arc::new(Handle { registry });
        handle.registry.crew.start(&handle.registry)?;
        Ok(Self { handle })
    }

    /// Where threads of the host's become workers; see [`start_adopting`](Self::start_adopting).
    pub fn adopt_handle(&self) -> AdoptHandle {
        AdoptHandle(Arc::downgrade(self.registry()))
    }

    /// Says that a worker the pool has [asked for](Event::WorkerWanted) is gone, or will not come.
    /// What it was running is reported, and another is asked for. Nothing happens if it has left
    /// by itself.
    pub fn give_up(&self, slot: u32, generation: u64, reason: &LostReason) {
        self.registry().give_up_adopted(slot, generation, reason);
    }

    /// Submits a job. Whatever becomes of it is told by [events](Event), also that it was not let
    /// in.
    pub fn submit(&self, spec: JobSpec) {
        self.registry().submit(spec);
    }

    /// Gives a job more items. Nothing happens if it has ended or is sealed.
    pub fn append(&self, job: JobId, part: Part) {
        self.registry().append(job, part);
    }

    /// Says that a job has all its items. It ends when they are done.
    pub fn seal(&self, job: JobId) {
        self.registry().seal(job);
    }

    /// Ends a job as [`End::Cancelled`](crate::End::Cancelled), once what runs of it has been
    /// stopped. Nothing happens if it has ended or is ending.
    pub fn cancel(&self, job: JobId) {
        self.registry().cancel(job);
    }

    /// Hands out up to `max` events and returns how many there were. If more are left, `notify`
    /// is called again.
    pub fn drain(&self, max: usize, sink: &mut impl FnMut(Event)) -> usize {
        self.registry().completions.drain(max, sink)
    }

    /// As [`drain`](Self::drain), for a host that is awake anyway: `notify` stays silent until it
    /// drains. It must not go to sleep without having done so.
    pub fn poll(&self, max: usize, sink: &mut impl FnMut(Event)) -> usize {
        self.registry().completions.poll(max, sink)
    }

    /// What the workers are doing, by slot.
    pub fn status(&self) -> Vec<WorkerStatus> {
        self.registry().status()
    }

    /// What the pool has done since its start, or since [`reset_stats`](Self::reset_stats).
    pub fn stats(&self) -> Stats {
        self.registry().stats()
    }

    /// Starts the counts, times and utilization of [`stats`](Self::stats) anew.
    pub fn reset_stats(&self) {
        self.registry().reset_stats();
    }

    /// Takes no new jobs: they end as [`End::Closed`](crate::End::Closed). When those inside have
    /// ended the threads stop, and [`Event::Stopped`] is the last event.
    pub fn close(&self) {
        self.registry().close();
    }

    /// Ends the jobs that have not been started as [`End::Closed`](crate::End::Closed).
    pub fn drop_queued(&self) {
        self.registry().drop_queued();
    }

    /// As [`close`](Self::close), and ends the jobs inside as [`End::Closed`](crate::End::Closed),
    /// once what runs of them has been stopped.
    pub fn destroy(&self) {
        self.registry().destroy();
    }

    /// Waits, after [`close`](Self::close) or [`destroy`](Self::destroy), until the threads are
    /// gone, but no longer than `limit`. Lost workers and threads of the host's are not waited for.
    /// True if no thread is left. Must not be called on one of them.
    pub fn join(&self, limit: Duration) -> bool {
        self.registry().crew.join(limit)
    }

    fn registry(&self) -> &Arc<Registry> {
        &self.handle.registry
    }
}
