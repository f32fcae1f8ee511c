//! [`Workers`]: what runs the jobs of a pool. Chunks are handed to workers, interrupted, and
//! workers that are lost are replaced.
//!
//! Workers know [`Jobs`], jobs do not know workers: this module is private to the pool, so nothing
//! below it can name it.

mod abandoned;
mod adopted;
mod adopted_worker;
mod loss;
mod niceness;
mod presence;
mod restarts;
mod roster;
mod running;
mod running_chunk;
mod spawned;
mod summons;
mod supply;
mod warm_ups;
mod worker;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::abandoned::Abandoned;
use self::presence::Presence;
use self::roster::Roster;
use self::running::RunningCalls;
use self::warm_ups::WarmUps;
use crate::handoff::{Scheduler, Spinners, WorkerRef, WorkerState};
use crate::jobs::{Alarm, Emptied, Failed, Fed, Job, Jobs, Submitted};
use crate::watchdog::AlarmKey;
use crate::{End, Event, JobId, JobSpec, Part, PoolOptions, WorkerStatus};

pub use self::adopted::{AdoptHandle, Adoption, SlotTaken};
pub use self::adopted_worker::{AdoptedWorker, Step};

pub(super) use self::adopted::Adopted;
pub(super) use self::spawned::Spawned;
pub(super) use self::supply::Supply;

/// The workers of a pool. Shared by the host, the workers' threads and the watchdog.
pub(in crate::pool) struct Workers {
    jobs: Arc<Jobs>,
    /// Atomics and locks of its own, see there.
    scheduler: Scheduler<Arc<Job>>,
    /// What runs, each under a lock of its own.
    running: RunningCalls<Arc<Job>, AlarmKey>,
    /// Under a lock of its own.
    roster: Roster,
    /// Under locks of its own, each a leaf.
    presence: Presence,
    /// Under a lock of its own, a leaf.
    abandoned: Abandoned,
    /// Under locks of its own, each a leaf.
    warm_ups: WarmUps,
    /// Under locks of its own, which are taken after the roster's.
    supply: Box<dyn Supply>,
    spinners: Spinners,
    limits: Limits,
    /// How long an interrupted call may take to come back before its worker is given up.
    grace_period: Duration,
    /// Of the pool.
    name: String,
    /// The pool's start.
    epoch: Instant,
}

/// How much longer than its timeout a job waits for the first worker of its pool to start.
const START_ALLOWANCE: Duration = Duration::from_secs(2);

/// What the workers hold to; see [`PoolOptions`]. The largest value stands for no limit.
#[derive(Debug)]
struct Limits {
    recycle_after_tasks: u64,
    recycle_above: u64,
    nice_increment: u8,
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers")
            .field("name", &self.name)
            .field("roster", &self.roster)
            .finish_non_exhaustive()
    }
}

/// The host's side.
impl Workers {
    /// Workers from `supply`, on its `terms`, for what is in `jobs`.
    pub(super) fn new(
        jobs: Arc<Jobs>,
        supply: Box<dyn Supply>,
        terms: Adoption,
        options: &PoolOptions,
    ) -> Self {
        let threads = options.threads.get();
        Self {
            jobs,
            scheduler: Scheduler::new(threads),
            running: RunningCalls::new(threads, terms.lanes),
            roster: Roster::new(options.max_lost_workers.unwrap_or(terms.max_lost_workers)),
            presence: Presence::new(threads),
            abandoned: Abandoned::default(),
            warm_ups: WarmUps::new(threads),
            supply,
            spinners: Spinners::new(),
            limits: Limits {
                recycle_after_tasks: options
                    .recycle_after_tasks
                    .map_or(u64::MAX, |tasks| tasks.get().into()),
                recycle_above: options.recycle_above.unwrap_or(u64::MAX),
                nice_increment: options.nice_increment,
            },
            grace_period: terms.grace_period,
            name: options.name.clone(),
            epoch: Instant::now(),
        }
    }

    /// Brings up all workers. On an error some may be up.
    pub(super) fn start(self: &Arc<Self>) -> io::Result<()> {
        for slot in 0..self.scheduler.slots().len() {
            let worker = WorkerRef {
                slot,
                generation: 0,
            };
            self.roster.add(|| self.supply.start(self, worker))?;
        }
        self.jobs.completions().signal_pending();
        Ok(())
    }

    pub(super) fn submit(self: &Arc<Self>, spec: JobSpec) {
        let id = spec.id;
        if spec.has_limit()
            && let Err(reason) = self.start_watchdog()
        {
            return self.jobs.refuse(id, End::Unavailable { reason });
        }
        if spec.warm_up {
            return self.submit_warm_up(spec);
        }
        self.warm_ups.serve();
        let claim = || {
            // One that comes in a moment is quicker than one that must be woken.
            let comes = self.scheduler.expects();
            (!comes).then(|| self.scheduler.claim()).flatten()
        };
        let job = match self.jobs.submit(spec, claim, || self.count_spare()) {
            Submitted::Claimed(claim, job) => {
                if claim.assign(Some(Arc::clone(&job))).is_err() {
                    self.dispatch(Arc::clone(&job));
                }
                job
            }
            Submitted::Queued(job) => {
                if self.scheduler.enqueue(Arc::clone(&job), job.spec.priority) {
                    self.supply.queued(self);
                }
                job
            }
            Submitted::Waits(job) => job,
            Submitted::Ended(emptied) => return self.stop_if(emptied),
        };
        if self.supply.is_awaited() {
            self.limit_wait_for_start(&job);
        }
        if let Some(end) = self.jobs.rejection() {
            self.fail(&job, end, 0, None);
        }
    }

    /// Has a job end that no worker comes for. Its timeout begins with its first chunk, so that
    /// nobody pays for the start of a worker: but a start may never end.
    fn limit_wait_for_start(&self, job: &Arc<Job>) {
        let limit = job.spec.timeout.filter(|_| !job.spec.continues);
        let due = limit.and_then(|limit| job.submitted.checked_add(limit + START_ALLOWANCE));
        if let Some(due) = due {
            let alarm = Alarm::Arrival(Arc::downgrade(job));
            self.jobs.watchdog().add(due, alarm);
        }
    }

    /// Workers that take a job each before one has to wait.
    fn count_spare(&self) -> usize {
        let slots = self.scheduler.slots();
        slots.filter(|slot| slot.is_spare()).count()
    }

    pub(super) fn append(self: &Arc<Self>, job: JobId, part: Part) {
        self.carry_on(self.jobs.append(job, part));
    }

    pub(super) fn append_last(self: &Arc<Self>, job: JobId, part: Part) {
        self.carry_on(self.jobs.append_last(job, part));
    }

    pub(super) fn seal(self: &Arc<Self>, job: JobId) {
        self.carry_on(self.jobs.seal(job));
    }

    fn carry_on(self: &Arc<Self>, fed: Fed) {
        if let Some(job) = fed.ticket {
            self.dispatch(job);
        }
        self.stop_if(fed.emptied);
    }

    /// Hands a job's ticket to an idle worker, or queues it.
    fn dispatch(self: &Arc<Self>, job: Arc<Job>) {
        let priority = job.spec.priority;
        if self.scheduler.dispatch(job, priority) {
            self.supply.queued(self);
        }
    }

    /// Passes the ticket of a job on, of which the worker that calls this begins a chunk.
    fn pass_on(self: &Arc<Self>, job: Arc<Job>) {
        if self.supply.looks_at_once() {
            let priority = job.spec.priority;
            self.scheduler.offer(job, priority);
        } else {
            // That worker may have a lane free, or be absent for long when it is done.
            self.dispatch(job);
        }
    }

    /// Ends a job, and interrupts what runs of it. `first` is the first item of the chunk that is
    /// the reason, `slot` is that of the worker that found it.
    pub(super) fn fail(
        self: &Arc<Self>,
        job: &Arc<Job>,
        end: End,
        first: u64,
        slot: Option<usize>,
    ) {
        self.follow(job, self.jobs.fail(job, end, first, slot));
    }

    pub(super) fn fail_unstarted(self: &Arc<Self>, job: &Arc<Job>, end: End) {
        self.follow(job, self.jobs.fail_unstarted(job, end));
    }

    pub(super) fn fail_all(self: &Arc<Self>, end: &End) {
        for job in self.jobs.all() {
            self.fail(&job, end.clone(), 0, None);
        }
    }

    fn follow(self: &Arc<Self>, job: &Arc<Job>, failed: Failed) {
        match failed {
            Failed::Already => {}
            Failed::Running => self.interrupt(job),
            Failed::Ended(emptied) => self.stop_if(emptied),
        }
    }

    fn interrupt(self: &Arc<Self>, job: &Arc<Job>) {
        // Without a watchdog a call that does not come back is not noticed; nothing else suffers.
        let _ = self.start_watchdog();
        for (slot, lane, call) in self.running.iter() {
            let overdue = Instant::now() + self.grace_period;
            let raised = call.raise_if(
                |running| Arc::ptr_eq(running, job),
                |id| {
                    let alarm = Alarm::Return {
                        worker: WorkerRef {
                            slot,
                            generation: id.generation,
                        },
                        lane,
                        call: id.number,
                    };
                    self.jobs.watchdog().add(overdue, alarm)
                },
            );
            if let Some(id) = raised {
                self.scheduler.interrupt(WorkerRef {
                    slot,
                    generation: id.generation,
                });
            }
        }
    }

    /// Stops the workers if the pool is closed and empty. Called after whatever may have brought
    /// that about.
    pub(super) fn stop_if(self: &Arc<Self>, emptied: Emptied) {
        if !emptied.is() {
            return;
        }
        let first = self.scheduler.stop();
        self.roster.cancel(|| self.supply.cancel(self));
        if self.roster.declare_stopped() {
            self.jobs.watchdog().stop();
            self.jobs.completions().emit(Event::Stopped);
        } else if first && let Some(limit) = self.supply.leave_limit() {
            if self.start_watchdog().is_err() {
                return self.stop_waiting();
            }
            let due = Instant::now() + limit;
            self.jobs.watchdog().add(due, Alarm::Leave);
        }
    }

    pub(super) fn join(&self, limit: Duration) -> bool {
        let since = Instant::now();
        let none_away = !self.supply.abandons_threads() || self.abandoned.is_empty();
        let workers = self.supply.join(&self.roster, limit) && none_away;
        let left = limit.saturating_sub(since.elapsed());
        self.jobs.watchdog().join(left) && workers
    }

    pub(super) fn status(&self) -> Vec<WorkerStatus> {
        let slots = 0..self.scheduler.slots().len();
        let mut workers: Vec<_> = slots.map(|slot| self.status_of(slot)).collect();
        let away = self.abandoned.status();
        // Where there is no successor, the slot still tells of it.
        let is_told = |id| workers.iter().any(|worker| worker.id == id);
        let more: Vec<_> = away
            .into_iter()
            .filter(|worker| !is_told(worker.id))
            .collect();
        workers.extend(more);
        workers
    }

    fn status_of(&self, index: usize) -> WorkerStatus {
        let now = self.since_epoch(Instant::now());
        let slot = self.scheduler.slot(index);
        let (generation, state) = slot.status();
        let seen = slot.progress.look();
        let name = |job: &Arc<Job>| (job.spec.id, job.spec.function.name().to_owned());
        let mut lanes = self.running.of(index).iter();
        let (job, function) = lanes.find_map(|call| call.peek(name)).unzip();
        let state = match state {
            // It could take more, but it has calls that wait for something, or it does not come for it.
            WorkerState::Idle | WorkerState::Resting if function.is_some() => WorkerState::Running,
            WorkerState::Resting if self.scheduler.is_overdue(index) => WorkerState::Running,
            state => state,
        };
        WorkerStatus {
            id: seen.worker,
            slot: index as u32,
            state,
            generation,
            function,
            job,
            items_done: seen.items_done,
            heap_used: seen.heap_used,
            age: Duration::from_nanos(now.saturating_sub(seen.born)),
        }
    }

    fn since_epoch(&self, at: Instant) -> u64 {
        u64::try_from(at.duration_since(self.epoch).as_nanos()).unwrap_or(u64::MAX)
    }
}

/// The watchdog's side.
impl Workers {
    /// Starts the watchdog unless it runs.
    fn start_watchdog(self: &Arc<Self>) -> Result<(), String> {
        let workers = Arc::clone(self);
        let watch = move || workers.watch();
        self.jobs.watchdog().start(&self.name, watch)
    }

    fn watch(self: &Arc<Self>) {
        self.jobs.watchdog().run(|alarm| match alarm {
            Alarm::Start(job) => {
                let limit = job.spec.queue_timeout.unwrap_or_default();
                // It may have started since the alarm went off; then that has lost its meaning.
                self.fail_unstarted(&job, End::QueueTimedOut { limit });
            }
            Alarm::End(job) => {
                let limit = job.spec.timeout.unwrap_or_default();
                self.fail(&job, End::TimedOut { limit, done: 0 }, 0, None);
            }
            Alarm::Return { worker, lane, call } => self.give_up_overdue(worker, lane, call),
            Alarm::Arrival(job) => {
                if let Some(job) = job.upgrade().filter(|_| self.supply.is_awaited()) {
                    let limit = job.spec.timeout.unwrap_or_default();
                    let reason = self.supply.why_awaited();
                    self.fail_unstarted(&job, End::NotStarted { limit, reason });
                }
            }
            Alarm::Ask(worker) => self.ask(worker),
            Alarm::Again(worker) => self.start_again(worker),
            Alarm::Step { worker, number } => self.give_up_absent(worker, number),
            Alarm::Queue { pause } => self.supply.call_back(self, pause),
            Alarm::Leave => self.stop_waiting(),
        });
    }
}
