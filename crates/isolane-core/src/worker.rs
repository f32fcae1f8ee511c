//! [`Worker`]: what a worker thread does.
//!
//! A chunk that has come back is reported only once the worker has taken its next one or is idle:
//! when the host hears of it, the slot is free, so a host that submits the next job at once meets
//! no queue that is still full.

use std::any::Any;
use std::hint;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::course::{Departure, Landed};
use crate::cursor::Chunk;
use crate::job::Job;
use crate::queue::Turn;
use crate::registry::{JobFlight, Registry};
use crate::scheduler::Found;
use crate::spinning::SPIN;
use crate::status::{Progress, Seat, WorkerState};
use crate::{
    End, Engine, Event, Interrupt, Isolate, Lifeline, LostReason, Outcome, Reply, StartError,
};

/// How often an isolate is tried before the worker is given up, and how long it waits before the
/// second time; twice as long before each further.
const START_ATTEMPTS: u32 = 3;
const START_PAUSE: Duration = Duration::from_millis(10);

/// Polls between two looks at the clock.
const POLLS: u32 = 64;

/// The body of a worker thread.
pub(crate) fn run<E: Engine>(engine: &E, registry: &Arc<Registry>, seat: Seat) {
    let mut worker = Worker::new(registry, seat);
    // What could panic in there has been caught where it can be reported; this is for the rest,
    // such as the host's notify, so that the pool at least knows.
    let leave = catch_unwind(AssertUnwindSafe(|| worker.live(engine)))
        .unwrap_or_else(|panic| Leave::Failed(panic_text(&*panic)));
    worker.leave(leave);
}

struct Worker<'a> {
    registry: &'a Arc<Registry>,
    seat: Seat,
    turn: Turn,
    /// The chunk that is to be reported.
    landed: Option<Landed>,
    /// Whether nothing has run since the last rest.
    rested: bool,
}

/// What a call has given.
struct Called {
    reply: Reply,
    /// What it had finished when it was interrupted, if that was asked for.
    salvaged: Bytes,
}

/// Why the worker stops using an isolate.
enum Exit {
    /// It needs another. Why, unless it was time.
    Replace(Option<String>),
    Leave(Leave),
}

/// Why a worker thread ends.
enum Leave {
    Stop,
    Lost,
    /// No isolate can be had.
    Failed(String),
}

impl<'a> Worker<'a> {
    fn new(registry: &'a Arc<Registry>, seat: Seat) -> Self {
        Self {
            registry,
            seat,
            turn: Turn::default(),
            landed: None,
            rested: true,
        }
    }

    fn live<E: Engine>(&mut self, engine: &E) -> Leave {
        loop {
            let (mut isolate, interrupt) = match self.start(engine) {
                Ok(started) => started,
                Err(leave) => return leave,
            };
            let exit = self.serve(&mut isolate, &*interrupt);
            if let Exit::Replace(reason) = &exit
                && let Err(leave) = self.succeed(reason.clone())
            {
                return leave;
            }
            // The drop of an isolate that has panicked may panic again, and says nothing new.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(isolate)));
            if let Exit::Leave(leave) = exit {
                return leave;
            }
        }
    }

    fn leave(&mut self, leave: Leave) {
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

    fn progress(&self) -> &'a Progress {
        &self.registry.scheduler.slot(self.seat.slot).progress
    }

    fn flight(&self) -> &'a JobFlight {
        &self.registry.flights[self.seat.slot]
    }

    fn report(&mut self) {
        if let Some(landed) = self.landed.take() {
            self.registry.report(self.seat.slot, landed);
        }
    }
}

/// Isolates come and go.
impl Worker<'_> {
    /// Makes the isolate.
    fn start<E: Engine>(&mut self, engine: &E) -> Result<(E::Isolate, Arc<dyn Interrupt>), Leave> {
        let id = self.registry.crew.next_worker();
        let born = self.registry.since_epoch(Instant::now());
        self.progress().begin(id, born);
        let lifeline: Arc<dyn Lifeline> = Arc::new(Seated {
            registry: Arc::downgrade(self.registry),
            seat: self.seat,
        });
        let (isolate, interrupt) = self.try_start(|| {
            let isolate = engine.start(&lifeline)?;
            let interrupt = isolate.interrupt();
            Ok((isolate, interrupt))
        })?;
        self.flight()
            .prepare(self.seat.generation, Arc::clone(&interrupt));
        self.progress().set_heap_used(isolate.heap_used());
        self.registry
            .completions
            .emit(Event::WorkerCreated { worker: id });
        Ok((isolate, interrupt))
    }

    fn try_start<T>(&self, start: impl Fn() -> Result<T, StartError>) -> Result<T, Leave> {
        let mut pause = START_PAUSE;
        let mut attempt = 1;
        loop {
            if self.registry.scheduler.is_stopping() {
                return Err(Leave::Stop);
            }
            let reason = match catch_unwind(AssertUnwindSafe(&start)) {
                Ok(Ok(started)) => return Ok(started),
                Ok(Err(StartError(reason))) => reason,
                Err(panic) => panic_text(&*panic),
            };
            if attempt == START_ATTEMPTS {
                return Err(Leave::Failed(reason));
            }
            thread::sleep(pause);
            attempt += 1;
            pause *= 2;
        }
    }

    /// Hands the slot to the next worker on this thread.
    fn succeed(&mut self, reason: Option<String>) -> Result<(), Leave> {
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
}

/// Jobs come and go.
impl Worker<'_> {
    fn serve<I: Isolate>(&mut self, isolate: &mut I, interrupt: &dyn Interrupt) -> Exit {
        loop {
            let exit = match self.find(isolate) {
                Ok(job) => self.serve_ticket(isolate, interrupt, &job),
                Err(exit) => Some(exit),
            };
            if let Some(exit) = exit {
                return exit;
            }
        }
    }

    /// Finds the next job, or waits for one.
    fn find<I: Isolate>(&mut self, isolate: &mut I) -> Result<Arc<Job>, Exit> {
        loop {
            let scheduler = &self.registry.scheduler;
            if let Some(job) = scheduler.pop(&mut self.turn) {
                return Ok(job);
            }
            if !scheduler.publish(self.seat) {
                return Err(Exit::Leave(Leave::Lost));
            }
            self.report();
            if scheduler.withdraw_if_queued(self.seat) {
                continue;
            }
            match self.wait(isolate)? {
                Found::Work(job) => return Ok(job),
                Found::LookInQueue => {}
                Found::Stop => return Err(Exit::Leave(Leave::Stop)),
                Found::Lost => return Err(Exit::Leave(Leave::Lost)),
            }
        }
    }

    /// Waits while idle: spins, does the housekeeping, sleeps.
    fn wait<I: Isolate>(&mut self, isolate: &mut I) -> Result<Found<Arc<Job>>, Exit> {
        if self.rested {
            return Ok(self.registry.scheduler.park(self.seat));
        }
        if let Some(found) = self.spin() {
            return Ok(found);
        }
        if self.registry.scheduler.withdraw(self.seat) {
            self.rest(isolate)?;
            return Ok(Found::LookInQueue);
        }
        // Somebody has claimed it.
        Ok(self.registry.scheduler.park(self.seat))
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

    fn rest<I: Isolate>(&mut self, isolate: &mut I) -> Result<(), Exit> {
        self.rested = true;
        let heap_used = catch_unwind(AssertUnwindSafe(|| {
            isolate.rest();
            isolate.heap_used()
        }))
        .map_err(|panic| Exit::Replace(Some(panic_text(&*panic))))?;
        self.progress().set_heap_used(heap_used);
        Ok(())
    }

    /// Takes a chunk of `job` and runs it.
    fn serve_ticket<I: Isolate>(
        &mut self,
        isolate: &mut I,
        interrupt: &dyn Interrupt,
        job: &Arc<Job>,
    ) -> Option<Exit> {
        let began = Instant::now();
        match self.registry.depart(self.seat, job, began) {
            Departure::Nothing => None,
            Departure::Lost => Some(Exit::Leave(Leave::Lost)),
            Departure::Chunk(chunk) => {
                self.report();
                self.rested = false;
                self.fly(isolate, interrupt, job, &chunk, began)
            }
        }
    }

    fn fly<I: Isolate>(
        &mut self,
        isolate: &mut I,
        interrupt: &dyn Interrupt,
        job: &Arc<Job>,
        chunk: &Chunk,
        began: Instant,
    ) -> Option<Exit> {
        let called = catch_unwind(AssertUnwindSafe(|| {
            let reply = isolate.call(&job.call(chunk));
            let salvaged = if reply.outcome == Outcome::Interrupted && job.salvages() {
                isolate.salvage()
            } else {
                Bytes::new()
            };
            let called = Called { reply, salvaged };
            (called, isolate.is_spent(), isolate.heap_used())
        }));
        let busy = began.elapsed();
        let Some(landing) = self.flight().land(self.seat.generation) else {
            return Some(Exit::Leave(Leave::Lost));
        };
        if landing.alarm.is_some() {
            interrupt.clear();
            self.registry.disarm(landing.alarm);
        }
        let (called, exit) = match called {
            Ok((called, spent, heap_used)) => {
                self.progress().set_heap_used(heap_used);
                let reason = (called.reply.outcome == Outcome::MemoryLimit)
                    .then(|| LostReason::Memory.to_string());
                (Ok(called), spent.then_some(Exit::Replace(reason)))
            }
            Err(panic) => {
                let reason = panic_text(&*panic);
                (Err(reason.clone()), Some(Exit::Replace(Some(reason))))
            }
        };
        self.landed = Some(self.take_in(job, chunk, called, busy));
        exit
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
                let Reply { outcome, logs } = reply;
                landed.logs = logs;
                landed.salvaged = salvaged;
                match outcome {
                    Outcome::Done(output) => {
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
                    },
                }
            }
            Err(reason) => End::WorkerLost { reason },
        };
        self.registry
            .condemn(job, end, chunk.first, Some(self.seat.slot));
        landed
    }
}

/// The lifeline of the worker in a seat.
struct Seated {
    /// Weak, since engines keep lifelines in isolates and the registry keeps the engine.
    registry: Weak<Registry>,
    seat: Seat,
}

impl Lifeline for Seated {
    fn lost(&self, reason: LostReason) {
        if let Some(registry) = self.registry.upgrade() {
            registry.give_up(self.seat, &reason);
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    match text {
        Some(text) => format!("the worker panicked: {text}"),
        None => "the worker panicked".to_owned(),
    }
}
