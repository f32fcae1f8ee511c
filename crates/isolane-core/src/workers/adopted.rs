//! [`Adopted`]: workers on threads of the host's. The pool asks for them
//! ([`Event::WorkerWanted`]), the host starts a thread, and that thread takes the slot
//! ([`AdoptHandle::adopt`]). From then on it takes its work where the pool's own threads do, and may
//! wait for more of it in an event loop of its own.

use std::io;
use std::num::NonZeroUsize;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::Workers;
use super::adopted_worker::AdoptedWorker;
use super::niceness::lower_priority;
use super::roster::Roster;
use super::supply::Supply;
use super::worker::Worker;
use crate::handoff::WorkerRef;
use crate::sync::{Mutex, lock};
use crate::{Event, Interrupt, LostReason, Waker};

/// How often in a row workers that were asked for may fail to come before the pool does without.
const FAILED_ARRIVALS: u32 = 4;

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
}

#[derive(Debug)]
struct State {
    /// By slot: the generation of the worker that came last.
    arrived: Vec<Option<u64>>,
    /// Workers in a row that were given up before they had come.
    failed_arrivals: u32,
}

impl Adopted {
    /// Asks for the workers of a pool of `size`.
    pub(crate) fn new(size: usize) -> Self {
        Self {
            state: Mutex::new(State {
                arrived: vec![None; size],
                failed_arrivals: 0,
            }),
        }
    }
}

impl Supply for Adopted {
    fn start(&self, workers: &Arc<Workers>, worker: WorkerRef) -> io::Result<()> {
        workers.begin_worker(worker);
        workers.jobs.completions().push(Event::WorkerWanted {
            slot: worker.slot as u32,
            generation: worker.generation,
        });
        Ok(())
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
        if state.arrived[worker.slot] != Some(worker.generation) {
            state.failed_arrivals += 1;
        }
        if state.failed_arrivals >= FAILED_ARRIVALS {
            return Err(format!("workers do not start: {reason}"));
        }
        Ok(())
    }

    fn arrived(&self, worker: WorkerRef) {
        let mut state = lock(&self.state);
        state.arrived[worker.slot] = Some(worker.generation);
        state.failed_arrivals = 0;
    }

    fn cancel(&self, workers: &Workers) -> usize {
        let slots = 0..workers.scheduler.slots().len();
        slots
            .filter(|slot| workers.scheduler.dismiss(*slot))
            .count()
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
        workers.supply.arrived(me);
        lower_priority(workers.limits.nice_increment);
        let worker = Worker::new(workers, me);
        worker.parker().set_waker(waker);
        Ok(AdoptedWorker::new(worker, interrupt))
    }
}
