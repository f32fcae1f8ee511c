//! Model of interrupting: a raise that comes late never hits the next job. Run by
//! `scripts/loom.sh`.
#![cfg(loom)]
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "the model drives a part of each file"
)]

#[path = "../src/workers/running_call.rs"]
mod running_call;
#[path = "../src/sync/mod.rs"]
mod sync;

mod engine {
    pub(crate) use isolane_core::Interrupt;
}

use std::sync::Arc;

use isolane_core::Interrupt;
use loom::thread;
use running_call::Flight;
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

type Model = Flight<u32, ()>;

fn prepared() -> (Arc<Model>, Arc<Raised>) {
    let raised = Arc::new(Raised(AtomicBool::new(false)));
    let flight = Arc::new(Model::new());
    flight.prepare(0, Arc::clone(&raised) as Arc<dyn Interrupt>);
    (flight, raised)
}

/// One call: true if it was interrupted.
fn fly(flight: &Model, raised: &Raised, job: u32) -> bool {
    flight.take_off(0, job).expect("nobody gives it up");
    let seen = raised.is_set();
    let landing = flight.land(0).expect("nobody gives it up");
    assert_eq!(landing.aboard, job);
    if landing.alarm.is_some() {
        raised.clear();
    }
    assert!(!seen || landing.alarm.is_some());
    assert!(!raised.is_set(), "what is left would hit the next job");
    landing.alarm.is_some()
}

#[test]
fn a_late_interrupt_does_not_hit_the_next_job() {
    loom::model(|| {
        let (flight, raised) = prepared();
        let cancel = {
            let flight = Arc::clone(&flight);
            thread::spawn(move || flight.raise_if(|&job| job == 1, |_| ()).is_some())
        };
        let first = fly(&flight, &raised, 1);
        assert!(!fly(&flight, &raised, 2));
        assert_eq!(cancel.join().expect("no panic"), first);
    });
}

/// What core does around it: the reason is noted under the job's lock, and only then the call is
/// interrupted; a call that finds itself interrupted asks for the reason.
#[test]
fn an_interrupted_call_finds_the_reason() {
    loom::model(|| {
        let (flight, raised) = prepared();
        let timed_out = Arc::new(Mutex::new(false));
        let watchdog = {
            let (flight, timed_out) = (Arc::clone(&flight), Arc::clone(&timed_out));
            thread::spawn(move || {
                *lock(&timed_out) = true;
                flight.raise_if(|&job| job == 1, |_| ())
            })
        };
        flight.take_off(0, 1).expect("nobody gives it up");
        if raised.is_set() {
            assert!(*lock(&timed_out), "interrupted for no reason");
        }
        let landing = flight.land(0).expect("nobody gives it up");
        if landing.alarm.is_some() {
            raised.clear();
        }
        assert!(!fly(&flight, &raised, 2));
        watchdog.join().expect("no panic");
    });
}

#[test]
fn two_who_cancel_raise_once() {
    loom::model(|| {
        let (flight, raised) = prepared();
        let cancels: Vec<_> = (0..2)
            .map(|_| {
                let flight = Arc::clone(&flight);
                thread::spawn(move || flight.raise_if(|&job| job == 1, |_| ()).is_some())
            })
            .collect();
        let interrupted = fly(&flight, &raised, 1);
        assert!(!fly(&flight, &raised, 2));
        let raises = cancels
            .into_iter()
            .map(|cancel| usize::from(cancel.join().expect("no panic")));
        assert_eq!(raises.sum::<usize>(), usize::from(interrupted));
    });
}

#[test]
fn either_the_worker_or_the_one_who_gives_it_up_reports() {
    loom::model(|| {
        let (flight, _) = prepared();
        flight.take_off(0, 1).expect("prepared");
        let seize = {
            let flight = Arc::clone(&flight);
            thread::spawn(move || flight.seize(0).is_some())
        };
        let landed = flight.land(0).is_some();
        assert_ne!(seize.join().expect("no panic"), landed);
        assert!(flight.take_off(0, 2).is_err(), "a worker given up flies on");
    });
}

#[test]
fn an_alarm_for_one_flight_does_not_end_the_next() {
    loom::model(|| {
        let (flight, raised) = prepared();
        flight.take_off(0, 1).expect("prepared");
        let id = flight.raise_if(|_| true, |_| ()).expect("on board");
        let overdue = {
            let flight = Arc::clone(&flight);
            thread::spawn(move || flight.seize_flight(id).map(|landing| landing.aboard))
        };
        let landed = flight.land(0).is_some();
        if landed {
            raised.clear();
            flight.take_off(0, 2).expect("it came back in time");
            assert_eq!(overdue.join().expect("no panic"), None);
            assert_eq!(flight.land(0).map(|landing| landing.aboard), Some(2));
        } else {
            assert_eq!(overdue.join().expect("no panic"), Some(1));
        }
    });
}
