//! Model of the parker. Run by `scripts/loom.sh`.
#![cfg(loom)]
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "the model drives a part of each file"
)]

#[path = "../src/handoff/parker.rs"]
mod parker;
#[path = "../src/sync/mod.rs"]
mod sync;

mod engine {
    pub(crate) use isolane_core::Waker;
}

use std::sync::Arc;

use isolane_core::Waker;
use loom::cell::UnsafeCell;
use loom::thread;
use parker::Parker;
use sync::atomic::{AtomicUsize, Ordering};

#[test]
fn a_token_is_never_missed() {
    loom::model(|| {
        let parker = Arc::new(Parker::new());
        let waker = {
            let parker = Arc::clone(&parker);
            thread::spawn(move || parker.unpark())
        };
        parker.park();
        waker.join().expect("no panic");
    });
}

#[test]
fn the_owner_sees_what_came_before_the_token() {
    loom::model(|| {
        let shared = Arc::new((Parker::new(), UnsafeCell::new(0)));
        let waker = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                // SAFETY: the model fails if this races with the read below.
                shared.1.with_mut(|cell| unsafe { *cell = 7 });
                shared.0.unpark();
            })
        };
        shared.0.park();
        // SAFETY: as above.
        assert_eq!(shared.1.with(|cell| unsafe { *cell }), 7);
        waker.join().expect("no panic");
    });
}

struct Called(AtomicUsize);

impl Waker for Called {
    fn wake(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_token_keeps_the_owner_or_calls_it_back() {
    loom::model(|| {
        let parker = Arc::new(Parker::new());
        let called = Arc::new(Called(AtomicUsize::new(0)));
        parker.set_waker(Arc::clone(&called) as Arc<dyn Waker>);
        let waker = {
            let parker = Arc::clone(&parker);
            thread::spawn(move || parker.unpark())
        };
        let left = parker.go_away();
        waker.join().expect("no panic");
        assert_eq!(called.0.load(Ordering::SeqCst), usize::from(left));
    });
}

#[test]
fn each_of_two_wakers_gets_the_owner_to_look() {
    loom::model(|| {
        let shared = Arc::new((Parker::new(), AtomicUsize::new(0)));
        let wakers: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    shared.1.fetch_add(1, Ordering::Relaxed);
                    shared.0.unpark();
                })
            })
            .collect();
        while shared.1.load(Ordering::Relaxed) < 2 {
            shared.0.park();
        }
        for waker in wakers {
            waker.join().expect("no panic");
        }
    });
}
