//! Model of the status, claim and mailbox protocol: `src/README.md`. Run by `scripts/loom.sh`.
//!
//! The files of the crate are compiled into the model as they are. A lost wake-up shows as a
//! deadlock, a double claim as a lost item and so as a deadlock too.
#![cfg(loom)]
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "the model drives a part of each file"
)]

#[path = "../src/idle.rs"]
mod idle;
#[path = "../src/parker.rs"]
mod parker;
#[path = "../src/queue.rs"]
mod queue;
#[path = "../src/scheduler.rs"]
mod scheduler;
#[path = "../src/status.rs"]
mod status;
#[path = "../src/sync.rs"]
mod sync;

mod engine {
    pub(crate) use isolane_core::Waker;
}

use std::sync::Arc;

use isolane_core::Priority;
use loom::thread;
use queue::Turn;
use scheduler::{Found, Scheduler};
use status::{Seat, WorkerState};

type Model = Scheduler<u32>;

fn seat(slot: usize) -> Seat {
    Seat {
        slot,
        generation: 0,
    }
}

/// What a worker does between two chunks, without the spinning.
fn next(scheduler: &Model, seat: Seat, turn: &mut Turn) -> Found<u32> {
    loop {
        if let Some(item) = scheduler.pop(turn) {
            return Found::Work(item);
        }
        if !scheduler.publish(seat) {
            return Found::Lost;
        }
        if scheduler.withdraw_if_queued(seat) {
            continue;
        }
        match scheduler.park(seat) {
            Found::LookInQueue => {}
            found => return found,
        }
    }
}

/// A worker that works off `items` items and says what it had.
fn worker(scheduler: &Arc<Model>, slot: usize, items: usize) -> thread::JoinHandle<Vec<u32>> {
    let scheduler = Arc::clone(scheduler);
    thread::spawn(move || {
        let mut turn = Turn::default();
        let work = (0..items).map(|_| match next(&scheduler, seat(slot), &mut turn) {
            Found::Work(item) => {
                assert!(scheduler.enter(seat(slot), WorkerState::Running));
                item
            }
            found => panic!("found {found:?}"),
        });
        work.collect()
    })
}

fn dispatcher(scheduler: &Arc<Model>, item: u32) -> thread::JoinHandle<()> {
    let scheduler = Arc::clone(scheduler);
    thread::spawn(move || scheduler.dispatch(item, Priority::Normal))
}

#[test]
fn a_worker_that_falls_asleep_gets_what_is_dispatched_meanwhile() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        let worker = worker(&scheduler, 0, 1);
        scheduler.dispatch(7, Priority::Normal);
        assert_eq!(worker.join().expect("no panic"), [7]);
    });
}

#[test]
fn what_is_queued_without_a_claim_is_found() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        let worker = worker(&scheduler, 0, 1);
        scheduler.enqueue(7, Priority::Normal);
        assert_eq!(worker.join().expect("no panic"), [7]);
    });
}

#[test]
fn two_dispatchers_do_not_claim_the_same_idleness() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        let worker = worker(&scheduler, 0, 2);
        let other = dispatcher(&scheduler, 1);
        scheduler.dispatch(2, Priority::Normal);
        other.join().expect("no panic");
        let mut items = worker.join().expect("no panic");
        items.sort_unstable();
        assert_eq!(items, [1, 2]);
    });
}

#[test]
fn two_workers_share_two_items() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(2));
        let workers = [worker(&scheduler, 0, 1), worker(&scheduler, 1, 1)];
        scheduler.dispatch(1, Priority::Normal);
        scheduler.dispatch(2, Priority::Normal);
        let mut items: Vec<_> = workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("no panic"))
            .collect();
        items.sort_unstable();
        assert_eq!(items, [1, 2]);
    });
}

#[test]
fn a_worker_that_falls_asleep_hears_that_the_pool_stops() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        let worker = {
            let scheduler = Arc::clone(&scheduler);
            thread::spawn(move || next(&scheduler, seat(0), &mut Turn::default()))
        };
        scheduler.stop();
        assert_eq!(worker.join().expect("no panic"), Found::Stop);
    });
}

#[test]
fn nothing_handed_to_a_worker_is_lost_with_it() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        assert!(scheduler.publish(seat(0)));
        let dispatcher = dispatcher(&scheduler, 7);
        let mail = scheduler.lose(seat(0)).expect("it is there");
        dispatcher.join().expect("no panic");
        let queued = scheduler.pop(&mut Turn::default());
        assert_eq!(mail.or(queued), Some(7));
        assert!(mail.is_none() || queued.is_none());
    });
}

#[test]
fn what_is_meant_for_a_lost_worker_does_not_reach_its_successor_unseen() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        assert!(scheduler.publish(seat(0)));
        let dispatcher = dispatcher(&scheduler, 7);
        let mail = scheduler.lose(seat(0)).expect("it is there");
        assert!(scheduler.succeed(seat(0)));
        if let Some(item) = mail {
            scheduler.dispatch(item, Priority::Normal);
        }
        let found = next(&scheduler, seat(0).successor(), &mut Turn::default());
        assert_eq!(found, Found::Work(7));
        dispatcher.join().expect("no panic");
    });
}
