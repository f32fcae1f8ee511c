//! The standard library's locks, so that ThreadSanitizer sees them where the library itself is
//! precompiled: only under `--cfg tsan` (`scripts/tsan.sh`).
//!
//! Uninstrumented code orders nothing for the sanitizer, and a lock that had to wait is such code.
//! So each lock says again, by a word of its own, what it orders: whoever takes it comes after all
//! who have had it. That holds of the lock as well, so no race is hidden by it.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{self, LockResult, PoisonError, WaitTimeoutResult};
use std::thread;
use std::time::Duration;

#[derive(Debug, Default)]
pub(crate) struct Mutex<T> {
    turns: AtomicU32,
    lock: sync::Mutex<T>,
}

pub(crate) struct MutexGuard<'a, T> {
    turns: &'a AtomicU32,
    /// Absent while a condition variable has it.
    guard: Option<sync::MutexGuard<'a, T>>,
}

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            turns: AtomicU32::new(0),
            lock: sync::Mutex::new(value),
        }
    }

    pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        wrapped(self.lock.lock(), &self.turns)
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.guard.as_ref().expect("it is held")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.guard.as_mut().expect("it is held")
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if self.guard.is_some() {
            // Release: pairs with the Acquire in `wrapped`, of who is next.
            self.turns.fetch_add(1, Ordering::Release);
        }
    }
}

impl<'a, T> MutexGuard<'a, T> {
    fn into_inner(mut self) -> (sync::MutexGuard<'a, T>, &'a AtomicU32) {
        // Release: as in `drop`, which finds nothing to do then.
        self.turns.fetch_add(1, Ordering::Release);
        (self.guard.take().expect("it is held"), self.turns)
    }
}

fn wrapped<'a, T>(
    locked: LockResult<sync::MutexGuard<'a, T>>,
    turns: &'a AtomicU32,
) -> LockResult<MutexGuard<'a, T>> {
    let wrap = |guard| {
        // Acquire: pairs with the Releases of those who had it.
        turns.load(Ordering::Acquire);
        MutexGuard {
            turns,
            guard: Some(guard),
        }
    };
    locked
        .map(wrap)
        .map_err(|poison| PoisonError::new(wrap(poison.into_inner())))
}

#[derive(Debug, Default)]
pub(crate) struct Condvar(sync::Condvar);

impl Condvar {
    pub(crate) const fn new() -> Self {
        Self(sync::Condvar::new())
    }

    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }

    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let (guard, turns) = guard.into_inner();
        wrapped(self.0.wait(guard), turns)
    }

    pub(crate) fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let (guard, turns) = guard.into_inner();
        let (guard, result) = self
            .0
            .wait_timeout(guard, limit)
            .unwrap_or_else(PoisonError::into_inner);
        let guard = wrapped(Ok(guard), turns).unwrap_or_else(PoisonError::into_inner);
        Ok((guard, result))
    }

    #[expect(clippy::allow_attributes, reason = "the tests do use it")]
    #[allow(dead_code, reason = "the crate does not")]
    pub(crate) fn wait_timeout_while<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let (guard, turns) = guard.into_inner();
        // The library holds the lock for each of these, and lets go of it between them.
        let condition = |value: &mut T| {
            turns.load(Ordering::Acquire);
            let waits = condition(value);
            turns.fetch_add(1, Ordering::Release);
            waits
        };
        let (guard, result) = self
            .0
            .wait_timeout_while(guard, limit, condition)
            .unwrap_or_else(PoisonError::into_inner);
        let guard = wrapped(Ok(guard), turns).unwrap_or_else(PoisonError::into_inner);
        Ok((guard, result))
    }
}

#[derive(Debug, Default)]
pub(crate) struct OnceLock<T> {
    is_set: AtomicBool,
    cell: sync::OnceLock<T>,
}

#[expect(clippy::allow_attributes, reason = "the crate does use it")]
#[allow(dead_code, reason = "the tests do not")]
impl<T> OnceLock<T> {
    pub(crate) const fn new() -> Self {
        Self {
            is_set: AtomicBool::new(false),
            cell: sync::OnceLock::new(),
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        // Acquire: pairs with the Release in `set`.
        let is_set = self.is_set.load(Ordering::Acquire);
        is_set.then(|| self.cell.get()).flatten()
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        let set = self.cell.set(value);
        if set.is_ok() {
            // Release: pairs with the Acquires in `get` and below.
            self.is_set.store(true, Ordering::Release);
        }
        // Once one has returned, all find a value.
        while !self.is_set.load(Ordering::Acquire) {
            thread::yield_now();
        }
        set
    }
}
