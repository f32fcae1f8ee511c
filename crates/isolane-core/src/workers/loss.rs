//! Workers that end, wanted or not: what they ran is reported, others take their places.

use std::sync::Arc;
use std::time::Instant;

use super::Workers;
use super::roster::Replaced;
use super::running::{CallId, Removed};
use super::summons::ANSWER_LIMIT;
use crate::handoff::{WorkerRef, WorkerState};
use crate::jobs::{Finished, Job};
use crate::watchdog::AlarmKey;
use crate::{End, Event, LostReason};

/// What ran on a worker that is given up.
type Seized = Removed<Arc<Job>, AlarmKey>;

impl Workers {
    /// `worker` begins.
    pub(super) fn begin_worker(&self, worker: WorkerRef) {
        let born = self.since_epoch(Instant::now());
        let id = self.roster.next_id();
        self.scheduler.slot(worker.slot).begin(id, born);
        self.presence.begin(worker, id);
    }

    /// `worker` is there.
    pub(super) fn worker_came(&self, worker: WorkerRef) {
        let completions = self.jobs.completions();
        self.presence.come(worker, |worker, before| {
            completions.push(Event::WorkerCreated { worker, before });
        });
        completions.signal_pending();
    }

    /// Adds to the events that `worker` has ended. `reason` says why, unless it was time.
    pub(super) fn tell_end(&self, worker: WorkerRef, reason: Option<String>) {
        let ended = self.presence.end(worker);
        let worker = ended.id;
        let event = match reason {
            reason if ended.was_there => Event::WorkerDestroyed { worker, reason },
            Some(reason) => Event::WorkerFailed { worker, reason },
            None => return,
        };
        self.jobs.completions().push(event);
    }

    /// Gives `worker` up: its calls are reported, another takes its place. Nothing happens if it
    /// has ended or has been given up.
    pub(crate) fn give_up(self: &Arc<Self>, worker: WorkerRef, reason: &LostReason) {
        if worker.slot < self.scheduler.slots().len() {
            let seized = self.seize(worker);
            self.write_off(worker, reason, seized);
        }
    }

    /// As [`give_up`](Self::give_up), if the worker's call of this number in `lane` has not returned
    /// since it was interrupted.
    pub(super) fn give_up_overdue(self: &Arc<Self>, worker: WorkerRef, lane: usize, call: u64) {
        let id = CallId {
            generation: worker.generation,
            number: call,
        };
        let Some(overdue) = self.running.get(worker.slot, lane).seize_call(id) else {
            return;
        };
        let limit = self.grace_period;
        let reason = format!("the call did not stop within {limit:?} of being interrupted");
        // Where the thread is ended this is how a call ends that computes; no reason for alarm.
        if self.supply.abandons_threads() {
            overdue.running.overrun(&reason);
        }
        let mut seized = self.seize(worker);
        seized.push(overdue);
        self.write_off(worker, &LostReason::Other(reason), seized);
    }

    /// The thread of `worker`, which was given up, has come back after all, and ends.
    pub(super) fn came_back(&self, worker: WorkerRef) {
        if self.supply.abandons_threads() {
            self.abandoned.came_back(worker);
        }
    }

    /// The thread of `worker`, which is one of the host's, has ended.
    pub(crate) fn thread_ended(&self, worker: WorkerRef) {
        // What left by itself was never away.
        if worker.slot < self.scheduler.slots().len() && self.scheduler.is_lost(worker) {
            self.abandoned.came_back(worker);
        }
    }

    /// Takes what runs away from a worker that is being given up.
    fn seize(&self, worker: WorkerRef) -> Vec<Seized> {
        let lanes = self.running.of(worker.slot).iter();
        lanes
            .filter_map(|call| call.seize(worker.generation))
            .collect()
    }

    fn write_off(self: &Arc<Self>, worker: WorkerRef, reason: &LostReason, seized: Vec<Seized>) {
        for Removed { running, .. } in &seized {
            // Its own reason first, not what may follow from the loss.
            self.fail(running, reason.into(), 0, Some(worker.slot));
        }
        // Looked at before another takes the slot.
        let id = self.scheduler.slot(worker.slot).progress.worker();
        let mut status = self.status_of(worker.slot);
        if let Some(Removed { running, .. }) = seized.first() {
            status.function = Some(running.spec.function.name().to_owned());
            status.job = Some(running.spec.id);
        }
        if let Some(mail) = self.scheduler.lose(worker) {
            self.release_warm_ups(worker);
            self.abandoned.add(worker, status);
            self.tell_end(worker, Some(reason.to_string()));
            if let Some(job) = mail {
                self.dispatch(job);
            }
            if let Err(why) = self.replace(worker, reason) {
                for worker in self.supply.withheld() {
                    self.give_up(worker, reason);
                }
                if self.roster.is_empty() {
                    self.break_down(why);
                }
            }
            self.jobs.completions().signal();
        }
        for Removed { running, alarm } in seized {
            self.jobs.disarm(alarm);
            if running.spec.timed {
                running.called(id, Instant::now());
            }
            self.report(worker.slot, &mut Finished::lost(running));
        }
        // It may have been the last that a pool waited for which stops.
        self.stop_if(self.jobs.emptied());
    }

    /// `worker` was expected to take a step, and the limit of that `number` has passed. One with calls
    /// has them to show for it: they have limits of their own. What it was handed goes to whoever comes
    /// first.
    pub(super) fn give_up_absent(self: &Arc<Self>, worker: WorkerRef, number: u64) {
        let lanes = self.running.of(worker.slot);
        if lanes.iter().any(|call| call.peek(|_| ()).is_some()) {
            self.supply.expect(self, worker, ANSWER_LIMIT);
            if let Some(job) = self.scheduler.take_back(worker) {
                self.dispatch(job);
            }
        } else if let Some(reason) = self.supply.overdue(worker, number) {
            self.give_up(worker, &reason);
        }
    }

    /// Brings up a worker whose start was put off, if it is wanted still.
    pub(super) fn ask(self: &Arc<Self>, worker: WorkerRef) {
        self.roster.hold(|| {
            let slot = self.scheduler.slot(worker.slot);
            let starts = slot.status() == (worker.generation, WorkerState::Starting);
            if starts && !self.scheduler.is_stopping() {
                self.supply.ask(self, worker);
            }
        });
        self.jobs.completions().signal_pending();
    }

    /// Brings up another worker in the place of one that could not start.
    pub(super) fn start_again(self: &Arc<Self>, failed: WorkerRef) {
        self.roster.add_if(|alive| {
            !self.scheduler.is_stopping() && self.supply.start_again(self, failed, alive)
        });
    }

    /// Does without the workers that have not left yet, though the pool has stopped.
    pub(super) fn stop_waiting(self: &Arc<Self>) {
        // Let go outside of the lock: a ticket may be the last that refers to its job.
        let mut mail = Vec::new();
        self.roster.cancel(|| {
            for slot in 0..self.scheduler.slots().len() {
                let generation = self.scheduler.slot(slot).status().0;
                let worker = WorkerRef { slot, generation };
                let status = self.status_of(slot);
                if let Some(letter) = self.scheduler.lose(worker) {
                    self.abandoned.add(worker, status);
                    self.tell_end(worker, None);
                    mail.push(letter);
                }
            }
            mail.len()
        });
        self.stop_if(self.jobs.emptied());
    }

    /// Brings up another worker in place of one that was given up. Why there is none, if there is
    /// none.
    fn replace(self: &Arc<Self>, worker: WorkerRef, reason: &LostReason) -> Result<(), String> {
        self.roster.lose(|within_limit| {
            let wanted = self.supply.lost(self, worker, reason);
            if self.scheduler.is_stopping() {
                return Ok(Replaced::NotNeeded);
            }
            within_limit.and(wanted)?;
            if !self.scheduler.replace(worker) {
                return Ok(Replaced::NotNeeded);
            }
            let next = worker.successor();
            if let Err(error) = self.supply.start(self, next) {
                let why = format!("a lost worker cannot be replaced: {error}");
                self.begin_worker(next);
                if self.scheduler.leave(next) {
                    self.tell_failure(next, Some(why.clone()));
                }
                return Err(why);
            }
            Ok(Replaced::Yes)
        })
    }

    /// `worker` ends by itself. `reason` says why, unless it was time.
    pub(super) fn worker_ended(self: &Arc<Self>, worker: WorkerRef, reason: Option<String>) {
        let last = self
            .roster
            .remove(|| self.tell_failure(worker, reason.clone()));
        self.jobs.completions().signal_pending();
        if last && !self.scheduler.is_stopping() {
            self.break_down(reason.unwrap_or_else(|| "every worker has ended".to_owned()));
        }
        self.stop_if(self.jobs.emptied());
    }

    /// Adds to the events that `worker` has left its slot. `reason` says why it could not start, if it
    /// could not: then it is tried again, and nothing is told until that succeeds. Under the roster's
    /// lock.
    fn tell_failure(self: &Arc<Self>, worker: WorkerRef, mut reason: Option<String>) {
        if reason.is_some() && !self.scheduler.is_stopping() && !self.supply.failed(self, worker) {
            reason = None;
        }
        self.tell_end(worker, reason);
    }

    /// The pool has no worker left and will get none.
    fn break_down(self: &Arc<Self>, reason: String) {
        self.jobs.break_down(reason.clone());
        self.fail_all(&End::Unavailable { reason });
    }

    /// Reports a chunk that runs no more on the worker in `slot`.
    pub(super) fn report(self: &Arc<Self>, slot: usize, finished: &mut Finished) {
        if !finished.logs.is_empty() {
            self.jobs.completions().push(Event::Log {
                job: finished.job.spec.id,
                function: Arc::clone(&finished.job.spec.function),
                worker: self.scheduler.slot(slot).progress.worker(),
                records: std::mem::take(&mut finished.logs),
            });
        }
        self.stop_if(self.jobs.report(slot, finished));
    }
}

impl From<&LostReason> for End {
    fn from(reason: &LostReason) -> Self {
        match reason {
            LostReason::Memory => Self::MemoryLimit,
            LostReason::Other(reason) => Self::WorkerLost {
                reason: reason.clone(),
                overran: None,
            },
        }
    }
}
