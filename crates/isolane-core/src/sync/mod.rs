//! Locks, atomics and the queue: the real ones, or loom's under `--cfg loom`.
//!
//! Modules that are model checked (`tests/loom_*.rs`) take everything that threads share from here.

#[cfg(tsan)]
mod visible_locks;

#[cfg(not(loom))]
pub(crate) use std::sync::atomic;

#[cfg(not(any(loom, tsan)))]
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};

#[cfg(not(tsan))]
pub(crate) use std::sync::OnceLock;

#[cfg(tsan)]
pub(crate) use visible_locks::{Condvar, Mutex, MutexGuard, OnceLock};

#[cfg(loom)]
pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard, atomic};

#[cfg(not(loom))]
pub(crate) use crossbeam::queue::SegQueue;

#[cfg(loom)]
pub(crate) use model::SegQueue;

use std::sync::{LockResult, PoisonError};

/// Takes `mutex`, poisoned or not: under none of this crate's locks does a panic leave anything
/// half done, and a pool that has lost a worker must go on.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    unpoisoned(mutex.lock())
}

/// The value of a lock operation, poisoned or not; see [`lock`].
pub(crate) fn unpoisoned<T>(result: LockResult<T>) -> T {
    result.unwrap_or_else(PoisonError::into_inner)
}

#[cfg(loom)]
mod model {
    //! What the protocols rely on in crossbeam's queue, and no more.
    //!
    //! `is_empty` reads a relaxed counter, so that a model which passes owes it to the fences of
    //! the protocol and not to a lock in here.

    use std::collections::VecDeque;

    use super::atomic::{AtomicUsize, Ordering};
    use super::{Mutex, lock};

    #[derive(Debug)]
    pub(crate) struct SegQueue<T> {
        items: Mutex<VecDeque<T>>,
        len: AtomicUsize,
    }

    impl<T> SegQueue<T> {
        pub(crate) fn new() -> Self {
            Self {
                items: Mutex::new(VecDeque::new()),
                len: AtomicUsize::new(0),
            }
        }

        pub(crate) fn push(&self, item: T) {
            let mut items = lock(&self.items);
            items.push_back(item);
            self.len.store(items.len(), Ordering::Relaxed);
        }

        pub(crate) fn pop(&self) -> Option<T> {
            let mut items = lock(&self.items);
            let item = items.pop_front();
            self.len.store(items.len(), Ordering::Relaxed);
            item
        }

        pub(crate) fn is_empty(&self) -> bool {
            self.len.load(Ordering::Relaxed) == 0
        }
    }
}
