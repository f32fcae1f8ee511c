//! [`Parker`]: puts one thread to sleep until another wakes it.
//!
//! A token, as in [`std::thread::park`]: [`unpark`](Parker::unpark) leaves one,
//! [`park`](Parker::park) consumes it and sleeps while there is none. Waking a thread that does not
//! sleep costs one atomic operation and no system call, which is what a spinning worker is for.
//! The three states are those of the standard library's generic parker.

use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::{Condvar, Mutex, lock, unpoisoned};

/// No token, nobody sleeps.
const EMPTY: u32 = 0;
/// No token, the owner sleeps or is about to under the lock.
const PARKED: u32 = 1;
/// A token.
const NOTIFIED: u32 = 2;

#[derive(Debug)]
pub(crate) struct Parker {
    state: AtomicU32,
    /// Held by the owner from before it declares itself parked until it waits, so that a wake-up
    /// cannot fall in between.
    sleep: Mutex<()>,
    wake: Condvar,
}

impl Parker {
    pub(crate) fn new() -> Self {
        Self {
            state: AtomicU32::new(EMPTY),
            sleep: Mutex::new(()),
            wake: Condvar::new(),
        }
    }

    /// Sleeps until there is a token and consumes it. Only one thread may park at a time.
    pub(crate) fn park(&self) {
        if self.consume() {
            return;
        }
        let mut guard = lock(&self.sleep);
        // Relaxed: sleeping publishes nothing. Fails if a token has come since the first check; it
        // is consumed below, which is the check under the lock.
        let _ = self
            .state
            .compare_exchange(EMPTY, PARKED, Ordering::Relaxed, Ordering::Relaxed);
        while !self.consume() {
            guard = unpoisoned(self.wake.wait(guard));
        }
    }

    /// Leaves a token and wakes the owner if it sleeps. What happened before is visible to the
    /// owner when `park` returns.
    pub(crate) fn unpark(&self) {
        // Release: pairs with the Acquire that consumes the token.
        if self.state.swap(NOTIFIED, Ordering::Release) == PARKED {
            // The owner holds the lock until it waits; taking it once means it does wait.
            drop(lock(&self.sleep));
            self.wake.notify_one();
        }
    }

    fn consume(&self) -> bool {
        // Acquire: pairs with the Release of `unpark`.
        self.state
            .compare_exchange(NOTIFIED, EMPTY, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }
}
