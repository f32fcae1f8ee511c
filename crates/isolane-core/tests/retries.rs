//! Workers that cannot start while others work.

mod common;

use std::sync::atomic::Ordering;

use common::{Controls, Host, options};
use isolane_core::{End, Event, WorkerState};

/// More than is tried here.
const ALWAYS: u32 = u32::MAX;

/// Lets all workers start first.
fn host_of(threads: usize) -> Host {
    let host = Host::with(options(threads), Controls::default());
    host.wait_for_state(WorkerState::Idle, threads);
    host
}

fn failed(host: &Host) -> Vec<&str> {
    let reasons = host.events.iter().filter_map(|event| match event {
        Event::WorkerFailed { reason, .. } => Some(&**reason),
        _ => None,
    });
    reasons.collect()
}

fn starts(host: &Host) -> u32 {
    host.controls.starts.load(Ordering::SeqCst)
}

/// Asserts that so many workers run calls side by side.
fn assert_all_work(host: &mut Host, threads: usize) {
    let jobs: Vec<_> = (0..threads).map(|_| host.submit("gate", b"x")).collect();
    host.wait_for_state(WorkerState::Running, threads);
    host.controls.gate.open();
    for job in jobs {
        assert_eq!(host.finish(job).merged(), b"x");
    }
}

#[test]
fn a_worker_that_cannot_start_is_tried_again_until_it_can_while_the_others_work() {
    let mut host = host_of(2);
    host.controls.failing_starts.store(ALWAYS, Ordering::SeqCst);
    host.run("spend", b"x");
    host.drain_until(|host| !failed(host).is_empty());
    // Again, and once more.
    host.look_until(|host| starts(host) >= 2 + 3 + 3 + 3);
    assert_eq!(
        failed(&host),
        ["the mock has no isolate"],
        "it is told once"
    );
    for _ in 0..10 {
        host.assert_healthy();
    }
    host.controls.failing_starts.store(0, Ordering::SeqCst);
    host.wait_for_state(WorkerState::Idle, 2);
    assert_all_work(&mut host, 2);
    // The next time is news.
    host.controls.failing_starts.store(3, Ordering::SeqCst);
    host.run("spend", b"x");
    host.drain_until(|host| failed(host).len() == 2);
    host.wait_for_state(WorkerState::Idle, 2);
    host.close();
}

#[test]
fn all_slots_come_back_that_have_lost_their_workers_for_a_while() {
    let mut host = host_of(4);
    host.controls.failing_starts.store(ALWAYS, Ordering::SeqCst);
    let busy = host.submit("block", b"x");
    host.controls.entered.wait();
    for count in 1..=3 {
        host.run("spend", b"x");
        host.drain_until(|host| failed(host).len() == count);
    }
    // Nobody is idle that could take it.
    let waits = host.submit("echo", b"y");
    host.controls.failing_starts.store(0, Ordering::SeqCst);
    assert_eq!(host.finish(waits).merged(), b"y");
    host.wait_for_state(WorkerState::Idle, 3);
    host.pool.cancel(busy);
    assert_eq!(host.finish(busy).end, Some(End::Cancelled));
    assert_all_work(&mut host, 4);
    host.close();
}

#[test]
fn a_pool_of_which_no_worker_can_start_any_more_ends_its_jobs_as_unavailable() {
    let mut host = host_of(3);
    host.controls.failing_starts.store(ALWAYS, Ordering::SeqCst);
    for _ in 0..3 {
        host.run("spend", b"x");
    }
    let job = host.submit("echo", b"x");
    let reason = "the mock has no isolate".to_owned();
    assert_eq!(host.finish(job).end, Some(End::Unavailable { reason }));
    host.close();
}

#[test]
fn a_lost_worker_is_replaced_once_there_are_threads_again() {
    let mut host = host_of(2);
    host.controls.refuses_threads.store(true, Ordering::SeqCst);
    host.run("strand", b"x");
    host.drain_until(|host| !failed(host).is_empty());
    let [why] = failed(&host)[..] else {
        panic!("told once: {:?}", failed(&host))
    };
    assert!(
        why.starts_with("a lost worker cannot be replaced: "),
        "{why}"
    );
    host.wait_for_state(WorkerState::Stopped, 1);
    host.assert_healthy();
    host.controls.refuses_threads.store(false, Ordering::SeqCst);
    host.wait_for_state(WorkerState::Idle, 2);
    assert_eq!(host.count(WorkerState::Lost), 1, "its thread is parked");
    assert_all_work(&mut host, 2);
    host.pool.destroy();
    host.drain_until(|host| matches!(host.events.last(), Some(Event::Stopped)));
}

#[test]
fn a_pool_stops_while_a_worker_waits_to_be_tried_again() {
    let mut host = host_of(2);
    host.controls.failing_starts.store(ALWAYS, Ordering::SeqCst);
    host.run("spend", b"x");
    host.drain_until(|host| !failed(host).is_empty());
    host.close();
}
