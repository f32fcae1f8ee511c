//! The memory limit of an isolate.
//!
//! V8 asks once more when its heap is nearly full ([`near_limit`]); the guard then ends the
//! running JavaScript and grants some room for the way out. What is outside of the heap (resizable
//! buffers, WebAssembly memory, ICU objects) V8 reports to itself, and collects garbage when there
//! is much more of it: after each full collection the guard looks at the sum ([`collected`]). Plain
//! array buffers are refused before that ([`Budget`]). Where V8 can go no further, see `fatal.rs`.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::budget::Budget;

/// Room for the way out, each time V8 asks.
const MIN_GRANT: usize = 64 << 20;
/// Beyond the limit plus this, V8 is told no.
const MAX_OVERDRAFT: usize = 1 << 30;

/// Watches the memory of one isolate. Must outlive it.
pub(crate) struct HeapGuard {
    handle: v8::IsolateHandle,
    budget: Arc<Budget>,
    exceeded: AtomicBool,
    /// The sum has been found over the limit, and [`confirm`] will find out whether it is garbage.
    suspected: AtomicBool,
}

impl HeapGuard {
    /// Installs the guard on the isolate of this thread.
    pub(crate) fn install(isolate: &mut v8::OwnedIsolate, budget: Arc<Budget>) -> Box<Self> {
        let guard = Box::new(Self {
            handle: isolate.thread_safe_handle(),
            budget,
            exceeded: AtomicBool::new(false),
            suspected: AtomicBool::new(false),
        });
        isolate.add_near_heap_limit_callback(near_limit, guard.data());
        isolate.add_gc_epilogue_callback(
            collected,
            guard.data(),
            v8::GCType::kGCTypeMarkSweepCompact,
        );
        guard
    }

    fn data(&self) -> *mut c_void {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    /// How much is in use, in bytes. Where that is over the limit garbage is collected first, so not
    /// inside a collection.
    pub(crate) fn measure(&self, isolate: &mut v8::Isolate) -> usize {
        let used = self.in_use(isolate);
        if used <= self.budget.limit() {
            return used;
        }
        isolate.low_memory_notification();
        self.in_use(isolate)
    }

    /// Marks the guard if `used` bytes are over the limit.
    pub(crate) fn judge(&self, used: usize) {
        if used > self.budget.limit() {
            self.exceed();
        }
    }

    /// Whether `used` bytes leave less than half of the limit.
    pub(crate) fn is_tight(&self, used: usize) -> bool {
        used > self.budget.limit() / 2
    }

    /// How much was in use when garbage was last collected, with the buffers of now.
    pub(crate) fn last_known(&self) -> usize {
        self.budget.last_known()
    }

    /// Whether the limit has been hit; such an isolate must not run anything else.
    pub(crate) fn exceeded(&self) -> bool {
        // Relaxed, here and below: all of it happens on the isolate's thread.
        self.exceeded.load(Ordering::Relaxed)
    }

    /// Whether the isolate keeps much of which it cannot get rid.
    pub(crate) fn clogged(&self) -> bool {
        self.budget.is_clogged()
    }

    /// A call has failed. If an array buffer was refused to it, it failed for want of memory.
    pub(crate) fn call_failed(&self) {
        if self.budget.take_refused() {
            self.exceed();
        }
    }

    /// A call has ended otherwise; it may have got over what was refused to it.
    pub(crate) fn call_over(&self) {
        self.budget.take_refused();
    }

    /// The isolate is about to go.
    pub(crate) fn close(&self) {
        self.budget.close();
    }

    /// Heap, and what hangs on it outside: what was counted beforehand, or what V8 reports of it if
    /// that is more.
    fn in_use(&self, isolate: &mut v8::Isolate) -> usize {
        let statistics = isolate.get_heap_statistics();
        let outside = statistics.external_memory().max(self.budget.outside());
        statistics.used_heap_size() + outside
    }

    fn exceed(&self) {
        self.exceeded.store(true, Ordering::Relaxed);
    }
}

/// V8 calls this on the isolate's thread, inside a garbage collection: no JavaScript, no V8
/// allocation, no blocking.
///
/// # Safety
///
/// `data` is the [`HeapGuard`] of the isolate that calls, which outlives the isolate.
unsafe extern "C" fn near_limit(data: *mut c_void, current: usize, _initial: usize) -> usize {
    // SAFETY: `install` passed a pointer to a boxed guard; `V8Isolate` drops the isolate before the
    // guard; the guard is only read through shared references.
    let guard = unsafe { &*data.cast::<HeapGuard>() };
    // V8 calls this for a refused array buffer too, right after it was refused for the last time.
    // Where the heap itself is full a collection comes between.
    if guard.budget.is_refusing() {
        return current;
    }
    guard.exceed();
    guard.handle.terminate_execution();
    if current >= guard.budget.limit().saturating_add(MAX_OVERDRAFT) {
        return current;
    }
    current.saturating_add(MIN_GRANT.max(guard.budget.limit() / 4))
}

/// V8 has collected all garbage of the heap. What hung on it outside is freed a little later.
///
/// # Safety
///
/// As for [`near_limit`].
unsafe extern "C" fn collected(
    isolate: v8::UnsafeRawIsolatePtr,
    _type: v8::GCType,
    _flags: v8::GCCallbackFlags,
    data: *mut c_void,
) {
    // SAFETY: as in `near_limit`.
    let guard = unsafe { &*data.cast::<HeapGuard>() };
    // SAFETY: V8 passes the isolate that calls, which lives; `Isolate` does not own it.
    let mut isolate = unsafe { v8::Isolate::from_raw_isolate_ptr(isolate) };
    guard
        .budget
        .note_heap(isolate.get_heap_statistics().used_heap_size());
    if (guard.in_use(&mut isolate) > guard.budget.limit() || guard.budget.is_scattered())
        && !guard.suspected.swap(true, Ordering::Relaxed)
    {
        guard.handle.request_interrupt(confirm, data);
    }
}

/// Runs where JavaScript can be interrupted: ends it if more is in use than may be.
///
/// # Safety
///
/// As for [`near_limit`].
unsafe extern "C" fn confirm(isolate: v8::UnsafeRawIsolatePtr, data: *mut c_void) {
    // SAFETY: as in `near_limit`.
    let guard = unsafe { &*data.cast::<HeapGuard>() };
    // SAFETY: as in `collected`.
    let mut isolate = unsafe { v8::Isolate::from_raw_isolate_ptr(isolate) };
    guard.judge(guard.measure(&mut isolate));
    if guard.budget.is_scattered() {
        guard.exceed();
    }
    if guard.exceeded() {
        guard.handle.terminate_execution();
    }
    guard.suspected.store(false, Ordering::Relaxed);
}
