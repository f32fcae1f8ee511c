//! [`Admission`]: whether a job may come in, and how many are in.

use crate::End;
use crate::sync::OnceLock;
use crate::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

const OPEN: u8 = 0;
const CLOSED: u8 = 1;
const DESTROYED: u8 = 2;

#[derive(Debug)]
pub(super) struct Admission {
    /// Written by the host, read by those who submit and end jobs; SeqCst, see `admit`.
    phase: AtomicU8,
    /// Set once, by whoever finds that the pool has no worker any more and will get none: why.
    broken: OnceLock<String>,
    max_queue: Option<usize>,
    /// Jobs that have come in and not ended. Written by those who submit and end jobs; SeqCst, see
    /// `admit`.
    live: AtomicUsize,
    /// Jobs that wait and have not started. Relaxed, as is the next: the counts decide nothing but
    /// themselves.
    waiting: AtomicUsize,
    /// Jobs that have started and not ended.
    running: AtomicUsize,
}

impl Admission {
    pub(super) fn new(max_queue: Option<usize>) -> Self {
        Self {
            phase: AtomicU8::new(OPEN),
            broken: OnceLock::new(),
            max_queue,
            live: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            running: AtomicUsize::new(0),
        }
    }

    /// Admits a job; [`job_ended`](Self::job_ended) must follow. Otherwise how it ends.
    pub(super) fn admit(&self) -> Result<(), End> {
        // SeqCst, before the phase is read. `close` writes the phase and then reads the count
        // (`is_emptied`): either it sees this job, or this job sees the pool closed.
        self.live.fetch_add(1, Ordering::SeqCst);
        match self.refusal() {
            None => Ok(()),
            Some(end) => Err(end),
        }
    }

    fn refusal(&self) -> Option<End> {
        if let Some(reason) = self.broken.get() {
            let reason = reason.clone();
            return Some(End::Unavailable { reason });
        }
        // SeqCst: see `admit`.
        (self.phase.load(Ordering::SeqCst) != OPEN).then_some(End::Closed)
    }

    /// Why a job that has been admitted must end nevertheless.
    pub(super) fn rejection(&self) -> Option<End> {
        // Acquire is enough for both: the caller has put the job where the one who rejects looks
        // after he has written these, under the lock of that place.
        if self.phase.load(Ordering::Acquire) == DESTROYED {
            return Some(End::Closed);
        }
        let reason = self.broken.get()?.clone();
        Some(End::Unavailable { reason })
    }

    /// A job is over.
    pub(super) fn job_ended(&self) {
        // SeqCst: pairs with `close` as `admit` does; the last one out finds the pool closed, or
        // `close` finds it empty.
        self.live.fetch_sub(1, Ordering::SeqCst);
    }

    /// A job joins those that wait. `spare` says how many workers are about to be idle, and so take
    /// a job each that does not count.
    pub(super) fn queue(&self, spare: impl FnOnce() -> usize) -> Result<(), End> {
        // Relaxed, here and below: see the field.
        let waiting = self.waiting.fetch_add(1, Ordering::Relaxed);
        match self.max_queue {
            Some(limit) if waiting >= limit && waiting >= limit.saturating_add(spare()) => {
                self.unqueue();
                Err(End::QueueFull { limit })
            }
            _ => Ok(()),
        }
    }

    /// As [`queue`](Self::queue), for what has run before and is not turned away.
    pub(super) fn queue_again(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn unqueue(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn begin_running(&self) {
        self.running.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn end_running(&self) {
        self.running.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn running(&self) -> usize {
        self.running.load(Ordering::Relaxed)
    }

    /// Admits no more jobs.
    pub(super) fn close(&self) {
        // SeqCst: see `admit`.
        self.phase.fetch_max(CLOSED, Ordering::SeqCst);
    }

    /// As [`close`](Self::close), and those inside are to be rejected.
    pub(super) fn destroy(&self) {
        self.phase.fetch_max(DESTROYED, Ordering::SeqCst);
    }

    /// The pool has no worker and will get none. The first reason counts.
    pub(super) fn break_down(&self, reason: String) {
        // A second reason changes nothing for anyone.
        let _ = self.broken.set(reason);
    }

    /// Whether no job is in and none can come in.
    pub(super) fn is_emptied(&self) -> bool {
        // SeqCst: see `admit`.
        self.phase.load(Ordering::SeqCst) != OPEN && self.live.load(Ordering::SeqCst) == 0
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_bounded_apart_from_what_spare_workers_take() {
        let admission = Admission::new(Some(1));
        assert_eq!(admission.queue(|| 0), Ok(()));
        assert_eq!(admission.queue(|| 0), Err(End::QueueFull { limit: 1 }));
        assert_eq!(admission.queue(|| 1), Ok(()));
        assert_eq!(admission.waiting(), 2);
    }

    #[test]
    fn it_is_emptied_when_closed_and_empty() {
        let admission = Admission::new(None);
        assert_eq!(admission.admit(), Ok(()));
        admission.close();
        assert!(!admission.is_emptied());
        assert_eq!(admission.rejection(), None);
        admission.job_ended();
        assert!(admission.is_emptied());
        assert_eq!(admission.admit(), Err(End::Closed));
        admission.destroy();
        assert_eq!(admission.rejection(), Some(End::Closed));
    }
}
