//! [`Crew`]: the threads of a pool. Starts them, replaces those that are lost, waits for them.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::course::Landed;
use crate::flight::{FlightId, Landing};
use crate::job::Job;
use crate::registry::Registry;
use crate::status::Seat;
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::{Condvar, Mutex, lock, unpoisoned};
use crate::watchdog::AlarmKey;
use crate::{End, Engine, Event, LostReason, PoolOptions, worker};

/// Starts the thread of the worker in a seat. This is where the type of the engine ends.
type Spawn = dyn Fn(Arc<Registry>, Seat) -> io::Result<JoinHandle<()>> + Send + Sync;

/// What was on board of a worker that is given up.
type Seized = Landing<Arc<Job>, AlarmKey>;

pub(crate) struct Crew {
    spawn: Box<Spawn>,
    size: usize,
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
    astray: isize,
    /// Workers given up so far.
    lost: u32,
    /// By slot: the thread of its worker, if alive.
    threads: Vec<Option<JoinHandle<()>>>,
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
    pub(crate) fn new<E: Engine>(engine: E, options: &PoolOptions) -> Self {
        let size = options.threads.get();
        Self {
            size,
            name: options.name.clone(),
            grace_period: engine.grace_period(),
            max_lost: engine.max_lost_workers(),
            spawn: spawner(engine, options.name.clone()),
            next_worker: AtomicU32::new(0),
            state: Mutex::new(State {
                alive: 0,
                astray: 0,
                lost: 0,
                threads: (0..size).map(|_| None).collect(),
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

    pub(crate) fn grace_period(&self) -> Duration {
        self.grace_period
    }

    /// An id for a new worker.
    pub(crate) fn next_worker(&self) -> u32 {
        // Relaxed: only uniqueness matters.
        self.next_worker.fetch_add(1, Ordering::Relaxed)
    }

    /// Starts all workers, or none that stays.
    pub(crate) fn start(&self, registry: &Arc<Registry>) -> io::Result<()> {
        let mut state = lock(&self.state);
        for slot in 0..self.size {
            let seat = Seat {
                slot,
                generation: 0,
            };
            state.threads[slot] = Some((self.spawn)(Arc::clone(registry), seat)?);
            state.alive += 1;
        }
        Ok(())
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

    /// The worker in `seat` was given up: counts it, and starts another in its place unless too
    /// many were. Why there is none, if there is none.
    fn replace(&self, registry: &Arc<Registry>, seat: Seat) -> Result<(), String> {
        let mut state = lock(&self.state);
        state.alive -= 1;
        state.astray += 1;
        state.lost += 1;
        // Detached: nobody can wait for it.
        drop(state.threads[seat.slot].take());
        self.changed.notify_all();
        if registry.scheduler.is_stopping() {
            return Ok(());
        }
        if state.lost > self.max_lost {
            return Err(format!(
                "{} workers were lost, the most that are replaced",
                self.max_lost
            ));
        }
        if !registry.scheduler.succeed(seat) {
            return Ok(());
        }
        let thread = (self.spawn)(Arc::clone(registry), seat.successor())
            .map_err(|error| format!("a lost worker cannot be replaced: {error}"))?;
        state.threads[seat.slot] = Some(thread);
        state.alive += 1;
        Ok(())
    }

    /// A thread that had been given up has come back after all, and ends.
    pub(crate) fn came_back(&self) {
        lock(&self.state).astray -= 1;
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

    /// Waits until every thread has ended that has not been given up, but no longer than `limit`.
    /// True if none is left at all.
    pub(crate) fn join(&self, limit: Duration) -> bool {
        let since = Instant::now();
        let mut state = lock(&self.state);
        while state.alive > 0 || state.watching {
            let left = limit.saturating_sub(since.elapsed());
            if left.is_zero() {
                return false;
            }
            state = unpoisoned(self.changed.wait_timeout(state, left)).0;
        }
        let complete = state.astray <= 0;
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
    Box::new(move |registry, seat| {
        let engine = Arc::clone(&engine);
        thread::Builder::new()
            .name(format!("{name}-{}", seat.slot))
            .stack_size(engine.stack_size())
            .spawn(move || worker::run(&*engine, &registry, seat))
    })
}

/// Workers that end, wanted or not.
impl Registry {
    /// Gives the worker in `seat` up: its chunk is reported, another takes its place.
    pub(crate) fn give_up(self: &Arc<Self>, seat: Seat, reason: &LostReason) {
        let seized = self.flights[seat.slot].seize(seat.generation);
        self.write_off(seat, reason, seized);
    }

    /// As [`give_up`](Self::give_up), if the worker has not landed since it was interrupted.
    pub(crate) fn give_up_overdue(self: &Arc<Self>, seat: Seat, flight: FlightId) {
        if let Some(seized) = self.flights[seat.slot].seize_flight(flight) {
            let limit = self.crew.grace_period();
            let reason = LostReason::Other(format!(
                "the call did not stop within {limit:?} of being interrupted"
            ));
            self.write_off(seat, &reason, Some(seized));
        }
    }

    fn write_off(self: &Arc<Self>, seat: Seat, reason: &LostReason, seized: Option<Seized>) {
        let worker = self.scheduler.slot(seat.slot).progress.worker();
        if let Some(Landing { aboard, .. }) = &seized {
            // Its own reason first, not what may follow from the loss.
            self.condemn(aboard, reason.into(), 0, Some(seat.slot));
        }
        if let Some(mail) = self.scheduler.lose(seat) {
            self.completions.emit(Event::WorkerDestroyed {
                worker,
                reason: Some(reason.to_string()),
            });
            if let Some(job) = mail {
                let priority = job.priority;
                self.scheduler.dispatch(job, priority);
            }
            if let Err(reason) = self.crew.replace(self, seat)
                && self.crew.is_empty()
            {
                self.break_down(reason);
            }
        }
        if let Some(Landing { aboard, alarm }) = seized {
            self.disarm(alarm);
            self.report(seat.slot, Landed::without_output(aboard));
        }
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
        self.condemn_all(&End::Unavailable { reason });
    }
}

impl From<&LostReason> for End {
    fn from(reason: &LostReason) -> Self {
        match reason {
            LostReason::Memory => Self::MemoryLimit,
            LostReason::Other(reason) => Self::WorkerLost {
                reason: reason.clone(),
            },
        }
    }
}
