//! [`Completions`]: events on their way to the host.
//!
//! The host is told once that there is something, not once per event: it drains in batches, so a
//! burst of small jobs costs it few wake-ups.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Event;
use crate::sync::SegQueue;
use crate::sync::atomic::{AtomicBool, Ordering};

pub(crate) struct Completions {
    /// Pushed to by all, popped by the host.
    events: SegQueue<Event>,
    /// Whether the host has been told and has not begun to drain since. Written by all, AcqRel; see
    /// `signal`.
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
            // A panic of the host's stays here: whoever signals is in the middle of an account.
            if catch_unwind(AssertUnwindSafe(&self.notify)).is_err() {
                // Relaxed: nothing is read on the strength of it. The next event tells the host.
                self.signalled.store(false, Ordering::Relaxed);
            }
        }
    }

    /// As [`signal`](Self::signal), if there is something.
    pub(crate) fn signal_pending(&self) {
        if !self.events.is_empty() {
            self.signal();
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
        let drained = self.take(max, sink);
        if drained == max && !self.events.is_empty() {
            self.signal();
        }
        drained
    }

    /// Hands out up to `max` events and keeps `notify` silent until the next [`drain`](Self::drain):
    /// for a host that is awake and looks by itself.
    pub(crate) fn poll(&self, max: usize, sink: &mut impl FnMut(Event)) -> usize {
        // Relaxed: nothing is read on the strength of it. A `signal` that reads it leaves its event
        // to the host's `drain`, whose swap comes later than this store and than that `signal`.
        self.signalled.store(true, Ordering::Relaxed);
        self.take(max, sink)
    }

    fn take(&self, max: usize, sink: &mut impl FnMut(Event)) -> usize {
        let events = std::iter::from_fn(|| self.events.pop()).take(max);
        events.map(sink).count()
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

    #[test]
    fn a_host_that_polls_is_not_told() {
        let told = Arc::new(AtomicUsize::new(0));
        let completions = Completions::new({
            let told = Arc::clone(&told);
            move || {
                told.fetch_add(1, Ordering::Relaxed);
            }
        });
        assert_eq!(completions.poll(8, &mut drop), 0);
        completions.emit(Event::Stopped);
        completions.emit(Event::Stopped);
        assert_eq!(told.load(Ordering::Relaxed), 0);
        assert_eq!(completions.poll(1, &mut drop), 1);
        assert_eq!(completions.drain(8, &mut drop), 1);
        completions.emit(Event::Stopped);
        assert_eq!(told.load(Ordering::Relaxed), 1);
    }
}
