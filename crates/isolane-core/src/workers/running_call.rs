//! [`Flight`]: what runs on a worker now, and the right to interrupt it.
//!
//! An interrupt that comes late must not hit the next job (mini_racer and napajs have had that
//! bug). So raising happens under one lock per worker, and only if what it is meant for is aboard;
//! the worker takes it off board under the same lock and clears on its own thread what was raised
//! until then. Whoever takes it off board (the worker when it lands, or somebody who gives the
//! worker up) reports it: exactly one does.

use std::fmt;
use std::sync::Arc;

use crate::engine::Interrupt;
use crate::sync::{Mutex, lock};

/// `T` is what is aboard, `K` names the alarm set when it was interrupted.
#[derive(Debug)]
pub(crate) struct Flight<T, K> {
    state: Mutex<State<T, K>>,
}

struct State<T, K> {
    /// The worker whose isolate `interrupt` stops.
    generation: u64,
    interrupt: Option<Arc<dyn Interrupt>>,
    /// Tells one flight of a worker from another.
    number: u64,
    aboard: Option<T>,
    /// Set while what is aboard has been interrupted.
    alarm: Option<K>,
}

impl<T, K> fmt::Debug for State<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("generation", &self.generation)
            .field("aboard", &self.aboard.is_some())
            .finish_non_exhaustive()
    }
}

/// Names one flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FlightId {
    pub(crate) generation: u64,
    pub(crate) number: u64,
}

/// What the worker gets back.
#[derive(Debug)]
pub(crate) struct Landing<T, K> {
    pub(crate) aboard: T,
    /// Present if it was interrupted.
    pub(crate) alarm: Option<K>,
}

impl<T, K> Flight<T, K> {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                generation: 0,
                interrupt: None,
                number: 0,
                aboard: None,
                alarm: None,
            }),
        }
    }

    /// The worker of `generation` has an isolate, stopped by `interrupt`.
    pub(crate) fn prepare(&self, generation: u64, interrupt: Arc<dyn Interrupt>) {
        let mut state = lock(&self.state);
        // A worker that was lost while it started must not displace its successor.
        if generation >= state.generation {
            state.generation = generation;
            state.interrupt = Some(interrupt);
        }
    }

    /// Takes `aboard` on board: from now on it can be interrupted. Gives it back if the worker has
    /// been replaced.
    pub(crate) fn take_off(&self, generation: u64, aboard: T) -> Result<(), T> {
        let mut state = lock(&self.state);
        if state.generation != generation || state.interrupt.is_none() {
            return Err(aboard);
        }
        state.number += 1;
        state.aboard = Some(aboard);
        Ok(())
    }

    /// The call has returned. `None` if the worker was given up meanwhile: it must end.
    ///
    /// If there is an alarm, the interrupt has been raised and must be cleared now.
    pub(crate) fn land(&self, generation: u64) -> Option<Landing<T, K>> {
        let mut state = lock(&self.state);
        if state.generation != generation {
            return None;
        }
        let aboard = state.aboard.take()?;
        let alarm = state.alarm.take();
        Some(Landing { aboard, alarm })
    }

    /// Interrupts what is aboard if it is `meant` and has not been interrupted before; `alarm` is
    /// set for the case that it does not come back. The flight, if it was interrupted now.
    pub(crate) fn raise_if(
        &self,
        meant: impl FnOnce(&T) -> bool,
        alarm: impl FnOnce(FlightId) -> K,
    ) -> Option<FlightId> {
        let mut state = lock(&self.state);
        let id = state.id();
        if state.alarm.is_some() || !state.aboard.as_ref().is_some_and(meant) {
            return None;
        }
        state.alarm = Some(alarm(id));
        if let Some(interrupt) = &state.interrupt {
            interrupt.raise();
        }
        Some(id)
    }

    /// Takes what is aboard away from the worker of `generation`, which is being given up.
    pub(crate) fn seize(&self, generation: u64) -> Option<Landing<T, K>> {
        let mut state = lock(&self.state);
        if state.generation != generation {
            return None;
        }
        // Nothing takes off here any more until the next isolate is prepared.
        state.interrupt = None;
        let aboard = state.aboard.take()?;
        let alarm = state.alarm.take();
        Some(Landing { aboard, alarm })
    }

    /// As [`seize`](Self::seize), if flight `id` is still in the air.
    pub(crate) fn seize_flight(&self, id: FlightId) -> Option<Landing<T, K>> {
        let mut state = lock(&self.state);
        if state.id() != id {
            return None;
        }
        let aboard = state.aboard.take()?;
        let alarm = state.alarm.take();
        state.interrupt = None;
        Some(Landing { aboard, alarm })
    }

    /// Looks at what is aboard.
    pub(crate) fn peek<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        lock(&self.state).aboard.as_ref().map(look)
    }
}

impl<T, K> State<T, K> {
    fn id(&self) -> FlightId {
        FlightId {
            generation: self.generation,
            number: self.number,
        }
    }
}
