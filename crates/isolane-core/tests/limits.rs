//! Deadlines, cancellation and the bound on the queue.

mod common;

use std::time::Duration;

use common::{Controls, Host, PATIENCE, chunks_of, options};
use isolane_core::{End, Event, JobSpec, PoolOptions, WorkerState};

const SHORT: Duration = Duration::from_millis(5);

fn bounded(threads: usize, max_queue: usize) -> Host {
    let options = PoolOptions {
        max_queue: Some(max_queue),
        ..options(threads)
    };
    Host::with(options, Controls::default())
}

#[test]
fn a_call_that_runs_for_ever_ends_at_its_timeout_and_leaves_the_worker_usable() {
    let mut host = Host::new(1);
    let spec = JobSpec {
        timeout: Some(SHORT),
        ..host.spec("block", b"x")
    };
    let job = host.submit_spec(spec);
    let limit = SHORT;
    assert_eq!(host.finish(job).end, Some(End::TimedOut { limit, done: 0 }));
    host.assert_healthy();
    assert_eq!(
        host.controls
            .starts
            .load(std::sync::atomic::Ordering::SeqCst),
        1
    );
    host.close();
}

#[test]
fn a_timeout_salvages_what_interrupted_chunks_had_finished_if_the_job_wants_it() {
    let mut host = Host::new(1);
    let salvaged = |host: &mut Host, salvage, timeout| {
        let spec = JobSpec {
            timeout,
            salvage,
            chunk_size: chunks_of(3),
            ..host.spec("block", b"xyz")
        };
        let job = host.submit_spec(spec);
        if timeout.is_none() {
            host.controls.entered.wait();
            host.pool.cancel(job);
        }
        host.finish(job);
        let mut events = host.events.iter().filter_map(|event| match event {
            Event::Salvaged {
                job: of,
                first: 0,
                count: 3,
                output,
            } if *of == job => Some(output.clone()),
            _ => None,
        });
        let output = events.next();
        assert_eq!(events.next(), None);
        output
    };
    assert_eq!(
        salvaged(&mut host, true, Some(SHORT)).as_deref(),
        Some(b"salvaged".as_slice())
    );
    assert_eq!(salvaged(&mut host, false, Some(SHORT)), None, "not wanted");
    assert_eq!(salvaged(&mut host, true, None), None, "cancelled");
    assert_eq!(
        host.controls
            .salvages
            .load(std::sync::atomic::Ordering::SeqCst),
        1
    );
    host.assert_healthy();
    host.close();
}

#[test]
fn each_of_many_jobs_that_take_as_long_as_they_may_has_its_own_end() {
    let mut host = Host::new(2);
    let limit = Duration::from_micros(50);
    let jobs: Vec<_> = (0..10_000_u32)
        .map(|n| {
            let spec = JobSpec {
                timeout: Some(limit),
                chunk_size: chunks_of(4),
                ..host.spec("spin 50", &n.to_le_bytes())
            };
            (n, host.submit_spec(spec))
        })
        .collect();
    for (n, job) in jobs {
        let seen = host.finish(job);
        match seen.end {
            Some(End::Done) => assert_eq!(seen.merged(), n.to_le_bytes()),
            end => assert_eq!(end, Some(End::TimedOut { limit, done: 0 }), "job {n}"),
        }
    }
    host.assert_healthy();
    assert_eq!(
        host.controls
            .starts
            .load(std::sync::atomic::Ordering::SeqCst),
        2
    );
    host.close();
}

#[test]
fn results_that_are_too_large_end_their_job_alone() {
    let options = PoolOptions {
        max_result: Some(8),
        ..options(1)
    };
    let mut host = Host::with(options, Controls::default());
    assert_eq!(host.run("echo", &[1; 8]).merged(), [1; 8]);
    let spec = JobSpec {
        chunk_size: chunks_of(3),
        ..host.spec("echo", &[1; 9])
    };
    let job = host.submit_spec(spec);
    let seen = host.finish(job);
    assert_eq!(seen.end, Some(End::ResultTooLarge { limit: 8 }));
    assert_eq!(seen.items(), 6);
    assert_eq!(host.pool.stats().cut.results, 1);
    host.assert_healthy();
    host.close();
}

#[test]
fn a_timeout_of_nothing_still_ends_the_job() {
    let mut host = Host::new(1);
    let spec = JobSpec {
        timeout: Some(Duration::ZERO),
        ..host.spec("block", b"x")
    };
    let job = host.submit_spec(spec);
    assert!(matches!(
        host.finish(job).end,
        Some(End::TimedOut { done: 0, .. })
    ));
    host.assert_healthy();
    host.close();
}

#[test]
fn a_timeout_counts_what_was_delivered_before() {
    let mut host = Host::new(1);
    // Far more work than fits into the limit, in chunks far shorter than it.
    let spec = JobSpec {
        timeout: Some(Duration::from_millis(50)),
        chunk_size: chunks_of(1),
        ..host.spec("spin 10000", &[7; 1_000])
    };
    let job = host.submit_spec(spec);
    let seen = host.finish(job);
    let Some(End::TimedOut { done, .. }) = seen.end else {
        panic!("{:?}", seen.end)
    };
    assert_eq!(done, seen.items());
    assert!(done < 1_000);
    host.close();
}

#[test]
fn time_in_the_queue_does_not_count_towards_the_timeout() {
    let mut host = Host::new(1);
    let gate = host.submit("gate", b"x");
    host.controls.entered.wait();
    let spec = JobSpec {
        timeout: Some(PATIENCE),
        ..host.spec("echo", b"y")
    };
    let timed = host.submit_spec(spec);
    let spec = JobSpec {
        queue_timeout: Some(SHORT),
        ..host.spec("echo", b"z")
    };
    let late = host.submit_spec(spec);
    assert_eq!(
        host.finish(late).end,
        Some(End::QueueTimedOut { limit: SHORT })
    );
    assert_eq!(host.seen[&timed].end, None);
    host.controls.gate.open();
    assert_eq!(host.finish(timed).end, Some(End::Done));
    assert_eq!(host.finish(gate).end, Some(End::Done));
    host.close();
}

#[test]
fn limits_that_are_not_met_leave_no_trace() {
    let mut host = Host::new(2);
    let jobs: Vec<_> = (0..500)
        .map(|_| {
            let spec = JobSpec {
                timeout: Some(PATIENCE),
                queue_timeout: Some(Duration::MAX),
                ..host.spec("echo", b"xyz")
            };
            host.submit_spec(spec)
        })
        .collect();
    for job in jobs {
        assert_eq!(host.finish(job).end, Some(End::Done));
    }
    host.close();
}

#[test]
fn a_job_as_long_as_its_deadline_gets_its_own_result_or_its_own_timeout() {
    const JOBS: usize = 3_000;
    let mut host = Host::new(2);
    let limit = Duration::from_micros(60);
    let jobs: Vec<_> = (0..JOBS)
        .map(|n| {
            let spec = JobSpec {
                timeout: Some(limit),
                ..host.spec("spin 60", &[n as u8])
            };
            (n, host.submit_spec(spec))
        })
        .collect();
    let mut timed_out = 0;
    for (n, job) in jobs {
        let seen = host.finish(job);
        match seen.end {
            Some(End::Done) => assert_eq!(seen.merged(), [n as u8]),
            Some(End::TimedOut { done: 0, .. }) => timed_out += 1,
            // Would be a timer that hit another job than its own.
            end => panic!("job {n} ended as {end:?} after {timed_out} timeouts"),
        }
    }
    let stats = host.pool.stats();
    assert_eq!(stats.completed + stats.failed, JOBS as u64);
    assert_eq!(stats.failed, timed_out);
    host.assert_healthy();
    host.close();
}

#[test]
fn a_cancelled_job_stops_wherever_it_is() {
    let mut host = Host::new(1);
    let running = host.submit("block", b"x");
    host.controls.entered.wait();
    let queued = host.submit("block", b"y");
    host.pool.cancel(queued);
    assert_eq!(host.finish(queued).end, Some(End::Cancelled));
    assert_eq!(host.seen[&running].end, None);
    host.pool.cancel(running);
    assert_eq!(host.finish(running).end, Some(End::Cancelled));
    host.pool.cancel(running);
    host.assert_healthy();
    host.close();
}

#[test]
fn a_cancelled_job_is_stopped_on_every_worker_before_it_ends() {
    let mut host = Host::new(3);
    let spec = JobSpec {
        chunk_size: chunks_of(1),
        ..host.spec("block", &[0; 100])
    };
    let job = host.submit_spec(spec);
    host.wait_for_state(WorkerState::Running, 3);
    host.pool.cancel(job);
    assert_eq!(host.finish(job).end, Some(End::Cancelled));
    // The slots are free before the host hears of it.
    assert!(host.pool.status().iter().all(|w| w.function.is_none()));
    assert_eq!(host.count(WorkerState::Running), 0);
    assert_eq!(
        host.controls
            .items
            .load(std::sync::atomic::Ordering::SeqCst),
        3
    );
    host.assert_healthy();
    host.close();
}

#[test]
fn a_job_that_waits_for_items_can_be_cancelled_and_times_out() {
    let mut host = Host::new(1);
    let spec = JobSpec {
        sealed: false,
        ..host.spec("echo", b"")
    };
    let cancelled = host.submit_spec(spec);
    let spec = JobSpec {
        sealed: false,
        timeout: Some(SHORT),
        ..host.spec("echo", b"ab")
    };
    let timed = host.submit_spec(spec);
    host.pool.cancel(cancelled);
    assert_eq!(host.finish(cancelled).end, Some(End::Cancelled));
    let limit = SHORT;
    assert_eq!(
        host.finish(timed).end,
        Some(End::TimedOut { limit, done: 2 })
    );
    host.close();
}

#[test]
fn the_queue_takes_as_many_jobs_as_it_may() {
    let mut host = bounded(1, 2);
    let gate = host.submit("gate", b"x");
    host.controls.entered.wait();
    let waiting = [host.submit("echo", b"a"), host.submit("echo", b"b")];
    assert_eq!(host.pool.stats().queued, 2);
    let refused = host.submit("echo", b"c");
    assert_eq!(host.finish(refused).end, Some(End::QueueFull { limit: 2 }));
    // Whoever leaves the queue makes room.
    host.pool.cancel(waiting[0]);
    let accepted = host.submit("echo", b"d");
    host.controls.gate.open();
    for job in [gate, waiting[1], accepted] {
        assert_eq!(host.finish(job).end, Some(End::Done));
    }
    assert_eq!(host.pool.stats().queued, 0);
    host.close();
}

#[test]
fn a_pool_without_a_queue_takes_what_it_can_start_at_once() {
    let mut host = bounded(1, 0);
    // Also before its isolate has started, and each time it has just become free.
    for n in 0..1_000u32 {
        let job = host.submit("echo", &n.to_le_bytes()[..1]);
        assert_eq!(host.finish(job).end, Some(End::Done), "job {n}");
    }
    let gate = host.submit("gate", b"x");
    host.controls.entered.wait();
    let refused = host.submit("echo", b"y");
    assert_eq!(host.finish(refused).end, Some(End::QueueFull { limit: 0 }));
    host.controls.gate.open();
    assert_eq!(host.finish(gate).end, Some(End::Done));
    host.close();
}

#[test]
fn what_continues_a_call_is_not_turned_away_and_its_timeout_counts_from_the_submission() {
    let mut host = bounded(1, 0);
    let gate = host.submit("gate", b"x");
    host.controls.entered.wait();
    let continued = JobSpec {
        timeout: Some(SHORT),
        continues: true,
        ..host.spec("echo", b"y")
    };
    let late = host.submit_spec(continued);
    let end = Some(End::TimedOut {
        limit: SHORT,
        done: 0,
    });
    assert_eq!(
        host.finish(late).end,
        end,
        "it ends though nothing of it ran"
    );
    let patient = JobSpec {
        timeout: Some(PATIENCE),
        queue_timeout: Some(Duration::ZERO),
        continues: true,
        ..host.spec("echo", b"z")
    };
    let patient = host.submit_spec(patient);
    host.controls.gate.open();
    assert_eq!(host.finish(patient).merged(), b"z");
    host.finish(gate);
    host.close();
}

#[test]
fn a_chunk_says_how_long_its_job_has_run() {
    let mut host = Host::new(1);
    let job = host.submit("spin 20000", b"x");
    host.finish(job);
    let ran = host.events.iter().find_map(|event| match event {
        Event::Chunk { ran, .. } => Some(*ran),
        _ => None,
    });
    assert!(ran.is_some_and(|ran| ran >= Duration::from_millis(20)));
    host.close();
}
