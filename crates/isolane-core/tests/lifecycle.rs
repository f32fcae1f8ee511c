//! How pools end, and what they tell of themselves.

mod common;

use std::num::NonZeroU32;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use common::{Controls, Host, PATIENCE, chunks_of, options};
use isolane_core::{End, Event, JobSpec, PoolOptions, WorkerState, default_threads};

#[test]
fn closing_lets_what_is_inside_finish() {
    let mut host = Host::new(1);
    let running = host.submit("gate", b"x");
    host.controls.entered.wait();
    let queued: Vec<_> = (0..50).map(|_| host.submit("echo", b"abc")).collect();
    host.pool.close();
    let late = host.submit("echo", b"late");
    assert_eq!(host.finish(late).end, Some(End::Closed));
    host.controls.gate.open();
    for job in queued.into_iter().chain([running]) {
        assert_eq!(host.finish(job).end, Some(End::Done));
    }
    host.close();
}

#[test]
fn closing_waits_for_a_job_that_is_still_fed() {
    let mut host = Host::new(1);
    let spec = JobSpec {
        sealed: false,
        ..host.spec("echo", b"a")
    };
    let job = host.submit_spec(spec);
    host.pool.close();
    host.pool.append(job, common::raw(b"b"));
    host.pool.seal(job);
    assert_eq!(host.finish(job).merged(), b"ab");
    host.close();
}

#[test]
fn destroying_ends_everything_at_once() {
    let mut host = Host::new(2);
    let spec = JobSpec {
        chunk_size: chunks_of(1),
        ..host.spec("block", &[0; 100])
    };
    let mut jobs = vec![host.submit_spec(spec)];
    host.wait_for_state(WorkerState::Running, 2);
    jobs.extend((0..50).map(|_| host.submit("echo", b"abc")));
    let spec = JobSpec {
        sealed: false,
        ..host.spec("echo", b"")
    };
    jobs.push(host.submit_spec(spec));
    host.pool.destroy();
    jobs.push(host.submit("echo", b"late"));
    for job in jobs {
        assert_eq!(host.finish(job).end, Some(End::Closed));
    }
    host.close();
}

#[test]
fn ending_a_pool_twice_changes_nothing() {
    let host = Host::new(2);
    host.pool.close();
    host.pool.destroy();
    host.pool.close();
    let events = host.close();
    let stopped = events.iter().filter(|e| matches!(e, Event::Stopped));
    assert_eq!(stopped.count(), 1);
}

#[test]
fn dropping_the_last_handle_stops_the_threads_without_waiting() {
    let mut host = Host::new(2);
    let job = host.submit("block", b"x");
    host.controls.entered.wait();
    let controls = std::sync::Arc::clone(&host.controls);
    let second = host.pool.clone();
    drop(host);
    // The other handle still works.
    assert_eq!(second.stats().running, 1);
    second.cancel(job);
    drop(second);
    let since = Instant::now();
    while controls.drops.load(Ordering::SeqCst) < controls.starts.load(Ordering::SeqCst) {
        assert!(since.elapsed() < PATIENCE, "an isolate is left");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn pools_come_and_go() {
    for n in 0..200 {
        let mut host = Host::new(1 + n % 3);
        if n % 2 == 0 {
            host.submit("echo", b"abc");
        }
        if n % 5 == 0 {
            host.submit("block", b"x");
            host.pool.destroy();
        }
        host.close();
    }
}

#[test]
fn joining_a_pool_that_runs_returns_in_time() {
    let host = Host::new(1);
    assert!(!host.pool.join(Duration::from_millis(1)));
    host.close();
}

#[test]
fn a_worker_rests_before_it_sleeps() {
    let mut host = Host::new(1);
    host.assert_healthy();
    wait_for_rests(&host, 1);
    host.wait_for_state(WorkerState::Idle, 1);
    host.assert_healthy();
    host.close();
}

#[test]
fn a_worker_rests_once_though_nothing_has_run() {
    let mut host = Host::new(3);
    wait_for_rests(&host, 3);
    host.wait_for_state(WorkerState::Idle, 3);
    assert_eq!(host.controls.rests.load(Ordering::SeqCst), 3);
    host.assert_healthy();
    wait_for_rests(&host, 4);
    host.close();
}

#[test]
fn an_isolate_that_replaces_another_rests_too() {
    let mut host = Host::with(
        PoolOptions {
            recycle_after_tasks: NonZeroU32::new(1),
            ..options(1)
        },
        Controls::default(),
    );
    wait_for_rests(&host, 1);
    host.assert_healthy();
    wait_for_rests(&host, 2);
    assert_eq!(host.controls.starts.load(Ordering::SeqCst), 2);
    host.close();
}

fn wait_for_rests(host: &Host, count: u32) {
    let since = Instant::now();
    while host.controls.rests.load(Ordering::SeqCst) < count {
        assert!(since.elapsed() < PATIENCE, "it never rested");
        std::thread::sleep(Duration::from_micros(100));
    }
}

#[test]
fn status_shows_what_workers_do() {
    let mut host = Host::with(options(2), Controls::default());
    host.wait_for_state(WorkerState::Idle, 2);
    let gate = host.submit("gate", b"x");
    host.controls.entered.wait();
    let status = host.pool.status();
    let [busy, idle] = &status[..] else {
        panic!("{status:?}")
    };
    assert_eq!(busy.state, WorkerState::Running);
    assert_eq!(busy.function.as_deref(), Some("mock"));
    assert_eq!(busy.heap_used, 4096);
    assert_eq!((busy.slot, idle.slot), (0, 1));
    assert_ne!(busy.id, idle.id);
    host.pool.cancel(gate);
    host.wait_for_state(WorkerState::Draining, 1);
    host.controls.gate.open();
    host.finish(gate);
    host.run("echo", b"abcd");
    let items: u64 = host.pool.status().iter().map(|w| w.items_done).sum();
    assert!(items >= 4);
    host.close();
}

#[test]
fn stats_count_jobs_and_time_them() {
    let mut host = Host::new(2);
    for n in 0..20 {
        host.run(if n % 4 == 0 { "fail 0" } else { "spin 1000" }, b"x");
    }
    let stats = host.pool.stats();
    assert_eq!((stats.completed, stats.failed), (15, 5));
    assert_eq!((stats.queued, stats.running), (0, 0));
    assert_eq!((stats.run.count, stats.wait.count), (20, 20));
    // Each of the fifteen spun for a millisecond.
    assert!(stats.run.max >= 1.0 && stats.run.p50 >= 0.9, "{stats:?}");
    assert!(stats.run.min <= stats.run.p50 && stats.run.p99_9 <= stats.run.max * 1.001);
    assert!(stats.utilization > 0.0 && stats.utilization <= 1.0);
    host.pool.reset_stats();
    let stats = host.pool.stats();
    assert_eq!((stats.completed, stats.failed, stats.run.count), (0, 0, 0));
    host.close();
}

#[test]
fn figures_are_up_to_date_when_the_host_hears_of_a_job() {
    let mut host = Host::new(2);
    for n in 1..=500 {
        host.run("echo", b"x");
        let stats = host.pool.stats();
        assert_eq!((stats.completed, stats.running), (n, 0));
    }
    host.close();
}

#[test]
fn the_default_leaves_a_cpu_to_the_host() {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    assert_eq!(default_threads().get(), (cpus - 1).max(1));
}

#[test]
fn isolates_are_replaced_after_so_many_tasks_or_bytes() {
    for (options, chunks, starts) in [
        (
            PoolOptions {
                recycle_after_tasks: NonZeroU32::new(3),
                ..options(1)
            },
            7,
            3,
        ),
        (
            PoolOptions {
                recycle_above: Some(4095),
                ..options(1)
            },
            2,
            3,
        ),
        (
            PoolOptions {
                recycle_above: Some(4096),
                ..options(1)
            },
            5,
            1,
        ),
    ] {
        let mut host = Host::with(options, Controls::default());
        for _ in 0..chunks {
            assert_eq!(host.run("echo", b"x").end, Some(End::Done));
        }
        // One that is still starting when the pool closes never was there.
        host.wait_for_state(WorkerState::Idle, 1);
        let events = host.close();
        let destroyed = events.iter().filter(
            |event| matches!(event, Event::WorkerDestroyed { reason, .. } if reason.is_none()),
        );
        assert_eq!(destroyed.count(), starts);
    }
}
