//! How much of the heap a call holds at most.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// What a check may hold for a text of no length, and for each byte of a text (docs/check.md, "Limits"). The
/// parser keeps what it has read again, as TypeScript, of a short text too.
const FIXED: usize = 256 << 20;
const PER_BYTE: usize = 4096;

/// The system's allocator, with an account. Its numbers order nothing, so all accesses are relaxed.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn took(bytes: usize) {
    let held = HELD.fetch_add(bytes, Relaxed) + bytes;
    MOST.fetch_max(held, Relaxed);
}

// SAFETY: every method hands its arguments on to the system's allocator, whose contract is the same.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`, which is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: `pointer` is the system's, since `alloc` and `realloc` give only such.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        took(size);
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as in `dealloc`; the size is the caller's to answer for.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Calls `work`, which must not hold more than a text of that length justifies.
pub fn bounded<T>(length: usize, work: impl FnOnce() -> T) -> T {
    let before = HELD.load(Relaxed);
    MOST.store(before, Relaxed);
    let result = work();
    let most = MOST.load(Relaxed).saturating_sub(before);
    assert!(
        most <= FIXED + PER_BYTE * length,
        "{most} bytes for a text of {length}"
    );
    result
}
