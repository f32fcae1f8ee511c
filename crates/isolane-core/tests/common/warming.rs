//! Warm-ups, and how they end on each worker.

use std::time::Duration;

use isolane_core::{End, Event, JobId, WorkerState};

use super::Host;

/// A pool of `threads` whose workers have nothing to do.
pub(crate) fn idle(threads: usize) -> Host {
    let host = Host::new(threads);
    host.wait_for_state(WorkerState::Idle, threads);
    host
}

pub(crate) fn warm(host: &mut Host, script: &str, timeout: Option<Duration>) -> JobId {
    let mut spec = host.spec(script, &[1, 2]);
    spec.warm_up = true;
    spec.timeout = timeout;
    host.submit_spec(spec)
}

/// How the runs of a warm-up have ended, with slot and worker.
pub(crate) fn runs(host: &Host, warm_up: JobId) -> Vec<(u32, u32, End)> {
    let told = host.events.iter().filter_map(|event| match event {
        Event::Warmed {
            job,
            slot,
            worker,
            end,
        } if *job == warm_up => Some((*slot, *worker, end.clone())),
        _ => None,
    });
    told.collect()
}

/// Waits for so many runs, then ends the warm-up's job.
pub(crate) fn finish(host: &mut Host, warm_up: JobId, count: usize) -> Vec<(u32, u32, End)> {
    host.drain_until(|host| runs(host, warm_up).len() == count);
    host.pool.seal(warm_up);
    assert_eq!(host.finish(warm_up).end, Some(End::Done));
    runs(host, warm_up)
}
