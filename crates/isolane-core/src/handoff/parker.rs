//! [`Parker`]: puts one thread to sleep until another wakes it.
//!
//! A token, as in [`std::thread::park`]: [`unpark`](Parker::unpark) leaves one,
//! [`park`](Parker::park) consumes it and sleeps while there is none. Waking a thread that does not
//! sleep costs one atomic operation and no system call, which is what a spinning worker is for.
//! The first three states are those of the standard library's generic parker. The fourth is for an
//! owner that waits in a loop of its own, such as an event loop: a [`Waker`] reaches it there.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::engine::Waker;
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::{Condvar, Mutex, lock, unpoisoned};

/// No token, nobody sleeps.
const EMPTY: u32 = 0;
/// No token, the owner sleeps or is about to under the lock.
const PARKED: u32 = 1;
/// A token.
const NOTIFIED: u32 = 2;
/// No token, the owner waits elsewhere.
const AWAY: u32 = 3;

pub(crate) struct Parker {
    /// Written by the owner and by those who wake it, with the ordering that each use gives.
    state: AtomicU32,
    /// Held by the owner from before it declares itself parked until it waits, so that a wake-up
    /// cannot fall in between.
    sleep: Mutex<()>,
    /// Waited on by the owner, under `sleep`.
    wake: Condvar,
    /// Reaches an owner that is away. Written by the owner, read by those who wake it.
    waker: Mutex<Option<Arc<dyn Waker>>>,
}

impl fmt::Debug for Parker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parker").finish_non_exhaustive()
    }
}

impl Parker {
    pub(crate) fn new() -> Self {
        Self {
            state: AtomicU32::new(EMPTY),
            sleep: Mutex::new(()),
            wake: Condvar::new(),
            waker: Mutex::new(None),
        }
    }

    /// Sleeps until there is a token and consumes it. Only one thread may park at a time.
    pub(crate) fn park(&self) {
        if self.consume() {
            return;
        }
        let mut guard = lock(&self.sleep);
        // Relaxed: nothing is read on the strength of it. Fails if a token has come since the first check; it
        // is consumed below, which is the check under the lock.
        let _ = self
            .state
            .compare_exchange(EMPTY, PARKED, Ordering::Relaxed, Ordering::Relaxed);
        while !self.consume() {
            guard = unpoisoned(self.wake.wait(guard));
        }
    }

    /// As [`park`](Self::park), but no longer than until `deadline`.
    pub(crate) fn park_until(&self, deadline: Instant) {
        if self.consume() {
            return;
        }
        let mut guard = lock(&self.sleep);
        // Relaxed: as in `park`.
        let _ = self
            .state
            .compare_exchange(EMPTY, PARKED, Ordering::Relaxed, Ordering::Relaxed);
        while !self.consume() {
            let left = deadline.saturating_duration_since(Instant::now());
            // Relaxed: it goes without having been told anything. Fails if a token has come, which
            // the next round consumes.
            if left == Duration::ZERO && self.exchange_relaxed(PARKED, EMPTY) {
                return;
            }
            guard = unpoisoned(self.wake.wait_timeout(guard, left)).0;
        }
    }

    /// Names what reaches the owner while it is [away](Self::go_away).
    pub(crate) fn set_waker(&self, waker: Arc<dyn Waker>) {
        *lock(&self.waker) = Some(waker);
    }

    /// The owner goes to wait elsewhere: the next token calls its waker. False if there was a
    /// token, which is consumed: the owner must look again.
    #[must_use]
    pub(crate) fn go_away(&self) -> bool {
        // Relaxed: nothing is read on the strength of it.
        self.exchange_relaxed(EMPTY, AWAY) || !self.consume()
    }

    /// The owner is back, called or not. What came before a token is visible to it from here on.
    pub(crate) fn come_back(&self) {
        // Acquire: pairs with the Release of `unpark`.
        self.state.swap(EMPTY, Ordering::Acquire);
    }

    /// Leaves a token and wakes the owner if it sleeps. What happened before is visible to the
    /// owner when `park` returns.
    pub(crate) fn unpark(&self) {
        // Release: pairs with the Acquire that consumes the token.
        match self.state.swap(NOTIFIED, Ordering::Release) {
            PARKED => {
                // The owner holds the lock until it waits; taking it once means it does wait.
                drop(lock(&self.sleep));
                self.wake.notify_one();
            }
            AWAY => self.call(),
            _ => {}
        }
    }

    /// Calls the owner's waker, if it has one.
    pub(crate) fn call(&self) {
        let waker = lock(&self.waker).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn exchange_relaxed(&self, from: u32, to: u32) -> bool {
        self.state
            .compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }

    fn consume(&self) -> bool {
        // Acquire: pairs with the Release of `unpark`.
        self.state
            .compare_exchange(NOTIFIED, EMPTY, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }
}
