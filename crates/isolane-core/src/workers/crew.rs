//! [`Crew`]: the threads of a pool. Starts them or asks the host for them, replaces those that are
//! lost, waits for them.

use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::handoff::Scheduler;
use crate::handoff::status::WorkerRef;
use crate::jobs::course::Finished;
use crate::jobs::job::Job;
use crate::jobs::registry::Registry;
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::{Condvar, Mutex, lock, unpoisoned};
use crate::watchdog::AlarmKey;
use crate::workers::running::{CallId, Removed};
use crate::workers::thread as worker_thread;
use crate::{Adoption, End, Engine, Event, LostReason, PoolOptions};

/// Starts the thread of the worker in a worker_ref. This is where the type of the engine ends.
type Spawn = dyn Fn(Arc<Registry>, WorkerRef) -> io::Result<JoinHandle<()>> + Send + Sync;

/// Where workers come from.
enum Muster {
    /// The crew starts threads.
    Spawn(Box<Spawn>),
    /// The host is asked for them, and they take their seats themselves (`adopted.rs`).
    Ask,
}

/// How often in a row workers that were asked for may fail to come before one is done without.
const FAILED_ARRIVALS: u32 = 4;

/// What was running of a worker that is given up.
type Seized = Removed<Arc<Job>, AlarmKey>;

pub(crate) struct Crew {
    muster: Muster,
    size: usize,
    lanes: NonZeroUsize,
    name: String,
    grace_period: Duration,
    max_lost: u32,
    next_worker: AtomicU32,
    state: Mutex<State>,
    /// A thread has ended or has been given up.
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    /// Worker threads that have neither ended nor been given up.
    alive: usize,
    /// Threads that have been given up and have not come back. One that comes back while it is
    /// being given up is counted down before it is counted up.
    abandoned: isize,
    /// Workers given up so far.
    lost: u32,
    /// By slot: the thread of its worker, if alive and started here.
    threads: Vec<Option<JoinHandle<()>>>,
    /// By slot: whether the worker that was asked for has come.
    arrived: Vec<bool>,
    /// Workers in a row that were given up before they had come.
    failed_arrivals: u32,
    watchdog: Option<JoinHandle<()>>,
    /// Whether the watchdog's thread runs.
    watching: bool,
    stopped: bool,
}

impl fmt::Debug for Crew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crew")
            .field("name", &self.name)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Crew {
    /// A crew of threads that it starts.
    pub(crate) fn spawning<E: Engine>(engine: E, options: &PoolOptions) -> Self {
        Self::new(
            Adoption {
                lanes: NonZeroUsize::MIN,
                grace_period: engine.grace_period(),
                max_lost_workers: engine.max_lost_workers(),
            },
            options,
            Muster::Spawn(spawner(engine, options.name.clone())),
        )
    }

    /// A crew of threads that the host brings.
    pub(crate) fn adopting(terms: Adoption, options: &PoolOptions) -> Self {
        Self::new(terms, options, Muster::Ask)
    }

    fn new(terms: Adoption, options: &PoolOptions, muster: Muster) -> Self {
        let size = options.threads.get();
        Self {
            size,
            lanes: terms.lanes,
            name: options.name.clone(),
            grace_period: terms.grace_period,
            max_lost: options.max_lost_workers.unwrap_or(terms.max_lost_workers),
            muster,
            next_worker: AtomicU32::new(0),
            state: Mutex::new(State {
                alive: 0,
                abandoned: 0,
                lost: 0,
                threads: (0..size).map(|_| None).collect(),
                arrived: vec![false; size],
                failed_arrivals: 0,
                watchdog: None,
                watching: false,
                stopped: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Workers of the pool.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Calls that a worker may run at once.
    pub(crate) fn lanes(&self) -> NonZeroUsize {
        self.lanes
    }

    pub(crate) fn grace_period(&self) -> Duration {
        self.grace_period
    }

    /// An id for a new worker.
    fn next_worker(&self) -> u32 {
        // Relaxed: only uniqueness matters.
        self.next_worker.fetch_add(1, Ordering::Relaxed)
    }

    /// Starts all workers, or none that stays.
    pub(crate) fn start(&self, registry: &Arc<Registry>) -> io::Result<()> {
        for slot in 0..self.size {
            let worker_ref = WorkerRef {
                slot,
                generation: 0,
            };
            self.man(registry, worker_ref, &mut lock(&self.state))?;
        }
        if matches!(self.muster, Muster::Ask) {
            registry.completions.signal();
        }
        Ok(())
    }

    /// Brings up the worker of a worker_ref. Whoever calls it signals the host, once the lock is free.
    fn man(
        &self,
        registry: &Arc<Registry>,
        worker_ref: WorkerRef,
        state: &mut State,
    ) -> io::Result<()> {
        match &self.muster {
            Muster::Spawn(spawn) => {
                state.threads[worker_ref.slot] = Some(spawn(Arc::clone(registry), worker_ref)?);
            }
            Muster::Ask => {
                state.arrived[worker_ref.slot] = false;
                registry.begin_worker(worker_ref);
                registry.completions.push(Event::WorkerWanted {
                    slot: worker_ref.slot as u32,
                    generation: worker_ref.generation,
                });
            }
        }
        state.alive += 1;
        Ok(())
    }

    /// A worker that was asked for has come.
    pub(crate) fn arrived(&self, worker_ref: WorkerRef) {
        let mut state = lock(&self.state);
        state.arrived[worker_ref.slot] = true;
        state.failed_arrivals = 0;
    }

    /// Does without the workers that were asked for and have not come: the pool stops.
    pub(crate) fn dismiss(&self, scheduler: &Scheduler<Arc<Job>>) {
        if !matches!(self.muster, Muster::Ask) {
            return;
        }
        for slot in 0..self.size {
            if scheduler.dismiss(slot) {
                self.ended();
            }
        }
    }

    /// Starts the watchdog if it does not run.
    pub(crate) fn start_watchdog(&self, registry: &Arc<Registry>) -> Result<(), String> {
        let mut state = lock(&self.state);
        if state.watchdog.is_none() {
            let registry = Arc::clone(registry);
            let thread = thread::Builder::new()
                .name(format!("{}-watchdog", self.name))
                .spawn(move || registry.watch())
                .map_err(|error| format!("the watchdog thread cannot start: {error}"))?;
            state.watchdog = Some(thread);
            state.watching = true;
        }
        Ok(())
    }

    /// The worker in `worker_ref` was given up: counts it, and starts another in its place unless too
    /// many were. Why there is none, if there is none.
    fn replace(
        &self,
        registry: &Arc<Registry>,
        worker_ref: WorkerRef,
        reason: &LostReason,
    ) -> Result<(), String> {
        let mut state = lock(&self.state);
        state.alive -= 1;
        state.lost = state.lost.saturating_add(1);
        // Detached: nobody can wait for it.
        drop(state.threads[worker_ref.slot].take());
        match self.muster {
            Muster::Spawn(_) => state.abandoned += 1,
            Muster::Ask => {
                registry.completions.push(Event::WorkerUnwanted {
                    slot: worker_ref.slot as u32,
                    generation: worker_ref.generation,
                });
                if !state.arrived[worker_ref.slot] {
                    state.failed_arrivals += 1;
                }
            }
        }
        self.changed.notify_all();
        if registry.scheduler.is_stopping() {
            return Ok(());
        }
        if state.lost > self.max_lost {
            return Err(format!(
                "more workers were lost than are replaced (maxLostWorkers: {})",
                self.max_lost
            ));
        }
        if state.failed_arrivals >= FAILED_ARRIVALS {
            return Err(format!("workers do not start: {reason}"));
        }
        if !registry.scheduler.replace(worker_ref) {
            return Ok(());
        }
        self.man(registry, worker_ref.successor(), &mut state)
            .map_err(|error| format!("a lost worker cannot be replaced: {error}"))
    }

    /// A thread that had been given up has come back after all, and ends.
    pub(crate) fn came_back(&self) {
        if matches!(self.muster, Muster::Ask) {
            // The host ends it, and sees its end.
            return;
        }
        lock(&self.state).abandoned -= 1;
        self.changed.notify_all();
    }

    /// A worker thread ends. True if it was the last.
    fn ended(&self) -> bool {
        let mut state = lock(&self.state);
        state.alive -= 1;
        self.changed.notify_all();
        state.alive == 0
    }

    fn is_empty(&self) -> bool {
        lock(&self.state).alive == 0
    }

    /// True, once, when no worker is left.
    pub(crate) fn declare_stopped(&self) -> bool {
        let mut state = lock(&self.state);
        let first = state.alive == 0 && !state.stopped;
        state.stopped |= first;
        first
    }

    pub(crate) fn watchdog_ended(&self) {
        lock(&self.state).watching = false;
        self.changed.notify_all();
    }

    /// Waits until every thread has ended that the crew started and has not given up, but no longer
    /// than `limit`. True if none is left at all.
    pub(crate) fn join(&self, limit: Duration) -> bool {
        let since = Instant::now();
        let mut state = lock(&self.state);
        let own = matches!(self.muster, Muster::Spawn(_));
        while (own && state.alive > 0) || state.watching {
            let left = limit.saturating_sub(since.elapsed());
            if left.is_zero() {
                return false;
            }
            state = unpoisoned(self.changed.wait_timeout(state, left)).0;
        }
        let complete = state.abandoned <= 0;
        let watchdog = state.watchdog.take();
        let threads: Vec<_> = state.threads.iter_mut().filter_map(Option::take).collect();
        drop(state);
        for thread in threads.into_iter().chain(watchdog) {
            // They have done all they do and reported it; only the end of the thread is left.
            let _ = thread.join();
        }
        complete
    }
}

fn spawner<E: Engine>(engine: E, name: String) -> Box<Spawn> {
    let engine = Arc::new(engine);
    Box::new(move |registry, worker_ref| {
        let engine = Arc::clone(&engine);
        thread::Builder::new()
            .name(format!("{name}-{}", worker_ref.slot))
            .stack_size(engine.stack_size())
            .spawn(move || worker_thread::run(&*engine, &registry, worker_ref))
    })
}

/// Workers that end, wanted or not.
impl Registry {
    /// Gives the worker in `worker_ref` up: its chunk is reported, another takes its place.
    pub(crate) fn give_up(self: &Arc<Self>, worker_ref: WorkerRef, reason: &LostReason) {
        let seized = self.seize(worker_ref);
        self.write_off(worker_ref, reason, seized);
    }

    /// As [`give_up`](Self::give_up), if the worker's call in `lane` has not finished since it was
    /// interrupted.
    pub(crate) fn give_up_overdue(
        self: &Arc<Self>,
        worker_ref: WorkerRef,
        lane: usize,
        call: CallId,
    ) {
        let overdue = self.running.get(worker_ref.slot, lane).seize_call(call);
        if let Some(overdue) = overdue {
            let limit = self.crew.grace_period();
            let reason = format!("the call did not stop within {limit:?} of being interrupted");
            // Of a worker that was adopted this is how it ends that computes; no reason for alarm.
            if matches!(self.crew.muster, Muster::Spawn(_)) {
                overdue.running.overrun(&reason);
            }
            let reason = LostReason::Other(reason);
            let mut seized = self.seize(worker_ref);
            seized.push(overdue);
            self.write_off(worker_ref, &reason, seized);
        }
    }

    /// Takes what is running of a worker that is being given up.
    fn seize(&self, worker_ref: WorkerRef) -> Vec<Seized> {
        let lanes = self.running.of(worker_ref.slot).iter();
        lanes
            .filter_map(|call| call.seize(worker_ref.generation))
            .collect()
    }

    fn write_off(
        self: &Arc<Self>,
        worker_ref: WorkerRef,
        reason: &LostReason,
        seized: Vec<Seized>,
    ) {
        let worker = self.scheduler.slot(worker_ref.slot).progress.worker();
        for Removed { running, .. } in &seized {
            // Its own reason first, not what may follow from the loss.
            self.fail(running, reason.into(), 0, Some(worker_ref.slot));
        }
        if let Some(mail) = self.scheduler.lose(worker_ref) {
            self.completions.emit(Event::WorkerDestroyed {
                worker,
                reason: Some(reason.to_string()),
            });
            if let Some(job) = mail {
                let priority = job.priority;
                self.scheduler.dispatch(job, priority);
            }
            if let Err(reason) = self.crew.replace(self, worker_ref, reason)
                && self.crew.is_empty()
            {
                self.break_down(reason);
            }
            self.completions.signal();
        }
        for Removed { running, alarm } in seized {
            self.disarm(alarm);
            self.report(worker_ref.slot, Finished::without_output(running));
        }
        // It may have been the last that a pool waited for which stops.
        self.settle();
    }

    /// The worker in `worker_ref` begins. Returns its id.
    pub(crate) fn begin_worker(&self, worker_ref: WorkerRef) -> u32 {
        let id = self.crew.next_worker();
        let born = self.since_epoch(Instant::now());
        self.scheduler
            .slot(worker_ref.slot)
            .progress
            .begin(id, born);
        id
    }

    /// The last thing a worker thread does.
    pub(crate) fn worker_ended(self: &Arc<Self>, worker: u32, reason: Option<String>) {
        self.completions.emit(Event::WorkerDestroyed {
            worker,
            reason: reason.clone(),
        });
        if self.crew.ended() && !self.scheduler.is_stopping() {
            self.break_down(reason.unwrap_or_else(|| "every worker has ended".to_owned()));
        }
        self.settle();
    }

    /// The pool has no worker left and will get none.
    fn break_down(self: &Arc<Self>, reason: String) {
        self.admission.break_down(reason.clone());
        self.fail_all(&End::Unavailable { reason });
    }
}

impl From<&LostReason> for End {
    fn from(reason: &LostReason) -> Self {
        match reason {
            LostReason::Memory => Self::MemoryLimit,
            LostReason::Other(reason) => Self::WorkerLost {
                reason: reason.clone(),
                overran: None,
            },
        }
    }
}
