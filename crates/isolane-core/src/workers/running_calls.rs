//! [`Flights`]: the calls on board of all workers, by worker and lane.
//!
//! A worker that runs one call after the other has one lane. One whose calls may wait for I/O has
//! as many as it may have calls on board at once.

use std::num::NonZeroUsize;
use std::sync::Arc;

use crossbeam::utils::CachePadded;

use crate::jobs::job::Job;
use crate::watchdog::AlarmKey;
use crate::workers::running_call::Flight;

/// What runs in one lane of a worker, in terms of the pool.
pub(crate) type JobFlight = Flight<Arc<Job>, AlarmKey>;

#[derive(Debug)]
pub(crate) struct Flights {
    /// The lanes of slot 0, then those of slot 1, and so on.
    flights: Box<[CachePadded<JobFlight>]>,
    lanes: NonZeroUsize,
}

impl Flights {
    pub(crate) fn new(workers: usize, lanes: NonZeroUsize) -> Self {
        Self {
            flights: (0..workers * lanes.get())
                .map(|_| CachePadded::new(Flight::new()))
                .collect(),
            lanes,
        }
    }

    /// Lanes of each worker.
    pub(crate) fn lanes(&self) -> usize {
        self.lanes.get()
    }

    pub(crate) fn get(&self, slot: usize, lane: usize) -> &JobFlight {
        &self.of(slot)[lane]
    }

    /// The lanes of one worker.
    pub(crate) fn of(&self, slot: usize) -> &[CachePadded<JobFlight>] {
        let first = slot * self.lanes();
        &self.flights[first..first + self.lanes()]
    }

    /// All lanes, each with its slot and its number there.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, usize, &JobFlight)> {
        let lanes = self.lanes();
        self.flights
            .iter()
            .enumerate()
            .map(move |(index, flight)| (index / lanes, index % lanes, &**flight))
    }
}
