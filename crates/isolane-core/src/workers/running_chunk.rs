use std::sync::Arc;
use std::time::Instant;

use crate::jobs::{Chunk, Job, WarmRun};
use crate::{ChunkCall, Function, JobId};

/// A chunk that a worker runs.
pub(super) struct RunningChunk {
    pub(super) job: Arc<Job>,
    pub(super) chunk: Chunk,
    pub(super) began: Instant,
}

impl RunningChunk {
    pub(super) fn call(&self) -> ChunkCall<'_> {
        self.job.call(&self.chunk)
    }

    /// Whose it is, and what it runs.
    pub(super) fn name(&self) -> (JobId, Arc<Function>) {
        let spec = &self.job.spec;
        (spec.id, Arc::clone(&spec.function))
    }

    /// The warm-up that it is, if it is one.
    pub(super) fn warm_run(&self) -> Option<&WarmRun> {
        self.job.warm_run.as_ref()
    }

    /// Whether what it has finished is wanted, now that it has been interrupted.
    pub(super) fn salvages(&self) -> bool {
        self.job.salvages()
    }
}
