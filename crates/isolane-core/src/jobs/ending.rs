//! How jobs end: [`Jobs::fail`] says why, [`Jobs::conclude`] does it once nothing of a job runs.

use std::mem;

use super::{Job, JobState, Jobs};
use crate::{End, Event};

/// Whether the pool is closed and its last job has ended: then the workers are to stop.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(crate) struct Emptied(bool);

impl Emptied {
    pub(super) const NO: Self = Self(false);

    pub(super) fn new(emptied: bool) -> Self {
        Self(emptied)
    }

    pub(crate) fn is(self) -> bool {
        self.0
    }
}

/// What came of failing a job.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(crate) enum Failed {
    /// Nothing: it had ended, or was ending already.
    Already,
    /// What runs of it is to be interrupted; it ends when the last chunk is reported.
    Running,
    /// It has ended.
    Ended(Emptied),
}

impl Jobs {
    /// Ends `job` as soon as nothing of it runs. `first` is the first item of the chunk that is the
    /// reason, `slot` is that of the worker that found it.
    pub(crate) fn fail(&self, job: &Job, end: End, first: u64, slot: Option<usize>) -> Failed {
        if let Some(run) = &job.warm_run {
            run.fails(&end);
        }
        self.fail_if(job, slot, |state| state.fail(end, first))
    }

    /// As [`fail`](Self::fail), unless the job has been started.
    pub(crate) fn fail_unstarted(&self, job: &Job, end: End) -> Failed {
        self.fail_if(job, None, |state| {
            state.started.is_none() && state.fail(end, 0)
        })
    }

    fn fail_if(
        &self,
        job: &Job,
        slot: Option<usize>,
        fail: impl FnOnce(&mut JobState) -> bool,
    ) -> Failed {
        let mut state = job.lock();
        if !fail(&mut state) {
            return Failed::Already;
        }
        let over = self.conclude(job, &mut state, slot);
        drop(state);
        if over {
            Failed::Ended(self.job_ended())
        } else {
            Failed::Running
        }
    }

    /// Ends the job if there is a reason and nothing of it runs. If true,
    /// [`job_ended`](Self::job_ended) must follow.
    pub(super) fn conclude(&self, job: &Job, state: &mut JobState, slot: Option<usize>) -> bool {
        let Some(event) = job.conclude(state) else {
            return false;
        };
        if let Event::Ended { end: End::Done, .. } = event
            && let Some(results) = job.finish(state)
        {
            self.completions.push(results);
        }
        self.close_account(job, state, slot, event);
        true
    }

    /// Closes a job's account and adds `event`, which ends it. All of it before the host can see
    /// the event: what it then asks for (figures, the id, a place in the queue) is up to date.
    pub(super) fn close_account(
        &self,
        job: &Job,
        state: &mut JobState,
        slot: Option<usize>,
        event: Event,
    ) {
        self.disarm(state.alarm.take());
        if mem::take(&mut state.queued) {
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
        if !job.spec.warm_up {
            self.recorder.job_ended(slot, well, times);
        }
        self.table.remove(job.spec.id);
        if let Some(timing) = state.timing.take() {
            let told = timing.told(job.spec.id, job.submitted, state.started);
            self.completions.push(told);
        }
        self.completions.push(match &job.warm_run {
            Some(run) => run.told(event),
            None => event,
        });
    }

    /// A job has ended: the last step, outside of its lock.
    pub(super) fn job_ended(&self) -> Emptied {
        self.completions.signal();
        self.admission.job_ended();
        self.emptied()
    }
}
