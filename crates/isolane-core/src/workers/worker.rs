//! [`Worker`]: what a worker does, step by step: it looks for a chunk, waits for one, and reports
//! what came of it. Who takes the steps is either a thread of the pool's (`thread.rs`) or one of the
//! host's (`adopted.rs`).
//!
//! A chunk that has come back is reported only once the worker has taken its next one or is idle:
//! when the host hears of it, the slot is free, so a host that submits the next job at once meets
//! no queue that is still full.

use std::any::Any;
use std::hint;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::handoff::Found;
use crate::handoff::parker::Parker;
use crate::handoff::queue::Turn;
use crate::handoff::spinning::SPIN;
use crate::handoff::status::{Progress, Seat, WorkerState};
use crate::jobs::course::{Departure, Landed};
use crate::jobs::cursor::Chunk;
use crate::jobs::job::Job;
use crate::jobs::registry::Registry;
use crate::workers::running_calls::JobFlight;
use crate::{Call, End, Event, Function, Interrupt, Outcome, Output, Reply};

/// How long a worker with a new isolate that has nothing to do waits before it rests: while others
/// start, they need the CPU more.
const FIRST_REST: Duration = Duration::from_millis(100);

/// Polls between two looks at the clock.
const POLLS: u32 = 64;

pub(crate) struct Worker {
    registry: Arc<Registry>,
    seat: Seat,
    /// On which this thread sleeps.
    parker: Arc<Parker>,
    turn: Turn,
    /// Chunks that are to be reported.
    landed: Vec<Landed>,
    /// Chunks on board.
    aboard: usize,
    rest: Rest,
    /// Whether it has been published as idle.
    idle: bool,
}

/// When a worker that has nothing to do rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    /// After [`FIRST_REST`]: its isolate is new.
    Later,
    /// Soon: something has run.
    Due,
    /// Nothing has run since.
    Done,
}

/// How a worker waits when there is nothing to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wait {
    /// On its thread, for as long as it takes.
    Forever,
    /// On its thread for so long, then elsewhere.
    Briefly(Duration),
    /// Elsewhere at once.
    Elsewhere,
}

/// What a worker does next.
pub(crate) enum Next {
    Run(Aboard),
    /// The housekeeping; then look again.
    Rest,
    /// Wait elsewhere, until the waker is called.
    Nothing,
    Leave(Leave),
}

/// Why a worker ends.
#[derive(Debug)]
pub(crate) enum Leave {
    Stop,
    /// It has been given up.
    Lost,
    /// No isolate can be had.
    Failed(String),
}

/// A chunk on board of a worker.
pub(crate) struct Aboard {
    job: Arc<Job>,
    chunk: Chunk,
    began: Instant,
}

impl Aboard {
    pub(crate) fn call(&self) -> Call<'_> {
        self.job.call(&self.chunk)
    }

    /// Whether what it has finished is wanted, now that it has been interrupted.
    pub(crate) fn salvages(&self) -> bool {
        self.job.salvages()
    }
}

/// What a call has given.
pub(crate) struct Called {
    pub(crate) reply: Reply,
    /// What it had finished when it was interrupted, if that was asked for.
    pub(crate) salvaged: Bytes,
}

impl Worker {
    /// On the worker's own thread.
    pub(crate) fn new(registry: Arc<Registry>, seat: Seat) -> Self {
        let parker = registry.scheduler.settle_in(seat.slot);
        Self {
            registry,
            seat,
            parker,
            turn: Turn::default(),
            landed: Vec::new(),
            aboard: 0,
            rest: Rest::Done,
            idle: false,
        }
    }

    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    pub(crate) fn parker(&self) -> &Parker {
        &self.parker
    }

    pub(crate) fn seat(&self) -> Seat {
        self.seat
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.registry.scheduler.slot(self.seat.slot).progress
    }

    /// Its isolate is there: it can be interrupted, lane by lane.
    pub(crate) fn prepare(&self, lane: usize, interrupt: Arc<dyn Interrupt>) {
        self.flight(lane).prepare(self.seat.generation, interrupt);
    }

    /// Its isolate is new: it rests once, though nothing has run.
    pub(crate) fn rest_later(&mut self) {
        self.rest = Rest::Later;
    }

    /// Tells the host that it is there.
    pub(crate) fn announce(&self) {
        let worker = self.progress().worker();
        self.registry
            .completions
            .emit(Event::WorkerCreated { worker });
    }

    /// Hands the slot to the next worker on this thread.
    pub(crate) fn succeed(&mut self, reason: Option<String>) -> Result<(), Leave> {
        let worker = self.progress().worker();
        if !self.registry.scheduler.succeed(self.seat) {
            return Err(Leave::Lost);
        }
        self.seat = self.seat.successor();
        // The next start may never return; nobody shall wait for it.
        self.report();
        self.registry
            .completions
            .emit(Event::WorkerDestroyed { worker, reason });
        Ok(())
    }

    /// The last step.
    pub(crate) fn leave(&mut self, leave: Leave) {
        self.report();
        let reason = match leave {
            Leave::Lost => return self.registry.crew.came_back(),
            Leave::Stop => None,
            Leave::Failed(reason) => Some(reason),
        };
        if self
            .registry
            .scheduler
            .enter(self.seat, WorkerState::Stopped)
        {
            self.registry.worker_ended(self.progress().worker(), reason);
        } else {
            self.registry.crew.came_back();
        }
    }

    /// Tells the host what `function` has logged.
    pub(crate) fn log(&self, function: Arc<Function>, records: Bytes) {
        let worker = self.progress().worker();
        self.registry.completions.emit(Event::Log {
            function,
            worker,
            records,
        });
    }

    /// Reports the chunks that have come back.
    pub(crate) fn report(&mut self) {
        for landed in self.landed.drain(..) {
            self.registry.report(self.seat.slot, landed);
        }
    }

    fn flight(&self, lane: usize) -> &JobFlight {
        self.registry.flights.get(self.seat.slot, lane)
    }
}

/// The search for work.
impl Worker {
    /// Finds the next chunk and takes it on board in `lane`, which is free.
    pub(crate) fn next(&mut self, lane: usize, wait: Wait) -> Next {
        loop {
            let found = match self.find() {
                Some(found) => found,
                None => match self.wait(wait) {
                    Ok(found) => found,
                    Err(next) => return next,
                },
            };
            let next = match found {
                Found::Work(job) => self.board(lane, job),
                Found::LookInQueue => None,
                Found::Stop => Some(Next::Leave(Leave::Stop)),
                Found::Lost => Some(Next::Leave(Leave::Lost)),
            };
            self.idle = false;
            if let Some(next) = next {
                return next;
            }
        }
    }

    /// Looks into the queue; becomes idle, and reports, when that has nothing.
    fn find(&mut self) -> Option<Found<Arc<Job>>> {
        let scheduler = &self.registry.scheduler;
        if self.idle {
            self.report();
            return None;
        }
        if let Some(job) = scheduler.pop(&mut self.turn) {
            return Some(Found::Work(job));
        }
        let published = if self.aboard == 0 {
            scheduler.publish(self.seat)
        } else {
            scheduler.publish_awaiting(self.seat)
        };
        if !published {
            return Some(Found::Lost);
        }
        self.idle = true;
        self.report();
        let scheduler = &self.registry.scheduler;
        scheduler
            .withdraw_if_queued(self.seat)
            .then_some(Found::LookInQueue)
    }

    /// Waits while idle: spins, does the housekeeping, sleeps.
    fn wait(&mut self, wait: Wait) -> Result<Found<Arc<Job>>, Next> {
        let scheduler = &self.registry.scheduler;
        if matches!(wait, Wait::Elsewhere) {
            return scheduler
                .leave(self.seat, &self.parker)
                .ok_or(Next::Nothing);
        }
        let found = match self.rest {
            Rest::Later => self.park(FIRST_REST),
            Rest::Due => self.spin(),
            Rest::Done => None,
        };
        if let Some(found) = found {
            return Ok(found);
        }
        // Unless somebody has claimed it.
        if self.rest != Rest::Done && scheduler.withdraw(self.seat) {
            self.idle = false;
            self.rest = Rest::Done;
            return Err(Next::Rest);
        }
        match wait {
            Wait::Briefly(time) => self
                .park(time)
                .or_else(|| scheduler.leave(self.seat, &self.parker))
                .ok_or(Next::Nothing),
            _ => Ok(scheduler.park(self.seat, &self.parker)),
        }
    }

    fn spin(&self) -> Option<Found<Arc<Job>>> {
        let _permit = self.registry.spinners.permit()?;
        let since = Instant::now();
        loop {
            for _ in 0..POLLS {
                if let Some(found) = self.registry.scheduler.poll(self.seat) {
                    return Some(found);
                }
                hint::spin_loop();
            }
            if since.elapsed() >= SPIN {
                return None;
            }
        }
    }

    /// Sleeps on its thread, no longer than `time`.
    fn park(&self, time: Duration) -> Option<Found<Arc<Job>>> {
        let deadline = Instant::now() + time;
        let scheduler = &self.registry.scheduler;
        scheduler.park_until(self.seat, &self.parker, deadline)
    }

    /// Takes a chunk of `job` on board.
    fn board(&mut self, lane: usize, job: Arc<Job>) -> Option<Next> {
        let began = Instant::now();
        match self.registry.depart(self.seat, lane, &job, began) {
            Departure::Nothing => None,
            Departure::Lost => Some(Next::Leave(Leave::Lost)),
            Departure::Chunk(chunk) => {
                self.report();
                self.rest = Rest::Due;
                self.aboard += 1;
                Some(Next::Run(Aboard { job, chunk, began }))
            }
        }
    }
}

/// The end of a chunk.
impl Worker {
    /// Takes a chunk off board. `called` is what came of it, or why nothing did. An error: the
    /// worker has been given up and must leave.
    pub(crate) fn land(
        &mut self,
        lane: usize,
        Aboard { job, chunk, began }: Aboard,
        interrupt: &dyn Interrupt,
        called: Result<Called, String>,
    ) -> Result<(), Leave> {
        let busy = began.elapsed();
        let Some(landing) = self.flight(lane).land(self.seat.generation) else {
            return Err(Leave::Lost);
        };
        if landing.alarm.is_some() {
            interrupt.clear();
            self.registry.disarm(landing.alarm);
        }
        self.aboard -= 1;
        let landed = self.take_in(&job, &chunk, called, busy);
        self.landed.push(landed);
        Ok(())
    }

    fn has_room_for(&self, job: &Job, output: &Output) -> bool {
        job.count_output(output, self.registry.limits.max_result)
    }

    /// Acts on what came of a call. A job that must end is told at once, so that nothing more of
    /// it runs; the report waits.
    fn take_in(
        &self,
        job: &Arc<Job>,
        chunk: &Chunk,
        called: Result<Called, String>,
        busy: Duration,
    ) -> Landed {
        let mut landed = Landed {
            first: chunk.first,
            count: chunk.count,
            busy,
            ..Landed::without_output(Arc::clone(job))
        };
        let end = match called {
            Ok(Called { reply, salvaged }) => {
                let Reply { outcome, logs, cut } = reply;
                landed.logs = logs;
                landed.cut = cut;
                if outcome == Outcome::Interrupted && job.salvages() {
                    landed.salvaged = salvaged;
                }
                match outcome {
                    Outcome::Done(output) if !self.has_room_for(job, &output) => {
                        landed.cut.results += 1;
                        let limit = self.registry.limits.max_result;
                        End::ResultTooLarge { limit }
                    }
                    Outcome::Done(mut output) => {
                        if let Some(target) = &job.target {
                            output.bytes = target.put(chunk.first, chunk.count, output.bytes);
                        }
                        let nanos = u64::try_from(busy.as_nanos()).unwrap_or(u64::MAX);
                        job.function.record_cost(nanos, chunk.count);
                        self.progress().add_items(chunk.count);
                        landed.output = Some(output);
                        return landed;
                    }
                    Outcome::Failed(error) => End::Failed { error },
                    Outcome::MemoryLimit => End::MemoryLimit,
                    // The job is ending already, or the engine has interrupted itself.
                    Outcome::Interrupted => End::WorkerLost {
                        reason: "the call was interrupted though nobody asked for it".to_owned(),
                        overran: None,
                    },
                }
            }
            Err(reason) => End::WorkerLost {
                reason,
                overran: None,
            },
        };
        self.registry
            .condemn(job, end, chunk.first, Some(self.seat.slot));
        landed
    }
}

pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    match text {
        Some(text) => format!("the worker panicked: {text}"),
        None => "the worker panicked".to_owned(),
    }
}
