//! [`Recipe`]: what isolates are warmed with: a function and items that each of them is to have run.

use std::mem;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{Job, Jobs};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::{CallKind, End, Event, Function, JobId, JobSpec, Part, Shared};

/// One chunk, for every isolate.
#[derive(Debug)]
pub(crate) struct Recipe {
    /// Counts up from 1, in the order of the submissions.
    pub(crate) number: u64,
    /// The job that it came with.
    pub(crate) job: JobId,
    function: Arc<Function>,
    kind: CallKind,
    args: Bytes,
    shared: Vec<Arc<Shared>>,
    timeout: Option<Duration>,
    parts: Vec<Part>,
    /// Set by whoever withdraws it, or finds that it costs workers; Relaxed: who sees it late runs it once
    /// more. Whoever stops its runs as well sets it before he looks through the table's locks, and a worker
    /// reads it behind them: either that look finds the run, or the worker finds this.
    is_withdrawn: AtomicBool,
}

/// The run of a recipe on one worker.
#[derive(Debug)]
pub(crate) struct WarmRun {
    pub(crate) recipe: Arc<Recipe>,
    slot: u32,
    worker: u32,
}

impl Recipe {
    /// Takes what is to be run out of `spec`. What is left is a job without items, which its host ends.
    pub(crate) fn take(number: u64, spec: &mut JobSpec) -> Self {
        spec.sealed = false;
        Self {
            number,
            job: spec.id,
            function: Arc::clone(&spec.function),
            kind: spec.kind,
            args: spec.args.clone(),
            shared: spec.shared.clone(),
            timeout: spec.timeout.take(),
            parts: mem::take(&mut spec.parts),
            is_withdrawn: AtomicBool::new(false),
        }
    }

    /// No more workers run it.
    pub(crate) fn withdraw(&self) {
        self.is_withdrawn.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_withdrawn(&self) -> bool {
        self.is_withdrawn.load(Ordering::Relaxed)
    }

    fn spec(&self, id: JobId) -> JobSpec {
        JobSpec {
            kind: self.kind,
            args: self.args.clone(),
            shared: self.shared.clone(),
            timeout: self.timeout,
            chunk_size: Some(NonZeroU32::MAX),
            quiet: true,
            warm_up: true,
            ..JobSpec::new(id, Arc::clone(&self.function), self.parts.clone())
        }
    }
}

impl WarmRun {
    /// `end` ends it. What costs a worker, or all of its time, is not run by those that follow.
    pub(super) fn fails(&self, end: &End) {
        if matches!(
            end,
            End::TimedOut { .. } | End::MemoryLimit | End::WorkerLost { .. }
        ) {
            self.recipe.withdraw();
        }
    }

    /// It has cost its isolate: no other is to come to that.
    pub(crate) fn cost_its_isolate(&self) {
        self.recipe.withdraw();
    }

    /// Its end, for the host.
    pub(super) fn told(&self, event: Event) -> Event {
        let end = match event {
            Event::Ended { end, .. } => end,
            _ => End::Done,
        };
        Event::Warmed {
            job: self.recipe.job,
            slot: self.slot,
            worker: self.worker,
            end,
        }
    }
}

/// The id of a recipe's run on the worker in `slot`: the host's ids have 32 bits.
fn id_of(recipe: JobId, slot: u32) -> JobId {
    JobId(recipe.0 & u64::from(u32::MAX) | (u64::from(slot) + 1) << 32)
}

impl Job {
    /// Whether it is a run of what came with `job`.
    pub(crate) fn warms(&self, job: JobId) -> bool {
        let run = self.warm_run.as_ref();
        run.is_some_and(|run| run.recipe.job == job)
    }
}

impl Jobs {
    /// Takes in the run of a recipe on a worker, which takes its only chunk at once. None where the pool
    /// takes no more jobs.
    pub(crate) fn admit_warm_run(
        &self,
        recipe: Arc<Recipe>,
        slot: u32,
        worker: u32,
    ) -> Option<Arc<Job>> {
        if self.admission.admit().is_err() {
            // Counted in, as every job is that is not admitted.
            self.admission.job_ended();
            return None;
        }
        let spec = recipe.spec(id_of(recipe.job, slot));
        let run = WarmRun {
            recipe,
            slot,
            worker,
        };
        let job = Arc::new(Job::warming(spec, run));
        self.table.insert(&job);
        Some(job)
    }
}
