//! [`RunningCall`]: what a worker runs in one lane now, and the right to interrupt it.
//! [`RunningCalls`]: those of all workers.
//!
//! An interrupt that comes late must not hit the next job (mini_racer and napajs have had that
//! bug). So raising happens under one lock per lane, and only if what it is meant for runs there;
//! the worker removes it under the same lock and clears on its own thread what was raised until
//! then. Whoever removes it (the worker when it has finished, or somebody who gives the worker up)
//! reports it: exactly one does.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use crossbeam::utils::CachePadded;

use crate::engine::Interrupt;
use crate::sync::{Mutex, lock};

/// `T` is what runs, `K` names the alarm set when it was interrupted.
#[derive(Debug)]
pub(super) struct RunningCall<T, K> {
    /// Written by the worker (`prepare`, `begin`, `finish`), by whoever interrupts it (`raise_if`)
    /// and by whoever gives it up (`seize`, `seize_call`); read by `status` (`peek`).
    state: Mutex<State<T, K>>,
}

struct State<T, K> {
    /// The worker whose isolate `interrupt` stops.
    generation: u64,
    /// Absent before the first isolate, and after the worker was given up.
    interrupt: Option<Arc<dyn Interrupt>>,
    /// Tells one call of a worker from another.
    number: u64,
    running: Option<T>,
    /// Set while what runs has been interrupted.
    alarm: Option<K>,
}

impl<T, K> fmt::Debug for State<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("generation", &self.generation)
            .field("running", &self.running.is_some())
            .finish_non_exhaustive()
    }
}

/// Names one call in one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CallId {
    pub(super) generation: u64,
    pub(super) number: u64,
}

/// What ran, for the one who is to report it.
#[derive(Debug)]
pub(super) struct Removed<T, K> {
    pub(super) running: T,
    /// Present if it was interrupted.
    pub(super) alarm: Option<K>,
}

impl<T, K> RunningCall<T, K> {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                generation: 0,
                interrupt: None,
                number: 0,
                running: None,
                alarm: None,
            }),
        }
    }

    /// The worker of `generation` has an isolate, stopped by `interrupt`.
    pub(super) fn prepare(&self, generation: u64, interrupt: Arc<dyn Interrupt>) {
        let mut state = lock(&self.state);
        // A worker that was lost while it started must not displace its successor.
        if generation >= state.generation {
            state.generation = generation;
            state.interrupt = Some(interrupt);
        }
    }

    /// Notes that `running` runs: from now on it can be interrupted. Gives it back if the worker
    /// has been replaced.
    pub(super) fn begin(&self, generation: u64, running: T) -> Result<(), T> {
        let mut state = lock(&self.state);
        if state.generation != generation || state.interrupt.is_none() {
            return Err(running);
        }
        state.number += 1;
        state.running = Some(running);
        Ok(())
    }

    /// The call has returned. `None` if the worker was given up meanwhile: it must end.
    ///
    /// If there is an alarm, the interrupt has been raised and must be cleared now.
    pub(super) fn finish(&self, generation: u64) -> Option<Removed<T, K>> {
        let mut state = lock(&self.state);
        if state.generation != generation {
            return None;
        }
        state.remove()
    }

    /// Interrupts what runs if it is `meant` and has not been interrupted before; `alarm` is set
    /// for the case that it does not come back. The call, if it was interrupted now.
    pub(super) fn raise_if(
        &self,
        meant: impl FnOnce(&T) -> bool,
        alarm: impl FnOnce(CallId) -> K,
    ) -> Option<CallId> {
        let mut state = lock(&self.state);
        let id = state.id();
        if state.alarm.is_some() || !state.running.as_ref().is_some_and(meant) {
            return None;
        }
        state.alarm = Some(alarm(id));
        if let Some(interrupt) = &state.interrupt {
            interrupt.raise();
        }
        Some(id)
    }

    /// Takes what runs away from the worker of `generation`, which is being given up. Nothing
    /// begins here any more until the next isolate is prepared.
    pub(super) fn seize(&self, generation: u64) -> Option<Removed<T, K>> {
        let mut state = lock(&self.state);
        if state.generation != generation {
            return None;
        }
        state.interrupt = None;
        state.remove()
    }

    /// As [`seize`](Self::seize), if call `id` still runs.
    pub(super) fn seize_call(&self, id: CallId) -> Option<Removed<T, K>> {
        let mut state = lock(&self.state);
        if state.id() != id {
            return None;
        }
        let removed = state.remove()?;
        state.interrupt = None;
        Some(removed)
    }

    /// Looks at what runs.
    pub(super) fn peek<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        lock(&self.state).running.as_ref().map(look)
    }
}

impl<T, K> State<T, K> {
    fn id(&self) -> CallId {
        CallId {
            generation: self.generation,
            number: self.number,
        }
    }

    fn remove(&mut self) -> Option<Removed<T, K>> {
        let running = self.running.take()?;
        let alarm = self.alarm.take();
        Some(Removed { running, alarm })
    }
}

/// The running calls of all workers, by slot and lane.
///
/// A worker that runs one call after the other has one lane. One whose calls may wait for I/O has
/// as many as it may run at once.
#[derive(Debug)]
pub(super) struct RunningCalls<T, K> {
    /// The lanes of slot 0, then those of slot 1, and so on.
    calls: Box<[CachePadded<RunningCall<T, K>>]>,
    lanes: NonZeroUsize,
}

impl<T, K> RunningCalls<T, K> {
    pub(super) fn new(workers: usize, lanes: NonZeroUsize) -> Self {
        Self {
            calls: (0..workers * lanes.get())
                .map(|_| CachePadded::new(RunningCall::new()))
                .collect(),
            lanes,
        }
    }

    /// Lanes of each worker.
    pub(super) fn lanes(&self) -> usize {
        self.lanes.get()
    }

    pub(super) fn get(&self, slot: usize, lane: usize) -> &RunningCall<T, K> {
        &self.of(slot)[lane]
    }

    /// The lanes of one worker.
    pub(super) fn of(&self, slot: usize) -> &[CachePadded<RunningCall<T, K>>] {
        let first = slot * self.lanes();
        &self.calls[first..first + self.lanes()]
    }

    /// All lanes, each with its slot and its number there.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, usize, &RunningCall<T, K>)> {
        let lanes = self.lanes();
        self.calls
            .iter()
            .enumerate()
            .map(move |(index, call)| (index / lanes, index % lanes, &**call))
    }
}
