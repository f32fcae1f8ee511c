//! [`WarmUps`]: what every worker runs once, when it is its turn, and each that follows it before it takes
//! work.

use std::mem;
use std::sync::Arc;

use super::Workers;
use super::worker::Worker;
use crate::handoff::{Permits, WorkerRef};
use crate::jobs::{Job, Recipe, Submitted};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Mutex, lock};
use crate::{End, JobId, JobSpec};

/// Recipes in force, by rising number.
#[derive(Debug)]
pub(super) struct WarmUps {
    /// Written by the host, read by workers that have not seen all.
    recipes: Mutex<Recipes>,
    /// Of workers that run one. The others take calls meanwhile.
    permits: Permits,
    /// Whether there has been a call: before, nothing waits for workers. Written by the host, read by
    /// workers; Relaxed: who sees it late warms beside others.
    serves: AtomicBool,
}

#[derive(Debug, Default)]
struct Recipes {
    list: Vec<Arc<Recipe>>,
    last: u64,
}

/// What a worker's isolate has had of them.
#[derive(Debug, Default)]
pub(super) struct Warmth {
    /// The number of the last notice that it has seen to.
    pub(super) seen: u64,
    /// The number of the last one that it is to see to before calls.
    pub(super) owed: u64,
    /// Whether the worker has a permit to run one.
    permitted: bool,
}

impl WarmUps {
    pub(super) fn new(workers: usize) -> Self {
        Self {
            recipes: Mutex::default(),
            permits: Permits::new(workers),
            serves: AtomicBool::new(false),
        }
    }

    /// A call comes in.
    pub(super) fn serve(&self) {
        // Relaxed: see the field. It is written once, since every call comes by here.
        if !self.serves.load(Ordering::Relaxed) {
            self.serves.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a worker that turns to a recipe would not be refused.
    fn has_room(&self) -> bool {
        !self.serves.load(Ordering::Relaxed) || self.permits.has_room()
    }

    /// Whether `worker` may run a recipe beside those that do. It must where its isolate is to have it
    /// before calls.
    fn permit(&self, worker: WorkerRef, must: bool) -> bool {
        let must = must || !self.serves.load(Ordering::Relaxed);
        self.permits.acquire(worker, must)
    }

    /// The first recipe behind number `seen`.
    fn after(&self, seen: u64) -> Option<Arc<Recipe>> {
        let recipes = lock(&self.recipes);
        let next = recipes.list.partition_point(|recipe| recipe.number <= seen);
        recipes.list.get(next).map(Arc::clone)
    }

    fn add(&self, spec: &mut JobSpec) -> Arc<Recipe> {
        let mut recipes = lock(&self.recipes);
        recipes.last += 1;
        let recipe = Arc::new(Recipe::take(recipes.last, spec));
        recipes.list.push(Arc::clone(&recipe));
        recipe
    }

    fn remove(&self, job: JobId) {
        // Let go outside of the lock.
        let removed: Vec<_> = lock(&self.recipes)
            .list
            .extract_if(.., |recipe| recipe.job == job)
            .collect();
        removed.iter().for_each(|recipe| recipe.withdraw());
    }
}

impl Workers {
    /// Takes in a job that every worker is to run once. It ends when its host says so.
    pub(super) fn submit_warm_up(self: &Arc<Self>, mut spec: JobSpec) {
        let id = spec.id;
        let recipe = self.warm_ups.add(&mut spec);
        match self.jobs.submit(spec, || None::<()>, || 0) {
            Submitted::Ended(emptied) => {
                self.warm_ups.remove(id);
                return self.stop_if(emptied);
            }
            Submitted::Waits(job) => {
                if let Some(end) = self.jobs.rejection() {
                    self.fail(&job, end, 0, None);
                }
            }
            Submitted::Claimed(..) | Submitted::Queued(_) => {}
        }
        self.scheduler.post(recipe.number);
    }

    /// `worker` runs no recipes any more, or will never end: another may.
    pub(super) fn release_warm_ups(&self, worker: WorkerRef) {
        if self.warm_ups.permits.release(worker) {
            self.scheduler.call_idle();
        }
    }

    /// Has no more workers run what came with `job`. What runs of it is stopped if `stop` says so.
    pub(in crate::pool) fn forget_warm_up(self: &Arc<Self>, job: JobId, stop: bool) {
        self.warm_ups.remove(job);
        let runs = self.jobs.all().into_iter().filter(|it| it.warms(job));
        for run in runs.filter(|_| stop) {
            self.fail(&run, End::Cancelled, 0, None);
        }
    }
}

impl Workers {
    /// Takes the ticket of a job back from a worker that has been lost.
    pub(super) fn hand_back(self: &Arc<Self>, job: Arc<Job>) {
        if job.warm_run.is_some() {
            // Whoever follows that worker runs it.
            self.fail(&job, End::Cancelled, 0, None);
        } else {
            self.dispatch(job);
        }
    }
}

impl Worker {
    /// Whether an idle worker that has not had all recipes should ask for the next.
    pub(super) fn may_warm(&self) -> bool {
        self.warmth.seen < self.warmth.owed || self.workers().warm_ups.has_room()
    }

    /// It runs no recipes any more.
    pub(super) fn end_warm_ups(&mut self) {
        if mem::take(&mut self.warmth.permitted) {
            self.workers().release_warm_ups(self.me());
        }
    }

    /// What this worker's isolate is to be warmed with next: all that there is, one after the other, with one
    /// permit. None also where it is to wait until others are: then it takes calls meanwhile.
    pub(super) fn next_warm_up(&mut self) -> Option<Arc<Job>> {
        let workers = Arc::clone(self.workers());
        // Its runs would have the names of those of the worker that follows it.
        if self.is_lost() {
            return None;
        }
        loop {
            // Before the look into the list, where all are that have been posted.
            let posted = workers.scheduler.posted();
            if self.warmth.seen >= posted {
                return None;
            }
            let Some(recipe) = workers.warm_ups.after(self.warmth.seen) else {
                self.warmth.seen = posted;
                continue;
            };
            if recipe.is_withdrawn() {
                self.warmth.seen = recipe.number;
                continue;
            }
            // Those before it are seen to, or gone. So what is refused is not owed.
            self.warmth.seen = recipe.number - 1;
            let me = self.me();
            if !workers
                .warm_ups
                .permit(me, recipe.number <= self.warmth.owed)
            {
                return None;
            }
            self.warmth.permitted = true;
            self.warmth.seen = recipe.number;
            let (slot, worker) = (me.slot as u32, self.progress().worker());
            let admitted = Arc::clone(&recipe);
            let Some(job) = workers.jobs.admit_warm_run(admitted, slot, worker) else {
                continue;
            };
            // Whoever rejects jobs, or stops those of this recipe, may have looked through them before.
            let withdrawn = recipe.is_withdrawn().then_some(End::Cancelled);
            match workers.jobs.rejection().or(withdrawn) {
                Some(end) => workers.fail(&job, end, 0, None),
                None => return Some(job),
            }
        }
    }
}
