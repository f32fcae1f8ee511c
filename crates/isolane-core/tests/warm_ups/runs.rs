//! What every worker runs once, and each that replaces it, before it takes work.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::common::warming::{finish, idle, runs, warm};
use crate::common::{Controls, Hand, Host, options, terms};
use isolane_core::{CallEnd, End, Event, PoolOptions, Step};

fn items(host: &Host) -> u64 {
    host.controls.items.load(Ordering::SeqCst)
}

#[test]
fn every_worker_that_is_idle_runs_it_once() {
    let mut host = idle(3);
    let warm_up = warm(&mut host, "echo", None);
    let runs = finish(&mut host, warm_up, 3);
    let slots: BTreeSet<_> = runs.iter().map(|run| run.0).collect();
    assert_eq!(slots, BTreeSet::from([0, 1, 2]));
    assert!(runs.iter().all(|run| run.2 == End::Done));
    for _ in 0..10 {
        host.assert_healthy();
    }
    assert_eq!(items(&host), 3 * 2 + 10);
    assert_eq!(host.pool.stats().completed, 10, "a warm-up is no call");
    host.close();
}

#[test]
fn workers_that_start_run_it_before_they_take_work() {
    let mut host = Host::new(2);
    let warm_up = warm(&mut host, "echo", None);
    finish(&mut host, warm_up, 2);
    host.close();
}

#[test]
fn a_worker_that_is_busy_runs_it_when_it_is_free_before_what_waits() {
    let mut host = idle(1);
    let busy = host.submit("gate", &[7]);
    host.controls.entered.wait();
    let waits = host.submit("echo", &[8]);
    let warm_up = warm(&mut host, "echo", None);
    assert_eq!(host.pool.stats().queued, 1, "a warm-up waits in no queue");
    host.controls.gate.open();
    host.finish(busy);
    host.finish(waits);
    let place = |is: &dyn Fn(&Event) -> bool| host.events.iter().position(is).unwrap();
    let warmed = place(&|event| matches!(event, Event::Warmed { .. }));
    let done = place(&|event| matches!(event, Event::Chunk { job, .. } if *job == waits));
    assert!(warmed < done);
    finish(&mut host, warm_up, 1);
    host.close();
}

#[test]
fn a_worker_that_replaces_another_runs_it_before_it_takes_work() {
    let mut host = idle(1);
    let first = warm(&mut host, "echo", None);
    let second = warm(&mut host, "echo", None);
    finish(&mut host, first, 1);
    finish(&mut host, second, 1);
    let before = items(&host);
    assert_eq!(host.run("spend", &[3]).end, Some(End::Done));
    host.assert_healthy();
    assert_eq!(items(&host), before + 1 + 2 + 2 + 1);
    let workers = |warm_up| -> Vec<u32> { runs(&host, warm_up).iter().map(|run| run.1).collect() };
    assert_eq!((workers(first), workers(second)), (vec![0, 1], vec![0, 1]));
    host.close();
}

#[test]
fn one_that_replaces_a_lost_worker_runs_it_too() {
    let mut host = idle(1);
    let warm_up = warm(&mut host, "echo", None);
    finish(&mut host, warm_up, 1);
    assert_eq!(host.run("die", &[3]).end, Some(End::MemoryLimit));
    host.assert_healthy();
    assert_eq!(runs(&host, warm_up).len(), 2);
    host.pool.close();
    host.drain_until(stopped);
}

fn stopped(host: &Host) -> bool {
    let mut events = host.events.iter();
    events.any(|event| matches!(event, Event::Stopped))
}

#[test]
fn what_has_been_forgotten_is_run_by_nobody() {
    let mut host = idle(1);
    let warm_up = warm(&mut host, "echo", None);
    finish(&mut host, warm_up, 1);
    host.pool.forget_warm_up(warm_up, false);
    let before = items(&host);
    host.run("spend", &[3]);
    host.assert_healthy();
    assert_eq!(items(&host), before + 2);
    assert_eq!(runs(&host, warm_up).len(), 1);
    host.close();
}

#[test]
fn one_that_fails_is_told_and_run_again() {
    let mut host = idle(2);
    let warm_up = warm(&mut host, "fail 1", None);
    for (_, _, end) in finish(&mut host, warm_up, 2) {
        assert_eq!(end, End::Failed { error: "1".into() });
    }
    host.run("spend", &[3]);
    host.drain_until(|host| runs(host, warm_up).len() == 3);
    host.assert_healthy();
    host.close();
}

#[test]
fn one_that_hangs_ends_by_its_timeout_and_is_not_run_again() {
    let mut host = idle(1);
    let warm_up = warm(&mut host, "block", Some(Duration::from_millis(20)));
    let runs_ = finish(&mut host, warm_up, 1);
    assert!(matches!(runs_[0].2, End::TimedOut { .. }));
    host.run("spend", &[3]);
    host.assert_healthy();
    assert_eq!(runs(&host, warm_up).len(), 1);
    host.close();
}

/// Each costs its worker, and not the pool.
#[test]
fn one_that_costs_its_worker_is_not_run_by_those_that_follow() {
    for script in ["die", "strand", "panic", "memory", "spend"] {
        let mut host = idle(1);
        let warm_up = warm(&mut host, script, None);
        host.drain_until(|host| !runs(host, warm_up).is_empty());
        host.pool.seal(warm_up);
        for _ in 0..3 {
            host.assert_healthy();
        }
        assert_eq!(host.controls.starts.load(Ordering::SeqCst), 2, "{script}");
        assert_eq!(runs(&host, warm_up).len(), 1, "{script}");
    }
}

#[test]
fn it_does_not_count_for_what_wears_an_isolate() {
    let worn = PoolOptions {
        recycle_after_tasks: NonZeroU32::new(1),
        recycle_above: Some(1),
        ..options(1)
    };
    let mut host = Host::with(worn, Controls::default());
    let warm_up = warm(&mut host, "echo", None);
    finish(&mut host, warm_up, 1);
    assert_eq!(host.controls.starts.load(Ordering::SeqCst), 1);
    for _ in 0..3 {
        host.assert_healthy();
    }
    host.drain_until(|host| runs(host, warm_up).len() == 4);
    host.close();
}

#[test]
fn one_that_is_cancelled_stops_and_leaves_its_workers() {
    let mut host = idle(2);
    let warm_up = warm(&mut host, "block", None);
    host.controls.entered.wait();
    host.pool.cancel(warm_up);
    assert_eq!(host.finish(warm_up).end, Some(End::Cancelled));
    host.pool.forget_warm_up(warm_up, true);
    host.assert_healthy();
    host.close();
}

#[test]
fn a_pool_that_is_destroyed_stops_it() {
    let mut host = idle(2);
    let warm_up = warm(&mut host, "block", None);
    host.controls.entered.wait();
    host.pool.destroy();
    assert_eq!(host.finish(warm_up).end, Some(End::Closed));
    host.close();
}

#[test]
fn a_pool_that_is_closed_takes_none() {
    let mut host = idle(1);
    host.pool.close();
    let warm_up = warm(&mut host, "echo", None);
    assert_eq!(host.finish(warm_up).end, Some(End::Closed));
    host.close();
}

#[test]
fn a_worker_of_the_hosts_takes_no_call_while_it_runs_one() {
    let (mut host, mut hand) = Hand::alone(2);
    let call = host.submit("echo", &[9]);
    let waiting = hand.take();
    let warm_up = warm(&mut host, "echo", None);
    let next = host.submit("echo", &[10]);
    let warming = hand.take();
    assert_ne!(warming, waiting);
    assert_eq!(hand.worker.call(warming).unwrap().count, 2);
    // The call that it has goes on, and no other begins.
    assert!(hand.echo(waiting));
    assert_eq!(hand.step(), Step::Nothing);
    assert!(hand.echo(warming));
    let lane = hand.take();
    assert!(hand.echo(lane));
    for job in [call, next] {
        assert_eq!(host.finish(job).end, Some(End::Done));
    }
    finish(&mut host, warm_up, 1);
    hand.leave(host);
}

#[test]
fn a_worker_of_the_hosts_that_waits_elsewhere_is_called_for_it() {
    let (mut host, mut hand) = Hand::alone(1);
    assert_eq!(hand.step(), Step::Nothing);
    let warm_up = warm(&mut host, "echo", None);
    assert_eq!(hand.bell.rung(), 1);
    let lane = hand.take();
    assert!(hand.finish(lane, CallEnd::Failed("no".into())));
    let runs = finish(&mut host, warm_up, 1);
    assert_eq!(runs[0].2, End::Failed { error: "no".into() });
    hand.leave(host);
}

#[test]
fn of_a_worker_that_never_came_nobody_waits_for_it() {
    let mut host = Host::adopting(1, terms(1));
    let warm_up = warm(&mut host, "echo", None);
    host.pool.seal(warm_up);
    assert_eq!(host.finish(warm_up).end, Some(End::Done));
    let mut hand = Hand::adopt(&host, 0, 0).unwrap();
    let lane = hand.take();
    assert!(hand.echo(lane));
    host.drain_until(|host| runs(host, warm_up).len() == 1);
    hand.leave(host);
}
