//! Memory mappings: what a resizable buffer, a WebAssembly memory or the stack of a suspended call
//! takes of the system beside its bytes.
//!
//! Linux gives each process some 65,000 of them (`vm.max_map_count`). Where there are no more, V8 and
//! Node can only abort, and no thread starts. So the isolates of the process share half of them, of
//! which none gets more than a quarter; together with what their heaps take, which is known from
//! their last collections, they share three quarters. Threads and the host have the rest.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Linux's own default, and what is taken for a limit where there is none.
const DEFAULT_MAX: usize = 65_530;
/// The part of the process's that isolates share, and the part of it that one may have.
const SHARED_PART: usize = 2;
const LARGEST_PART: usize = 4;
/// Bytes of a heap that are a mapping: V8's pages, few of which lie side by side.
const HEAP_PAGE: usize = 256 << 10;

/// Taken by all isolates of the process, but for their heaps.
static TAKEN: AtomicUsize = AtomicUsize::new(0);
/// What all heaps take, roughly.
static HEAPS: AtomicUsize = AtomicUsize::new(0);
static ISOLATES: AtomicUsize = AtomicUsize::new(0);

/// The mappings of one isolate.
#[derive(Debug)]
pub(super) struct Mappings {
    taken: AtomicUsize,
    heap: AtomicUsize,
}

impl Mappings {
    pub(super) fn new() -> Self {
        ISOLATES.fetch_add(1, Ordering::Relaxed);
        Self {
            taken: AtomicUsize::new(0),
            heap: AtomicUsize::new(0),
        }
    }

    /// Notes the size of the heap. Called by the isolate's thread only.
    pub(super) fn note_heap(&self, bytes: usize) {
        let pages = bytes.div_ceil(HEAP_PAGE);
        let before = self.heap.swap(pages, Ordering::Relaxed);
        HEAPS.fetch_add(pages, Ordering::Relaxed);
        subtract(&HEAPS, before);
    }

    /// Whether the isolates have more than they may, and this one more than its even share.
    pub(super) fn is_over(&self) -> bool {
        let own = self.taken.load(Ordering::Relaxed) + self.heap.load(Ordering::Relaxed);
        let all = TAKEN.load(Ordering::Relaxed) + HEAPS.load(Ordering::Relaxed);
        is_over(own, all, ISOLATES.load(Ordering::Relaxed), with_heaps())
    }

    /// Takes so many, or none where that is too much.
    pub(super) fn take(&self, count: usize) -> bool {
        let shared = shared();
        if !add(&self.taken, count, shared / LARGEST_PART) {
            return false;
        }
        let left = with_heaps().saturating_sub(HEAPS.load(Ordering::Relaxed));
        let taken = add(&TAKEN, count, shared.min(left));
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

impl Drop for Mappings {
    fn drop(&mut self) {
        subtract(&HEAPS, *self.heap.get_mut());
        subtract(&ISOLATES, 1);
    }
}

fn is_over(own: usize, all: usize, isolates: usize, most: usize) -> bool {
    all > most && own > most / isolates.max(1)
}

// Relaxed, here as above: each counter stands for itself, and nothing is published by it.

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

/// What all isolates may have, but for their heaps.
fn shared() -> usize {
    max_of_process() / SHARED_PART
}

/// What they may have with them.
fn with_heaps() -> usize {
    max_of_process() / 4 * 3
}

fn max_of_process() -> usize {
    static MAX: OnceLock<usize> = OnceLock::new();
    *MAX.get_or_init(read_max)
}

fn read_max() -> usize {
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
        let mappings = Mappings::new();
        assert!(mappings.take(most));
        assert!(!mappings.take(1));
        mappings.give_back(most);
        assert!(!mappings.take(usize::MAX));
        assert!(mappings.take(1));
        mappings.give_back(1);
    }

    #[test]
    fn of_too_many_only_those_with_more_than_their_share_are_over() {
        assert!(!is_over(90, 100, 2, 100));
        assert!(is_over(90, 101, 2, 100));
        assert!(!is_over(50, 101, 2, 100));
        assert!(is_over(101, 101, 0, 100));
    }

    #[test]
    fn the_heap_is_noted_anew_each_time() {
        let mappings = Mappings::new();
        mappings.note_heap(HEAP_PAGE + 1);
        assert_eq!(mappings.heap.load(Ordering::Relaxed), 2);
        mappings.note_heap(0);
        assert_eq!(mappings.heap.load(Ordering::Relaxed), 0);
        assert!(!mappings.is_over());
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
