//! [`Retries`]: workers that could not start, while others work. Each is tried again after a pause that
//! doubles, and sooner while work waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::Workers;
use crate::handoff::WorkerRef;
use crate::jobs::Alarm;
use crate::sync::atomic::{AtomicUsize, Ordering, fence};
use crate::sync::{Mutex, lock};
use crate::watchdog::{AlarmKey, Watchdog};

/// The pause after the first failure.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// No pause is longer: what was missing may be there again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Nor is one longer than this while work waits and no worker is idle. Not less, since each try costs a
/// thread, and takes memory from those that work.
const URGENT_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Retries {
    /// By slot. Written by whoever starts workers, by those that come or do not, and by whoever
    /// queues something. The watchdog's lock is taken under it.
    slots: Mutex<Box<[Option<Failing>]>>,
    /// Workers that wait to be tried again. Written under the lock; read by whoever queues something,
    /// Relaxed, ordered by fences: see `failed`.
    waiting: AtomicUsize,
}

/// A slot that lacks a worker.
#[derive(Clone, Copy, Debug)]
struct Failing {
    /// The last that was tried.
    worker: WorkerRef,
    /// Failed starts in a row.
    failures: u32,
    /// The last of them.
    since: Instant,
    next: Next,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    /// Waits for the alarm, due then. None if there is no watchdog.
    Waits(Option<(Instant, AlarmKey)>),
    /// Its successor is being started.
    OnTrial,
}

impl Retries {
    /// For a pool of `size` workers.
    pub(super) fn new(size: usize) -> Self {
        Self {
            slots: Mutex::new(vec![None; size].into()),
            waiting: AtomicUsize::new(0),
        }
    }

    /// `worker` could not start. True unless the one before it could not either.
    pub(super) fn failed(&self, workers: &Arc<Workers>, worker: WorkerRef) -> bool {
        let mut slots = lock(&self.slots);
        let failures = slots[worker.slot].map_or(0, |failing| failing.failures);
        slots[worker.slot] = Some(Failing {
            worker,
            failures: failures.saturating_add(1),
            since: Instant::now(),
            next: Next::Waits(None),
        });
        self.count(&slots);
        drop(slots);
        // Between the count and the look into the queue. Pairs with the fence in
        // `Scheduler::enqueue`, between the push and the look at the count in `queued`: either this
        // sees what waits, or that sees that a worker is missing.
        fence(Ordering::SeqCst);
        let urgent = workers.scheduler.hand_out();
        self.set_alarms(workers, urgent);
        failures == 0
    }

    /// Something waits in the queue, and no worker is idle.
    pub(super) fn queued(&self, workers: &Arc<Workers>) {
        // Relaxed: see the field.
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.set_alarms(workers, true);
        }
    }

    /// The slot has a worker, or has lost one that was tried.
    pub(super) fn clear(&self, slot: usize) {
        let mut slots = lock(&self.slots);
        slots[slot] = None;
        self.count(&slots);
    }

    /// Whether a successor of `worker` is to be started now. `alive` counts the workers that there are,
    /// those that are being tried among them: with none but these it waits for what becomes of them.
    /// Otherwise two that never start could keep a pool alive by turns.
    pub(super) fn try_again(&self, workers: &Workers, worker: WorkerRef, alive: usize) -> bool {
        let mut slots = lock(&self.slots);
        let on_trial = slots.iter().flatten().filter(|slot| !slot.waits()).count();
        let Some(failing) = &mut slots[worker.slot] else {
            return false;
        };
        if failing.worker != worker || !failing.waits() || alive == 0 {
            return false;
        }
        if on_trial == alive {
            failing.since = Instant::now();
            failing.next = Next::Waits(None);
            failing.set_alarm(workers.jobs.watchdog(), true);
            return false;
        }
        failing.next = Next::OnTrial;
        self.count(&slots);
        true
    }

    fn count(&self, slots: &[Option<Failing>]) {
        let waiting = slots.iter().flatten().filter(|slot| slot.waits()).count();
        // Relaxed: see the field.
        self.waiting.store(waiting, Ordering::Relaxed);
    }

    fn set_alarms(&self, workers: &Arc<Workers>, urgent: bool) {
        // Without a watchdog it is for whoever queues something next.
        if workers.scheduler.is_stopping() || workers.start_watchdog().is_err() {
            return;
        }
        for failing in lock(&self.slots).iter_mut().flatten() {
            failing.set_alarm(workers.jobs.watchdog(), urgent);
        }
    }
}

impl Failing {
    fn waits(&self) -> bool {
        matches!(self.next, Next::Waits(_))
    }

    /// Sets the alarm for the next try, unless it is due before that.
    fn set_alarm(&mut self, watchdog: &Watchdog<Alarm>, urgent: bool) {
        let Next::Waits(before) = self.next else {
            return;
        };
        let due = self.since + pause(self.failures, urgent);
        if before.is_some_and(|(before, _)| before <= due) {
            return;
        }
        if let Some((_, key)) = before {
            drop(watchdog.remove(key));
        }
        let key = watchdog.add(due, Alarm::Again(self.worker));
        self.next = Next::Waits(Some((due, key)));
    }
}

/// How long a worker waits that has failed so often.
fn pause(failures: u32, urgent: bool) -> Duration {
    let longest = if urgent { URGENT_PAUSE } else { LONGEST_PAUSE };
    let doublings = failures.saturating_sub(1);
    let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
    FIRST_PAUSE.saturating_mul(factor).min(longest)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound_which_is_lower_while_work_waits() {
        let pauses = |urgent| {
            [1, 2, 3, 4, 5, 9, 10, 1000].map(|failures| pause(failures, urgent).as_millis())
        };
        let relaxed = [100, 200, 400, 800, 1_600, 25_600, 30_000, 30_000];
        assert_eq!(pauses(false), relaxed);
        assert_eq!(pauses(true), relaxed.map(|pause| pause.min(1_000)));
    }

    #[test]
    fn work_that_waits_brings_the_next_try_forward_and_nothing_puts_it_off() {
        let (watchdog, since) = (Watchdog::new(), Instant::now());
        let worker = WorkerRef {
            slot: 0,
            generation: 8,
        };
        let mut failing = Failing {
            worker,
            failures: 9,
            since,
            next: Next::Waits(None),
        };
        let mut set = |urgent| {
            failing.set_alarm(&watchdog, urgent);
            let Next::Waits(Some((due, key))) = failing.next else {
                panic!("it waits")
            };
            ((due - since).as_millis(), key)
        };
        let (relaxed, first) = set(false);
        let (urgent, second) = set(true);
        assert_eq!((relaxed, urgent), (25_600, 1_000));
        assert!(watchdog.remove(first).is_none(), "there is one alarm");
        assert_eq!(set(false), (urgent, second));
        assert!(watchdog.remove(second).is_some());
    }
}
