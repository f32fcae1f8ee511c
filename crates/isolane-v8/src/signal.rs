use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use isolane_core::Interrupt;

/// Whether the running call has been interrupted.
///
/// V8 knows only whether a termination is under way at the moment, and forgets it when the
/// outermost call returns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signal(Arc<AtomicBool>);

impl Signal {
    pub(crate) fn is_raised(&self) -> bool {
        // Acquire: pairs with the Release in `raise`.
        self.0.load(Ordering::Acquire)
    }
}

/// Ends the JavaScript that runs at the moment; loops, regular expressions and BigInt maths notice.
pub(crate) struct Termination {
    isolate: v8::IsolateHandle,
    signal: Signal,
}

impl Termination {
    pub(crate) fn new(isolate: v8::IsolateHandle, signal: Signal) -> Self {
        Self { isolate, signal }
    }
}

impl Interrupt for Termination {
    fn raise(&self) {
        // Release, and before the termination: code that has been cut short finds it raised.
        self.signal.0.store(true, Ordering::Release);
        self.isolate.terminate_execution();
    }

    fn clear(&self) {
        self.isolate.cancel_terminate_execution();
        // Release like the other store; read by this thread only.
        self.signal.0.store(false, Ordering::Release);
    }
}
