//! [`Adopted`]: workers on threads of the host's. The pool asks for them
//! ([`Event::WorkerWanted`]), the host starts a thread, and that thread takes the slot
//! ([`AdoptHandle::adopt`]). From then on it takes its work where the pool's own threads do, and may
//! wait for more of it in an event loop of its own.

use std::io;
use std::num::NonZeroUsize;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::Workers;
use super::adopted_worker::AdoptedWorker;
use super::niceness::lower_priority;
use super::restarts::{Restarts, When};
use super::roster::Roster;
use super::summons::{Expected, Summons};
use super::supply::Supply;
use super::worker::Worker;
use crate::handoff::WorkerRef;
use crate::jobs::Alarm;
use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use crate::sync::{Mutex, lock};
use crate::watchdog::AlarmKey;
use crate::{Event, Interrupt, LostReason, Waker};

/// How long a worker that was asked for may take to come; twice as long the next time.
const START_LIMIT: Duration = Duration::from_secs(10);

/// How long something has waited in the queue when it is first looked for workers that are idle, or do
/// not come back from what they have run. Much longer than one takes that comes in a moment.
const FIRST_PAUSE: Duration = Duration::from_millis(2);

/// Between two looks, while something waits in the queue: each pause is twice the one before, up to this.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// How long workers may take to leave a pool that stops. Longer than exit handlers take; code that
/// a function has left behind in the event loop may never end.
const LEAVE_LIMIT: Duration = Duration::from_millis(500);

/// Limits of workers that the host provides.
#[derive(Clone, Copy, Debug)]
pub struct Adoption {
    /// Calls that a worker may run at once, in lanes from 0.
    pub lanes: NonZeroUsize,
    /// How long an interrupted call may take to come back before its worker is given up as lost.
    pub grace_period: Duration,
    /// How many lost workers are replaced while the pool lives.
    pub max_lost_workers: u32,
}

/// Asks the host for workers.
pub(in crate::pool) struct Adopted {
    /// Written by whoever asks for workers or gives them up, and by those that come.
    state: Mutex<State>,
    /// Workers that have come and have not been given up. Written under the lock of the state, read
    /// by whoever submits a job, Relaxed: nothing is read on the strength of it.
    present: AtomicUsize,
    /// Whether an alarm is set to look for workers. Set by whoever queues something, taken back by the
    /// watchdog; Relaxed, ordered by fences: see `call_back`.
    looks: AtomicBool,
}

#[derive(Debug)]
struct State {
    slots: Vec<Place>,
    restarts: Restarts,
    /// Tells one expectation from another.
    last_number: u64,
}

/// What is known of the workers of a slot.
#[derive(Clone, Debug, Default)]
struct Place {
    /// The generation of the worker that came last, and when.
    came: Option<(u64, Instant)>,
    /// The generation of the worker that had work last.
    worked: Option<u64>,
    /// The step that is waited for.
    expected: Option<Expectation>,
    /// The last worker that was asked for did not come in time.
    overdue: bool,
}

#[derive(Clone, Copy, Debug)]
struct Expectation {
    worker: WorkerRef,
    number: u64,
    alarm: AlarmKey,
}

impl Adopted {
    /// Asks for the workers of a pool of `size`.
    pub(crate) fn new(size: usize) -> Self {
        Self {
            state: Mutex::new(State {
                slots: vec![Place::default(); size],
                restarts: Restarts::default(),
                last_number: 0,
            }),
            present: AtomicUsize::new(0),
            looks: AtomicBool::new(false),
        }
    }
}

impl Adopted {
    /// Sets the alarm for a look after `pause`, unless it is set.
    fn look_after(&self, workers: &Workers, pause: Duration) {
        // Relaxed: see the field. The first look is all that most make.
        if !self.looks.load(Ordering::Relaxed) && !self.looks.swap(true, Ordering::Relaxed) {
            let due = Instant::now() + pause;
            workers.jobs.watchdog().add(due, Alarm::Queue { pause });
        }
    }
}

impl Supply for Adopted {
    fn start(&self, workers: &Arc<Workers>, worker: WorkerRef) -> io::Result<()> {
        workers.begin_worker(worker);
        // First, since it would be the alarm's.
        let when = lock(&self.state).restarts.when(worker);
        match when {
            When::Now => self.ask(workers, worker),
            When::After(pause) => {
                if workers.start_watchdog().is_err() {
                    self.ask(workers, worker);
                } else {
                    let due = Instant::now() + pause;
                    workers.jobs.watchdog().add(due, Alarm::Ask(worker));
                }
            }
            When::Later => {}
        }
        Ok(())
    }

    fn ask(&self, workers: &Arc<Workers>, worker: WorkerRef) {
        workers.jobs.completions().push(Event::WorkerWanted {
            slot: worker.slot as u32,
            generation: worker.generation,
        });
        let overdue = lock(&self.state).slots[worker.slot].overdue;
        self.expect(workers, worker, START_LIMIT * (1 + u32::from(overdue)));
    }

    fn lost(
        &self,
        workers: &Workers,
        worker: WorkerRef,
        reason: &LostReason,
    ) -> Result<(), String> {
        workers.jobs.completions().push(Event::WorkerUnwanted {
            slot: worker.slot as u32,
            generation: worker.generation,
        });
        let mut state = lock(&self.state);
        let place = &mut state.slots[worker.slot];
        let expected = place.expected.take();
        workers.jobs.disarm(expected.map(|expected| expected.alarm));
        let came = place
            .came
            .filter(|(generation, _)| *generation == worker.generation);
        if came.is_some() {
            // Relaxed: see there.
            self.present.fetch_sub(1, Ordering::Relaxed);
        }
        if place.worked == Some(worker.generation) {
            return state.restarts.refused();
        }
        let (came, overdue) = (came.map(|(_, since)| since), place.overdue);
        state.restarts.failed(worker, came, overdue, reason)
    }

    fn works(&self, workers: &Arc<Workers>, worker: WorkerRef) {
        let mut state = lock(&self.state);
        state.slots[worker.slot].worked = Some(worker.generation);
        let held = state.restarts.works();
        drop(state);
        for worker in held {
            // The pool has a job, so it does not stop meanwhile.
            self.ask(workers, worker);
        }
        workers.jobs.completions().signal_pending();
    }

    fn withheld(&self) -> Vec<WorkerRef> {
        lock(&self.state).restarts.release()
    }

    fn is_awaited(&self) -> bool {
        // Relaxed: see there.
        self.present.load(Ordering::Relaxed) == 0
    }

    fn why_awaited(&self) -> String {
        let last = lock(&self.state).restarts.last_failure();
        last.unwrap_or_else(|| "no worker has started yet".to_owned())
    }

    fn expect(&self, workers: &Arc<Workers>, worker: WorkerRef, limit: Duration) {
        // Without a watchdog a worker that does not come is not noticed; nothing else suffers.
        let _ = workers.start_watchdog();
        let mut state = lock(&self.state);
        state.last_number += 1;
        let number = state.last_number;
        let alarm = Alarm::Step { worker, number };
        let alarm = workers.jobs.watchdog().add(Instant::now() + limit, alarm);
        let before = state.slots[worker.slot].expected.replace(Expectation {
            worker,
            number,
            alarm,
        });
        workers.jobs.disarm(before.map(|before| before.alarm));
    }

    fn came(&self, workers: &Workers, worker: WorkerRef) {
        let mut state = lock(&self.state);
        let place = &mut state.slots[worker.slot];
        let expected = place
            .expected
            .take_if(|expected| expected.worker == worker)
            .map(|expected| expected.alarm);
        workers.jobs.disarm(expected);
        if place.came.map(|(generation, _)| generation) != Some(worker.generation)
            && !workers.scheduler.is_lost(worker)
        {
            place.came = Some((worker.generation, Instant::now()));
            place.overdue = false;
            // Relaxed: see there.
            self.present.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn overdue(&self, worker: WorkerRef, number: u64) -> Option<LostReason> {
        let mut state = lock(&self.state);
        let place = &mut state.slots[worker.slot];
        place
            .expected
            .take_if(|expected| expected.number == number)?;
        let has_come = place.came.map(|(generation, _)| generation) == Some(worker.generation);
        place.overdue = !has_come;
        Some(LostReason::Other(if has_come {
            "something that it ran before keeps its event loop".to_owned()
        } else {
            "it takes too long to start".to_owned()
        }))
    }

    fn queued(&self, workers: &Arc<Workers>) {
        self.look_after(workers, FIRST_PAUSE);
    }

    fn call_back(&self, workers: &Arc<Workers>, pause: Duration) {
        self.looks.store(false, Ordering::Relaxed);
        // Between taking the flag back and looking into the queue. Pairs with the fence in
        // `Scheduler::enqueue`, between the push and the look at the flag in `queued`: either that
        // finds no alarm and sets one, or this finds what was queued.
        fence(Ordering::SeqCst);
        if !workers.scheduler.hand_out() {
            return;
        }
        for slot in 0..workers.scheduler.slots().len() {
            if workers.scheduler.is_overdue(slot)
                && lock(&self.state).slots[slot].expected.is_none()
            {
                workers.scheduler.call(slot);
            }
        }
        self.look_after(workers, (pause * 2).min(LONGEST_PAUSE));
    }

    fn cancel(&self, workers: &Workers) -> usize {
        let slots = 0..workers.scheduler.slots().len();
        slots
            .filter(|slot| workers.scheduler.dismiss(*slot))
            .count()
    }

    fn leave_limit(&self) -> Option<Duration> {
        Some(LEAVE_LIMIT)
    }

    /// The host ends the thread.
    fn abandons_threads(&self) -> bool {
        false
    }

    /// Threads of the host's are not waited for.
    fn join(&self, _: &Roster, _: Duration) -> bool {
        true
    }
}

/// Where the host's threads become workers. Does not keep the pool alive.
#[derive(Clone, Debug)]
pub struct AdoptHandle(Weak<Workers>);

/// The slot that a thread wanted to take is not to be had: it is taken, the pool stops or is gone,
/// or has given up waiting for this worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the worker is not wanted any more")]
pub struct SlotTaken;

impl AdoptHandle {
    pub(in crate::pool) fn new(workers: &Arc<Workers>) -> Self {
        Self(Arc::downgrade(workers))
    }

    /// Takes the slot that [`Event::WorkerWanted`] named. `waker` reaches the thread while it waits
    /// elsewhere (see [`Step::Nothing`](crate::Step::Nothing)); `heap_used` is its heap in bytes; `interrupt` gives the
    /// handle that stops the call in a lane.
    ///
    /// # Errors
    ///
    /// [`SlotTaken`]; the thread should end.
    pub fn adopt(
        &self,
        slot: u32,
        generation: u64,
        heap_used: u64,
        waker: Arc<dyn Waker>,
        interrupt: impl Fn(usize) -> Arc<dyn Interrupt>,
    ) -> Result<AdoptedWorker, SlotTaken> {
        let workers = self.0.upgrade().ok_or(SlotTaken)?;
        let me = WorkerRef {
            slot: slot as usize,
            generation,
        };
        if me.slot >= workers.scheduler.slots().len() {
            return Err(SlotTaken);
        }
        let slot = workers.scheduler.slot(me.slot);
        if slot.status().0 == generation {
            // Before the worker is seen to be there.
            slot.progress.set_heap_used(heap_used);
        }
        if !workers.scheduler.adopt(me) {
            return Err(SlotTaken);
        }
        lower_priority(workers.limits.nice_increment);
        let expected = Arc::new(Expected::new());
        let summons = Summons::new(&workers, me, waker, Arc::clone(&expected));
        let worker = Worker::new(workers, me);
        worker.parker().set_waker(Arc::new(summons));
        Ok(AdoptedWorker::new(worker, expected, interrupt))
    }
}
