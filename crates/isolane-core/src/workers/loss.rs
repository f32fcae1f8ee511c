//! Workers that end, wanted or not: what they ran is reported, others take their places.

use std::sync::Arc;
use std::time::Instant;

use super::Workers;
use super::roster::Replaced;
use super::running::{CallId, Removed};
use crate::handoff::WorkerRef;
use crate::jobs::{Finished, Job};
use crate::watchdog::AlarmKey;
use crate::{End, Event, LostReason};

/// What ran on a worker that is given up.
type Seized = Removed<Arc<Job>, AlarmKey>;

impl Workers {
    /// `worker` begins.
    pub(super) fn begin_worker(&self, worker: WorkerRef) {
        let born = self.since_epoch(Instant::now());
        let progress = &self.scheduler.slot(worker.slot).progress;
        progress.begin(self.roster.next_id(), born);
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

    /// Takes what runs away from a worker that is being given up.
    fn seize(&self, worker: WorkerRef) -> Vec<Seized> {
        let lanes = self.running.of(worker.slot).iter();
        lanes
            .filter_map(|call| call.seize(worker.generation))
            .collect()
    }

    fn write_off(self: &Arc<Self>, worker: WorkerRef, reason: &LostReason, seized: Vec<Seized>) {
        let id = self.scheduler.slot(worker.slot).progress.worker();
        for Removed { running, .. } in &seized {
            // Its own reason first, not what may follow from the loss.
            self.fail(running, reason.into(), 0, Some(worker.slot));
        }
        if let Some(mail) = self.scheduler.lose(worker) {
            self.jobs.completions().emit(Event::WorkerDestroyed {
                worker: id,
                reason: Some(reason.to_string()),
            });
            if let Some(job) = mail {
                self.dispatch(job);
            }
            if let Err(reason) = self.replace(worker, reason)
                && self.roster.is_empty()
            {
                self.break_down(reason);
            }
            self.jobs.completions().signal();
        }
        for Removed { running, alarm } in seized {
            self.jobs.disarm(alarm);
            self.report(worker.slot, &mut Finished::lost(running));
        }
        // It may have been the last that a pool waited for which stops.
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
            self.supply
                .start(self, worker.successor())
                .map_err(|error| format!("a lost worker cannot be replaced: {error}"))?;
            Ok(Replaced::Yes)
        })
    }

    /// The worker with this id ends by itself. `reason` says why, unless it was time.
    pub(super) fn worker_ended(self: &Arc<Self>, id: u32, reason: Option<String>) {
        self.jobs.completions().emit(Event::WorkerDestroyed {
            worker: id,
            reason: reason.clone(),
        });
        if self.roster.remove() && !self.scheduler.is_stopping() {
            self.break_down(reason.unwrap_or_else(|| "every worker has ended".to_owned()));
        }
        self.stop_if(self.jobs.emptied());
    }

    /// The pool has no worker left and will get none.
    fn break_down(self: &Arc<Self>, reason: String) {
        self.jobs.break_down(reason.clone());
        self.fail_all(&End::Unavailable { reason });
    }

    /// Reports a chunk that runs no more on the worker in `slot`.
    pub(super) fn report(&self, slot: usize, finished: &mut Finished) {
        if !finished.logs.is_empty() {
            self.jobs.completions().push(Event::Log {
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
