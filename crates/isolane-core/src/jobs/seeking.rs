//! How items are looked for that the host has not counted: [`Jobs::seek`].

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Job, JobState, Jobs, Taken};
use crate::panic::panic_text;
use crate::sync::MutexGuard;
use crate::{End, ItemSource, NoItem};

/// How often a worker looks before others have their turn.
const LOOKS: u32 = 16;

impl Jobs {
    /// Has the source of `job` look for items until there are enough. The caller holds the job's
    /// ticket, so nobody else looks; no lock is held meanwhile.
    pub(super) fn seek<'a>(
        &self,
        job: &'a Job,
        mut state: MutexGuard<'a, JobState>,
    ) -> Result<MutexGuard<'a, JobState>, Taken> {
        for _ in 0..LOOKS {
            let wanted = job.wanted(&state, self.threads);
            let source = state
                .items
                .sought()
                .and_then(|items| items.take_out(wanted));
            let Some(mut source) = source else {
                return self.end_if_complete(job, state);
            };
            drop(state);
            look(&mut *source).map_err(Taken::NoItem)?;
            state = job.lock();
            if state.is_ending() {
                return Err(Taken::Nothing);
            }
            if let Some(items) = state.items.sought() {
                items.put_back(source);
            }
        }
        if state.must_look() {
            return Err(Taken::Later);
        }
        self.end_if_complete(job, state)
    }

    /// The end of the input may have been all that was left to find.
    fn end_if_complete<'a>(
        &self,
        job: &Job,
        mut state: MutexGuard<'a, JobState>,
    ) -> Result<MutexGuard<'a, JobState>, Taken> {
        if state.keep_ticket() {
            return Ok(state);
        }
        if !self.conclude(job, &mut state, None) {
            return Err(Taken::Nothing);
        }
        drop(state);
        Err(Taken::Ended(self.job_ended()))
    }
}

fn look(source: &mut dyn ItemSource) -> Result<(), NoItem> {
    catch_unwind(AssertUnwindSafe(|| source.look())).unwrap_or_else(|panic| {
        let reason = panic_text(&*panic);
        Err(NoItem {
            end: End::WorkerLost {
                reason,
                overran: None,
            },
            index: 0,
        })
    })
}
