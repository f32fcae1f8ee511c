//! Workers that the host brings: they come, take steps, wait elsewhere, are lost and go.

mod common;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use common::{Bell, Hand, Host, NOT_AT_ALL, PATIENCE, Raised, concat, options, raw, terms};
use isolane_core::{
    Adoption, CallEnd, Cut, End, Event, Interrupt, LostReason, PoolOptions, Reply, SlotTaken, Step,
    Waker, WorkerState,
};

/// The slots that have been asked for, in order.
fn wanted(host: &mut Host) -> Vec<(u32, u64)> {
    host.drain();
    let slots = host.events.iter().filter_map(|event| match event {
        Event::WorkerWanted { slot, generation } => Some((*slot, *generation)),
        _ => None,
    });
    slots.collect()
}

#[test]
fn each_slot_is_asked_for_and_taken_once() {
    let mut host = Host::adopting(2, terms(1));
    assert_eq!(wanted(&mut host), [(0, 0), (1, 0)]);
    assert_eq!(host.count(WorkerState::Starting), 2);
    let mut hand = Hand::adopt(&host, 1, 0).expect("wanted");
    assert_eq!(host.pool.status()[1].heap_used, 7);
    for (slot, generation) in [(1, 0), (0, 1), (2, 0)] {
        assert_eq!(Hand::adopt(&host, slot, generation).err(), Some(SlotTaken));
    }
    assert_eq!(hand.step(), Step::Nothing);
    let job = host.submit("any", &[1]);
    assert_eq!(hand.bell.rung(), 1);
    let lane = hand.take();
    assert!(hand.echo(lane));
    assert_eq!(hand.step(), Step::Nothing);
    assert_eq!(host.finish(job).merged(), [1]);
    hand.leave(host);
}

#[test]
fn a_worker_may_have_a_call_in_each_lane() {
    let (mut host, mut hand) = Hand::alone(2);
    let jobs: Vec<_> = (0..3).map(|n| host.submit("any", &[n])).collect();
    assert_eq!((hand.take(), hand.take()), (0, 1));
    assert_eq!(hand.step(), Step::Nothing, "no lane is free");
    assert!(hand.echo(1));
    assert_eq!(hand.take(), 1, "the lane that is free again");
    assert_eq!(host.finish(jobs[1]).merged(), [1]);
    assert!(hand.echo(0) && hand.echo(1));
    assert_eq!(host.finish(jobs[0]).merged(), [0]);
    assert_eq!(host.finish(jobs[2]).merged(), [2]);
    hand.leave(host);
}

#[test]
fn a_worker_that_is_absent_for_long_is_handed_nothing_before_it_comes_back() {
    let mut host = Host::adopting(2, terms(1));
    let mut absent = Hand::adopt(&host, 0, 0).expect("wanted");
    let first = host.submit("any", &[1]);
    let lane = absent.take();
    let mut idle = Hand::adopt(&host, 1, 0).expect("wanted");
    assert_eq!(idle.step(), Step::Nothing);
    assert!(absent.echo(lane));
    assert_eq!(host.finish(first).merged(), [1]);
    host.wait_for_state(WorkerState::Running, 1);
    let second = host.submit("any", &[2]);
    let third = host.submit("any", &[3]);
    assert_eq!((absent.bell.rung(), idle.bell.rung()), (0, 1));
    let lane = idle.take();
    assert!(idle.echo(lane));
    assert_eq!(host.finish(second).merged(), [2]);
    let lane = absent.take();
    assert!(absent.echo(lane));
    assert_eq!(host.finish(third).merged(), [3]);
    host.pool.close();
    assert_eq!((absent.step(), idle.step()), (Step::Leave, Step::Leave));
    host.close();
}

#[test]
fn a_worker_that_has_reported_its_call_takes_one_that_may_not_wait() {
    let options = PoolOptions {
        max_queue: Some(0),
        ..options(1)
    };
    let mut host = Host::adopting_with(options, terms(2));
    let mut hand = Hand::adopt(&host, 0, 0).expect("wanted");
    let mut job = host.submit("any", &[0]);
    for item in 1..4 {
        let lane = hand.take();
        assert!(hand.echo(lane));
        assert_eq!(host.finish(job).merged(), [item - 1]);
        job = host.submit("any", &[item]);
        let refused = host.submit("any", &[9]);
        assert_eq!(host.finish(refused).end, Some(End::QueueFull { limit: 0 }));
    }
    let lane = hand.take();
    assert!(hand.echo(lane));
    assert_eq!(host.finish(job).merged(), [3]);
    assert_eq!(hand.bell.rung(), 0, "it comes by itself");
    hand.leave(host);
}

#[test]
fn a_worker_whose_calls_wait_is_woken_for_more_but_only_when_no_other_is_idle() {
    let mut host = Host::adopting(2, terms(2));
    let mut waiting = Hand::adopt(&host, 0, 0).expect("wanted");
    let first = host.submit("any", &[1]);
    let lane = waiting.take();
    assert_eq!(waiting.step(), Step::Nothing);
    assert_eq!(host.pool.status()[0].state, WorkerState::Running);
    let mut idle = Hand::adopt(&host, 1, 0).expect("wanted");
    assert_eq!(idle.step(), Step::Nothing);
    let second = host.submit("any", &[2]);
    assert_eq!((waiting.bell.rung(), idle.bell.rung()), (0, 1));
    let third = host.submit("any", &[3]);
    assert_eq!((waiting.bell.rung(), idle.bell.rung()), (1, 1));
    let other = waiting.take();
    assert!(waiting.echo(other) && waiting.echo(lane));
    let lane = idle.take();
    assert!(idle.echo(lane));
    for (job, item) in [(first, 1), (second, 2), (third, 3)] {
        assert_eq!(host.finish(job).merged(), [item]);
    }
    host.pool.close();
    assert_eq!((waiting.step(), idle.step()), (Step::Leave, Step::Leave));
    host.close();
}

#[test]
fn a_worker_that_waits_on_its_thread_is_woken_there() {
    let (mut host, mut hand) = Hand::alone(1);
    let thread = thread::spawn(move || {
        loop {
            match hand.worker.next(PATIENCE) {
                Step::Run { lane } => assert!(hand.echo(lane)),
                Step::Rest => {}
                step => return (step, hand.bell.rung()),
            }
        }
    });
    for n in 0..20 {
        assert_eq!(host.run("any", &[n]).merged(), [n]);
        if n % 5 == 0 {
            host.wait_for_state(WorkerState::Idle, 1);
        }
    }
    host.pool.close();
    assert_eq!(thread.join().expect("no panic"), (Step::Leave, 0));
    host.close();
}

#[test]
fn patience_ends() {
    let (host, mut hand) = Hand::alone(1);
    while hand.worker.next(Duration::from_millis(1)) == Step::Rest {}
    assert_eq!(hand.worker.next(Duration::from_millis(1)), Step::Nothing);
    host.pool.close();
    assert_eq!(hand.bell.rung(), 1);
    assert_eq!(hand.step(), Step::Leave);
    host.close();
}

#[test]
fn what_a_lost_worker_had_is_reported_and_another_is_asked_for() {
    let (mut host, mut lost) = Hand::alone(2);
    let running = [host.submit("any", &[1]), host.submit("any", &[2])];
    lost.take();
    lost.take();
    let queued = host.submit("any", &[3]);
    let reason = "it fell off".to_owned();
    host.pool.give_up(0, 0, &LostReason::Other(reason.clone()));
    for job in running {
        let end = host.finish(job).end;
        assert_eq!(
            end,
            Some(End::WorkerLost {
                reason: reason.clone(),
                overran: None
            })
        );
    }
    assert!(!lost.echo(0), "it has been given up");
    assert_eq!(lost.step(), Step::Leave);
    assert_eq!(wanted(&mut host), [(0, 0), (0, 1)]);
    assert!(host.events.iter().any(|event| matches!(
        event,
        Event::WorkerUnwanted {
            slot: 0,
            generation: 0
        }
    )));
    let mut next = Hand::adopt(&host, 0, 1).expect("wanted");
    let lane = next.take();
    assert!(next.echo(lane));
    assert_eq!(next.step(), Step::Nothing);
    assert_eq!(host.finish(queued).merged(), [3]);
    // A second word about the same worker does nothing.
    host.pool.give_up(0, 0, &LostReason::Memory);
    next.leave(host);
}

#[test]
fn a_worker_out_of_memory_ends_its_calls_as_that() {
    let (mut host, mut hand) = Hand::alone(1);
    let job = host.submit("any", &[1]);
    hand.take();
    host.pool.give_up(0, 0, &LostReason::Memory);
    assert_eq!(host.finish(job).end, Some(End::MemoryLimit));
    host.pool.destroy();
    host.close();
}

#[test]
fn what_was_handed_to_a_worker_that_is_lost_goes_to_the_next() {
    let (mut host, mut hand) = Hand::alone(1);
    assert_eq!(hand.step(), Step::Nothing);
    let job = host.submit("any", &[1]);
    host.pool
        .give_up(0, 0, &LostReason::Other("gone".to_owned()));
    let mut next = Hand::adopt(&host, 0, 1).expect("wanted");
    let lane = next.take();
    assert!(next.echo(lane));
    assert_eq!(host.finish(job).merged(), [1]);
    next.leave(host);
}

#[test]
fn an_interrupt_reaches_the_lane_it_is_meant_for() {
    let (mut host, mut hand) = Hand::alone(2);
    let [stays, goes] = [host.submit("any", &[1]), host.submit("any", &[2])];
    let lanes = (hand.take(), hand.take());
    host.pool.cancel(goes);
    assert_eq!(
        (hand.is_interrupted(lanes.0), hand.is_interrupted(lanes.1)),
        (false, true)
    );
    assert!(hand.finish(lanes.1, CallEnd::Interrupted));
    assert!(!hand.is_interrupted(lanes.1), "cleared when it finished");
    assert_eq!(host.finish(goes).end, Some(End::Cancelled));
    assert!(hand.echo(lanes.0));
    assert_eq!(host.finish(stays).merged(), [1]);
    hand.leave(host);
}

#[test]
fn a_worker_that_does_not_come_back_is_given_up_with_all_it_has() {
    let grace_period = Duration::from_millis(5);
    let mut host = Host::adopting(
        1,
        Adoption {
            grace_period,
            ..terms(2)
        },
    );
    let mut hand = Hand::adopt(&host, 0, 0).expect("wanted");
    let [stuck, other] = [host.submit("any", &[1]), host.submit("any", &[2])];
    hand.take();
    hand.take();
    host.pool.cancel(stuck);
    assert_eq!(host.finish(stuck).end, Some(End::Cancelled));
    assert!(matches!(
        host.finish(other).end,
        Some(End::WorkerLost { .. })
    ));
    assert_eq!(hand.step(), Step::Leave);
    assert_eq!(wanted(&mut host), [(0, 0), (0, 1)]);
    host.close();
}

#[test]
fn a_pool_that_stops_does_without_workers_that_have_not_come() {
    let mut host = Host::adopting(3, terms(1));
    let mut hand = Hand::adopt(&host, 1, 0).expect("wanted");
    host.pool.close();
    assert_eq!(hand.step(), Step::Leave);
    assert_eq!(Hand::adopt(&host, 0, 0).err(), Some(SlotTaken));
    assert_eq!(wanted(&mut host).len(), 3);
    host.close();
}

#[test]
fn a_pool_stops_also_when_its_last_worker_is_lost_meanwhile() {
    let (mut host, mut hand) = Hand::alone(1);
    assert_eq!(hand.step(), Step::Nothing);
    host.pool.close();
    host.pool
        .give_up(0, 0, &LostReason::Other("gone".to_owned()));
    assert_eq!(wanted(&mut host).len(), 1);
    host.close();
}

#[test]
fn what_a_call_logs_is_told_at_once_and_after_it() {
    let (mut host, mut hand) = Hand::alone(1);
    hand.worker.log(0, Bytes::from_static(b"nobody's"));
    let job = host.submit("any", &[1]);
    let lane = hand.take();
    hand.worker.log(lane, Bytes::from_static(b"early"));
    host.drain();
    let logs = |host: &Host| -> Vec<Bytes> {
        let logged = host.events.iter().filter_map(|event| match event {
            Event::Log { records, .. } => Some(records.clone()),
            _ => None,
        });
        logged.collect()
    };
    assert_eq!(logs(&host), [&b"early"[..]]);
    assert!(hand.echo(lane));
    host.finish(job);
    hand.worker.log(lane, Bytes::from_static(b"late"));
    host.drain();
    assert_eq!(logs(&host), [&b"early"[..], b"late"]);
    hand.leave(host);
}

#[test]
fn many_threads_take_and_leave_the_slots_of_a_busy_pool() {
    let mut host = Host::adopting(2, terms(3));
    let handle = host.pool.adopt_handle();
    let run = move |slot: u32, generation: u64| {
        let handle = handle.clone();
        thread::spawn(move || {
            let bell = Arc::new(Bell::default());
            let waker = Arc::clone(&bell) as Arc<dyn Waker>;
            let raised = Arc::new(Raised::default());
            let Ok(mut worker) = handle.adopt(slot, generation, 0, waker, |_| {
                Arc::clone(&raised) as Arc<dyn Interrupt>
            }) else {
                return;
            };
            let mut running = Vec::new();
            loop {
                let rung = bell.rung();
                match worker.next(NOT_AT_ALL) {
                    Step::Run { lane } => running.push(lane),
                    Step::Rest => {}
                    Step::Leave => return,
                    Step::Nothing => {
                        if let Some(lane) = running.pop() {
                            let output = concat(worker.call(lane).expect("it is running").parts);
                            let end = CallEnd::Done(output.into());
                            let logs = Bytes::new();
                            if !worker.finish(
                                lane,
                                Reply {
                                    end,
                                    logs,
                                    cut: Cut::default(),
                                },
                                Bytes::new(),
                                true,
                            ) {
                                return;
                            }
                        } else {
                            while bell.rung() == rung {
                                thread::yield_now();
                            }
                        }
                    }
                }
            }
        })
    };
    let mut threads = vec![run(0, 0), run(1, 0)];
    let mut generation = 0;
    for round in 0..200u8 {
        let mut spec = host.spec("any", &[]);
        spec.parts = (0..20).map(|n| raw(&[n])).collect();
        let job = host.submit_spec(spec);
        if round % 20 == 19 {
            host.pool
                .give_up(0, generation, &LostReason::Other("drill".to_owned()));
            generation += 1;
            threads.push(run(0, generation));
        }
        match host.finish(job).end {
            Some(End::Done) => {
                assert_eq!(host.seen[&job].merged(), (0..20).collect::<Vec<u8>>());
            }
            end => assert!(matches!(end, Some(End::WorkerLost { .. })), "{end:?}"),
        }
    }
    host.pool.close();
    for thread in threads {
        thread.join().expect("no panic");
    }
    host.close();
}
