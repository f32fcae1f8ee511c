//! Panics of the host's code on a worker's thread, wherever the worker is.

mod common;

use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use common::{Controls, Host, on_worker, options};
use isolane_core::{End, Event, JobId, JobSpec, Loan, PoolOptions, TakenBack, Target, WorkerState};

/// As [`Host::close`], for a host that is not always told.
fn close(mut host: Host) -> Vec<Event> {
    host.pool.close();
    host.look_until(|host| matches!(host.events.last(), Some(Event::Stopped)));
    host.close()
}

fn finish(host: &mut Host, job: JobId) -> Option<End> {
    host.look_until(|host| host.seen[&job].end.is_some());
    host.seen[&job].end.clone()
}

fn count(events: &[Event], which: impl Fn(&Event) -> bool) -> usize {
    events.iter().filter(|event| which(event)).count()
}

fn is_created(event: &Event) -> bool {
    matches!(event, Event::WorkerCreated { .. })
}

fn is_destroyed(event: &Event) -> bool {
    matches!(event, Event::WorkerDestroyed { .. })
}

/// Has the next notify panic that is called on a worker's thread. It is called for the next event,
/// since the host has heard of all before.
fn arm(host: &mut Host) {
    host.controls.notify_panics.store(1, Ordering::SeqCst);
    host.drain();
}

fn has_panicked(host: &Host) -> bool {
    host.controls.notify_panics.load(Ordering::SeqCst) == 0
}

/// A pool of one worker, which is idle.
fn idle_host() -> Host {
    let host = Host::new(1);
    host.wait_for_state(WorkerState::Idle, 1);
    host
}

#[test]
fn a_notify_that_panics_in_a_worker_that_starts_does_no_harm() {
    let controls = Controls::default();
    controls.notify_panics.store(1, Ordering::SeqCst);
    let mut host = Host::with(options(1), controls);
    host.look_until(has_panicked);
    host.look_until(|host| host.events.iter().any(is_created));
    host.assert_healthy();
    assert_eq!(host.pool.status()[0].generation, 0);
    let events = host.close();
    assert_eq!(count(&events, is_destroyed), 1);
}

#[test]
fn a_notify_that_panics_in_an_idle_worker_does_no_harm() {
    let mut host = idle_host();
    arm(&mut host);
    // Reported once the worker is idle.
    let job = host.submit("echo", b"x");
    assert_eq!(finish(&mut host, job), Some(End::Done));
    host.look_until(has_panicked);
    host.assert_healthy();
    assert_eq!(host.pool.status()[0].generation, 0);
    let events = host.close();
    assert_eq!(count(&events, is_destroyed), 1);
}

#[test]
fn a_notify_that_panics_in_a_worker_that_has_its_next_chunk_does_no_harm() {
    let mut host = idle_host();
    arm(&mut host);
    let first = host.submit("gate", b"x");
    host.controls.entered.wait();
    let second = host.submit("echo", b"y");
    host.controls.gate.open();
    assert_eq!(finish(&mut host, first), Some(End::Done));
    assert_eq!(finish(&mut host, second), Some(End::Done));
    host.look_until(has_panicked);
    host.assert_healthy();
    close(host);
}

#[test]
fn a_notify_that_panics_in_a_worker_that_rests_does_no_harm() {
    let controls = Controls::default();
    controls.rest_spends.store(true, Ordering::SeqCst);
    controls.rest_waits.store(true, Ordering::SeqCst);
    let mut host = Host::with(options(1), controls);
    host.controls.entered.wait();
    arm(&mut host);
    host.controls.gate.open();
    // It tells that the isolate which was spent at rest is gone.
    host.look_until(has_panicked);
    host.look_until(|host| host.events.iter().any(is_destroyed));
    host.wait_for_state(WorkerState::Idle, 1);
    assert_eq!(host.pool.status()[0].generation, 1);
    host.drain();
    host.assert_healthy();
    close(host);
}

#[test]
fn a_notify_that_panics_in_a_worker_that_ends_does_no_harm() {
    let mut host = idle_host();
    arm(&mut host);
    let events = close(host);
    assert_eq!(count(&events, is_destroyed), 1);
}

#[test]
fn a_notify_that_always_panics_loses_no_event() {
    let controls = Controls::default();
    controls.notify_panics.store(u32::MAX, Ordering::SeqCst);
    let mut host = Host::with(options(3), controls);
    let scripts = ["echo", "spend", "memory", "panic", "log"];
    let jobs: Vec<_> = (0..100)
        .map(|n| host.submit(scripts[n % scripts.len()], &[n as u8; 5]))
        .collect();
    for job in jobs {
        finish(&mut host, job);
    }
    host.wait_for_state(WorkerState::Idle, 3);
    let events = close(host);
    assert_eq!(count(&events, is_created), count(&events, is_destroyed));
}

/// Memory of the host's that panics when a worker lets it go.
struct Fragile;

impl Loan for Fragile {
    fn read(&self, _: Range<usize>, _: &mut dyn FnMut(&[u8])) -> Result<(), TakenBack> {
        Err(TakenBack)
    }

    fn write(&self, _: usize, _: &[u8]) -> Result<(), TakenBack> {
        Err(TakenBack)
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        if on_worker() {
            // Past the panic hook, which would print each.
            resume_unwind(Box::new("fragile"));
        }
    }
}

fn fragile(host: &mut Host, script: &str) -> JobId {
    let spec = JobSpec {
        sink: Some(Arc::new(Target {
            loan: Arc::new(Fragile),
            stride: 1,
        })),
        ..host.spec(script, b"x")
    };
    host.submit_spec(spec)
}

#[test]
fn a_worker_that_panics_while_it_is_idle_is_given_up_and_replaced() {
    let mut host = idle_host();
    let job = fragile(&mut host, "gate");
    host.controls.entered.wait();
    host.controls.gate.open();
    assert_eq!(host.finish(job).end, Some(End::Done));
    host.drain_until(|host| host.events.iter().any(is_destroyed));
    host.assert_healthy();
    assert_eq!(host.pool.status()[0].generation, 1);
    let events = host.close();
    let reasons: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::WorkerDestroyed { reason, .. } => Some(reason.as_deref()),
            _ => None,
        })
        .collect();
    assert_eq!(reasons, [Some("the worker panicked: fragile"), None]);
}

#[test]
fn a_worker_that_panics_when_it_has_its_next_chunk_is_lost_with_that() {
    let mut host = idle_host();
    let first = fragile(&mut host, "gate");
    host.controls.entered.wait();
    let second = host.submit("echo", b"y");
    host.controls.gate.open();
    assert_eq!(host.finish(first).end, Some(End::Done));
    let reason = "the worker panicked: fragile".to_owned();
    let overran = None;
    assert_eq!(
        host.finish(second).end,
        Some(End::WorkerLost { reason, overran })
    );
    host.assert_healthy();
    host.close();
}

#[test]
fn the_report_of_a_chunk_survives_a_panic_when_its_interrupt_is_cleared() {
    let mut host = idle_host();
    let job = host.submit("block-fragile", b"x");
    host.controls.entered.wait();
    host.pool.cancel(job);
    assert_eq!(host.finish(job).end, Some(End::Cancelled));
    // The interrupt may still be raised: another isolate takes over.
    host.assert_healthy();
    assert_eq!(host.pool.status()[0].generation, 1);
    host.close();
}

/// Memory of the host's that panics when it is written to.
struct Unwritable;

impl Loan for Unwritable {
    fn read(&self, _: Range<usize>, _: &mut dyn FnMut(&[u8])) -> Result<(), TakenBack> {
        Err(TakenBack)
    }

    fn write(&self, _: usize, _: &[u8]) -> Result<(), TakenBack> {
        resume_unwind(Box::new("unwritable"));
    }
}

#[test]
fn the_report_of_a_chunk_survives_a_panic_when_its_results_are_written() {
    let mut host = idle_host();
    let spec = JobSpec {
        sink: Some(Arc::new(Target {
            loan: Arc::new(Unwritable),
            stride: 1,
        })),
        ..host.spec("echo", b"x")
    };
    let job = host.submit_spec(spec);
    let reason = "the worker panicked: unwritable".to_owned();
    let overran = None;
    assert_eq!(
        host.finish(job).end,
        Some(End::WorkerLost { reason, overran })
    );
    host.assert_healthy();
    host.close();
}

#[test]
fn no_job_goes_to_the_slot_of_a_worker_that_has_panicked() {
    let options = PoolOptions {
        max_lost_workers: Some(u32::MAX),
        ..options(2)
    };
    let mut host = Host::with(options, Controls::default());
    for round in 0..50 {
        let jobs: Vec<_> = (0..4)
            .map(|n| match n % 2 {
                0 => fragile(&mut host, "spin 50"),
                _ => host.submit("echo", &[round]),
            })
            .collect();
        for job in jobs {
            let end = host.finish(job).end;
            let fits = matches!(end, Some(End::Done | End::WorkerLost { .. }));
            assert!(fits, "{end:?}");
        }
    }
    host.assert_healthy();
    let events = host.close();
    assert_eq!(count(&events, is_created), count(&events, is_destroyed));
}
