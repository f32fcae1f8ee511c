//! Model of the completion queue: no event is left that the host has not been told of. Run by
//! `scripts/loom.sh`.
#![cfg(loom)]
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "the model drives a part of each file"
)]

#[path = "../src/completion.rs"]
mod completion;
#[path = "../src/sync/mod.rs"]
mod sync;

/// In place of the crate's.
type Event = u32;

use std::sync::Arc;

use completion::Completions;
use loom::thread;
use sync::atomic::{AtomicUsize, Ordering};

/// Completions, and how often the host has been told of them.
fn told_completions() -> (Arc<AtomicUsize>, Arc<Completions>) {
    let told = Arc::new(AtomicUsize::new(0));
    let completions = Completions::new({
        let told = Arc::clone(&told);
        move || {
            told.fetch_add(1, Ordering::Relaxed);
        }
    });
    (told, Arc::new(completions))
}

/// A thread that emits one event.
fn emitter(completions: &Arc<Completions>) -> thread::JoinHandle<()> {
    let completions = Arc::clone(completions);
    thread::spawn(move || completions.emit(1))
}

#[test]
fn the_host_is_told_of_every_event() {
    loom::model(|| {
        let (told, completions) = told_completions();
        let worker = emitter(&completions);
        completions.emit(2);
        let mut seen = 0;
        let mut drained = 0;
        // An event loop: it drains when it has been told, and only then.
        let mut turn = |last: bool| {
            let now = told.load(Ordering::Relaxed);
            if now > seen {
                seen = now;
                drained += completions.drain(usize::MAX, &mut |_| ());
            }
            assert!(!last || drained == 2, "an event was left behind");
        };
        turn(false);
        worker.join().expect("no panic");
        turn(true);
    });
}

#[test]
fn a_host_that_has_polled_finds_the_rest_when_it_drains() {
    loom::model(|| {
        let (told, completions) = told_completions();
        let worker = emitter(&completions);
        let mut taken = completions.poll(usize::MAX, &mut |_| ());
        // The last look before the host goes to sleep.
        taken += completions.drain(usize::MAX, &mut |_| ());
        worker.join().expect("no panic");
        if told.load(Ordering::Relaxed) > 0 {
            taken += completions.drain(usize::MAX, &mut |_| ());
        }
        assert_eq!(taken, 1, "an event was left behind");
    });
}
