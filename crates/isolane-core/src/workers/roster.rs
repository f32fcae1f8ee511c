//! [`Roster`]: how many workers a pool has, and how many it has lost.

use std::io;
use std::time::{Duration, Instant};

use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::{Condvar, Mutex, lock, unpoisoned};

#[derive(Debug)]
pub(in crate::pool) struct Roster {
    /// Written by whoever starts workers or gives them up, and by workers that end.
    state: Mutex<State>,
    /// No worker is left. Waited on under the lock of the state.
    empty: Condvar,
    /// Written by whoever brings up a worker, Relaxed: only uniqueness matters.
    next_id: AtomicU32,
    /// How many lost workers are replaced.
    max_lost: u32,
}

#[derive(Debug)]
struct State {
    /// Workers that have neither ended nor been given up.
    alive: usize,
    /// Workers given up so far.
    lost: u32,
    /// Whether the pool has been declared stopped.
    stopped: bool,
}

/// What became of the slot of a lost worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replaced {
    /// It has another worker.
    Yes,
    /// It needs none: the pool stops.
    NotNeeded,
}

impl Roster {
    pub(super) fn new(max_lost: u32) -> Self {
        Self {
            state: Mutex::new(State {
                alive: 0,
                lost: 0,
                stopped: false,
            }),
            empty: Condvar::new(),
            next_id: AtomicU32::new(0),
            max_lost,
        }
    }

    /// An id for a new worker.
    pub(super) fn next_id(&self) -> u32 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Counts a worker that `start` brings up. Under the lock, since it may end at once.
    pub(super) fn add(&self, start: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let mut state = lock(&self.state);
        start()?;
        state.alive += 1;
        Ok(())
    }

    /// As [`add`](Self::add), where `start`, which is told how many there are, says that it does.
    pub(super) fn add_if(&self, start: impl FnOnce(usize) -> bool) {
        let mut state = lock(&self.state);
        state.alive += usize::from(start(state.alive));
    }

    /// Runs `change` while nobody brings workers up or does without them.
    pub(super) fn hold(&self, change: impl FnOnce()) {
        let _state = lock(&self.state);
        change();
    }

    /// Notes that a worker was given up. `replace` may bring up another, or says why it does not; it
    /// is given the reason where too many were lost. Under the lock, so that nobody finds the pool
    /// without a worker in between.
    pub(super) fn lose(
        &self,
        replace: impl FnOnce(Result<(), String>) -> Result<Replaced, String>,
    ) -> Result<(), String> {
        let mut state = lock(&self.state);
        state.lost = state.lost.saturating_add(1);
        let within_limit = if state.lost > self.max_lost {
            Err(format!(
                "more workers were lost than are replaced (maxLostWorkers: {})",
                self.max_lost
            ))
        } else {
            Ok(())
        };
        let replaced = replace(within_limit);
        if replaced != Ok(Replaced::Yes) {
            self.remove_from(&mut state, 1);
        }
        replaced.map(drop)
    }

    /// A worker ends, which `tell` tells. True if it was the last.
    pub(super) fn remove(&self, tell: impl FnOnce()) -> bool {
        let mut state = lock(&self.state);
        tell();
        self.remove_from(&mut state, 1);
        state.alive == 0
    }

    /// Takes out the workers that `cancel` does without.
    pub(super) fn cancel(&self, cancel: impl FnOnce() -> usize) {
        let mut state = lock(&self.state);
        self.remove_from(&mut state, cancel());
    }

    fn remove_from(&self, state: &mut State, workers: usize) {
        state.alive -= workers;
        if state.alive == 0 {
            self.empty.notify_all();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        lock(&self.state).alive == 0
    }

    /// True, once, when no worker is left.
    pub(super) fn declare_stopped(&self) -> bool {
        let mut state = lock(&self.state);
        let first = state.alive == 0 && !state.stopped;
        state.stopped |= first;
        first
    }

    /// Waits until no worker is left, but no longer than `limit`. False if one is.
    pub(super) fn wait_until_empty(&self, limit: Duration) -> bool {
        let since = Instant::now();
        let mut state = lock(&self.state);
        while state.alive > 0 {
            let left = limit.saturating_sub(since.elapsed());
            if left.is_zero() {
                return false;
            }
            state = unpoisoned(self.empty.wait_timeout(state, left)).0;
        }
        true
    }
}
