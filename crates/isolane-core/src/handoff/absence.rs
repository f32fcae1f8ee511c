//! [`Absence`]: whether a worker that may be handed work has yet to come for it.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use super::Scheduler;
use super::slot::WorkerRef;
use super::status::{Transition, WorkerState};
use crate::sync::atomic::{AtomicU64, Ordering, fence};
use crate::sync::lock;

/// How long one that comes in a moment has been absent at most.
const SHORT: Duration = Duration::from_micros(100);

/// How long a worker may be absent before it counts as busy: much longer than a turn of an event
/// loop takes.
const LONG: Duration = Duration::from_millis(50);

/// What absences are measured from.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// An adopted worker reports its chunk before it looks for the next one. Until it does, something that
/// the chunk has left behind may run on its thread.
#[derive(Debug)]
pub(crate) struct Absence(
    /// Since when, in nanoseconds from the start; 0 while it is here. Written by the worker, Relaxed. Who
    /// relies on its coming has a fence that pairs with the worker's, see `Scheduler::enqueue`.
    AtomicU64,
);

impl Absence {
    pub(super) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// The worker leaves. Gives what it must [end](Self::end) it with.
    fn begin(&self) -> u64 {
        let now = nanoseconds().max(1);
        self.0.store(now, Ordering::Relaxed);
        now
    }

    /// The worker is back that left at that time; not one that has taken its slot since.
    fn end(&self, since: u64) {
        let _ = self
            .0
            .compare_exchange(since, 0, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// A new worker holds the slot.
    pub(super) fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Whether the worker has left and has not come back.
    pub(super) fn lasts(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    /// Whether the worker has just left.
    fn is_short(&self) -> bool {
        self.time().is_some_and(|time| time < SHORT)
    }

    /// Whether it should have been back by now.
    pub(crate) fn is_long(&self) -> bool {
        self.time().is_some_and(|time| time >= LONG)
    }

    fn time(&self) -> Option<Duration> {
        let since = self.0.load(Ordering::Relaxed);
        (since != 0).then(|| Duration::from_nanos(nanoseconds().saturating_sub(since)))
    }
}

fn nanoseconds() -> u64 {
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// The side of a worker that is absent, on its own thread.
impl<T> Scheduler<T> {
    /// The worker has no chunk, and looks for the next in a later step. Gives what it must
    /// [come back](Self::come_back) with; nothing if it is idle, or has been lost.
    pub(crate) fn step_out(&self, worker: WorkerRef) -> Option<u64> {
        let slot = self.slot(worker.slot);
        slot.transit(worker.generation, Transition::Rest).then(|| {
            let since = slot.absence.begin();
            self.last_to_leave.store(worker.slot, Ordering::Relaxed);
            since
        })
    }

    /// The worker takes the next step.
    pub(crate) fn come_back(&self, worker: WorkerRef, since: u64) {
        self.slot(worker.slot).absence.end(since);
        // Between the end of the absence and the look into the queue. Pairs with the fence in `enqueue`.
        fence(Ordering::SeqCst);
    }
}

/// The others' side.
impl<T> Scheduler<T> {
    /// Whether a worker comes in a moment that finds nothing in the queue yet.
    pub(crate) fn expects(&self) -> bool {
        self.last_to_leave().is_short() && self.injector.is_empty()
    }

    pub(super) fn last_to_leave(&self) -> &Absence {
        // Relaxed: a hint, and slots stay.
        &self
            .slot(self.last_to_leave.load(Ordering::Relaxed))
            .absence
    }

    /// Whether the worker in a slot should have come for the next chunk by now.
    pub(crate) fn is_overdue(&self, slot: usize) -> bool {
        let slot = self.slot(slot);
        slot.absence.is_long() && slot.status().1 == WorkerState::Resting
    }

    /// Has the thread that holds the slot take a step, if it can wait elsewhere.
    pub(crate) fn call(&self, slot: usize) {
        let sleeper = Arc::clone(&lock(&self.slot(slot).mailbox).sleeper);
        sleeper.call();
    }
}
