//! [`PoolOptions`].

use std::num::{NonZeroU32, NonZeroUsize};
use std::thread;

/// How a pool is made.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    /// Number of workers. Fixed while the pool lives. Default: [`default_threads`].
    pub threads: NonZeroUsize,
    /// How many jobs may wait without having started. With 0 only those are taken that an idle
    /// worker can start at once. Default: `None`, no limit.
    pub max_queue: Option<usize>,
    /// How many lost workers are replaced while the pool lives, since the thread of a lost worker
    /// may stay parked for ever with its memory. Default: `None`, what the engine says.
    pub max_lost_workers: Option<u32>,
    /// Chunks after which an isolate is replaced by a fresh one. Default: `None`.
    pub recycle_after_tasks: Option<NonZeroU32>,
    /// Bytes in use after a chunk, without garbage, above which an isolate is replaced by a fresh
    /// one. Default: `None`.
    pub recycle_above: Option<u64>,
    /// Bytes that the encoded results of one job may have in all. Default: `None`, no limit.
    pub max_result: Option<u64>,
    /// How much nicer to others than the thread that starts them workers are, 0 to 19; see nice(2).
    /// With more than 0 the host's threads come first where CPUs are few. Linux only. Default: 0.
    pub nice_increment: u8,
    /// Prefix of the threads' names, which Linux cuts to 15 bytes. Default: `isolane`.
    pub name: String,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            threads: default_threads(),
            max_queue: None,
            max_lost_workers: None,
            recycle_after_tasks: None,
            recycle_above: None,
            max_result: None,
            nice_increment: 0,
            name: "isolane".to_owned(),
        }
    }
}

/// The number of CPUs this process may use, less one for the host's own thread; at least 1.
///
/// CPU affinity and container quotas count: on Linux [`thread::available_parallelism`] is the number
/// of CPUs in the affinity mask, or the quota of the narrowest cgroup above the process (v1 and v2)
/// divided by its period and rounded down, whichever is less. Where the number cannot be had it is 1.
pub fn default_threads() -> NonZeroUsize {
    let cpus = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    NonZeroUsize::new(cpus - 1).unwrap_or(NonZeroUsize::MIN)
}
