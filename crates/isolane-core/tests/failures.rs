//! Functions that fail and workers that die.

mod common;

use std::sync::atomic::Ordering;
use std::time::Duration;

use common::{Controls, Host, PATIENCE, chunks_of, options};
use isolane_core::{End, Event, JobSpec, PoolOptions, WorkerState};

/// Lets all workers start first, so that each has its part in what follows.
fn host_of(threads: usize, controls: Controls) -> Host {
    let host = Host::with(options(threads), controls);
    host.wait_for_state(WorkerState::Idle, threads);
    host
}

fn destroyed(events: &[Event]) -> Vec<Option<String>> {
    let reasons = events.iter().filter_map(|event| match event {
        Event::WorkerDestroyed { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    reasons.collect()
}

#[test]
fn a_failing_item_ends_the_job_with_its_error() {
    let mut host = Host::new(2);
    let spec = JobSpec {
        chunk_size: chunks_of(10),
        ..host.spec("fail 37", &[0; 1_000])
    };
    let job = host.submit_spec(spec);
    let seen = host.finish(job);
    let error = "37".into();
    assert_eq!(seen.end, Some(End::Failed { error }));
    assert!(seen.chunks.iter().all(|chunk| chunk.0 != 30));
    host.assert_healthy();
    host.close();
}

#[test]
fn a_failure_interrupts_the_other_chunks_of_its_job() {
    let mut host = host_of(3, Controls::default());
    let spec = JobSpec {
        chunk_size: chunks_of(1),
        ..host.spec("fail-or-block 2", &[0; 1_000])
    };
    let job = host.submit_spec(spec);
    let error = "2".into();
    assert_eq!(host.finish(job).end, Some(End::Failed { error }));
    assert_eq!(host.controls.items.load(Ordering::SeqCst), 3);
    host.assert_healthy();
    host.close();
}

#[test]
fn one_job_failing_leaves_the_others_alone() {
    let mut host = Host::new(2);
    let scripts = ["echo", "fail 3", "panic", "lie", "memory", "spend"];
    let jobs: Vec<_> = (0..300)
        .map(|n| {
            let script = scripts[n % scripts.len()];
            (script, host.submit(script, &[n as u8; 5]))
        })
        .collect();
    for (script, job) in jobs {
        let end = host.finish(job).end.expect("ended");
        let fits = match script {
            "echo" | "spend" => end == End::Done,
            "fail 3" => matches!(&end, End::Failed { error } if error == "3"),
            "memory" => end == End::MemoryLimit,
            _ => matches!(end, End::WorkerLost { .. }),
        };
        assert!(fits, "{script} ended as {end:?}");
    }
    host.close();
}

#[test]
fn a_panic_in_a_call_is_reported_and_the_worker_replaced_in_its_slot() {
    let mut host = Host::new(1);
    let seen = host.run("panic", b"x");
    let Some(End::WorkerLost { reason, .. }) = seen.end else {
        panic!("{:?}", seen.end)
    };
    assert!(reason.contains("scripted"), "{reason}");
    host.assert_healthy();
    let status = &host.pool.status()[0];
    assert_eq!((status.slot, status.generation, status.id), (0, 1, 1));
    let events = host.close();
    assert_eq!(destroyed(&events), [Some(reason), None]);
}

#[test]
fn a_spent_isolate_is_dropped_and_another_started() {
    let mut host = Host::new(1);
    for n in 1..=5 {
        assert_eq!(host.run("memory", b"x").end, Some(End::MemoryLimit));
        assert_eq!(host.run("spend", b"x").end, Some(End::Done));
        host.assert_healthy();
        assert_eq!(host.controls.starts.load(Ordering::SeqCst), 1 + 2 * n);
        assert_eq!(host.controls.drops.load(Ordering::SeqCst), 2 * n);
    }
    host.close();
}

#[test]
fn a_worker_given_up_inside_a_call_is_reported_and_replaced() {
    let mut host = Host::with(options(2), Controls::default());
    assert_eq!(host.run("die", b"x").end, Some(End::MemoryLimit));
    let reason = "stranded".to_owned();
    assert_eq!(
        host.run("strand", b"x").end,
        Some(End::WorkerLost {
            reason,
            overran: None
        })
    );
    host.assert_healthy();
    host.wait_for_state(WorkerState::Idle, 2);
    host.pool.close();
    host.drain_until(|host| matches!(host.events.last(), Some(Event::Stopped)));
    assert!(!host.pool.join(PATIENCE), "two threads are parked for ever");
    let mut reasons = destroyed(&host.events);
    reasons.sort();
    let lost = ["out of memory", "stranded"].map(|reason| Some(reason.to_owned()));
    assert_eq!(reasons[..2], [None, None]);
    assert_eq!(reasons[2..], lost);
}

#[test]
fn lost_workers_are_replaced_only_so_often() {
    let options = PoolOptions {
        max_lost_workers: Some(2),
        ..options(1)
    };
    let mut host = Host::with(options, Controls::default());
    for _ in 0..3 {
        assert_eq!(host.run("die", b"x").end, Some(End::MemoryLimit));
    }
    // The last one keeps the slot; the threads of the others have not come back either.
    host.wait_for_state(WorkerState::Lost, 3);
    let seen = host.run("echo", b"x");
    assert!(
        matches!(&seen.end, Some(End::Unavailable { reason }) if reason.contains("maxLostWorkers: 2")),
        "{:?}",
        seen.end
    );
    host.pool.close();
    host.drain_until(|host| matches!(host.events.last(), Some(Event::Stopped)));
}

#[test]
fn a_call_that_ignores_its_interrupt_costs_its_worker_only() {
    let controls = Controls {
        grace: Some(Duration::from_millis(20)),
        ..Controls::default()
    };
    let mut host = host_of(1, controls);
    let stuck = host.submit("gate", b"x");
    host.controls.entered.wait();
    host.pool.cancel(stuck);
    assert_eq!(host.finish(stuck).end, Some(End::Cancelled));
    host.assert_healthy();
    assert_eq!(host.pool.status()[0].generation, 1);
    let reasons = destroyed(&host.events);
    assert!(
        matches!(&reasons[..], [Some(reason)] if reason.contains("did not stop within 20ms")),
        "{reasons:?}"
    );
    // The thread that was stuck comes back after all, and ends without a word.
    host.controls.gate.open();
    let events = host.close();
    assert_eq!(destroyed(&events).len(), 2);
}

#[test]
fn a_call_that_ignores_its_timeout_ends_with_the_loss_of_its_worker() {
    let limit = Duration::from_millis(5);
    for salvage in [false, true] {
        let controls = Controls {
            grace: Some(Duration::from_millis(20)),
            ..Controls::default()
        };
        let mut host = host_of(1, controls);
        let spec = JobSpec {
            timeout: Some(limit),
            salvage,
            ..host.spec("gate", b"x")
        };
        let stuck = host.submit_spec(spec);
        let end = host.finish(stuck).end;
        if salvage {
            assert_eq!(end, Some(End::TimedOut { limit, done: 0 }));
        } else {
            let reason = "the call did not stop within 20ms of being interrupted".to_owned();
            let overran = Some(limit);
            assert_eq!(end, Some(End::WorkerLost { reason, overran }));
        }
        host.assert_healthy();
        host.controls.gate.open();
        host.close();
    }
}

#[test]
fn destroying_a_pool_with_a_stuck_worker_ends_its_jobs_and_does_not_hang() {
    let controls = Controls {
        grace: Some(Duration::from_millis(20)),
        ..Controls::default()
    };
    let mut host = host_of(2, controls);
    let stuck = host.submit("gate", b"x");
    host.controls.entered.wait();
    host.pool.destroy();
    assert!(!host.pool.join(Duration::from_millis(1)));
    assert_eq!(host.finish(stuck).end, Some(End::Closed));
    host.drain_until(|host| matches!(host.events.last(), Some(Event::Stopped)));
    assert!(!host.pool.join(PATIENCE), "one thread is stuck");
    host.controls.gate.open();
}

#[test]
fn an_engine_that_starts_late_is_waited_for() {
    let controls = Controls::default();
    controls.failing_starts.store(2, Ordering::SeqCst);
    let mut host = Host::with(options(1), controls);
    host.assert_healthy();
    assert_eq!(host.controls.starts.load(Ordering::SeqCst), 3);
    host.close();
}

#[test]
fn without_any_isolate_jobs_end_as_unavailable() {
    for panics in [false, true] {
        let controls = Controls::default();
        controls.failing_starts.store(u32::MAX, Ordering::SeqCst);
        controls.start_panics.store(panics, Ordering::SeqCst);
        let mut host = Host::with(options(2), controls);
        let early = host.submit("echo", b"x");
        let Some(End::Unavailable { reason }) = host.finish(early).end else {
            panic!("{:?}", host.seen[&early])
        };
        assert!(reason.contains("no isolate"), "{reason}");
        let late = host.run("echo", b"x");
        assert_eq!(late.end, Some(End::Unavailable { reason }));
        // Three for each worker, and as many where one was tried again before the other had failed.
        let starts = host.controls.starts.load(Ordering::SeqCst);
        assert!(starts >= 6 && starts.is_multiple_of(3), "{starts}");
        host.close();
    }
}

#[test]
fn an_isolate_that_panics_at_rest_is_replaced() {
    let controls = Controls::default();
    controls.rest_panics.store(true, Ordering::SeqCst);
    let mut host = Host::with(options(1), controls);
    host.assert_healthy();
    host.drain_until(|host| !destroyed(&host.events).is_empty());
    host.assert_healthy();
    host.close();
}

#[test]
fn an_isolate_that_is_spent_at_rest_is_replaced_before_the_next_call() {
    let controls = Controls::default();
    controls.rest_spends.store(true, Ordering::SeqCst);
    let mut host = Host::with(options(1), controls);
    host.assert_healthy();
    host.drain_until(|host| !destroyed(&host.events).is_empty());
    assert!(matches!(&destroyed(&host.events)[..], [Some(_)]));
    host.assert_healthy();
    assert_eq!(host.pool.status()[0].generation, 1);
    host.close();
}
