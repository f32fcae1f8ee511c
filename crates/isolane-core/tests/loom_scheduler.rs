//! Model of the status, claim and mailbox protocol: `src/handoff/README.md`. Run by `scripts/loom.sh`.
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

#[path = "../src/handoff/mod.rs"]
mod handoff;
#[path = "../src/sync/mod.rs"]
mod sync;

mod engine {
    pub(crate) use isolane_core::Waker;
}

use std::sync::Arc;

use handoff::{Found, Parker, Permits, Scheduler, Turn, WorkerRef};
use isolane_core::{JobId, Priority, Waker};
use loom::thread;
use sync::{Condvar, Mutex, lock, unpoisoned};

type Model = Scheduler<u32>;

fn worker_ref(slot: usize) -> WorkerRef {
    WorkerRef {
        slot,
        generation: 0,
    }
}

/// What a worker does between two chunks, without the spinning.
fn next(scheduler: &Model, worker: WorkerRef, turn: &mut Turn) -> Found<u32> {
    let parker = scheduler.register_thread(worker.slot);
    next_on(scheduler, worker, &parker, turn, Scheduler::park)
}

/// As [`next`], waiting by `wait`.
fn next_on(
    scheduler: &Model,
    worker: WorkerRef,
    parker: &Parker,
    turn: &mut Turn,
    wait: impl Fn(&Model, WorkerRef, &Parker) -> Found<u32>,
) -> Found<u32> {
    loop {
        if let Some(item) = scheduler.pop(turn) {
            return Found::Work(item);
        }
        if !scheduler.become_idle(worker) {
            return Found::Lost;
        }
        if scheduler.withdraw_if_queued(worker) {
            continue;
        }
        match wait(scheduler, worker, parker) {
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
        let parker = scheduler.register_thread(slot);
        let mut next = || {
            next_on(
                &scheduler,
                worker_ref(slot),
                &parker,
                &mut turn,
                Scheduler::park,
            )
        };
        let work = (0..items).map(|_| match next() {
            Found::Work(item) => {
                assert!(scheduler.begin(worker_ref(slot)));
                item
            }
            found => panic!("found {found:?}"),
        });
        work.collect()
    })
}

/// Wakes a worker that waits elsewhere.
#[derive(Debug, Default)]
struct Bell {
    rung: Mutex<bool>,
    changed: Condvar,
}

impl Waker for Bell {
    fn wake(&self) {
        *lock(&self.rung) = true;
        self.changed.notify_one();
    }
}

impl Bell {
    /// Waits as an event loop does.
    fn wait(&self) {
        let mut rung = lock(&self.rung);
        while !std::mem::take(&mut *rung) {
            rung = unpoisoned(self.changed.wait(rung));
        }
    }
}

/// As [`next`], for a worker that waits elsewhere.
fn next_elsewhere(scheduler: &Model, worker: WorkerRef, turn: &mut Turn) -> Found<u32> {
    let parker = scheduler.register_thread(worker.slot);
    let bell = Arc::new(Bell::default());
    parker.set_waker(Arc::clone(&bell) as Arc<dyn Waker>);
    next_on(
        scheduler,
        worker,
        &parker,
        turn,
        |scheduler, worker, parker| {
            loop {
                if let Some(found) = scheduler.wait_elsewhere(worker, parker) {
                    return found;
                }
                bell.wait();
                parker.come_back();
            }
        },
    )
}

#[test]
fn a_worker_that_waits_elsewhere_is_called_for_what_is_dispatched() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        let worker = {
            let scheduler = Arc::clone(&scheduler);
            thread::spawn(move || next_elsewhere(&scheduler, worker_ref(0), &mut Turn::default()))
        };
        scheduler.dispatch(7, Priority::Normal);
        assert_eq!(worker.join().expect("no panic"), Found::Work(7));
    });
}

#[test]
fn a_worker_that_waits_elsewhere_is_called_when_the_pool_stops() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        let worker = {
            let scheduler = Arc::clone(&scheduler);
            thread::spawn(move || next_elsewhere(&scheduler, worker_ref(0), &mut Turn::default()))
        };
        scheduler.stop();
        assert_eq!(worker.join().expect("no panic"), Found::Stop);
    });
}

#[test]
fn one_slot_is_adopted_once_or_dismissed() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        let other = {
            let scheduler = Arc::clone(&scheduler);
            thread::spawn(move || scheduler.adopt(worker_ref(0)))
        };
        let dismissed = scheduler.dismiss(0);
        assert_ne!(other.join().expect("no panic"), dismissed);
    });
}

fn dispatcher(scheduler: &Arc<Model>, item: u32) -> thread::JoinHandle<()> {
    let scheduler = Arc::clone(scheduler);
    thread::spawn(move || {
        scheduler.dispatch(item, Priority::Normal);
    })
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

/// Two of them, since the one that offers must not need the other.
#[test]
fn what_is_offered_is_taken_once_by_whoever_comes_first() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(2));
        let other = {
            let scheduler = Arc::clone(&scheduler);
            thread::spawn(move || next(&scheduler, worker_ref(1), &mut Turn::default()))
        };
        scheduler.offer(7, Priority::Normal);
        // Done with what it has, the one that offered looks into the queue.
        let own = scheduler.pop(&mut Turn::default());
        if own.is_some() {
            scheduler.stop();
        }
        let found = other.join().expect("no panic");
        match own {
            Some(item) => assert_eq!((item, found), (7, Found::Stop)),
            None => assert_eq!(found, Found::Work(7)),
        }
    });
}

#[test]
fn a_worker_that_falls_asleep_finds_what_is_offered_meanwhile() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        let worker = worker(&scheduler, 0, 1);
        scheduler.offer(7, Priority::Normal);
        assert_eq!(worker.join().expect("no panic"), [7]);
    });
}

#[test]
fn a_worker_that_falls_asleep_hears_that_the_pool_stops() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        let worker = {
            let scheduler = Arc::clone(&scheduler);
            thread::spawn(move || next(&scheduler, worker_ref(0), &mut Turn::default()))
        };
        scheduler.stop();
        assert_eq!(worker.join().expect("no panic"), Found::Stop);
    });
}

#[test]
fn nothing_handed_to_a_worker_is_lost_with_it() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        assert!(scheduler.become_idle(worker_ref(0)));
        let dispatcher = dispatcher(&scheduler, 7);
        let mail = scheduler.lose(worker_ref(0)).expect("it is there");
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
        assert!(scheduler.become_idle(worker_ref(0)));
        let dispatcher = dispatcher(&scheduler, 7);
        let mail = scheduler.lose(worker_ref(0)).expect("it is there");
        assert!(scheduler.replace(worker_ref(0)));
        if let Some(item) = mail {
            scheduler.dispatch(item, Priority::Normal);
        }
        let found = next(&scheduler, worker_ref(0).successor(), &mut Turn::default());
        assert_eq!(found, Found::Work(7));
        dispatcher.join().expect("no panic");
    });
}

/// A worker that looks for notices before it takes work: it ends when it has seen one.
fn until_posted(scheduler: &Model, worker: WorkerRef) {
    let parker = scheduler.register_thread(worker.slot);
    while scheduler.posted() == 0 {
        assert!(scheduler.become_idle(worker));
        if !scheduler.withdraw_if_posted(worker, 0, || true) {
            assert_eq!(scheduler.park(worker, &parker), Found::LookInQueue);
        }
    }
}

/// A worker that turns to two notices, each when it has a permit, and ends.
fn until_permitted(scheduler: &Model, permits: &Permits, worker: WorkerRef) {
    let parker = scheduler.register_thread(worker.slot);
    for seen in 0..2 {
        while !permits.acquire(worker, false) {
            assert!(scheduler.become_idle(worker));
            if !scheduler.withdraw_if_posted(worker, seen, || permits.has_room()) {
                assert_eq!(scheduler.park(worker, &parker), Found::LookInQueue);
            }
        }
        if permits.release(worker) {
            scheduler.call_idle();
        }
    }
}

#[test]
fn no_notice_is_missed_by_a_worker_that_falls_asleep() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        let worker = {
            let scheduler = Arc::clone(&scheduler);
            thread::spawn(move || until_posted(&scheduler, worker_ref(0)))
        };
        scheduler.post(1);
        worker.join().expect("no panic");
    });
}

#[test]
fn a_worker_that_falls_asleep_without_a_permit_is_called_when_one_is_free() {
    // One more than the others: a refusal that is forgotten is found only so.
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let scheduler = Arc::new(Model::new(2));
        let permits = Arc::new(Permits::new(2));
        scheduler.post(2);
        let other = {
            let (scheduler, permits) = (Arc::clone(&scheduler), Arc::clone(&permits));
            thread::spawn(move || until_permitted(&scheduler, &permits, worker_ref(1)))
        };
        until_permitted(&scheduler, &permits, worker_ref(0));
        other.join().expect("no panic");
    });
}

#[test]
fn work_that_is_dispatched_beside_a_notice_does_not_wait_for_a_sleeper() {
    loom::model(|| {
        let scheduler = Arc::new(Model::new(1));
        let worker = worker(&scheduler, 0, 1);
        let poster = {
            let scheduler = Arc::clone(&scheduler);
            thread::spawn(move || scheduler.post(1))
        };
        scheduler.dispatch(7, Priority::Normal);
        poster.join().expect("no panic");
        assert_eq!(worker.join().expect("no panic"), [7]);
    });
}
