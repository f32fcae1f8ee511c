//! [`Worker`]: what a worker does, step by step: it looks for a chunk, waits for one, and reports
//! what came of it. Who takes the steps is either a thread of the pool's (`spawned`) or one of the
//! host's (`adopted.rs`).
//!
//! A chunk that has finished is reported once the worker has taken its next one, is idle, or is seen to
//! be so soon: when the host hears of it, the slot is free, so a host that submits the next job at
//! once meets no queue that is still full.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Workers;
use super::running::RunningCall;
use super::running_chunk::RunningChunk;
use super::warm_ups::Warmth;
use crate::handoff::{Found, Parker, Progress, Turn, WorkerRef};
use crate::jobs::{Called, Finished, Job, Taken};
use crate::watchdog::AlarmKey;
use crate::{Interrupt, NoItem};

/// How long a worker with a new isolate that has nothing to do waits before it rests: while others
/// start, they need the CPU more.
const FIRST_REST: Duration = Duration::from_millis(100);

/// Belongs to one thread; what threads share is in [`Workers`].
pub(super) struct Worker {
    workers: Arc<Workers>,
    /// Which it is now.
    me: WorkerRef,
    /// On which this thread sleeps.
    parker: Arc<Parker>,
    turn: Turn,
    /// Chunks that are to be reported, in the order in which they finished.
    finished: VecDeque<Finished>,
    /// Chunks it runs.
    running: usize,
    rest: Rest,
    /// Whether it has become idle: others may hand it work.
    idle: bool,
    /// Whether it has had work.
    works: bool,
    pub(super) warmth: Warmth,
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
pub(super) enum Wait {
    /// On its thread, for as long as it takes.
    Forever,
    /// On its thread for so long, then elsewhere.
    Briefly(Duration),
    /// Elsewhere at once.
    Elsewhere,
}

/// What a worker does next.
pub(super) enum Next {
    Run(RunningChunk),
    /// The housekeeping; then look again.
    Rest,
    /// Wait elsewhere, until the waker is called.
    Nothing,
    Leave(Leave),
}

/// Why a worker ends.
#[derive(Debug)]
pub(super) enum Leave {
    Stop,
    /// It has been given up.
    Lost,
    /// No isolate can be had.
    Failed(String),
}

impl Worker {
    /// On the worker's own thread.
    pub(super) fn new(workers: Arc<Workers>, me: WorkerRef) -> Self {
        let parker = workers.scheduler.register_thread(me.slot);
        Self {
            workers,
            me,
            parker,
            turn: Turn::default(),
            finished: VecDeque::new(),
            running: 0,
            rest: Rest::Done,
            idle: false,
            works: false,
            warmth: Warmth::default(),
        }
    }

    pub(super) fn workers(&self) -> &Arc<Workers> {
        &self.workers
    }

    pub(super) fn parker(&self) -> &Parker {
        &self.parker
    }

    pub(super) fn me(&self) -> WorkerRef {
        self.me
    }

    pub(super) fn progress(&self) -> &Progress {
        &self.workers.scheduler.slot(self.me.slot).progress
    }

    /// Whether it has been given up.
    pub(super) fn is_lost(&self) -> bool {
        self.workers.scheduler.is_lost(self.me)
    }

    /// Calls that it may run at once.
    pub(super) fn lanes(&self) -> usize {
        self.workers.running.lanes()
    }

    /// Its isolate is there: it can be interrupted, lane by lane.
    pub(super) fn prepare(&self, lane: usize, interrupt: Arc<dyn Interrupt>) {
        self.lane(lane).prepare(self.me.generation, interrupt);
    }

    /// Its isolate is new: it rests once, though nothing has run.
    pub(super) fn rest_later(&mut self) {
        self.rest = Rest::Later;
    }

    /// Tells the host that it is there. What has been posted by now, its isolate has before calls.
    pub(super) fn announce(&mut self) {
        self.warmth.owed = self.workers.scheduler.posted();
        self.workers.worker_came(self.me);
    }

    /// It was waited for, and has come.
    pub(super) fn came(&self) {
        self.workers.supply.came(&self.workers, self.me);
    }

    /// Hands the slot to the next worker on this thread.
    pub(super) fn renew(&mut self, reason: Option<String>) -> Result<(), Leave> {
        self.end_warm_ups();
        let before = self.me;
        if !self.workers.scheduler.renew(before) {
            return Err(Leave::Lost);
        }
        self.me = before.successor();
        self.warmth = Warmth::default();
        // The next start may never return; nobody shall wait for it.
        self.report();
        self.workers.tell_end(before, reason);
        self.workers.jobs.completions().signal_pending();
        Ok(())
    }

    /// The last step.
    pub(super) fn leave(&mut self, leave: Leave) {
        self.end_warm_ups();
        self.report();
        let reason = match leave {
            Leave::Lost => return self.workers.came_back(self.me),
            Leave::Stop => None,
            Leave::Failed(reason) => Some(reason),
        };
        if self.workers.scheduler.leave(self.me) {
            self.workers.worker_ended(self.me, reason);
        } else {
            self.workers.came_back(self.me);
        }
    }

    /// Reports the chunks that have finished.
    pub(super) fn report(&mut self) {
        while let Some(mut finished) = self.finished.pop_front() {
            self.workers.report(self.me.slot, &mut finished);
        }
    }

    fn lane(&self, lane: usize) -> &RunningCall<Arc<Job>, AlarmKey> {
        self.workers.running.get(self.me.slot, lane)
    }
}

/// The search for work.
impl Worker {
    /// Finds the next chunk and begins it in `lane`, which is free.
    pub(super) fn next(&mut self, lane: usize, wait: Wait) -> Next {
        loop {
            let found = match self.find() {
                Some(found) => found,
                None => match self.wait(wait) {
                    Ok(found) => found,
                    Err(next) => return next,
                },
            };
            let next = match found {
                Found::Work(job) => self.begin(lane, job),
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

    /// Looks for warm-ups and into the queue; becomes idle, and reports, when there is nothing.
    fn find(&mut self) -> Option<Found<Arc<Job>>> {
        if self.idle {
            self.report();
            return None;
        }
        if self.workers.scheduler.posted() > self.warmth.seen
            && let Some(job) = self.next_warm_up()
        {
            return Some(Found::Work(job));
        }
        self.end_warm_ups();
        let scheduler = &self.workers.scheduler;
        if let Some(job) = scheduler.pop(&mut self.turn) {
            return Some(Found::Work(job));
        }
        let idle = if self.running == 0 {
            scheduler.become_idle(self.me)
        } else {
            scheduler.become_awaiting(self.me)
        };
        if !idle {
            return Some(Found::Lost);
        }
        self.idle = true;
        self.report();
        let scheduler = &self.workers.scheduler;
        let looks = scheduler.withdraw_if_queued(self.me)
            || scheduler.withdraw_if_posted(self.me, self.warmth.seen, || self.may_warm());
        looks.then_some(Found::LookInQueue)
    }

    /// Waits while idle: spins, does the housekeeping, sleeps.
    fn wait(&mut self, wait: Wait) -> Result<Found<Arc<Job>>, Next> {
        let scheduler = &self.workers.scheduler;
        if matches!(wait, Wait::Elsewhere) {
            return scheduler
                .wait_elsewhere(self.me, &self.parker)
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
        if self.rest != Rest::Done && scheduler.withdraw(self.me) {
            self.idle = false;
            self.rest = Rest::Done;
            return Err(Next::Rest);
        }
        match wait {
            Wait::Briefly(time) => self
                .park(time)
                .or_else(|| scheduler.wait_elsewhere(self.me, &self.parker))
                .ok_or(Next::Nothing),
            _ => Ok(scheduler.park(self.me, &self.parker)),
        }
    }

    fn spin(&self) -> Option<Found<Arc<Job>>> {
        let workers = &self.workers;
        workers.spinners.spin(|| workers.scheduler.poll(self.me))
    }

    /// Sleeps on its thread, no longer than `time`.
    fn park(&self, time: Duration) -> Option<Found<Arc<Job>>> {
        let deadline = Instant::now() + time;
        let scheduler = &self.workers.scheduler;
        scheduler.park_until(self.me, &self.parker, deadline)
    }

    /// Begins a chunk of `job`, whose ticket it has, and passes the ticket on if there is more.
    fn begin(&mut self, lane: usize, job: Arc<Job>) -> Option<Next> {
        let began = Instant::now();
        let (me, workers) = (self.me, &self.workers);
        let taken = workers.jobs.take_chunk(&job, began, || {
            let call = workers.running.get(me.slot, lane);
            workers.scheduler.begin(me) && call.begin(me.generation, Arc::clone(&job)).is_ok()
        });
        match taken {
            Taken::Nothing => None,
            Taken::Ended(emptied) => {
                workers.stop_if(emptied);
                None
            }
            Taken::NoItem(NoItem { end, index }) => {
                workers.fail(&job, end, index, Some(me.slot));
                None
            }
            Taken::Later => {
                workers.dispatch(job);
                self.report();
                None
            }
            Taken::Lost => {
                workers.hand_back(job);
                Some(Next::Leave(Leave::Lost))
            }
            Taken::Chunk { chunk, more } => {
                if more {
                    workers.pass_on(Arc::clone(&job));
                }
                self.report();
                self.rest = Rest::Due;
                self.running += 1;
                if !self.works {
                    self.works = true;
                    self.workers.supply.works(&self.workers, me);
                }
                Some(Next::Run(RunningChunk { job, chunk, began }))
            }
        }
    }
}

/// The end of a chunk.
impl Worker {
    /// Notes that a chunk runs no more. `called` is what came of it, or why nothing did. A job that
    /// must end is told at once, so that nothing more of it runs; the report waits. An error: the
    /// worker has been given up and must leave.
    pub(super) fn finish(
        &mut self,
        lane: usize,
        RunningChunk { job, chunk, began }: RunningChunk,
        interrupt: &dyn Interrupt,
        called: Result<Called, String>,
    ) -> Result<(), Leave> {
        let busy = began.elapsed();
        let Some(removed) = self.lane(lane).finish(self.me.generation) else {
            return Err(Leave::Lost);
        };
        let jobs = &self.workers.jobs;
        let mut cleared = Ok(());
        if removed.alarm.is_some() {
            // From here on nobody else can report the chunk: what panics waits until it is noted.
            cleared = catch_unwind(AssertUnwindSafe(|| interrupt.clear()));
            jobs.disarm(removed.alarm);
        }
        self.running -= 1;
        if job.spec.timed {
            job.called(self.progress().worker(), began + busy);
        }
        let (finished, end) = Finished::new(&job, &chunk, called, busy, jobs.max_result());
        if finished.output.is_some() {
            self.progress().add_items(chunk.count);
        }
        if let Some(end) = end {
            self.workers
                .fail(&job, end, chunk.first, Some(self.me.slot));
        }
        self.finished.push_back(finished);
        if let Err(panic) = cleared {
            // The next call might meet the interrupt: this worker takes none.
            resume_unwind(panic);
        }
        Ok(())
    }
}
