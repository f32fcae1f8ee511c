//! [`PoolOptions`].

use std::num::NonZeroUsize;
use std::thread;

/// How a pool is made.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    /// Number of workers. Fixed while the pool lives. Default: [`default_threads`].
    pub threads: NonZeroUsize,
    /// How many jobs may wait without having started. With 0 only those are taken that an idle
    /// worker can start at once. Default: `None`, no limit.
    pub max_queue: Option<usize>,
    /// Prefix of the threads' names, which Linux cuts to 15 bytes. Default: `isolane`.
    pub name: String,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            threads: default_threads(),
            max_queue: None,
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
