//! Tests of the [`Scheduler`] on one thread; loom has those on several.

use super::*;

const WORKER: WorkerRef = WorkerRef {
    slot: 0,
    generation: 0,
};

#[test]
fn work_goes_to_an_idle_worker_and_else_to_the_queue() {
    let scheduler = Scheduler::new(1);
    scheduler.dispatch('a', Priority::Normal);
    assert!(scheduler.become_idle(WORKER));
    assert!(scheduler.withdraw_if_queued(WORKER));
    assert_eq!(scheduler.pop(&mut Turn::default()), Some('a'));
    assert!(scheduler.become_idle(WORKER));
    assert!(!scheduler.withdraw_if_queued(WORKER));
    assert_eq!(scheduler.poll(WORKER), None);
    let parker = scheduler.register_thread(0);
    scheduler.dispatch('b', Priority::Normal);
    assert_eq!(scheduler.park(WORKER, &parker), Found::Work('b'));
}

#[test]
fn what_a_lost_worker_was_handed_is_given_back() {
    let scheduler = Scheduler::new(1);
    assert!(scheduler.become_idle(WORKER));
    scheduler.dispatch('a', Priority::Normal);
    assert_eq!(scheduler.lose(WORKER), Some(Some('a')));
    assert_eq!(scheduler.lose(WORKER), None);
    assert_eq!(scheduler.poll(WORKER), Some(Found::Lost));
}

#[test]
fn a_claim_on_a_worker_that_is_lost_gives_the_item_back() {
    let scheduler = Scheduler::new(1);
    assert!(scheduler.become_idle(WORKER));
    let claim = scheduler.claim().expect("idle");
    assert_eq!(scheduler.lose(WORKER), Some(None));
    assert!(scheduler.replace(WORKER));
    assert!(scheduler.become_idle(WORKER.successor()));
    assert_eq!(claim.assign(Some('a')), Err(Some('a')));
    assert_eq!(scheduler.poll(WORKER.successor()), None);
}

#[test]
fn what_is_offered_goes_to_whoever_comes_first_and_who_was_told_counts_as_spare() {
    let scheduler = Scheduler::new(2);
    let sleeper = WorkerRef {
        slot: 1,
        generation: 0,
    };
    assert!(scheduler.become_idle(sleeper));
    scheduler.offer('a', Priority::Normal);
    assert_eq!(scheduler.pop(&mut Turn::default()), Some('a'));
    assert!(scheduler.slot(1).is_spare());
    assert_eq!(scheduler.poll(sleeper), Some(Found::LookInQueue));
    assert!(scheduler.become_idle(sleeper));
    scheduler.dispatch('b', Priority::Normal);
    assert!(!scheduler.slot(1).is_spare());
    assert_eq!(scheduler.poll(sleeper), Some(Found::Work('b')));
}

#[test]
fn what_a_lost_worker_could_not_be_handed_stays_as_urgent_as_it_was() {
    let scheduler = Scheduler::new(1);
    assert!(scheduler.become_idle(WORKER));
    let claim = scheduler.claim().expect("idle");
    scheduler.dispatch('h', Priority::High);
    scheduler.dispatch('n', Priority::Normal);
    assert_eq!(scheduler.lose(WORKER), Some(None));
    scheduler.hand_first(claim);
    let mut turn = Turn::default();
    assert_eq!(scheduler.pop(&mut turn), Some('h'));
    assert_eq!(scheduler.pop(&mut turn), Some('n'));
}
