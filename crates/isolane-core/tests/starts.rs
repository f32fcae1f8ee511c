//! Workers of the host's that do not come, that go before they have done anything, or that do not
//! come back.

mod common;

use std::time::Duration;

use common::{Hand, Host, terms};
use isolane_core::{Adoption, End, Event, JobSpec, LostReason, Step, WorkerState};

fn lost(reason: &str) -> LostReason {
    LostReason::Other(reason.to_owned())
}

/// The slots that have been asked for, in order.
fn wanted(host: &Host) -> Vec<(u32, u64)> {
    let slots = host.events.iter().filter_map(|event| match event {
        Event::WorkerWanted { slot, generation } => Some((*slot, *generation)),
        _ => None,
    });
    slots.collect()
}

/// Waits until `count` workers have been asked for.
fn wait_for_wanted(host: &mut Host, count: usize) {
    host.drain_until(|host| wanted(host).len() >= count);
}

fn has_stopped(host: &Host) -> bool {
    matches!(host.events.last(), Some(Event::Stopped))
}

fn created(events: &[Event]) -> Vec<u32> {
    let ids = events.iter().filter_map(|event| match event {
        Event::WorkerCreated { worker, .. } => Some(*worker),
        _ => None,
    });
    ids.collect()
}

fn destroyed(events: &[Event]) -> Vec<u32> {
    let ids = events.iter().filter_map(|event| match event {
        Event::WorkerDestroyed { worker, .. } => Some(*worker),
        _ => None,
    });
    ids.collect()
}

fn failed(events: &[Event]) -> usize {
    let failed = |event: &&Event| matches!(event, Event::WorkerFailed { .. });
    events.iter().filter(failed).count()
}

#[test]
fn workers_that_never_come_are_not_asked_for_without_end() {
    let mut host = Host::adopting(1, terms(1));
    let job = host.submit("any", &[1]);
    let mut generation = 0;
    while host.seen[&job].end.is_none() {
        let next = generation as usize + 1;
        host.drain_until(|host| wanted(host).len() == next || host.seen[&job].end.is_some());
        host.pool.give_up(0, generation, &lost("no such file"));
        generation += 1;
        host.drain();
        assert!(generation < 100, "asked for without end");
    }
    let reason = "workers do not start: no such file".to_owned();
    assert_eq!(host.finish(job).end, Some(End::Unavailable { reason }));
    let asked = wanted(&host).len();
    let events = host.close();
    assert_eq!(failed(&events), asked);
    assert_eq!((created(&events), destroyed(&events)), (vec![], vec![]));
}

#[test]
fn nor_are_workers_that_go_before_they_have_had_work() {
    let mut host = Host::adopting(1, terms(1));
    let mut generation = 0;
    let why = loop {
        wait_for_wanted(&mut host, generation as usize + 1);
        let mut hand = Hand::adopt(&host, 0, generation).expect("wanted");
        assert_eq!(hand.step(), Step::Nothing);
        host.pool.give_up(0, generation, &lost("no connection"));
        generation += 1;
        let job = host.submit("any", &[1]);
        if generation >= 6 {
            break host.finish(job).end;
        }
        host.pool.cancel(job);
    };
    let reason = "workers do not start: no connection".to_owned();
    assert_eq!(why, Some(End::Unavailable { reason }));
    let events = host.close();
    assert_eq!(created(&events), destroyed(&events));
    assert_eq!(created(&events).len(), 6);
}

#[test]
fn a_worker_that_has_had_work_clears_what_went_before() {
    let mut host = Host::adopting(1, terms(1));
    let mut generation = 0;
    for _ in 0..3 {
        for _ in 0..4 {
            wait_for_wanted(&mut host, generation as usize + 1);
            host.pool.give_up(0, generation, &lost("not yet"));
            generation += 1;
        }
        wait_for_wanted(&mut host, generation as usize + 1);
        let mut hand = Hand::adopt(&host, 0, generation).expect("wanted");
        let job = host.submit("any", &[1]);
        let lane = hand.take();
        assert!(hand.echo(lane));
        assert_eq!(host.finish(job).merged(), [1]);
        host.pool.give_up(0, generation, &lost("later"));
        generation += 1;
    }
    host.pool.destroy();
    host.close();
}

#[test]
fn while_one_is_tried_again_the_others_wait() {
    let mut host = Host::adopting(3, terms(1));
    host.drain();
    assert_eq!(wanted(&host), [(0, 0), (1, 0), (2, 0)]);
    for slot in 0..3 {
        host.pool.give_up(slot, 0, &lost("not yet"));
    }
    wait_for_wanted(&mut host, 4);
    assert_eq!(wanted(&host)[3..], [(0, 1)]);
    let mut hand = Hand::adopt(&host, 0, 1).expect("wanted");
    assert_eq!(hand.step(), Step::Nothing);
    host.drain();
    assert_eq!(wanted(&host).len(), 4, "it has had no work yet");
    let job = host.submit("any", &[1]);
    let lane = hand.take();
    wait_for_wanted(&mut host, 6);
    assert_eq!(wanted(&host)[4..], [(1, 1), (2, 1)]);
    assert!(hand.echo(lane));
    assert_eq!(host.finish(job).merged(), [1]);
    hand.leave(host);
}

#[test]
fn those_that_wait_go_with_the_one_that_is_given_up() {
    let mut host = Host::adopting(2, terms(1));
    let job = host.submit("any", &[1]);
    host.pool.give_up(1, 0, &lost("no such file"));
    host.pool.give_up(0, 0, &lost("no such file"));
    let mut generation = 1;
    while host.seen[&job].end.is_none() {
        let next = 2 + generation as usize;
        host.drain_until(|host| wanted(host).len() == next || host.seen[&job].end.is_some());
        host.pool.give_up(1, generation, &lost("no such file"));
        generation += 1;
        host.drain();
    }
    let end = host.finish(job).end;
    assert!(matches!(end, Some(End::Unavailable { .. })), "{end:?}");
    host.close();
}

#[test]
fn a_job_with_a_timeout_does_not_wait_forever_for_a_worker_that_never_comes() {
    let mut host = Host::adopting(1, terms(1));
    let limit = Duration::from_millis(1);
    let spec = JobSpec {
        timeout: Some(limit),
        ..host.spec("any", &[1])
    };
    let job = host.submit_spec(spec);
    let end = host.finish(job).end;
    let reason = "no worker has started yet".to_owned();
    assert_eq!(end, Some(End::NotStarted { limit, reason }));
    host.close();
}

#[test]
fn what_is_handed_to_a_worker_that_does_not_answer_goes_to_the_next() {
    let (mut host, mut hand) = Hand::alone(1);
    assert_eq!(hand.step(), Step::Nothing);
    let job = host.submit("any", &[1]);
    wait_for_wanted(&mut host, 2);
    let mut next = Hand::adopt(&host, 0, 1).expect("wanted");
    let lane = next.take();
    assert!(next.echo(lane));
    assert_eq!(host.finish(job).merged(), [1]);
    assert_eq!(hand.step(), Step::Leave);
    next.leave(host);
}

#[test]
fn what_is_handed_to_a_worker_that_another_call_keeps_goes_to_one_that_is_idle() {
    let mut host = Host::adopting(2, terms(2));
    let mut hands = [0, 1].map(|slot| Hand::adopt(&host, slot, 0).expect("wanted"));
    let jobs = [1, 2].map(|item| host.submit("any", &[item]));
    let lanes = [hands[0].take(), hands[1].take()];
    for hand in &mut hands {
        assert_eq!(hand.step(), Step::Nothing);
    }
    // Both wait for their calls, and the first is handed it.
    let handed = host.submit("any", &[3]);
    assert_eq!([hands[0].bell.rung(), hands[1].bell.rung()], [1, 0]);
    assert!(hands[1].echo(lanes[1]));
    assert_eq!(hands[1].step(), Step::Nothing);
    host.look_until(|_| hands[1].bell.rung() > 0);
    let lane = hands[1].take();
    assert!(hands[1].echo(lane));
    assert_eq!(host.finish(handed).merged(), [3]);
    // The first has lost nothing but that.
    assert_eq!(hands[0].step(), Step::Nothing);
    assert!(hands[0].echo(lanes[0]));
    for job in jobs {
        assert_eq!(host.finish(job).end, Some(End::Done));
    }
    host.pool.close();
    for hand in &mut hands {
        assert_eq!(hand.step(), Step::Leave);
    }
    host.close();
}

#[test]
fn what_is_queued_behind_a_worker_that_does_not_come_back_from_a_call_goes_to_the_next() {
    let (mut host, mut hand) = Hand::alone(1);
    let first = host.submit("any", &[1]);
    let lane = hand.take();
    assert!(hand.echo(lane));
    assert_eq!(host.finish(first).merged(), [1]);
    host.wait_for_state(WorkerState::Running, 1);
    let next = host.submit("any", &[2]);
    wait_for_wanted(&mut host, 2);
    let mut other = Hand::adopt(&host, 0, 1).expect("wanted");
    let lane = other.take();
    assert!(other.echo(lane));
    assert_eq!(host.finish(next).merged(), [2]);
    assert_eq!(hand.step(), Step::Leave);
    other.leave(host);
}

#[test]
fn a_pool_stops_though_a_worker_never_leaves() {
    let (mut host, mut hand) = Hand::alone(1);
    assert_eq!(hand.step(), Step::Nothing);
    host.pool.destroy();
    host.drain_until(has_stopped);
    assert_eq!(hand.step(), Step::Leave);
    let events = host.close();
    assert_eq!(created(&events), destroyed(&events));
}

#[test]
fn a_pool_stops_though_a_worker_that_was_handed_something_never_leaves() {
    let (mut host, mut hand) = Hand::alone(1);
    assert_eq!(hand.step(), Step::Nothing);
    let job = host.submit("any", &[1]);
    host.pool.destroy();
    host.drain_until(has_stopped);
    assert_eq!(host.finish(job).end, Some(End::Closed));
    assert_eq!(hand.step(), Step::Leave);
    host.close();
}

#[test]
fn a_pool_that_stops_tells_of_no_worker_that_was_never_there() {
    let host = Host::adopting(2, terms(1));
    let mut hand = Hand::adopt(&host, 1, 0).expect("wanted");
    host.pool.close();
    assert_eq!(hand.step(), Step::Leave);
    host.pool.give_up(0, 0, &lost("ended"));
    let events = host.close();
    assert_eq!(created(&events), destroyed(&events));
    assert_eq!((created(&events).len(), failed(&events)), (1, 0));
}

#[test]
fn a_worker_that_was_given_up_is_listed_until_its_thread_has_ended() {
    let grace_period = Duration::from_millis(5);
    let mut host = Host::adopting(
        1,
        Adoption {
            grace_period,
            ..terms(1)
        },
    );
    let mut hand = Hand::adopt(&host, 0, 0).expect("wanted");
    let stuck = host.submit("any", &[1]);
    hand.take();
    host.pool.cancel(stuck);
    assert_eq!(host.finish(stuck).end, Some(End::Cancelled));
    wait_for_wanted(&mut host, 2);
    let [next, away] = &host.pool.status()[..] else {
        panic!("{:?}", host.pool.status())
    };
    assert_eq!((next.id, next.state), (1, WorkerState::Starting));
    assert_eq!((away.id, away.state), (0, WorkerState::Lost));
    assert_eq!(away.function.as_deref(), Some("mock"));
    host.pool.give_up(0, 0, &lost("it has ended"));
    assert_eq!(host.count(WorkerState::Lost), 0);
    // One whose end the host tells of first was never away.
    host.pool.give_up(0, 1, &lost("it has ended"));
    assert_eq!(host.pool.status().len(), 1);
    host.close();
}
