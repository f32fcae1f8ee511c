//! [`Gate`]: what tests wait at.

use super::{Condvar, Mutex, PATIENCE};

/// Opens once and for all; until then whoever waits, waits.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    open: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    pub(crate) fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.changed.notify_all();
    }

    pub(crate) fn wait(&self) {
        let guard = self.open.lock().unwrap();
        let (_guard, timeout) = self
            .changed
            .wait_timeout_while(guard, PATIENCE, |open| !*open)
            .unwrap();
        assert!(!timeout.timed_out(), "the gate was never opened");
    }
}
