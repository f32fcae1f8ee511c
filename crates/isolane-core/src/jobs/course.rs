//! The course of a job through the [`Registry`]: its chunks take_chunk, are reported, and it ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::handoff::status::{WorkerRef, WorkerState};
use crate::jobs::cursor::Chunk;
use crate::jobs::job::{Job, JobState};
use crate::jobs::registry::{Alarm, Registry};
use crate::watchdog::AlarmKey;
use crate::{Cut, End, Event, Output};

/// A chunk that has come back and is to be reported.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) job: Arc<Job>,
    pub(crate) first: u64,
    pub(crate) count: u32,
    /// `None` if the chunk brought its job's end, or was interrupted by it.
    pub(crate) output: Option<Output>,
    /// What an interrupted chunk had finished, if that was asked for.
    pub(crate) salvaged: Bytes,
    pub(crate) logs: Bytes,
    pub(crate) cut: Cut,
    pub(crate) busy: Duration,
}

impl Finished {
    /// Of a chunk that a lost worker was running.
    pub(crate) fn without_output(job: Arc<Job>) -> Self {
        Self {
            job,
            first: 0,
            count: 0,
            output: None,
            salvaged: Bytes::new(),
            logs: Bytes::new(),
            cut: Cut::default(),
            busy: Duration::ZERO,
        }
    }
}

/// What became of a ticket.
#[derive(Debug)]
pub(crate) enum Taken {
    Chunk(Chunk),
    /// Nothing was left to take.
    Nothing,
    /// The worker has been given up; the ticket has been passed on.
    Lost,
}

/// The worker's side.
impl Registry {
    /// Takes a chunk of `job`, whose ticket the worker in `worker_ref` holds, into a free lane of the
    /// worker's, and passes the ticket on if there is more. A ticket for nothing is void; whoever
    /// appends something makes a new one.
    pub(crate) fn take_chunk(
        &self,
        worker_ref: WorkerRef,
        lane: usize,
        job: &Arc<Job>,
        now: Instant,
    ) -> Taken {
        let mut state = job.lock();
        // A pool that is destroyed starts nothing, also of jobs it has not got to yet.
        if self.admission.rejection().is_some() || !state.keep_ticket() {
            return Taken::Nothing;
        }
        // Noted before the lock is let go: who ends the job from now on finds it.
        let running = self.scheduler.enter(worker_ref, WorkerState::Running);
        let call = self.running.get(worker_ref.slot, lane);
        if !running || call.begin(worker_ref.generation, Arc::clone(job)).is_err() {
            drop(state);
            self.scheduler.dispatch(Arc::clone(job), job.priority);
            return Taken::Lost;
        }
        let chunk = job.take_chunk(&mut state, self.crew.size());
        if state.started.is_none() {
            self.begin(job, &mut state, now);
        }
        let more = state.keep_ticket();
        drop(state);
        if more {
            self.scheduler.dispatch(Arc::clone(job), job.priority);
        }
        Taken::Chunk(chunk)
    }

    fn begin(&self, job: &Arc<Job>, state: &mut JobState, now: Instant) {
        state.started = Some(now);
        self.admission.begin_running();
        if std::mem::take(&mut state.queued) {
            self.admission.unqueue();
        }
        if job.continues {
            return; // Its timeout has been running since the submission.
        }
        self.disarm(state.alarm.take());
        if let Some(limit) = job.timeout {
            state.alarm = self.alarm_after(now, limit, Alarm::End(Arc::clone(job)));
        }
    }

    /// Reports a chunk.
    pub(crate) fn report(&self, worker: usize, finished: Finished) {
        let Finished { job, logs, .. } = &finished;
        self.recorder
            .call_ended(worker, finished.busy, finished.cut);
        if !logs.is_empty() {
            self.completions.push(Event::Log {
                function: Arc::clone(&job.function),
                worker: self.scheduler.slot(worker).progress.worker(),
                records: logs.clone(),
            });
        }
        if self.take_in(worker, finished) {
            self.leave();
        } else {
            self.completions.signal();
        }
    }

    /// True if that ended the job.
    fn take_in(&self, worker: usize, finished: Finished) -> bool {
        let job = &finished.job;
        let mut state = job.lock();
        match finished.output {
            Some(output) => {
                let event = job.deliver(&mut state, finished.first, finished.count, output);
                if matches!(event, Event::Chunk { last: true, .. }) {
                    self.close_account(job, &mut state, Some(worker), event);
                    return true;
                }
                self.completions.push(event);
            }
            None => {
                state.come_back();
                if !finished.salvaged.is_empty() {
                    self.completions.push(Event::Salvaged {
                        job: job.id,
                        first: finished.first,
                        count: finished.count,
                        output: finished.salvaged,
                    });
                }
            }
        }
        self.conclude(job, &mut state, Some(worker))
    }

    /// Ends `job` as soon as nothing of it is running, and interrupts what is. `first` is the
    /// first item of the chunk that is the reason.
    pub(crate) fn fail(
        self: &Arc<Self>,
        job: &Arc<Job>,
        end: End,
        first: u64,
        worker: Option<usize>,
    ) {
        self.fail_if(job, worker, |state| state.fail(end, first));
    }

    fn fail_if(
        self: &Arc<Self>,
        job: &Arc<Job>,
        worker: Option<usize>,
        fail: impl FnOnce(&mut JobState) -> bool,
    ) {
        let mut state = job.lock();
        if !fail(&mut state) {
            return;
        }
        let over = self.conclude(job, &mut state, worker);
        drop(state);
        if over {
            self.leave();
        } else {
            self.interrupt(job);
        }
    }

    /// Ends the job if there is a reason and nothing of it is running. If true,
    /// [`leave`](Self::leave) must follow.
    pub(crate) fn conclude(&self, job: &Job, state: &mut JobState, worker: Option<usize>) -> bool {
        let Some(event) = job.conclude(state) else {
            return false;
        };
        self.close_account(job, state, worker, event);
        true
    }

    fn interrupt(self: &Arc<Self>, job: &Arc<Job>) {
        // Without a watchdog a call that does not come back is not noticed; nothing else suffers.
        let _ = self.start_watchdog();
        for (slot, lane, call) in self.running.iter() {
            let overdue = Instant::now() + self.crew.grace_period();
            let raised = call.raise_if(
                |running| Arc::ptr_eq(running, job),
                |id| {
                    let worker_ref = WorkerRef {
                        slot,
                        generation: id.generation,
                    };
                    self.watchdog
                        .add(overdue, Alarm::Overdue(worker_ref, lane, id))
                },
            );
            if let Some(id) = raised {
                self.scheduler.mark_interrupted(WorkerRef {
                    slot,
                    generation: id.generation,
                });
            }
        }
    }

    /// Settles a job's accounts and emits `event`, which ends it. All of it before the host can
    /// see the event: what it then asks for (figures, the id, a place in the queue) is up to date.
    fn close_account(&self, job: &Job, state: &mut JobState, worker: Option<usize>, event: Event) {
        self.disarm(state.alarm.take());
        if std::mem::take(&mut state.queued) {
            self.admission.unqueue();
        }
        let times = state
            .started
            .map(|started| (started.elapsed(), started.duration_since(job.submitted)));
        if times.is_some() {
            self.admission.end_running();
        }
        let well = match &event {
            Event::Ended { end, .. } => *end == End::Done,
            _ => true,
        };
        self.recorder.job_ended(worker, well, times);
        self.jobs.remove(job.id);
        self.completions.push(event);
    }

    /// A job has ended: the last step, outside of its lock.
    pub(crate) fn leave(&self) {
        self.completions.signal();
        self.admission.leave();
        self.settle();
    }
}

/// The watchdog's side.
impl Registry {
    pub(crate) fn alarm_after(
        &self,
        from: Instant,
        limit: Duration,
        alarm: Alarm,
    ) -> Option<AlarmKey> {
        // What lies beyond the clock's range never comes.
        Some(self.watchdog.add(from.checked_add(limit)?, alarm))
    }

    pub(crate) fn disarm(&self, alarm: Option<AlarmKey>) {
        drop(alarm.and_then(|key| self.watchdog.remove(key)));
    }

    pub(crate) fn start_watchdog(self: &Arc<Self>) -> Result<(), String> {
        self.crew.start_watchdog(self)
    }

    pub(crate) fn watch(self: &Arc<Self>) {
        self.watchdog.run(|alarm| match alarm {
            Alarm::Start(job) => self.queue_timed_out(&job),
            Alarm::End(job) => {
                let limit = job.timeout.unwrap_or_default();
                self.fail(&job, End::TimedOut { limit, done: 0 }, 0, None);
            }
            Alarm::Overdue(worker_ref, lane, call) => self.give_up_overdue(worker_ref, lane, call),
        });
        self.crew.watchdog_ended();
    }

    fn queue_timed_out(self: &Arc<Self>, job: &Arc<Job>) {
        let limit = job.queue_timeout.unwrap_or_default();
        // It may have started since the alarm went off; then the alarm has lost its meaning.
        self.fail_unstarted(job, End::QueueTimedOut { limit });
    }

    pub(crate) fn fail_unstarted(self: &Arc<Self>, job: &Arc<Job>, end: End) {
        self.fail_if(job, None, |state| {
            state.started.is_none() && state.fail(end, 0)
        });
    }
}
