//! [`Spinners`]: how many workers may spin at once.
//!
//! A worker that spins for a moment before it sleeps takes the next job without a system call on
//! either side. Too many of them would take the CPU from those that have work, the host's own
//! thread first.

use std::time::{Duration, Instant};
use std::{hint, thread};

use crate::sync::atomic::{AtomicUsize, Ordering};

/// How long a worker spins before it goes to sleep; about what waking a sleeper costs
/// (`examples/handoff.rs` measures both).
const SPIN: Duration = Duration::from_micros(40);

/// Polls between two looks at the clock.
const POLLS: u32 = 64;

#[derive(Debug)]
pub(crate) struct Spinners {
    /// Written and read by workers, Relaxed: it guards nothing.
    spinning: AtomicUsize,
    limit: usize,
}

/// The right to spin.
#[derive(Debug)]
struct SpinPermit<'a>(&'a Spinners);

impl Spinners {
    /// At most half of the CPUs spin, but at least one.
    pub(crate) fn new() -> Self {
        let cpus = thread::available_parallelism().map_or(1, usize::from);
        Self {
            spinning: AtomicUsize::new(0),
            limit: (cpus / 2).max(1),
        }
    }

    /// Polls for a moment, unless too many do.
    pub(crate) fn spin<T>(&self, poll: impl Fn() -> Option<T>) -> Option<T> {
        let _permit = self.permit()?;
        let since = Instant::now();
        loop {
            for _ in 0..POLLS {
                if let Some(found) = poll() {
                    return Some(found);
                }
                hint::spin_loop();
            }
            if since.elapsed() >= SPIN {
                return None;
            }
        }
    }

    fn permit(&self) -> Option<SpinPermit<'_>> {
        // Relaxed: a bound on a count, which guards no data.
        if self.spinning.fetch_add(1, Ordering::Relaxed) < self.limit {
            return Some(SpinPermit(self));
        }
        self.spinning.fetch_sub(1, Ordering::Relaxed);
        None
    }
}

impl Drop for SpinPermit<'_> {
    fn drop(&mut self) {
        self.0.spinning.fetch_sub(1, Ordering::Relaxed);
    }
}
