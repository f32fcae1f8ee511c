//! The workers' side of [`Jobs`]: chunks are taken and reported.

use std::mem;
use std::sync::Arc;
use std::time::Instant;

use super::{Alarm, Chunk, Emptied, Finished, Job, JobState, Jobs};
use crate::{Event, NoItem};

/// What became of a ticket.
#[derive(Debug)]
#[must_use]
pub(crate) enum Taken {
    Chunk {
        chunk: Chunk,
        /// Whether the ticket is to be handed on: there is more.
        more: bool,
    },
    /// Nothing was left to take. The ticket is void; whoever appends something makes a new one.
    Nothing,
    /// That there was nothing left has ended the job.
    Ended(Emptied),
    /// The job must end: no more items can be found in what was given.
    NoItem(NoItem),
    /// Items are still to be found. The ticket is to be handed on.
    Later,
    /// The worker has been given up. The ticket is to be handed on.
    Lost,
}

impl Jobs {
    /// Takes a chunk of `job`, whose ticket the caller holds. `begin` notes that the worker runs
    /// the job; false if the worker has been given up.
    pub(crate) fn take_chunk(
        &self,
        job: &Arc<Job>,
        now: Instant,
        begin: impl FnOnce() -> bool,
    ) -> Taken {
        let mut state = job.lock();
        // A pool that is destroyed starts nothing, also of jobs it has not got to yet.
        if self.rejection().is_some() || !state.keep_ticket() {
            return Taken::Nothing;
        }
        if state.items.sought().is_some() {
            // What is looked for is part of what the timeout bounds.
            self.start_once(job, &mut state, now);
            state = match self.seek(job, state) {
                Ok(state) => state,
                Err(taken) => return taken,
            };
        }
        // A worker that has begun cannot go back, so that first it must be sure that there is something.
        if state.items.at_hand() == 0 {
            return Taken::Later;
        }
        // Before the lock is let go: who ends the job from now on finds the worker running it.
        if !begin() {
            return Taken::Lost;
        }
        let chunk = job.next_chunk(&mut state, self.threads);
        self.start_once(job, &mut state, now);
        let more = state.keep_ticket();
        Taken::Chunk { chunk, more }
    }

    fn start_once(&self, job: &Arc<Job>, state: &mut JobState, now: Instant) {
        if state.started.is_some() {
            return;
        }
        state.started = Some(now);
        self.admission.begin_running();
        if mem::take(&mut state.queued) {
            self.admission.unqueue();
        }
        if job.spec.continues {
            return; // Its timeout has been running since the submission.
        }
        self.disarm(state.alarm.take());
        if let Some(limit) = job.spec.timeout {
            state.alarm = self.set_alarm(now, limit, Alarm::End(Arc::clone(job)));
        }
    }

    /// Bytes that the results of a job may have.
    pub(crate) fn max_result(&self) -> u64 {
        self.max_result
    }

    /// Reports a chunk that the worker in `slot` had.
    pub(crate) fn report(&self, slot: usize, finished: &mut Finished) -> Emptied {
        self.recorder.call_ended(slot, finished.busy, finished.cut);
        if self.deliver(slot, finished) {
            self.job_ended()
        } else {
            self.completions.signal_pending();
            Emptied::NO
        }
    }

    /// True if that ended the job.
    fn deliver(&self, slot: usize, finished: &mut Finished) -> bool {
        let job = &finished.job;
        let mut state = job.lock();
        match finished.output.take() {
            Some(output) => {
                let event = job.deliver(&mut state, finished.first, finished.count, output);
                if matches!(event, Event::Chunk { last: true, .. }) {
                    self.close_account(job, &mut state, Some(slot), event);
                    return true;
                }
                if !job.spec.quiet {
                    self.completions.push(event);
                }
            }
            None => {
                state.take_back();
                if !finished.salvaged.is_empty() {
                    self.completions.push(Event::Salvaged {
                        job: job.spec.id,
                        first: finished.first,
                        count: finished.count,
                        output: mem::take(&mut finished.salvaged),
                    });
                }
            }
        }
        self.conclude(job, &mut state, Some(slot))
    }
}
