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
use crate::handoff::status::{Progress, WorkerRef, WorkerState};
use crate::jobs::course::{Finished, Taken};
use crate::jobs::cursor::Chunk;
use crate::jobs::job::Job;
use crate::jobs::registry::Registry;
use crate::watchdog::AlarmKey;
use crate::workers::running::RunningCall;
use crate::{CallEnd, ChunkCall, End, Event, Function, Interrupt, Output, Reply};

/// How long a worker with a new isolate that has nothing to do waits before it rests: while others
/// start, they need the CPU more.
const FIRST_REST: Duration = Duration::from_millis(100);

/// Polls between two looks at the clock.
const POLLS: u32 = 64;

pub(crate) struct Worker {
    registry: Arc<Registry>,
    worker_ref: WorkerRef,
    /// On which this thread sleeps.
    parker: Arc<Parker>,
    turn: Turn,
    /// Chunks that are to be reported.
    finished: Vec<Finished>,
    /// Chunks running.
    running: usize,
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
    Run(RunningChunk),
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

/// A chunk running of a worker.
pub(crate) struct RunningChunk {
    job: Arc<Job>,
    chunk: Chunk,
    began: Instant,
}

impl RunningChunk {
    pub(crate) fn call(&self) -> ChunkCall<'_> {
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
    pub(crate) fn new(registry: Arc<Registry>, worker_ref: WorkerRef) -> Self {
        let parker = registry.scheduler.register_thread(worker_ref.slot);
        Self {
            registry,
            worker_ref,
            parker,
            turn: Turn::default(),
            finished: Vec::new(),
            running: 0,
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

    pub(crate) fn worker_ref(&self) -> WorkerRef {
        self.worker_ref
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.registry.scheduler.slot(self.worker_ref.slot).progress
    }

    /// Its isolate is there: it can be interrupted, lane by lane.
    pub(crate) fn prepare(&self, lane: usize, interrupt: Arc<dyn Interrupt>) {
        self.call(lane)
            .prepare(self.worker_ref.generation, interrupt);
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
    pub(crate) fn replace(&mut self, reason: Option<String>) -> Result<(), Leave> {
        let worker = self.progress().worker();
        if !self.registry.scheduler.replace(self.worker_ref) {
            return Err(Leave::Lost);
        }
        self.worker_ref = self.worker_ref.successor();
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
            .enter(self.worker_ref, WorkerState::Stopped)
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
        for finished in self.finished.drain(..) {
            self.registry.report(self.worker_ref.slot, finished);
        }
    }

    fn call(&self, lane: usize) -> &RunningCall<Arc<Job>, AlarmKey> {
        self.registry.running.get(self.worker_ref.slot, lane)
    }
}

/// The search for work.
impl Worker {
    /// Finds the next chunk and takes it running in `lane`, which is free.
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
        let published = if self.running == 0 {
            scheduler.become_idle(self.worker_ref)
        } else {
            scheduler.become_awaiting(self.worker_ref)
        };
        if !published {
            return Some(Found::Lost);
        }
        self.idle = true;
        self.report();
        let scheduler = &self.registry.scheduler;
        scheduler
            .withdraw_if_queued(self.worker_ref)
            .then_some(Found::LookInQueue)
    }

    /// Waits while idle: spins, does the housekeeping, sleeps.
    fn wait(&mut self, wait: Wait) -> Result<Found<Arc<Job>>, Next> {
        let scheduler = &self.registry.scheduler;
        if matches!(wait, Wait::Elsewhere) {
            return scheduler
                .wait_elsewhere(self.worker_ref, &self.parker)
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
        if self.rest != Rest::Done && scheduler.withdraw(self.worker_ref) {
            self.idle = false;
            self.rest = Rest::Done;
            return Err(Next::Rest);
        }
        match wait {
            Wait::Briefly(time) => self
                .park(time)
                .or_else(|| scheduler.wait_elsewhere(self.worker_ref, &self.parker))
                .ok_or(Next::Nothing),
            _ => Ok(scheduler.park(self.worker_ref, &self.parker)),
        }
    }

    fn spin(&self) -> Option<Found<Arc<Job>>> {
        let _permit = self.registry.spinners.permit()?;
        let since = Instant::now();
        loop {
            for _ in 0..POLLS {
                if let Some(found) = self.registry.scheduler.poll(self.worker_ref) {
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
        scheduler.park_until(self.worker_ref, &self.parker, deadline)
    }

    /// Takes a chunk of `job` running.
    fn board(&mut self, lane: usize, job: Arc<Job>) -> Option<Next> {
        let began = Instant::now();
        match self.registry.take_chunk(self.worker_ref, lane, &job, began) {
            Taken::Nothing => None,
            Taken::Lost => Some(Next::Leave(Leave::Lost)),
            Taken::Chunk(chunk) => {
                self.report();
                self.rest = Rest::Due;
                self.running += 1;
                Some(Next::Run(RunningChunk { job, chunk, began }))
            }
        }
    }
}

/// The end of a chunk.
impl Worker {
    /// Takes a chunk off board. `called` is what came of it, or why nothing did. An error: the
    /// worker has been given up and must leave.
    pub(crate) fn finish(
        &mut self,
        lane: usize,
        RunningChunk { job, chunk, began }: RunningChunk,
        interrupt: &dyn Interrupt,
        called: Result<Called, String>,
    ) -> Result<(), Leave> {
        let busy = began.elapsed();
        let Some(removed) = self.call(lane).finish(self.worker_ref.generation) else {
            return Err(Leave::Lost);
        };
        if removed.alarm.is_some() {
            interrupt.clear();
            self.registry.disarm(removed.alarm);
        }
        self.running -= 1;
        let finished = self.take_in(&job, &chunk, called, busy);
        self.finished.push(finished);
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
    ) -> Finished {
        let mut finished = Finished {
            first: chunk.first,
            count: chunk.count,
            busy,
            ..Finished::without_output(Arc::clone(job))
        };
        let end = match called {
            Ok(Called { reply, salvaged }) => {
                let Reply { end, logs, cut } = reply;
                finished.logs = logs;
                finished.cut = cut;
                if end == CallEnd::Interrupted && job.salvages() {
                    finished.salvaged = salvaged;
                }
                match end {
                    CallEnd::Done(output) if !self.has_room_for(job, &output) => {
                        finished.cut.results += 1;
                        let limit = self.registry.limits.max_result;
                        End::ResultTooLarge { limit }
                    }
                    CallEnd::Done(mut output) => {
                        if let Some(target) = &job.target {
                            output.bytes = target.put(chunk.first, chunk.count, output.bytes);
                        }
                        let nanos = u64::try_from(busy.as_nanos()).unwrap_or(u64::MAX);
                        job.function.record_cost(nanos, chunk.count);
                        self.progress().add_items(chunk.count);
                        finished.output = Some(output);
                        return finished;
                    }
                    CallEnd::Failed(error) => End::Failed { error },
                    CallEnd::MemoryLimit => End::MemoryLimit,
                    // The job is ending already, or the engine has interrupted itself.
                    CallEnd::Interrupted => End::WorkerLost {
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
            .fail(job, end, chunk.first, Some(self.worker_ref.slot));
        finished
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
