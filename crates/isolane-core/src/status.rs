//! The status array.

use std::time::Duration;

/// What a worker is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum WorkerState {
    /// Its isolate is being made.
    Starting = 0,
    /// Waits for a job.
    Idle = 1,
    /// A dispatcher (or the worker itself) has taken it off the idle set.
    Claimed = 2,
    /// A job lies in its mailbox.
    Assigned = 3,
    /// Runs a chunk.
    Running = 4,
    /// Was interrupted and has not come back yet.
    Draining = 5,
    /// Does the housekeeping of [`Isolate::rest`](crate::Isolate::rest).
    Resting = 6,
    /// Was given up.
    Lost = 7,
    /// Its thread is gone.
    Stopped = 8,
}

impl WorkerState {
    /// The name in lower case, as `pool.status()` shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Idle => "idle",
            Self::Claimed => "claimed",
            Self::Assigned => "assigned",
            Self::Running => "running",
            Self::Draining => "draining",
            Self::Resting => "resting",
            Self::Lost => "lost",
            Self::Stopped => "stopped",
        }
    }
}

/// One worker, as [`Pool::status`](crate::Pool::status) saw it.
#[derive(Clone, Debug)]
pub struct WorkerStatus {
    /// Id of the worker, as in [`Event::WorkerCreated`](crate::Event::WorkerCreated).
    pub id: u32,
    /// Its place in the status array, from 0.
    pub slot: u32,
    /// What it is doing.
    pub state: WorkerState,
    /// How many workers held this slot before.
    pub generation: u64,
    /// Name of the function that runs, if one does.
    pub function: Option<String>,
    /// Items done by this worker.
    pub items_done: u64,
    /// Bytes of heap in use, as last known.
    pub heap_used: u64,
    /// Time since the worker was created.
    pub age: Duration,
}
