//! [`Permits`]: how many workers may be at a notice at once, so that the others go on taking work.

use super::slot::WorkerRef;
use crate::sync::{Mutex, lock};

#[derive(Debug)]
pub(crate) struct Permits {
    /// Written by workers that ask, and by whoever ends what they do; a leaf.
    held: Mutex<Held>,
    limit: usize,
}

#[derive(Debug, Default)]
struct Held {
    by: Vec<WorkerRef>,
    /// Somebody has been refused since a permit was last given back, and is to ask again.
    refused: bool,
}

impl Permits {
    /// For half of so many workers, but at least one.
    pub(crate) fn new(workers: usize) -> Self {
        Self {
            held: Mutex::default(),
            limit: (workers / 2).max(1),
        }
    }

    /// Whether `worker` may go ahead; [`release`](Self::release) must follow. One that `must` is counted
    /// and never refused. One that has a permit keeps it.
    pub(crate) fn acquire(&self, worker: WorkerRef, must: bool) -> bool {
        let mut held = lock(&self.held);
        if !held.by.contains(&worker) {
            if held.by.len() >= self.limit && !must {
                held.refused = true;
                return false;
            }
            held.by.push(worker);
        }
        true
    }

    /// Whether one that may be refused would not be. If not, it has been, and is called like others.
    pub(crate) fn has_room(&self) -> bool {
        let mut held = lock(&self.held);
        let has_room = held.by.len() < self.limit;
        held.refused |= !has_room;
        has_room
    }

    /// The permit of `worker` is free, if it has one. True: others were refused, and are to
    /// [look again](super::Scheduler::call_idle).
    #[must_use]
    pub(crate) fn release(&self, worker: WorkerRef) -> bool {
        let mut held = lock(&self.held);
        let before = held.by.len();
        held.by.retain(|holder| *holder != worker);
        // One that came by `must` may leave others too many.
        let freed = held.by.len() < before && held.by.len() < self.limit;
        freed && std::mem::take(&mut held.refused)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn worker(slot: usize) -> WorkerRef {
        WorkerRef {
            slot,
            generation: 0,
        }
    }

    #[test]
    fn half_of_the_workers_have_one_at_once() {
        for (workers, limit) in [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2)] {
            let permits = Permits::new(workers);
            let count = (0..workers).filter(|slot| permits.acquire(worker(*slot), false));
            assert_eq!(count.count(), limit, "of {workers}");
            assert!(!permits.has_room());
        }
    }

    #[test]
    fn who_has_one_keeps_it_until_it_is_released_once() {
        let permits = Permits::new(2);
        assert!(permits.acquire(worker(0), false) && permits.acquire(worker(0), false));
        assert!(!permits.acquire(worker(1), false));
        assert!(!permits.release(worker(1)), "it has none");
        assert!(permits.release(worker(0)), "another waits for it");
        assert!(!permits.release(worker(0)));
        assert!(permits.has_room() && permits.acquire(worker(1), false));
    }

    #[test]
    fn who_must_is_counted_and_not_refused() {
        let permits = Permits::new(2);
        assert!(permits.acquire(worker(0), false) && permits.acquire(worker(1), true));
        assert!(!permits.acquire(worker(0).successor(), false));
        assert!(!permits.release(worker(0)), "there is no room yet");
        assert!(permits.release(worker(1)));
    }

    #[test]
    fn nobody_is_called_who_was_not_refused() {
        let permits = Permits::new(2);
        assert!(permits.acquire(worker(0), false));
        assert!(!permits.release(worker(0)));
    }
}
