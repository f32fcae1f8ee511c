//! [`Registry`]: what the host, the workers and the watchdog of one pool share, and how a job goes
//! through it.
//!
//! Locks are taken in this order: a job's, then a worker's flight, then the watchdog's; the others
//! are leaves. Nothing is signalled to the host under a lock.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use crossbeam::utils::CachePadded;

use crate::admission::Admission;
use crate::completion::Completions;
use crate::crew::Crew;
use crate::cursor::Chunk;
use crate::flight::{Flight, FlightId};
use crate::job::{Job, JobState};
use crate::jobs::Jobs;
use crate::scheduler::Scheduler;
use crate::spinning::Spinners;
use crate::stats::Recorder;
use crate::status::{Seat, WorkerState};
use crate::sync::{Mutex, lock};
use crate::watchdog::{AlarmKey, Watchdog};
use crate::{End, Event, JobId, JobSpec, Part, Stats, WorkerStatus};

/// What runs on a worker, in terms of the pool.
pub(crate) type JobFlight = Flight<Arc<Job>, AlarmKey>;

#[derive(Debug)]
pub(crate) struct Registry {
    pub(crate) scheduler: Scheduler<Arc<Job>>,
    pub(crate) flights: Box<[CachePadded<JobFlight>]>,
    pub(crate) completions: Completions,
    pub(crate) watchdog: Watchdog<Alarm>,
    pub(crate) recorder: Recorder,
    pub(crate) admission: Admission,
    pub(crate) crew: Crew,
    pub(crate) spinners: Spinners,
    pub(crate) epoch: Instant,
    jobs: Jobs,
    measured_since: Mutex<Instant>,
}

/// What the watchdog watches.
#[derive(Debug)]
pub(crate) enum Alarm {
    /// A job must have been started.
    Start(Arc<Job>),
    /// A job must have ended.
    End(Arc<Job>),
    /// A flight that was interrupted must have landed.
    Landing(Seat, FlightId),
}

/// A chunk that has come back and is to be reported.
#[derive(Debug)]
pub(crate) struct Landed {
    pub(crate) job: Arc<Job>,
    pub(crate) first: u64,
    pub(crate) count: u32,
    /// `None` if the chunk brought its job's end, or was interrupted by it.
    pub(crate) output: Option<Bytes>,
    pub(crate) logs: Bytes,
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
            logs: Bytes::new(),
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

/// The host's side.
impl Registry {
    pub(crate) fn new(
        crew: Crew,
        max_queue: Option<usize>,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let workers = crew.size();
        let epoch = Instant::now();
        Self {
            scheduler: Scheduler::new(workers),
            flights: (0..workers)
                .map(|_| CachePadded::new(Flight::new()))
                .collect(),
            completions: Completions::new(notify),
            watchdog: Watchdog::new(),
            recorder: Recorder::new(workers),
            admission: Admission::new(max_queue),
            crew,
            spinners: Spinners::new(),
            epoch,
            jobs: Jobs::new(),
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
        if let Err(end) = self.let_in(&job) {
            self.refuse(&job, end);
            self.leave();
        }
    }

    fn refuse(&self, job: &Job, end: End) {
        self.recorder.job_ended(None, false, None);
        self.completions.emit(Event::Ended { job: job.id, end });
    }

    /// Lets a job in and hands it on; on an error it has been counted in and nothing else.
    fn let_in(self: &Arc<Self>, job: &Arc<Job>) -> Result<(), End> {
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
            self.admission.queue(|| self.spare_workers())?;
            state.queued = true;
        }
        self.jobs.insert(job);
        if let Some(limit) = job.queue_timeout {
            state.alarm = self.alarm_after(job.submitted, limit, Alarm::Start(Arc::clone(job)));
        }
        drop(state);
        match claim.map(|claim| claim.assign(Some(Arc::clone(job)))) {
            Some(Ok(())) => {}
            Some(Err(_)) => self.scheduler.dispatch(Arc::clone(job), job.priority),
            None if ticket => self.scheduler.enqueue(Arc::clone(job), job.priority),
            None => {}
        }
        // Whoever evicts has looked through `jobs` before the insertion, or will find the job.
        if let Some(end) = self.admission.eviction() {
            self.condemn(job, end, 0, None);
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
            self.condemn(&job, End::Cancelled, 0, None);
        }
    }

    pub(crate) fn close(&self) {
        self.admission.close();
        self.settle();
    }

    pub(crate) fn destroy(self: &Arc<Self>) {
        self.admission.destroy();
        self.condemn_all(&End::Closed);
        self.settle();
    }

    pub(crate) fn condemn_all(self: &Arc<Self>, end: &End) {
        for job in self.jobs.all() {
            self.condemn(&job, end.clone(), 0, None);
        }
    }

    /// Stops the pool if it is closed and empty. Called after whatever may have brought that about.
    pub(crate) fn settle(&self) {
        if !self.admission.is_drained() {
            return;
        }
        self.scheduler.stop();
        self.watchdog.stop();
        if self.crew.declare_stopped() {
            self.completions.emit(Event::Stopped);
        }
    }

    pub(crate) fn status(&self) -> Vec<WorkerStatus> {
        let now = self.since_epoch(Instant::now());
        self.scheduler
            .slots()
            .zip(&self.flights)
            .enumerate()
            .map(|(index, (slot, flight))| {
                let word = slot.word();
                let seen = slot.progress.look();
                WorkerStatus {
                    id: seen.worker,
                    slot: index as u32,
                    state: word.state(),
                    generation: word.generation(),
                    function: flight.peek(|job| job.function.name().to_owned()),
                    items_done: seen.items_done,
                    heap_used: seen.heap_used,
                    age: Duration::from_nanos(now.saturating_sub(seen.born)),
                }
            })
            .collect()
    }

    pub(crate) fn stats(&self) -> Stats {
        let age = lock(&self.measured_since).elapsed();
        let workers = u32::try_from(self.crew.size()).unwrap_or(u32::MAX);
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

/// The worker's side.
impl Registry {
    /// Takes a chunk of `job`, whose ticket the worker in `seat` holds, and passes the ticket on
    /// if there is more. A ticket for nothing is void; whoever appends something makes a new one.
    pub(crate) fn depart(&self, seat: Seat, job: &Arc<Job>, now: Instant) -> Departure {
        let mut state = job.lock();
        // A pool that is destroyed starts nothing, also of jobs it has not got to yet.
        if self.admission.eviction().is_some() || !state.keep_ticket() {
            return Departure::Nothing;
        }
        // On board before the lock is let go: who ends the job from now on finds it there.
        let running = self.scheduler.enter(seat, WorkerState::Running);
        let flight = &self.flights[seat.slot];
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
        self.disarm(state.alarm.take());
        if let Some(limit) = job.timeout {
            state.alarm = self.alarm_after(now, limit, Alarm::End(Arc::clone(job)));
        }
    }

    /// Reports a chunk.
    pub(crate) fn report(&self, worker: usize, landed: Landed) {
        let Landed { job, logs, .. } = &landed;
        self.recorder.call_ended(worker, landed.busy);
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
            None => state.come_back(),
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
    fn conclude(&self, job: &Job, state: &mut JobState, worker: Option<usize>) -> bool {
        let Some(event) = job.conclude(state) else {
            return false;
        };
        self.close_account(job, state, worker, event);
        true
    }

    fn interrupt(self: &Arc<Self>, job: &Arc<Job>) {
        // Without a watchdog a call that does not come back is not noticed; nothing else suffers.
        let _ = self.start_watchdog();
        for (slot, flight) in self.flights.iter().enumerate() {
            let overdue = Instant::now() + self.crew.grace_period();
            let raised = flight.raise_if(
                |aboard| Arc::ptr_eq(aboard, job),
                |id| {
                    let seat = Seat {
                        slot,
                        generation: id.generation,
                    };
                    self.watchdog.add(overdue, Alarm::Landing(seat, id))
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
    fn leave(&self) {
        self.completions.signal();
        self.admission.leave();
        self.settle();
    }
}

/// The watchdog's side.
impl Registry {
    fn alarm_after(&self, from: Instant, limit: Duration, alarm: Alarm) -> Option<AlarmKey> {
        // What lies beyond the clock's range never comes.
        Some(self.watchdog.add(from.checked_add(limit)?, alarm))
    }

    pub(crate) fn disarm(&self, alarm: Option<AlarmKey>) {
        drop(alarm.and_then(|key| self.watchdog.remove(key)));
    }

    fn start_watchdog(self: &Arc<Self>) -> Result<(), String> {
        self.crew.start_watchdog(self)
    }

    pub(crate) fn watch(self: &Arc<Self>) {
        self.watchdog.run(|alarm| match alarm {
            Alarm::Start(job) => self.queue_timed_out(&job),
            Alarm::End(job) => {
                let limit = job.timeout.unwrap_or_default();
                self.condemn(&job, End::TimedOut { limit, done: 0 }, 0, None);
            }
            Alarm::Landing(seat, flight) => self.give_up_overdue(seat, flight),
        });
        self.crew.watchdog_ended();
    }

    fn queue_timed_out(self: &Arc<Self>, job: &Arc<Job>) {
        let limit = job.queue_timeout.unwrap_or_default();
        // It may have started since the alarm went off; then the alarm has lost its meaning.
        self.condemn_if(job, None, |state| {
            state.started.is_none() && state.condemn(End::QueueTimedOut { limit }, 0)
        });
    }
}
