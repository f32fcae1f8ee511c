//! [`Finished`]: what came of a chunk, until it is reported.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{Chunk, Job};
use crate::panic::panic_text;
use crate::{CallEnd, Cut, End, Output, Reply};

/// What a call has given.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) reply: Reply,
    /// What it had finished when it was interrupted, if that was asked for.
    pub(crate) salvaged: Bytes,
}

/// A chunk that runs no more and is to be reported.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) job: Arc<Job>,
    pub(super) first: u64,
    pub(super) count: u32,
    /// `None` if the chunk brought its job's end, or was interrupted by it.
    pub(crate) output: Option<Output>,
    /// What an interrupted chunk had finished, if that was asked for.
    pub(super) salvaged: Bytes,
    pub(crate) logs: Bytes,
    pub(super) cut: Cut,
    pub(super) busy: Duration,
}

impl Finished {
    /// A chunk that a lost worker was running.
    pub(crate) fn lost(job: Arc<Job>) -> Self {
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

    /// A chunk whose call took `busy`. `called` is what came of it, or why nothing did; `max_result`
    /// is how many bytes the results of the job may have. With it comes how the job must end, if the
    /// chunk is the reason.
    pub(crate) fn new(
        job: &Arc<Job>,
        chunk: &Chunk,
        called: Result<Called, String>,
        busy: Duration,
        max_result: u64,
    ) -> (Self, Option<End>) {
        let mut finished = Self {
            first: chunk.first,
            count: chunk.count,
            busy,
            ..Self::lost(Arc::clone(job))
        };
        let end = match called {
            Ok(called) => finished.take_reply(called, max_result),
            Err(reason) => Some(End::WorkerLost {
                reason,
                overran: None,
            }),
        };
        (finished, end)
    }

    fn take_reply(&mut self, called: Called, max_result: u64) -> Option<End> {
        let Reply { end, logs, cut } = called.reply;
        self.logs = logs;
        self.cut = cut;
        match end {
            CallEnd::Done(output) => self.take_output(output, max_result),
            CallEnd::Failed(error) => Some(End::Failed { error }),
            CallEnd::MemoryLimit => Some(End::MemoryLimit),
            CallEnd::Interrupted => {
                if self.job.salvages() {
                    self.salvaged = called.salvaged;
                }
                // The job is ending already, or the engine has interrupted itself.
                Some(End::WorkerLost {
                    reason: "the call was interrupted though nobody asked for it".to_owned(),
                    overran: None,
                })
            }
        }
    }

    fn take_output(&mut self, mut output: Output, max_result: u64) -> Option<End> {
        if !self.job.count_output(&output, max_result) {
            self.cut.results += 1;
            return Some(End::ResultTooLarge { limit: max_result });
        }
        if let Some(sink) = &self.job.spec.sink {
            // The host's; a panic must not lose the report.
            let put = || sink.put(self.first, self.count, mem::take(&mut output.bytes));
            match catch_unwind(AssertUnwindSafe(put)) {
                Ok(left) => output.bytes = left,
                Err(panic) => {
                    return Some(End::WorkerLost {
                        reason: panic_text(&*panic),
                        overran: None,
                    });
                }
            }
        }
        let nanos = u64::try_from(self.busy.as_nanos()).unwrap_or(u64::MAX);
        self.job.spec.function.record_cost(nanos, self.count);
        self.output = Some(output);
        None
    }
}
