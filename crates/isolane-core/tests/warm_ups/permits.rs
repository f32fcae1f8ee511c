//! How many workers run a warm-up at once, and that the others take calls.

use std::collections::BTreeSet;

use crate::common::warming::{finish, idle, runs, warm};
use crate::common::{Hand, Host, terms};
use isolane_core::{End, Event, Step, WorkerState};

/// A pool of two that has had a call.
fn serving() -> Host {
    let mut host = idle(2);
    host.assert_healthy();
    host
}

#[test]
fn before_the_first_call_all_workers_run_it_at_once() {
    let mut host = idle(4);
    let warm_up = warm(&mut host, "gate", None);
    host.wait_for_state(WorkerState::Running, 4);
    host.controls.gate.open();
    finish(&mut host, warm_up, 4);
    host.close();
}

#[test]
fn half_of_the_workers_run_it_at_once_while_the_others_take_calls() {
    let mut host = serving();
    let warm_up = warm(&mut host, "gate", None);
    host.controls.entered.wait();
    for _ in 0..20 {
        host.assert_healthy();
        assert_eq!(runs(&host, warm_up).len(), 0);
        assert_eq!(host.count(WorkerState::Running), 1);
    }
    // The other is idle now, and is called.
    host.controls.gate.open();
    let slots: BTreeSet<_> = finish(&mut host, warm_up, 2)
        .iter()
        .map(|run| run.0)
        .collect();
    assert_eq!(slots, BTreeSet::from([0, 1]));
    host.close();
}

#[test]
fn of_many_all_workers_run_each_in_order() {
    let mut host = serving();
    let warm_ups: Vec<_> = (0..20).map(|_| warm(&mut host, "spin 50", None)).collect();
    for _ in 0..100 {
        host.assert_healthy();
    }
    for warm_up in &warm_ups {
        finish(&mut host, *warm_up, 2);
    }
    for slot in [0, 1] {
        let order = host.events.iter().filter_map(|event| match event {
            Event::Warmed { job, slot: at, .. } if *at == slot => Some(*job),
            _ => None,
        });
        assert_eq!(order.collect::<Vec<_>>(), warm_ups);
    }
    host.close();
}

/// Whether its worker comes back or not.
#[test]
fn one_that_costs_its_worker_holds_up_no_other() {
    for script in ["die", "strand", "panic", "memory", "spend"] {
        let mut host = serving();
        let costly = warm(&mut host, script, None);
        let next = warm(&mut host, "echo", None);
        host.drain_until(|host| runs(host, next).len() >= 2 && !runs(host, costly).is_empty());
        for warm_up in [costly, next] {
            host.pool.seal(warm_up);
        }
        host.assert_healthy();
    }
}

#[test]
fn one_that_is_stopped_makes_room() {
    let mut host = serving();
    let stopped = warm(&mut host, "block", None);
    host.controls.entered.wait();
    let next = warm(&mut host, "echo", None);
    host.pool.cancel(stopped);
    host.pool.forget_warm_up(stopped, true);
    finish(&mut host, next, 2);
    host.close();
}

#[test]
fn what_an_isolate_is_to_have_before_calls_waits_for_no_other() {
    let mut host = serving();
    let first = warm(&mut host, "echo", None);
    finish(&mut host, first, 2);
    let second = warm(&mut host, "gate", None);
    host.controls.entered.wait();
    // The isolate of the worker that takes calls is replaced.
    assert_eq!(host.run("spend", &[3]).end, Some(End::Done));
    host.drain_until(|host| runs(host, first).len() == 3);
    host.wait_for_state(WorkerState::Running, 2);
    host.controls.gate.open();
    finish(&mut host, second, 2);
    host.close();
}

/// What was to come before calls has been taken back, and what is there may wait.
#[test]
fn a_new_worker_waits_for_what_was_not_posted_before_it_came() {
    let mut host = Host::adopting(2, terms(1));
    let mut one = Hand::adopt(&host, 0, 0).unwrap();
    let call = host.submit("echo", &[1]);
    let lane = one.take();
    assert!(one.echo(lane));
    assert_eq!(host.finish(call).end, Some(End::Done));
    let first = warm(&mut host, "echo", None);
    let lane = one.take();
    assert!(one.echo(lane));
    finish(&mut host, first, 1);
    host.pool.forget_warm_up(first, false);
    let mut other = Hand::adopt(&host, 1, 0).unwrap();
    let second = warm(&mut host, "echo", None);
    let lane = one.take();
    assert_eq!(other.step(), Step::Nothing);
    assert!(one.echo(lane));
    let lane = other.take();
    assert!(other.echo(lane));
    finish(&mut host, second, 2);
    drop(one);
    other.leave(host);
}

#[test]
fn a_worker_of_the_hosts_that_is_to_wait_takes_calls_and_is_called_when_it_may() {
    let mut host = Host::adopting(2, terms(1));
    let mut hands = [0, 1].map(|slot| Hand::adopt(&host, slot, 0).unwrap());
    let first = host.submit("echo", &[1]);
    let lane = hands[0].take();
    assert!(hands[0].echo(lane));
    assert_eq!(host.finish(first).end, Some(End::Done));
    let warm_up = warm(&mut host, "echo", None);
    let [one, other] = &mut hands;
    let warming = one.take();
    assert_eq!(other.step(), Step::Nothing);
    let call = host.submit("echo", &[2]);
    let lane = other.take();
    assert!(other.echo(lane));
    assert_eq!(host.finish(call).end, Some(End::Done));
    assert_eq!(other.step(), Step::Nothing);
    let rung = other.bell.rung();
    assert!(one.echo(warming));
    assert_eq!(other.bell.rung(), rung + 1);
    let warming = other.take();
    assert!(other.echo(warming));
    finish(&mut host, warm_up, 2);
    let [one, other] = hands;
    drop(one);
    other.leave(host);
}
