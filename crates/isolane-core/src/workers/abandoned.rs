//! [`Abandoned`]: workers that were given up, and whose threads have not come back.

use crate::WorkerStatus;
use crate::handoff::{WorkerRef, WorkerState};
use crate::sync::{Mutex, lock};

/// A thread that does not come back keeps its memory, and a core for as long as it computes.
#[derive(Debug, Default)]
pub(super) struct Abandoned {
    /// Written by whoever gives a worker up, and by the worker's own thread when it comes back after
    /// all, or by the host when it has ended one of its own. Either may be first: the first leaves an entry, the other takes it out. The lock is a
    /// leaf.
    entries: Mutex<Vec<Entry>>,
}

#[derive(Debug)]
struct Entry {
    worker: WorkerRef,
    /// As it was when it was given up; none where the thread was back before that.
    status: Option<WorkerStatus>,
}

impl Abandoned {
    /// `worker` has been given up; `status` is what it was doing.
    pub(super) fn add(&self, worker: WorkerRef, status: WorkerStatus) {
        self.meet(
            worker,
            Some(WorkerStatus {
                state: WorkerState::Lost,
                ..status
            }),
        );
    }

    /// The thread of `worker`, which has been given up or is about to be, has come back, and ends.
    pub(super) fn came_back(&self, worker: WorkerRef) {
        self.meet(worker, None);
    }

    fn meet(&self, worker: WorkerRef, status: Option<WorkerStatus>) {
        let mut entries = lock(&self.entries);
        let other = entries
            .iter()
            .position(|entry| entry.worker == worker && entry.status.is_some() != status.is_some());
        match other {
            Some(index) => drop(entries.swap_remove(index)),
            None => entries.push(Entry { worker, status }),
        }
    }

    /// Those whose threads are still away, in the order in which they were given up.
    pub(super) fn status(&self) -> Vec<WorkerStatus> {
        let mut away: Vec<_> = lock(&self.entries)
            .iter()
            .filter_map(|entry| entry.status.clone())
            .collect();
        away.sort_by_key(|status| status.id);
        away
    }

    /// Whether all threads have come back.
    pub(super) fn is_empty(&self) -> bool {
        lock(&self.entries)
            .iter()
            .all(|entry| entry.status.is_none())
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::time::Duration;

    use super::*;

    const WORKER: WorkerRef = WorkerRef {
        slot: 1,
        generation: 3,
    };

    fn running() -> WorkerStatus {
        WorkerStatus {
            id: 7,
            slot: 1,
            state: WorkerState::Running,
            generation: 3,
            function: Some("endless".into()),
            job: None,
            items_done: 2,
            heap_used: 5,
            age: Duration::ZERO,
        }
    }

    #[test]
    fn one_that_is_given_up_is_away_until_it_comes_back() {
        let abandoned = Abandoned::default();
        abandoned.add(WORKER, running());
        let [status] = &abandoned.status()[..] else {
            panic!("one is away")
        };
        assert_eq!((status.id, status.state), (7, WorkerState::Lost));
        assert_eq!(status.function.as_deref(), Some("endless"));
        assert!(!abandoned.is_empty());
        abandoned.came_back(WORKER);
        assert!(abandoned.is_empty() && abandoned.status().is_empty());
    }

    #[test]
    fn one_that_comes_back_while_it_is_given_up_is_not_away() {
        let abandoned = Abandoned::default();
        abandoned.came_back(WORKER);
        assert!(abandoned.is_empty());
        abandoned.add(WORKER, running());
        assert!(abandoned.is_empty() && abandoned.status().is_empty());
    }
}
