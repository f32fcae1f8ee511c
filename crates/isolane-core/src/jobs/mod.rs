//! [`Jobs`]: what the host has submitted, from the submission until the end is told.
//!
//! Here is the account: which jobs are in, what of them has been taken and reported, how they end.
//! Who runs the chunks is not known here: where something is to be done with a worker, a method is
//! given it as a closure or says it in what it returns.
//!
//! Locks are taken in this order: a job's, then that of a running call (`workers`), then the
//! watchdog's; the others are leaves. Nothing is signalled to the host under a lock.

mod admission;
mod chunking;
mod chunks;
mod cursor;
mod ending;
mod finished;
mod items;
mod job;
mod seeking;
mod table;
mod timing;
mod warm_up;

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use self::admission::Admission;
use self::job::JobState;
use self::table::Table;
use crate::completion::Completions;
use crate::handoff::WorkerRef;
use crate::stats::Recorder;
use crate::sync::{Mutex, lock};
use crate::watchdog::{AlarmKey, Watchdog};
use crate::{End, Event, JobId, JobSpec, Part, PoolOptions, Stats};

pub(crate) use self::chunking::unsplit_items;
pub(crate) use self::chunks::Taken;
pub(crate) use self::cursor::Chunk;
pub(crate) use self::ending::{Emptied, Failed};
pub(crate) use self::finished::{Called, Finished};
pub(crate) use self::job::Job;
pub(crate) use self::warm_up::{Recipe, WarmRun};

/// The jobs of a pool. Shared by the host, the workers and the watchdog.
#[derive(Debug)]
pub(crate) struct Jobs {
    /// Those that have been admitted and have not ended. Written by the host's threads and, at
    /// their end, by whoever ends them; under locks of its own.
    table: Table,
    /// Atomics of its own, see there.
    admission: Admission,
    /// Set and removed by all, under its lock.
    watchdog: Watchdog<Alarm>,
    /// Written by workers and whoever ends a job, read by the host; under locks of its own.
    recorder: Recorder,
    /// Written by all, drained by the host, without a lock.
    completions: Completions,
    /// Workers of the pool.
    threads: usize,
    /// Calls that may run at once.
    capacity: u32,
    /// Bytes that the results of a job may have.
    max_result: u64,
    /// Written and read by the host, under its lock.
    measured_since: Mutex<Instant>,
}

/// What the watchdog watches.
#[derive(Debug)]
pub(crate) enum Alarm {
    /// A job must have been started.
    Start(Arc<Job>),
    /// A job must have ended.
    End(Arc<Job>),
    /// A call that was interrupted must have returned. It is the workers' to set it and to act.
    Return {
        /// Which runs the call.
        worker: WorkerRef,
        /// Where it runs the call.
        lane: usize,
        /// The number of the call in that lane.
        call: u64,
    },
    /// A worker must have come, or the job has waited long enough. As all that follow, it is the
    /// workers' to set it and to act.
    Arrival(Weak<Job>),
    /// A worker's start was put off until now.
    Ask(WorkerRef),
    /// The worker, which could not start, is to have a successor.
    Again(WorkerRef),
    /// A worker must have taken the step that the expectation of this number is for.
    Step { worker: WorkerRef, number: u64 },
    /// Something waited in the queue, for so long since the last look.
    Queue { pause: Duration },
    /// All workers must have left.
    Leave,
}

/// What is to be done with a job that has been submitted.
#[derive(Debug)]
#[must_use]
pub(crate) enum Submitted<C> {
    /// Its ticket goes to the worker that was claimed for it.
    Claimed(C, Arc<Job>),
    /// Its ticket goes to the queue.
    Queued(Arc<Job>),
    /// It has no ticket yet: it waits for items.
    Waits(Arc<Job>),
    /// It has ended.
    Ended(Emptied),
}

/// What is to be done after a job was given items, or was sealed.
#[derive(Debug)]
#[must_use]
pub(crate) struct Fed {
    /// The job, if its ticket is to be handed over.
    pub(crate) ticket: Option<Arc<Job>>,
    pub(crate) emptied: Emptied,
}

/// Jobs that have not ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outstanding {
    /// Those that have been started.
    pub running: Vec<JobId>,
    /// Those that wait.
    pub queued: Vec<JobId>,
}

/// The host's side.
impl Jobs {
    /// For a pool of `threads` workers with `lanes` lanes each.
    pub(crate) fn new(
        threads: usize,
        lanes: usize,
        options: &PoolOptions,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self {
            table: Table::new(),
            admission: Admission::new(options.max_queue),
            watchdog: Watchdog::new(),
            recorder: Recorder::new(threads),
            completions: Completions::new(notify),
            threads,
            capacity: u32::try_from(threads * lanes).unwrap_or(u32::MAX),
            max_result: options.max_result.unwrap_or(u64::MAX),
            measured_since: Mutex::new(Instant::now()),
        }
    }

    pub(crate) fn completions(&self) -> &Completions {
        &self.completions
    }

    pub(crate) fn watchdog(&self) -> &Watchdog<Alarm> {
        &self.watchdog
    }

    /// Takes a job in, or ends it. `claim` takes an idle worker; `spare` counts those that take a
    /// job each before one has to wait.
    pub(crate) fn submit<C>(
        &self,
        spec: JobSpec,
        claim: impl FnOnce() -> Option<C>,
        spare: impl FnOnce() -> usize,
    ) -> Submitted<C> {
        let job = Arc::new(Job::new(spec));
        self.admit(job, claim, spare).unwrap_or_else(|(job, end)| {
            self.refuse(job.spec.id, end);
            Submitted::Ended(self.job_ended())
        })
    }

    /// On an error it has been counted in and nothing else.
    fn admit<C>(
        &self,
        job: Arc<Job>,
        claim: impl FnOnce() -> Option<C>,
        spare: impl FnOnce() -> usize,
    ) -> Result<Submitted<C>, (Arc<Job>, End)> {
        if let Err(end) = self.admission.admit() {
            return Err((job, end));
        }
        let mut state = job.lock();
        if self.conclude(&job, &mut state, None) {
            drop(state);
            return Ok(Submitted::Ended(self.job_ended()));
        }
        let ticket = state.issue_ticket();
        let claim = ticket.then(claim).flatten();
        if claim.is_none() && !job.spec.warm_up {
            if job.spec.continues {
                self.admission.queue_again();
            } else if let Err(end) = self.admission.queue(spare) {
                drop(state);
                return Err((job, end));
            }
            state.queued = true;
        }
        self.table.insert(&job);
        state.alarm = self.first_alarm(&job);
        drop(state);
        Ok(match claim {
            Some(claim) => Submitted::Claimed(claim, job),
            None if ticket => Submitted::Queued(job),
            None => Submitted::Waits(job),
        })
    }

    fn first_alarm(&self, job: &Arc<Job>) -> Option<AlarmKey> {
        let (limit, alarm): (_, fn(_) -> _) = if job.spec.continues {
            (job.spec.timeout, Alarm::End)
        } else {
            (job.spec.queue_timeout, Alarm::Start)
        };
        self.set_alarm(job.submitted, limit?, alarm(Arc::clone(job)))
    }

    /// Ends a job that has not been admitted.
    pub(crate) fn refuse(&self, job: JobId, end: End) {
        self.recorder.job_ended(None, false, None);
        self.completions.emit(Event::Ended { job, end });
    }

    /// How jobs end that have been admitted nevertheless: the pool has been destroyed, or has no
    /// worker. Asked after the submission: whoever rejects jobs has looked through them before, or
    /// will find this one.
    pub(crate) fn rejection(&self) -> Option<End> {
        self.admission.rejection()
    }

    pub(crate) fn append(&self, job: JobId, part: Part) -> Fed {
        self.feed(job, |state| state.append(part))
    }

    pub(crate) fn append_last(&self, job: JobId, part: Part) -> Fed {
        self.feed(job, |state| {
            state.append(part);
            state.seal();
        })
    }

    pub(crate) fn seal(&self, job: JobId) -> Fed {
        self.feed(job, JobState::seal)
    }

    fn feed(&self, id: JobId, change: impl FnOnce(&mut JobState)) -> Fed {
        let Some(job) = self.table.get(id) else {
            return Fed {
                ticket: None,
                emptied: Emptied::NO,
            };
        };
        let mut state = job.lock();
        change(&mut state);
        let ticket = state.issue_ticket();
        let over = self.conclude(&job, &mut state, None);
        drop(state);
        Fed {
            ticket: ticket.then_some(job),
            emptied: if over { self.job_ended() } else { Emptied::NO },
        }
    }

    pub(crate) fn get(&self, id: JobId) -> Option<Arc<Job>> {
        self.table.get(id)
    }

    /// Those that have not ended.
    pub(crate) fn all(&self) -> Vec<Arc<Job>> {
        self.table.all()
    }

    /// The jobs that have been started and those that wait, each up to `most`, the oldest first.
    pub(crate) fn outstanding(&self, most: usize) -> Outstanding {
        let mut jobs = self.table.all();
        jobs.sort_by_key(|job| job.submitted);
        let (running, queued): (Vec<_>, Vec<_>) = jobs
            .iter()
            .map(|job| (job.spec.id, job.lock().started.is_some()))
            .partition(|(_, started)| *started);
        let ids = |jobs: Vec<(JobId, bool)>| jobs.into_iter().map(|(id, _)| id).take(most);
        Outstanding {
            running: ids(running).collect(),
            queued: ids(queued).collect(),
        }
    }

    /// Admits no more.
    pub(crate) fn close(&self) {
        self.admission.close();
    }

    /// Admits no more; those inside are to be ended.
    pub(crate) fn destroy(&self) {
        self.admission.destroy();
    }

    /// The pool has no worker left and will get none: those inside are to be ended.
    pub(crate) fn break_down(&self, reason: String) {
        self.admission.break_down(reason);
    }

    /// Whether no job is in and none can come in.
    pub(crate) fn emptied(&self) -> Emptied {
        Emptied::new(self.admission.is_emptied())
    }

    pub(crate) fn stats(&self) -> Stats {
        let age = lock(&self.measured_since).elapsed();
        self.recorder.sum(
            age.saturating_mul(self.capacity),
            self.admission.waiting(),
            self.admission.running(),
        )
    }

    pub(crate) fn reset_stats(&self) {
        let mut since = lock(&self.measured_since);
        self.recorder.reset();
        *since = Instant::now();
    }
}

/// Alarms.
impl Jobs {
    fn set_alarm(&self, from: Instant, limit: Duration, alarm: Alarm) -> Option<AlarmKey> {
        // What lies beyond the clock's range never comes.
        Some(self.watchdog.add(from.checked_add(limit)?, alarm))
    }

    /// Removes an alarm, if there is one and it has not gone off.
    pub(crate) fn disarm(&self, alarm: Option<AlarmKey>) {
        drop(alarm.and_then(|key| self.watchdog.remove(key)));
    }
}
