//! Workers on threads of the host's: the pool asks for them ([`Event::WorkerWanted`](crate::Event::WorkerWanted)), the host
//! starts a thread, and that thread takes the worker_ref ([`AdoptHandle::adopt`]). From then on it takes its
//! work where the pool's own threads do, and may wait for more of it in an event loop of its own.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;

use crate::handoff::status::WorkerRef;
use crate::jobs::registry::Registry;
use crate::workers::niceness::lower_priority;
use crate::workers::worker::{Called, Leave, Next, RunningChunk, Wait, Worker};
use crate::{ChunkCall, Function, Interrupt, LostReason, Reply, Waker};

/// How the workers of a pool are that the host brings.
#[derive(Clone, Copy, Debug)]
pub struct Adoption {
    /// Calls that a worker may run at once, in lanes from 0.
    pub lanes: NonZeroUsize,
    /// How long an interrupted call may take to come back before its worker is given up as lost.
    pub grace_period: Duration,
    /// How many lost workers are replaced while the pool lives.
    pub max_lost_workers: u32,
}

/// Where the host's threads come in. Does not keep the pool alive.
#[derive(Clone, Debug)]
pub struct AdoptHandle(pub(crate) Weak<Registry>);

/// The worker_ref that a thread wanted to take is not to be had: the pool stops or is gone, or has
/// given up waiting for this worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the worker is not wanted any more")]
pub struct SlotTaken;

impl AdoptHandle {
    /// Takes the worker_ref that [`Event::WorkerWanted`](crate::Event::WorkerWanted) named. `waker` reaches the thread while it waits
    /// elsewhere (see [`Step::Nothing`]); `heap_used` is its heap in bytes; `interrupt` gives the handle that stops the call in a
    /// lane.
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
        let registry = self.0.upgrade().ok_or(SlotTaken)?;
        let worker_ref = WorkerRef {
            slot: slot as usize,
            generation,
        };
        if worker_ref.slot >= registry.crew.size() {
            return Err(SlotTaken);
        }
        let slot = registry.scheduler.slot(worker_ref.slot);
        if slot.word().generation() == generation {
            // Before the worker is seen to be there.
            slot.progress.set_heap_used(heap_used);
        }
        if !registry.scheduler.adopt(worker_ref) {
            return Err(SlotTaken);
        }
        registry.crew.arrived(worker_ref);
        lower_priority(registry.limits.nice_increment);
        let lanes = (0..registry.running.lanes())
            .map(|lane| Lane {
                running: None,
                last: None,
                interrupt: interrupt(lane),
            })
            .collect::<Box<[_]>>();
        let worker = Worker::new(registry, worker_ref);
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
    running: Option<RunningChunk>,
    /// The function of the call running, or of the last one.
    last: Option<Arc<Function>>,
    interrupt: Arc<dyn Interrupt>,
}

impl fmt::Debug for AdoptedWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdoptedWorker")
            .field("worker_ref", &self.worker.worker_ref())
            .finish_non_exhaustive()
    }
}

/// What an adopted worker does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Runs the [call](AdoptedWorker::call) in this lane, and [lands](AdoptedWorker::finish) it when
    /// it is done; it may take further steps meanwhile.
    Run {
        /// The lane.
        lane: usize,
    },
    /// Does its housekeeping, then takes the next step.
    Rest,
    /// Waits elsewhere. It takes the next step when its [`Waker`] was called, or when a call of its
    /// own has finished.
    Nothing,
    /// Ends: the pool stops, or has given the worker up. No step may follow.
    Leave,
}

impl AdoptedWorker {
    /// Looks for the next call. When there is none, waits up to `patience` on this thread, but not
    /// while calls are running, and then has the thread wait elsewhere.
    ///
    /// With every lane in use it only reports what has finished.
    pub fn next(&mut self, patience: Duration) -> Step {
        self.worker.parker().come_back();
        let Some(lane) = self.lanes.iter().position(|lane| lane.running.is_none()) else {
            let scheduler = &self.worker.registry().scheduler;
            if scheduler.is_lost(self.worker.worker_ref()) {
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
            Next::Run(running) => {
                self.lanes[lane].last = Some(Arc::clone(running.call().function));
                self.lanes[lane].running = Some(running);
                Step::Run { lane }
            }
            Next::Rest => Step::Rest,
            Next::Nothing => Step::Nothing,
            Next::Leave(leave) => self.leave(leave),
        }
    }

    /// The call running in `lane`.
    pub fn call(&self, lane: usize) -> Option<ChunkCall<'_>> {
        self.lanes
            .get(lane)?
            .running
            .as_ref()
            .map(RunningChunk::call)
    }

    /// Whether any call is running.
    pub fn has_calls(&self) -> bool {
        self.lanes.iter().any(|lane| lane.running.is_some())
    }

    /// Takes the call in `lane` off board. `salvaged` is what it had finished when it was
    /// interrupted; it counts where that was asked for ([`ChunkCall::salvage`]). It is reported with the next [step](Self::next), or with
    /// [`report`](Self::report). `false`: the worker has been given up and must end.
    #[must_use]
    pub fn finish(&mut self, lane: usize, reply: Reply, salvaged: Bytes) -> bool {
        let Some(lane_state) = self.lanes.get_mut(lane) else {
            return true;
        };
        let Some(running) = lane_state.running.take() else {
            return true;
        };
        let interrupt = Arc::clone(&lane_state.interrupt);
        self.worker
            .finish(lane, running, &*interrupt, Ok(Called { reply, salvaged }))
            .is_ok()
    }

    /// Reports what has finished, for a worker that takes no next step yet.
    pub fn report(&mut self) {
        self.worker.report();
    }

    /// Tells the host at once what a function has logged: that of the call running in `lane`, or
    /// of the last one there. What comes with a [reply](Self::finish) is told when that is.
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
            self.give_up(WorkerRef { slot, generation }, reason);
        }
    }
}
