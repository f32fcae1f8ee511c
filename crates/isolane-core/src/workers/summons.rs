//! [`Summons`]: calls an adopted worker back that waits elsewhere, and has it noted that it must come.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::Workers;
use crate::Waker;
use crate::handoff::WorkerRef;
use crate::sync::atomic::{AtomicBool, Ordering};

/// How long a worker may take to come that was called. One that something keeps in its event loop
/// is given up then, and what it was handed goes to another.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_secs(2);

pub(super) struct Summons {
    workers: Weak<Workers>,
    worker: WorkerRef,
    waker: Arc<dyn Waker>,
    expected: Arc<Expected>,
}

/// Whether a worker is expected to take a step.
#[derive(Debug)]
pub(super) struct Expected(
    /// Set, Release, by whoever calls the worker, after it was noted that it must come; taken back by
    /// the worker, Acquire.
    AtomicBool,
);

impl Expected {
    /// By a worker that has just come it is not known yet.
    pub(super) fn new() -> Self {
        Self(AtomicBool::new(true))
    }

    /// By the worker, with each step: whether it was expected, and is no more.
    pub(super) fn take(&self) -> bool {
        // Relaxed: most steps find nothing. Whoever is called takes another step afterwards.
        // Acquire: pairs with the Release in `wake`.
        self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Acquire)
    }
}

impl Summons {
    pub(super) fn new(
        workers: &Arc<Workers>,
        worker: WorkerRef,
        waker: Arc<dyn Waker>,
        expected: Arc<Expected>,
    ) -> Self {
        Self {
            workers: Arc::downgrade(workers),
            worker,
            waker,
            expected,
        }
    }
}

impl Waker for Summons {
    fn wake(&self) {
        if let Some(workers) = self.workers.upgrade() {
            workers.supply.expect(&workers, self.worker, ANSWER_LIMIT);
        }
        // Release: pairs with the Acquire in `Expected::take`.
        self.expected.0.store(true, Ordering::Release);
        self.waker.wake();
    }
}
