//! The heap limit of an isolate.
//!
//! V8 asks once more when its heap is nearly full ([`near_limit`]); the guard then ends the
//! running JavaScript and grants some room for the way out. Where a single allocation is too large
//! for that, V8 declares itself out of memory and would abort the process: [`out_of_memory`] gives
//! the worker up instead and never returns. The trick is isolated-vm's.

use std::cell::RefCell;
use std::ffi::{c_char, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use isolane_core::{Lifeline, LostReason};

/// Room for the way out, each time V8 asks.
const MIN_GRANT: usize = 64 << 20;
/// Beyond the limit plus this, V8 is told no.
const MAX_OVERDRAFT: usize = 1 << 30;

thread_local! {
    /// Whom to tell when V8 is out of memory: the handler gets no data of its own.
    static LIFELINE: RefCell<Option<Arc<dyn Lifeline>>> = const { RefCell::new(None) };
}

/// Watches the heap of one isolate. Must outlive it.
pub(crate) struct HeapGuard {
    handle: v8::IsolateHandle,
    exceeded: AtomicBool,
    limit: usize,
}

impl HeapGuard {
    /// Installs the guard on the isolate of this thread.
    pub(crate) fn install(
        isolate: &mut v8::OwnedIsolate,
        limit: usize,
        worker: &Arc<dyn Lifeline>,
    ) -> Box<Self> {
        let guard = Box::new(Self {
            handle: isolate.thread_safe_handle(),
            exceeded: AtomicBool::new(false),
            limit,
        });
        let data = std::ptr::from_ref::<Self>(&guard)
            .cast_mut()
            .cast::<c_void>();
        isolate.add_near_heap_limit_callback(near_limit, data);
        isolate.set_oom_error_handler(out_of_memory);
        LIFELINE.with(|lifeline| *lifeline.borrow_mut() = Some(Arc::clone(worker)));
        guard
    }

    /// Notes a heap that has been found to be over the limit: one large allocation can pass by V8's
    /// own check.
    pub(crate) fn note(&self, heap_used: usize) {
        if heap_used > self.limit {
            // Relaxed: read on this thread only.
            self.exceeded.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the limit has been hit; such an isolate must not run anything else.
    pub(crate) fn exceeded(&self) -> bool {
        // Relaxed: set by a callback on the same thread.
        self.exceeded.load(Ordering::Relaxed)
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
    // Relaxed: read on this thread only.
    guard.exceeded.store(true, Ordering::Relaxed);
    guard.handle.terminate_execution();
    if current >= guard.limit.saturating_add(MAX_OVERDRAFT) {
        return current;
    }
    current.saturating_add(MIN_GRANT.max(guard.limit / 4))
}

/// V8 aborts the process when this returns, so it does not: the worker is reported lost and
/// replaced, the thread and its isolate stay behind.
///
/// # Safety
///
/// Called by V8 on the isolate's thread. Touches no V8 object.
unsafe extern "C" fn out_of_memory(_location: *const c_char, _details: &v8::OomDetails) {
    // Nothing may unwind into V8's frames.
    let _ = std::panic::catch_unwind(|| {
        LIFELINE.with(|lifeline| {
            if let Ok(lifeline) = lifeline.try_borrow()
                && let Some(worker) = lifeline.as_ref()
            {
                worker.lost(LostReason::Memory);
            }
        });
    });
    loop {
        std::thread::park();
    }
}
