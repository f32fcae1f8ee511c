//! The course of a job through the [`Registry`]: its chunks depart, are reported, and it ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::handoff::status::{Seat, WorkerState};
use crate::jobs::cursor::Chunk;
use crate::jobs::job::{Job, JobState};
use crate::jobs::registry::{Alarm, Registry};
use crate::watchdog::AlarmKey;
use crate::{Cut, End, Event, Output};

/// A chunk that has come back and is to be reported.
#[derive(Debug)]
pub(crate) struct Landed {
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

impl Landed {
    /// Of a chunk that a lost worker had on board.
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
pub(crate) enum Departure {
    Chunk(Chunk),
    /// Nothing was left to take.
    Nothing,
    /// The worker has been given up; the ticket has been passed on.
    Lost,
}

/// The worker's side.
impl Registry {
    /// Takes a chunk of `job`, whose ticket the worker in `seat` holds, into a free lane of the
    /// worker's, and passes the ticket on if there is more. A ticket for nothing is void; whoever
    /// appends something makes a new one.
    pub(crate) fn depart(
        &self,
        seat: Seat,
        lane: usize,
        job: &Arc<Job>,
        now: Instant,
    ) -> Departure {
        let mut state = job.lock();
        // A pool that is destroyed starts nothing, also of jobs it has not got to yet.
        if self.admission.eviction().is_some() || !state.keep_ticket() {
            return Departure::Nothing;
        }
        // On board before the lock is let go: who ends the job from now on finds it there.
        let running = self.scheduler.enter(seat, WorkerState::Running);
        let flight = self.flights.get(seat.slot, lane);
        if !running || flight.take_off(seat.generation, Arc::clone(job)).is_err() {
            drop(state);
            self.scheduler.dispatch(Arc::clone(job), job.priority);
            return Departure::Lost;
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
        Departure::Chunk(chunk)
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
    pub(crate) fn report(&self, worker: usize, landed: Landed) {
        let Landed { job, logs, .. } = &landed;
        self.recorder.call_ended(worker, landed.busy, landed.cut);
        if !logs.is_empty() {
            self.completions.push(Event::Log {
                function: Arc::clone(&job.function),
                worker: self.scheduler.slot(worker).progress.worker(),
                records: logs.clone(),
            });
        }
        if self.take_in(worker, landed) {
            self.leave();
        } else {
            self.completions.signal();
        }
    }

    /// True if that ended the job.
    fn take_in(&self, worker: usize, landed: Landed) -> bool {
        let job = &landed.job;
        let mut state = job.lock();
        match landed.output {
            Some(output) => {
                let event = job.deliver(&mut state, landed.first, landed.count, output);
                if matches!(event, Event::Chunk { last: true, .. }) {
                    self.close_account(job, &mut state, Some(worker), event);
                    return true;
                }
                self.completions.push(event);
            }
            None => {
                state.come_back();
                if !landed.salvaged.is_empty() {
                    self.completions.push(Event::Salvaged {
                        job: job.id,
                        first: landed.first,
                        count: landed.count,
                        output: landed.salvaged,
                    });
                }
            }
        }
        self.conclude(job, &mut state, Some(worker))
    }

    /// Ends `job` as soon as nothing of it is in flight, and interrupts what is. `first` is the
    /// first item of the chunk that is the reason.
    pub(crate) fn condemn(
        self: &Arc<Self>,
        job: &Arc<Job>,
        end: End,
        first: u64,
        worker: Option<usize>,
    ) {
        self.condemn_if(job, worker, |state| state.condemn(end, first));
    }

    fn condemn_if(
        self: &Arc<Self>,
        job: &Arc<Job>,
        worker: Option<usize>,
        condemn: impl FnOnce(&mut JobState) -> bool,
    ) {
        let mut state = job.lock();
        if !condemn(&mut state) {
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

    /// Ends the job if there is a reason and nothing of it is in flight. If true,
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
        for (slot, lane, flight) in self.flights.iter() {
            let overdue = Instant::now() + self.crew.grace_period();
            let raised = flight.raise_if(
                |aboard| Arc::ptr_eq(aboard, job),
                |id| {
                    let seat = Seat {
                        slot,
                        generation: id.generation,
                    };
                    self.watchdog.add(overdue, Alarm::Landing(seat, lane, id))
                },
            );
            if let Some(id) = raised {
                self.scheduler.drain(Seat {
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
                self.condemn(&job, End::TimedOut { limit, done: 0 }, 0, None);
            }
            Alarm::Landing(seat, lane, flight) => self.give_up_overdue(seat, lane, flight),
        });
        self.crew.watchdog_ended();
    }

    fn queue_timed_out(self: &Arc<Self>, job: &Arc<Job>) {
        let limit = job.queue_timeout.unwrap_or_default();
        // It may have started since the alarm went off; then the alarm has lost its meaning.
        self.condemn_unstarted(job, End::QueueTimedOut { limit });
    }

    pub(crate) fn condemn_unstarted(self: &Arc<Self>, job: &Arc<Job>, end: End) {
        self.condemn_if(job, None, |state| {
            state.started.is_none() && state.condemn(end, 0)
        });
    }
}
