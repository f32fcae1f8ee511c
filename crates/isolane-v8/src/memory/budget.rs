//! What the array buffers of an isolate may use: counted before they are allocated.
//!
//! V8 allocates them outside of its heap, through an allocator that the embedder gives it. A refusal
//! is a RangeError in JavaScript, once V8 has collected garbage and asked again.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::mappings::Mappings;
use super::pages;

/// As `malloc` aligns on 64-bit platforms; V8 asks for no more.
const ALLOCATION_ALIGNMENT: usize = 16;

/// The part of the limit that what an isolate cannot get rid of may take.
const CLOGGED_PART: usize = 8;

/// The memory of one isolate, as far as it is counted here. Outlives the isolate where a buffer
/// does.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    /// Bytes in array buffers and charged for other things.
    buffers: AtomicUsize,
    /// Bytes of what V8 keeps until the isolate goes.
    held: AtomicUsize,
    /// Memory mappings behind what was charged.
    mappings: Mappings,
    /// Bytes of heap that survived the last full collection.
    heap: AtomicUsize,
    /// A buffer was refused since the last [`take_refused`](Self::take_refused).
    refused: AtomicBool,
    /// The last request was refused, and V8 has not collected garbage since.
    refusing: AtomicBool,
    /// The isolate goes, and will use no memory again.
    closed: AtomicBool,
}

impl Budget {
    /// `limit` bounds buffers and heap together.
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            buffers: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
            mappings: Mappings::new(),
            heap: AtomicUsize::new(0),
            refused: AtomicBool::new(false),
            refusing: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        })
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Notes the heap after a full collection, which V8 also makes before it asks again for a
    /// buffer that was refused.
    pub(crate) fn note_heap(&self, used: usize) {
        // Relaxed, here and below: each counter stands for itself, and nothing is published by it.
        self.heap.store(used, Ordering::Relaxed);
        if !self.closed.load(Ordering::Relaxed) {
            self.mappings.note_heap(used);
        }
        self.refusing.store(false, Ordering::Relaxed);
    }

    /// Heap and buffers.
    pub(crate) fn last_known(&self) -> usize {
        self.heap.load(Ordering::Relaxed) + self.outside()
    }

    /// What has been taken.
    pub(crate) fn outside(&self) -> usize {
        self.buffers.load(Ordering::Relaxed)
    }

    /// Whether a buffer was refused since the last time.
    pub(crate) fn take_refused(&self) -> bool {
        self.refused.swap(false, Ordering::Relaxed)
    }

    /// Whether V8 acts on a refusal at the moment.
    pub(crate) fn is_refusing(&self) -> bool {
        self.refusing.load(Ordering::Relaxed)
    }

    /// The isolate is about to go.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.mappings.note_heap(0);
    }

    /// Whether what is freed goes back to the system, rather than to the next buffer: at the end, and
    /// after a refusal, where a call may hold all that it can get.
    fn is_given_up(&self) -> bool {
        self.closed.load(Ordering::Relaxed) || self.refused.load(Ordering::Relaxed)
    }

    fn take(&self, length: usize) -> bool {
        #[cfg(feature = "fault-injection")]
        if isolane_core::faults::strikes(isolane_core::faults::Fault::Memory) {
            self.refuse();
            return false;
        }
        let room = self.limit.saturating_sub(self.heap.load(Ordering::Relaxed));
        let taken = self
            .buffers
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                used.checked_add(length).filter(|&total| total <= room)
            })
            .is_ok();
        self.refusing.store(false, Ordering::Relaxed);
        if !taken {
            self.refuse();
        }
        taken
    }

    /// Notes that something was refused.
    pub(crate) fn refuse(&self) {
        self.refusing.store(true, Ordering::Relaxed);
        self.refused.store(true, Ordering::Relaxed);
    }

    fn give_back(&self, length: usize) {
        self.buffers.fetch_sub(length, Ordering::Relaxed);
    }

    /// Whether it has too many of the process's mappings.
    pub(crate) fn is_scattered(&self) -> bool {
        self.mappings.is_over()
    }

    /// Takes bytes until they are [let go](Self::let_go), or the isolate goes; whether it could.
    pub(crate) fn hold(&self, bytes: usize) -> bool {
        let held = self.take(bytes);
        if held {
            self.held.fetch_add(bytes, Ordering::Relaxed);
        }
        held
    }

    pub(crate) fn let_go(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
        self.give_back(bytes);
    }

    /// Whether so much is held that the next call had better have another isolate.
    pub(crate) fn is_clogged(&self) -> bool {
        self.held.load(Ordering::Relaxed) > self.limit / CLOGGED_PART
    }

    /// An allocator that stays within the budget.
    pub(crate) fn allocator(self: &Arc<Self>) -> v8::UniqueRef<v8::Allocator> {
        // SAFETY: the handle is one count of the Arc, which `drop_budget` takes back when V8 drops
        // the allocator; the functions of the table take a reference to it as what it is, and may
        // be called from any thread, since the budget is `Sync`.
        unsafe { v8::new_rust_allocator(Arc::into_raw(Arc::clone(self)), &TABLE) }
    }
}

/// Bytes and memory mappings taken from a budget for something that the allocator does not see; given
/// back on drop.
pub(crate) struct Charge {
    budget: Arc<Budget>,
    bytes: usize,
    mappings: usize,
}

impl Budget {
    /// `None` where that is too much.
    pub(crate) fn charge(self: &Arc<Self>, bytes: usize, mappings: usize) -> Option<Charge> {
        if !self.take(bytes) {
            return None;
        }
        if !self.mappings.take(mappings) {
            self.give_back(bytes);
            self.refuse();
            return None;
        }
        Some(Charge {
            budget: Arc::clone(self),
            bytes,
            mappings,
        })
    }
}

impl Charge {
    /// Memory that owns the charge, so that a garbage collector can.
    pub(crate) fn into_backing_store(self) -> v8::UniqueRef<v8::BackingStore> {
        let charge = Box::into_raw(Box::new(self)).cast::<c_void>();
        // SAFETY: the box lives until V8 calls the deleter, once, from whatever thread: a charge is
        // `Send`. Its bytes are not to be seen as such, so the memory has none: one byte of length
        // keeps V8 from taking it for empty, and only the prelude ever holds the buffer.
        unsafe { v8::ArrayBuffer::new_backing_store_from_ptr(charge, 1, drop_charge, charge) }
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
        self.budget.mappings.give_back(self.mappings);
    }
}

unsafe extern "C" fn drop_charge(_start: *mut c_void, _length: usize, charge: *mut c_void) {
    // SAFETY: the pointer that `into_backing_store` made of a box; V8 calls this once.
    drop(unsafe { Box::from_raw(charge.cast::<Charge>()) });
}

static TABLE: v8::RustAllocatorVtable<Budget> = v8::RustAllocatorVtable {
    allocate: allocate_cleared,
    allocate_uninitialized,
    free,
    drop: drop_budget,
};

unsafe extern "C" fn allocate_cleared(budget: &Budget, length: usize) -> *mut c_void {
    // SAFETY: `alloc_zeroed` is called as its contract asks, see `allocate`.
    allocate(budget, length, |layout| unsafe { alloc_zeroed(layout) })
}

unsafe extern "C" fn allocate_uninitialized(budget: &Budget, length: usize) -> *mut c_void {
    // SAFETY: as above.
    allocate(budget, length, |layout| unsafe { alloc(layout) })
}

/// Calls `allocate` with a layout that is not empty; null where that is too much.
fn allocate(
    budget: &Budget,
    length: usize,
    allocate: impl FnOnce(Layout) -> *mut u8,
) -> *mut c_void {
    let Some(layout) = layout(length).filter(|_| budget.take(length)) else {
        return ptr::null_mut();
    };
    let start = allocate(layout);
    if start.is_null() {
        budget.give_back(length);
    }
    start.cast()
}

unsafe extern "C" fn free(budget: &Budget, start: *mut c_void, length: usize) {
    let Some(layout) = layout(length).filter(|_| !start.is_null()) else {
        return;
    };
    // SAFETY: V8 gives back what `allocate` returned, once, with the length that it had asked for.
    unsafe {
        if budget.is_given_up() {
            pages::give_back(start.cast(), length);
        }
        dealloc(start.cast(), layout);
    }
    budget.give_back(length);
}

unsafe extern "C" fn drop_budget(budget: *const Budget) {
    // SAFETY: the count that `Budget::allocator` gave away; V8 drops the allocator once.
    drop(unsafe { Arc::from_raw(budget) });
}

/// `None` for a length that no memory has.
fn layout(length: usize) -> Option<Layout> {
    Layout::from_size_align(length.max(1), ALLOCATION_ALIGNMENT).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let budget = Budget::new(100);
        assert!(budget.take(60));
        assert!(!budget.take(41));
        assert!(budget.is_refusing());
        assert!(budget.take(40));
        assert!(!budget.is_refusing());
        budget.give_back(100);
        assert!(budget.take(100));
        assert!(budget.take_refused());
        assert!(!budget.take_refused());
    }

    #[test]
    fn the_heap_counts_too() {
        let budget = Budget::new(100);
        budget.note_heap(30);
        assert!(!budget.take(71));
        assert!(budget.is_refusing());
        budget.note_heap(30);
        assert!(!budget.is_refusing());
        assert!(budget.take(70));
        budget.note_heap(200);
        assert!(!budget.take(1));
        assert!(!budget.take(usize::MAX));
    }

    #[test]
    fn what_is_held_counts_until_it_is_let_go() {
        let budget = Budget::new(100);
        assert!(budget.hold(60));
        assert!(!budget.hold(41));
        assert!(budget.is_clogged());
        budget.let_go(60);
        assert!(!budget.is_clogged());
        assert!(budget.take(100));
    }

    #[test]
    fn what_is_freed_stays_at_hand_until_memory_is_short_or_the_end() {
        let budget = Budget::new(100);
        assert!(budget.take(100));
        assert!(!budget.is_given_up());
        assert!(!budget.take(1));
        assert!(budget.is_given_up());
        assert!(budget.take_refused());
        assert!(!budget.is_given_up());
        budget.close();
        assert!(budget.is_given_up());
    }

    #[test]
    fn the_allocator_counts_what_it_hands_out() {
        let budget = Budget::new(1 << 20);
        // SAFETY: the functions are given a live budget, and back what they returned.
        unsafe {
            let first = allocate_cleared(&budget, 1 << 19);
            assert!(!first.is_null());
            assert_eq!(*first.cast::<u8>().add((1 << 19) - 1), 0);
            assert!(allocate_uninitialized(&budget, (1 << 19) + 1).is_null());
            let second = allocate_uninitialized(&budget, 1 << 19);
            assert!(!second.is_null());
            free(&budget, first, 1 << 19);
            free(&budget, second, 1 << 19);
            assert!(allocate_cleared(&budget, usize::MAX).is_null());
        }
        // Relaxed: one thread.
        assert_eq!(budget.buffers.load(Ordering::Relaxed), 0);
    }
}
