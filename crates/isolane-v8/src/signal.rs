use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use isolane_core::Interrupt;

/// Whether the running call has been interrupted.
///
/// V8 knows only whether a termination is under way at the moment, and forgets it when the
/// outermost call returns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signal(Arc<State>);

#[derive(Debug, Default)]
struct State {
    raised: AtomicBool,
    /// Held between the look at `raised` and the wait, so that no raise falls between them.
    waiting: Mutex<()>,
    woken: Condvar,
}

impl Signal {
    pub(crate) fn is_raised(&self) -> bool {
        // Acquire: pairs with the Release in `set`.
        self.0.raised.load(Ordering::Acquire)
    }

    /// Waits for so long, or until it is raised.
    pub(crate) fn wait(&self, time: Duration) {
        let end = Instant::now().checked_add(time);
        let mut waiting = self
            .0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        while !self.is_raised() {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            match left {
                Some(left) if left.is_zero() => return,
                left => {
                    let woken = self.0.woken.wait_timeout(waiting, left.unwrap_or(time));
                    waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }

    fn set(&self, raised: bool) {
        // Release: pairs with the Acquire in `is_raised`.
        self.0.raised.store(raised, Ordering::Release);
    }

    fn wake(&self) {
        // Whoever waits has looked before it was raised and waits already, or will look after.
        drop(
            self.0
                .waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        self.0.woken.notify_all();
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
        // Before the termination: code that has been cut short finds it raised.
        self.signal.set(true);
        self.isolate.terminate_execution();
        self.signal.wake();
    }

    fn clear(&self) {
        self.isolate.cancel_terminate_execution();
        // Read by this thread only.
        self.signal.set(false);
    }
}
