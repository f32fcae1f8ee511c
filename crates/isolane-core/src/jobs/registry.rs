//! [`Registry`]: what the host, the workers and the watchdog of one pool share, and the host's side
//! of it. The workers' side is in `course.rs`, the threads themselves are in `workers/crew.rs`.
//!
//! Locks are taken in this order: a job's, then that of a running call, then the watchdog's; the others
//! are leaves. Nothing is signalled to the host under a lock.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::completion::Completions;
use crate::handoff::Scheduler;
use crate::handoff::spinning::Spinners;
use crate::handoff::status::{WorkerRef, WorkerState};
use crate::jobs::admission::Admission;
use crate::jobs::job::{Job, JobState};
use crate::jobs::table::Jobs;
use crate::stats::Recorder;
use crate::sync::{Mutex, lock};
use crate::watchdog::{AlarmKey, Watchdog};
use crate::workers::crew::Crew;
use crate::workers::running::{CallId, RunningCalls};
use crate::{End, Event, JobId, JobSpec, Part, PoolOptions, Stats, WorkerStatus};

#[derive(Debug)]
pub(crate) struct Registry {
    pub(crate) scheduler: Scheduler<Arc<Job>>,
    pub(crate) running: RunningCalls<Arc<Job>, AlarmKey>,
    pub(crate) completions: Completions,
    pub(crate) watchdog: Watchdog<Alarm>,
    pub(crate) recorder: Recorder,
    pub(crate) admission: Admission,
    pub(crate) crew: Crew,
    pub(crate) spinners: Spinners,
    pub(crate) epoch: Instant,
    pub(crate) jobs: Jobs,
    pub(crate) limits: Limits,
    measured_since: Mutex<Instant>,
}

/// What the workers hold to; see [`PoolOptions`]. The largest value stands for no limit.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) recycle_after_tasks: u64,
    pub(crate) recycle_above: u64,
    pub(crate) max_result: u64,
    pub(crate) nice_increment: u8,
}

/// What the watchdog watches.
#[derive(Debug)]
pub(crate) enum Alarm {
    /// A job must have been started.
    Start(Arc<Job>),
    /// A job must have ended.
    End(Arc<Job>),
    /// A call that was interrupted must have returned: its worker, lane and number.
    Overdue(WorkerRef, usize, CallId),
}

/// The host's side.
impl Registry {
    pub(crate) fn new(
        crew: Crew,
        options: &PoolOptions,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let workers = crew.size();
        let epoch = Instant::now();
        Self {
            scheduler: Scheduler::new(workers),
            running: RunningCalls::new(workers, crew.lanes()),
            completions: Completions::new(notify),
            watchdog: Watchdog::new(),
            recorder: Recorder::new(workers),
            admission: Admission::new(options.max_queue),
            crew,
            spinners: Spinners::new(),
            epoch,
            jobs: Jobs::new(),
            limits: Limits {
                recycle_after_tasks: options
                    .recycle_after_tasks
                    .map_or(u64::MAX, |tasks| tasks.get().into()),
                recycle_above: options.recycle_above.unwrap_or(u64::MAX),
                max_result: options.max_result.unwrap_or(u64::MAX),
                nice_increment: options.nice_increment,
            },
            measured_since: Mutex::new(epoch),
        }
    }

    pub(crate) fn submit(self: &Arc<Self>, spec: JobSpec) {
        let job = Arc::new(Job::new(spec));
        if job.has_limit()
            && let Err(reason) = self.start_watchdog()
        {
            return self.refuse(&job, End::Unavailable { reason });
        }
        if let Err(end) = self.admit(&job) {
            self.refuse(&job, end);
            self.leave();
        }
    }

    fn refuse(&self, job: &Job, end: End) {
        self.recorder.job_ended(None, false, None);
        self.completions.emit(Event::Ended { job: job.id, end });
    }

    /// Lets a job in and hands it on; on an error it has been counted in and nothing else.
    fn admit(self: &Arc<Self>, job: &Arc<Job>) -> Result<(), End> {
        self.admission.enter()?;
        let mut state = job.lock();
        if self.conclude(job, &mut state, None) {
            drop(state);
            self.leave();
            return Ok(());
        }
        let ticket = state.issue_ticket();
        let claim = ticket.then(|| self.scheduler.claim()).flatten();
        if claim.is_none() {
            if job.continues {
                self.admission.queue_again();
            } else {
                self.admission.queue(|| self.spare_workers())?;
            }
            state.queued = true;
        }
        self.jobs.insert(job);
        let (limit, alarm): (_, fn(_) -> _) = if job.continues {
            (job.timeout, Alarm::End)
        } else {
            (job.queue_timeout, Alarm::Start)
        };
        if let Some(limit) = limit {
            state.alarm = self.alarm_after(job.submitted, limit, alarm(Arc::clone(job)));
        }
        drop(state);
        match claim.map(|claim| claim.assign(Some(Arc::clone(job)))) {
            Some(Ok(())) => {}
            Some(Err(_)) => self.scheduler.dispatch(Arc::clone(job), job.priority),
            None if ticket => self.scheduler.enqueue(Arc::clone(job), job.priority),
            None => {}
        }
        // Whoever rejects has looked through `jobs` before the insertion, or will find the job.
        if let Some(end) = self.admission.rejection() {
            self.fail(job, end, 0, None);
        }
        Ok(())
    }

    /// Workers that take a job each before one has to wait: those about to be idle, or to be seen
    /// to be.
    fn spare_workers(&self) -> usize {
        let spare = |state| {
            matches!(
                state,
                WorkerState::Starting | WorkerState::Resting | WorkerState::Idle
            )
        };
        self.scheduler
            .slots()
            .filter(|slot| spare(slot.word().state()))
            .count()
    }

    pub(crate) fn append(&self, id: JobId, part: Part) {
        self.feed(id, |state| state.append(part));
    }

    pub(crate) fn seal(&self, id: JobId) {
        self.feed(id, JobState::seal);
    }

    fn feed(&self, id: JobId, change: impl FnOnce(&mut JobState)) {
        let Some(job) = self.jobs.get(id) else { return };
        let mut state = job.lock();
        change(&mut state);
        let ticket = state.issue_ticket();
        let over = self.conclude(&job, &mut state, None);
        drop(state);
        if ticket {
            self.scheduler.dispatch(Arc::clone(&job), job.priority);
        }
        if over {
            self.leave();
        }
    }

    pub(crate) fn cancel(self: &Arc<Self>, id: JobId) {
        if let Some(job) = self.jobs.get(id) {
            self.fail(&job, End::Cancelled, 0, None);
        }
    }

    pub(crate) fn close(&self) {
        self.admission.close();
        self.settle();
    }

    pub(crate) fn drop_queued(self: &Arc<Self>) {
        for job in self.jobs.all() {
            self.fail_unstarted(&job, End::Closed);
        }
    }

    pub(crate) fn destroy(self: &Arc<Self>) {
        self.admission.destroy();
        self.fail_all(&End::Closed);
        self.settle();
    }

    pub(crate) fn fail_all(self: &Arc<Self>, end: &End) {
        for job in self.jobs.all() {
            self.fail(&job, end.clone(), 0, None);
        }
    }

    /// Stops the pool if it is closed and empty. Called after whatever may have brought that about.
    pub(crate) fn settle(&self) {
        if !self.admission.is_drained() {
            return;
        }
        self.scheduler.stop();
        self.crew.dismiss(&self.scheduler);
        self.watchdog.stop();
        if self.crew.declare_stopped() {
            self.completions.emit(Event::Stopped);
        }
    }

    pub(crate) fn status(&self) -> Vec<WorkerStatus> {
        let now = self.since_epoch(Instant::now());
        self.scheduler
            .slots()
            .enumerate()
            .map(|(index, slot)| {
                let word = slot.word();
                let seen = slot.progress.look();
                let name = |job: &Arc<Job>| job.function.name().to_owned();
                let mut lanes = self.running.of(index).iter();
                let function = lanes.find_map(|call| call.peek(name));
                let state = match word.state() {
                    // It could take more, but it has calls that wait for something.
                    WorkerState::Idle if function.is_some() => WorkerState::Running,
                    state => state,
                };
                WorkerStatus {
                    id: seen.worker,
                    slot: index as u32,
                    state,
                    generation: word.generation(),
                    function,
                    items_done: seen.items_done,
                    heap_used: seen.heap_used,
                    age: Duration::from_nanos(now.saturating_sub(seen.born)),
                }
            })
            .collect()
    }

    pub(crate) fn stats(&self) -> Stats {
        let age = lock(&self.measured_since).elapsed();
        let lanes = self.crew.size() * self.running.lanes();
        let workers = u32::try_from(lanes).unwrap_or(u32::MAX);
        self.recorder.sum(
            age.saturating_mul(workers),
            self.admission.waiting(),
            self.admission.running(),
        )
    }

    pub(crate) fn reset_stats(&self) {
        let mut since = lock(&self.measured_since);
        self.recorder.reset();
        *since = Instant::now();
    }

    pub(crate) fn since_epoch(&self, at: Instant) -> u64 {
        u64::try_from(at.duration_since(self.epoch).as_nanos()).unwrap_or(u64::MAX)
    }
}
