//! Model of interrupting: a raise that comes late never hits the next job. Run by
//! `scripts/loom.sh`.
#![cfg(loom)]
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "the model drives a part of each file"
)]

#[path = "../src/workers/running.rs"]
mod running;
#[path = "../src/sync/mod.rs"]
mod sync;

mod engine {
    pub(crate) use isolane_core::Interrupt;
}

use std::sync::Arc;

use isolane_core::Interrupt;
use loom::thread;
use running::RunningCall;
use sync::atomic::{AtomicBool, Ordering};
use sync::{Mutex, lock};

struct Raised(AtomicBool);

impl Interrupt for Raised {
    fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn clear(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Raised {
    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

type Model = RunningCall<u32, ()>;

fn prepared() -> (Arc<Model>, Arc<Raised>) {
    let raised = Arc::new(Raised(AtomicBool::new(false)));
    let running = Arc::new(Model::new());
    running.prepare(0, Arc::clone(&raised) as Arc<dyn Interrupt>);
    (running, raised)
}

/// One call: true if it was interrupted.
fn run(running: &Model, raised: &Raised, job: u32) -> bool {
    running.begin(0, job).expect("nobody gives it up");
    let seen = raised.is_set();
    let finished = running.finish(0).expect("nobody gives it up");
    assert_eq!(finished.running, job);
    if finished.alarm.is_some() {
        raised.clear();
    }
    assert!(!seen || finished.alarm.is_some());
    assert!(!raised.is_set(), "what is left would hit the next job");
    finished.alarm.is_some()
}

#[test]
fn a_late_interrupt_does_not_hit_the_next_job() {
    loom::model(|| {
        let (running, raised) = prepared();
        let cancel = {
            let running = Arc::clone(&running);
            thread::spawn(move || running.raise_if(|&job| job == 1, |_| ()).is_some())
        };
        let first = run(&running, &raised, 1);
        assert!(!run(&running, &raised, 2));
        assert_eq!(cancel.join().expect("no panic"), first);
    });
}

/// What core does around it: the reason is noted under the job's lock, and only then the call is
/// interrupted; a call that finds itself interrupted asks for the reason.
#[test]
fn an_interrupted_call_finds_the_reason() {
    loom::model(|| {
        let (running, raised) = prepared();
        let timed_out = Arc::new(Mutex::new(false));
        let watchdog = {
            let (running, timed_out) = (Arc::clone(&running), Arc::clone(&timed_out));
            thread::spawn(move || {
                *lock(&timed_out) = true;
                running.raise_if(|&job| job == 1, |_| ())
            })
        };
        running.begin(0, 1).expect("nobody gives it up");
        if raised.is_set() {
            assert!(*lock(&timed_out), "interrupted for no reason");
        }
        let finished = running.finish(0).expect("nobody gives it up");
        if finished.alarm.is_some() {
            raised.clear();
        }
        assert!(!run(&running, &raised, 2));
        watchdog.join().expect("no panic");
    });
}

#[test]
fn two_who_cancel_raise_once() {
    loom::model(|| {
        let (running, raised) = prepared();
        let cancels: Vec<_> = (0..2)
            .map(|_| {
                let running = Arc::clone(&running);
                thread::spawn(move || running.raise_if(|&job| job == 1, |_| ()).is_some())
            })
            .collect();
        let interrupted = run(&running, &raised, 1);
        assert!(!run(&running, &raised, 2));
        let raises = cancels
            .into_iter()
            .map(|cancel| usize::from(cancel.join().expect("no panic")));
        assert_eq!(raises.sum::<usize>(), usize::from(interrupted));
    });
}

#[test]
fn either_the_worker_or_the_one_who_gives_it_up_reports() {
    loom::model(|| {
        let (running, _) = prepared();
        running.begin(0, 1).expect("prepared");
        let seize = {
            let running = Arc::clone(&running);
            thread::spawn(move || running.seize(0).is_some())
        };
        let finished = running.finish(0).is_some();
        assert_ne!(seize.join().expect("no panic"), finished);
        assert!(running.begin(0, 2).is_err(), "a worker given up goes on");
    });
}

#[test]
fn an_alarm_for_one_call_does_not_end_the_next() {
    loom::model(|| {
        let (running, raised) = prepared();
        running.begin(0, 1).expect("prepared");
        let id = running.raise_if(|_| true, |_| ()).expect("it is running");
        let overdue = {
            let running = Arc::clone(&running);
            thread::spawn(move || running.seize_call(id).map(|finished| finished.running))
        };
        let finished = running.finish(0).is_some();
        if finished {
            raised.clear();
            running.begin(0, 2).expect("it came back in time");
            assert_eq!(overdue.join().expect("no panic"), None);
            assert_eq!(running.finish(0).map(|finished| finished.running), Some(2));
        } else {
            assert_eq!(overdue.join().expect("no panic"), Some(1));
        }
    });
}
