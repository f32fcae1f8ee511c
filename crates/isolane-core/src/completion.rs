//! [`Completions`]: events on their way to the host.
//!
//! The host is told once that there is something, not once per event: it drains in batches, so a
//! burst of small jobs costs it few wake-ups.

use std::fmt;

use crate::Event;
use crate::sync::SegQueue;
use crate::sync::atomic::{AtomicBool, Ordering};

pub(crate) struct Completions {
    events: SegQueue<Event>,
    /// Whether the host has been told and has not begun to drain since.
    signalled: AtomicBool,
    notify: Box<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Completions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completions").finish_non_exhaustive()
    }
}

impl Completions {
    pub(crate) fn new(notify: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            events: SegQueue::new(),
            signalled: AtomicBool::new(false),
            notify: Box::new(notify),
        }
    }

    /// Adds an event; [`signal`](Self::signal) must follow, once no lock is held.
    pub(crate) fn push(&self, event: Event) {
        self.events.push(event);
    }

    /// Tells the host, unless it has been told.
    pub(crate) fn signal(&self) {
        // AcqRel, a read-modify-write on both sides. If this reads true, it comes before the one in
        // `drain` that resets the flag, which therefore sees the event (Release here, Acquire
        // there). If it reads false, the host is told.
        if !self.signalled.swap(true, Ordering::AcqRel) {
            (self.notify)();
        }
    }

    pub(crate) fn emit(&self, event: Event) {
        self.push(event);
        self.signal();
    }

    /// Hands out up to `max` events. What is left is signalled again.
    pub(crate) fn drain(&self, max: usize, sink: &mut impl FnMut(Event)) -> usize {
        // AcqRel: pairs with `signal`.
        self.signalled.swap(false, Ordering::AcqRel);
        let mut drained = 0;
        while drained < max {
            let Some(event) = self.events.pop() else {
                return drained;
            };
            sink(event);
            drained += 1;
        }
        if !self.events.is_empty() {
            self.signal();
        }
        drained
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn the_host_is_told_once_until_it_drains() {
        let told = Arc::new(AtomicUsize::new(0));
        let completions = Completions::new({
            let told = Arc::clone(&told);
            move || {
                told.fetch_add(1, Ordering::Relaxed);
            }
        });
        for _ in 0..3 {
            completions.emit(Event::Stopped);
        }
        assert_eq!(told.load(Ordering::Relaxed), 1);
        assert_eq!(completions.drain(2, &mut drop), 2);
        assert_eq!(told.load(Ordering::Relaxed), 2);
        assert_eq!(completions.drain(2, &mut drop), 1);
        completions.emit(Event::Stopped);
        assert_eq!(told.load(Ordering::Relaxed), 3);
    }
}
