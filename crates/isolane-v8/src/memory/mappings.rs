//! Memory mappings: what a resizable buffer, a WebAssembly memory or the stack of a suspended call
//! takes of the system beside its bytes.
//!
//! Linux gives each process some 65,000 of them (`vm.max_map_count`). Where there are no more, V8 and
//! Node can only abort, and no thread starts. So the isolates of the process share half of them, of
//! which none gets more than a quarter; V8's heaps, threads and the host have the other half.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Linux's own default, and what is taken for a limit where there is none.
const DEFAULT_MAX: usize = 65_530;
/// The part of the process's that isolates share, and the part of it that one may have.
const SHARED_PART: usize = 2;
const LARGEST_PART: usize = 4;

/// Taken by all isolates of the process.
static TAKEN: AtomicUsize = AtomicUsize::new(0);

/// The mappings of one isolate.
#[derive(Debug, Default)]
pub(super) struct Mappings {
    taken: AtomicUsize,
}

impl Mappings {
    /// Takes so many, or none where that is too much.
    pub(super) fn take(&self, count: usize) -> bool {
        let shared = shared();
        if !add(&self.taken, count, shared / LARGEST_PART) {
            return false;
        }
        let taken = add(&TAKEN, count, shared);
        if !taken {
            subtract(&self.taken, count);
        }
        taken
    }

    pub(super) fn give_back(&self, count: usize) {
        subtract(&self.taken, count);
        subtract(&TAKEN, count);
    }
}

// Relaxed, in both: each counter stands for itself, and nothing is published by it.

fn add(counter: &AtomicUsize, count: usize, most: usize) -> bool {
    counter
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
            taken.checked_add(count).filter(|&sum| sum <= most)
        })
        .is_ok()
}

fn subtract(counter: &AtomicUsize, count: usize) {
    counter.fetch_sub(count, Ordering::Relaxed);
}

/// What all isolates may have.
fn shared() -> usize {
    static SHARED: OnceLock<usize> = OnceLock::new();
    *SHARED.get_or_init(|| max_of_process() / SHARED_PART)
}

fn max_of_process() -> usize {
    let max = if cfg!(target_os = "linux") {
        std::fs::read_to_string("/proc/sys/vm/max_map_count")
            .ok()
            .and_then(|text| text.trim().parse().ok())
    } else {
        None
    };
    max.unwrap_or(DEFAULT_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_isolate_gets_its_part_and_gives_it_back() {
        let most = shared() / LARGEST_PART;
        let mappings = Mappings::default();
        assert!(mappings.take(most));
        assert!(!mappings.take(1));
        mappings.give_back(most);
        assert!(!mappings.take(usize::MAX));
        assert!(mappings.take(1));
        mappings.give_back(1);
    }

    #[test]
    fn a_counter_holds_no_more_than_its_most() {
        let counter = AtomicUsize::new(3);
        assert!(!add(&counter, 8, 10));
        assert!(add(&counter, 7, 10));
        subtract(&counter, 10);
        assert_eq!(counter.into_inner(), 0);
    }
}
