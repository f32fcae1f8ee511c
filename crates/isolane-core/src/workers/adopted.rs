//! Workers on threads of the host's: the pool asks for them ([`Event::WorkerWanted`](crate::Event::WorkerWanted)), the host
//! starts a thread, and that thread takes the seat ([`Entrance::adopt`]). From then on it takes its
//! work where the pool's own threads do, and may wait for more of it in an event loop of its own.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;

use crate::handoff::status::Seat;
use crate::jobs::registry::Registry;
use crate::workers::niceness::step_back;
use crate::workers::worker::{Aboard, Called, Leave, Next, Wait, Worker};
use crate::{Call, Function, Interrupt, LostReason, Reply, Waker};

/// How the workers of a pool are that the host brings.
#[derive(Clone, Copy, Debug)]
pub struct Adoption {
    /// Calls that a worker may have on board at once, in lanes from 0.
    pub lanes: NonZeroUsize,
    /// How long an interrupted call may take to come back before its worker is given up as lost.
    pub grace_period: Duration,
    /// How many lost workers are replaced while the pool lives.
    pub max_lost_workers: u32,
}

/// Where the host's threads come in. Does not keep the pool alive.
#[derive(Clone, Debug)]
pub struct Entrance(pub(crate) Weak<Registry>);

/// The seat that a thread wanted to take is not to be had: the pool stops or is gone, or has
/// given up waiting for this worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the worker is not wanted any more")]
pub struct Unwanted;

impl Entrance {
    /// Takes the seat that [`Event::WorkerWanted`](crate::Event::WorkerWanted) named. `waker` reaches the thread while it waits
    /// elsewhere (see [`Step::Nothing`]); `heap_used` is its heap in bytes; `interrupt` gives the handle that stops the call in a
    /// lane.
    ///
    /// # Errors
    ///
    /// [`Unwanted`]; the thread should end.
    pub fn adopt(
        &self,
        slot: u32,
        generation: u64,
        heap_used: u64,
        waker: Arc<dyn Waker>,
        interrupt: impl Fn(usize) -> Arc<dyn Interrupt>,
    ) -> Result<AdoptedWorker, Unwanted> {
        let registry = self.0.upgrade().ok_or(Unwanted)?;
        let seat = Seat {
            slot: slot as usize,
            generation,
        };
        if seat.slot >= registry.crew.size() {
            return Err(Unwanted);
        }
        let slot = registry.scheduler.slot(seat.slot);
        if slot.word().generation() == generation {
            // Before the worker is seen to be there.
            slot.progress.set_heap_used(heap_used);
        }
        if !registry.scheduler.adopt(seat) {
            return Err(Unwanted);
        }
        registry.crew.arrived(seat);
        step_back(registry.limits.nice_increment);
        let lanes = (0..registry.flights.lanes())
            .map(|lane| Lane {
                aboard: None,
                last: None,
                interrupt: interrupt(lane),
            })
            .collect::<Box<[_]>>();
        let worker = Worker::new(registry, seat);
        worker.parker().set_waker(waker);
        for (number, lane) in lanes.iter().enumerate() {
            worker.prepare(number, Arc::clone(&lane.interrupt));
        }
        worker.announce();
        Ok(AdoptedWorker { worker, lanes })
    }
}

/// A worker of a pool, in the hands of the thread that is it.
///
/// The thread must go on taking [steps](Self::next) until one tells it to leave. Where it ends
/// without that, the host must say so: [`Pool::give_up`](crate::Pool::give_up).
pub struct AdoptedWorker {
    worker: Worker,
    lanes: Box<[Lane]>,
}

struct Lane {
    aboard: Option<Aboard>,
    /// The function of the call on board, or of the last one.
    last: Option<Arc<Function>>,
    interrupt: Arc<dyn Interrupt>,
}

impl fmt::Debug for AdoptedWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdoptedWorker")
            .field("seat", &self.worker.seat())
            .finish_non_exhaustive()
    }
}

/// What an adopted worker does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Runs the [call](AdoptedWorker::call) in this lane, and [lands](AdoptedWorker::land) it when
    /// it is done; it may take further steps meanwhile.
    Run {
        /// The lane.
        lane: usize,
    },
    /// Does its housekeeping, then takes the next step.
    Rest,
    /// Waits elsewhere. It takes the next step when its [`Waker`] was called, or when a call of its
    /// own has landed.
    Nothing,
    /// Ends: the pool stops, or has given the worker up. No step may follow.
    Leave,
}

impl AdoptedWorker {
    /// Looks for the next call. When there is none, waits up to `patience` on this thread, but not
    /// while calls are on board, and then has the thread wait elsewhere.
    ///
    /// With every lane in use it only reports what has landed.
    pub fn next(&mut self, patience: Duration) -> Step {
        self.worker.parker().come_back();
        let Some(lane) = self.lanes.iter().position(|lane| lane.aboard.is_none()) else {
            let scheduler = &self.worker.registry().scheduler;
            if scheduler.is_lost(self.worker.seat()) {
                return self.leave(Leave::Lost);
            }
            self.worker.report();
            return Step::Nothing;
        };
        let wait = if self.has_calls() || patience.is_zero() {
            Wait::Elsewhere
        } else {
            Wait::Briefly(patience)
        };
        match self.worker.next(lane, wait) {
            Next::Run(aboard) => {
                self.lanes[lane].last = Some(Arc::clone(aboard.call().function));
                self.lanes[lane].aboard = Some(aboard);
                Step::Run { lane }
            }
            Next::Rest => Step::Rest,
            Next::Nothing => Step::Nothing,
            Next::Leave(leave) => self.leave(leave),
        }
    }

    /// The call on board in `lane`.
    pub fn call(&self, lane: usize) -> Option<Call<'_>> {
        self.lanes.get(lane)?.aboard.as_ref().map(Aboard::call)
    }

    /// Whether any call is on board.
    pub fn has_calls(&self) -> bool {
        self.lanes.iter().any(|lane| lane.aboard.is_some())
    }

    /// Takes the call in `lane` off board. `salvaged` is what it had finished when it was
    /// interrupted; it counts where that was asked for ([`Call::salvage`]). It is reported with the next [step](Self::next), or with
    /// [`report`](Self::report). `false`: the worker has been given up and must end.
    #[must_use]
    pub fn land(&mut self, lane: usize, reply: Reply, salvaged: Bytes) -> bool {
        let Some(lane_state) = self.lanes.get_mut(lane) else {
            return true;
        };
        let Some(aboard) = lane_state.aboard.take() else {
            return true;
        };
        let interrupt = Arc::clone(&lane_state.interrupt);
        self.worker
            .land(lane, aboard, &*interrupt, Ok(Called { reply, salvaged }))
            .is_ok()
    }

    /// Reports what has landed, for a worker that takes no next step yet.
    pub fn report(&mut self) {
        self.worker.report();
    }

    /// Tells the host at once what a function has logged: that of the call on board in `lane`, or
    /// of the last one there. What comes with a [reply](Self::land) is told when that is.
    pub fn log(&self, lane: usize, records: Bytes) {
        let function = self.lanes.get(lane).and_then(|lane| lane.last.clone());
        if let Some(function) = function {
            self.worker.log(function, records);
        }
    }

    /// Notes the bytes of heap in use.
    pub fn set_heap_used(&self, bytes: u64) {
        self.worker.progress().set_heap_used(bytes);
    }

    fn leave(&mut self, leave: Leave) -> Step {
        self.worker.leave(leave);
        Step::Leave
    }
}

impl Registry {
    /// See [`Pool::give_up`](crate::Pool::give_up).
    pub(crate) fn give_up_adopted(
        self: &Arc<Self>,
        slot: u32,
        generation: u64,
        reason: &LostReason,
    ) {
        let slot = slot as usize;
        if slot < self.crew.size() {
            self.give_up(Seat { slot, generation }, reason);
        }
    }
}
