//! Any mix of jobs, chunk sizes, failures and cancels: every item at most once, every job ends
//! exactly once and as it may, and the pool goes on.

mod common;

use std::time::Duration;

use bytes::Bytes;
use common::{Controls, Host, options};
use isolane_core::{End, JobId, JobSpec, Part, PoolOptions, Priority};
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Plan {
    script: &'static str,
    /// Items of each part, and whether they are raw.
    parts: Vec<(u8, bool)>,
    /// How many of the parts come with the submission; the others are appended.
    given: usize,
    chunk_size: Option<u32>,
    priority: Priority,
    timeout: Option<u64>,
    queue_timeout: Option<u64>,
    cancel: bool,
}

fn plan() -> impl Strategy<Value = Plan> {
    let script = prop_oneof![
        8 => Just("echo"),
        2 => Just("spin 50"),
        1 => Just("fail 7"),
        1 => Just("panic"),
        1 => Just("memory"),
        1 => Just("spend"),
    ];
    let priority = prop_oneof![
        Just(Priority::Low),
        Just(Priority::Normal),
        Just(Priority::High)
    ];
    let limit = || proptest::option::weighted(0.2, 0u64..400);
    let parts = proptest::collection::vec((0u8..40, any::<bool>()), 0..5);
    let size = proptest::option::of(1u32..30);
    (
        script,
        parts,
        0usize..5,
        size,
        priority,
        limit(),
        limit(),
        any::<u8>(),
    )
        .prop_map(
            |(script, parts, given, chunk_size, priority, timeout, queue_timeout, dice)| Plan {
                given: given.min(parts.len()),
                script,
                parts,
                chunk_size,
                priority,
                timeout,
                queue_timeout,
                cancel: dice < 25,
            },
        )
}

/// Parts whose items count up, so that the merged output shows where each went.
fn parts_of(plan: &Plan) -> Vec<Part> {
    let mut next = 0u8;
    let part = |&(count, is_raw): &(u8, bool)| {
        let items: Vec<u8> = (0..count).map(|n| next.wrapping_add(n)).collect();
        next = next.wrapping_add(count);
        Part {
            bytes: Bytes::from(items).into(),
            attachments: Vec::new(),
            count: count.into(),
            stride: is_raw.into(),
        }
    };
    plan.parts.iter().map(part).collect()
}

fn submit(host: &mut Host, plan: &Plan) -> JobId {
    let mut parts = parts_of(plan);
    let rest = parts.split_off(plan.given);
    let micros = |limit: Option<u64>| limit.map(Duration::from_micros);
    let spec = JobSpec {
        parts,
        sealed: rest.is_empty(),
        chunk_size: plan.chunk_size.and_then(common::chunks_of),
        priority: plan.priority,
        timeout: micros(plan.timeout),
        queue_timeout: micros(plan.queue_timeout),
        ..host.spec(plan.script, b"")
    };
    let job = host.submit_spec(spec);
    if !rest.is_empty() {
        for part in rest {
            host.pool.append(job, part);
        }
        host.pool.seal(job);
    }
    if plan.cancel {
        host.pool.cancel(job);
    }
    job
}

fn may_end_as(plan: &Plan, max_queue: Option<usize>, end: &End) -> bool {
    match end {
        End::Done => true,
        End::Failed { error } => plan.script == "fail 7" && error == "7",
        End::TimedOut { .. } => plan.timeout.is_some(),
        End::QueueTimedOut { .. } => plan.queue_timeout.is_some(),
        End::Cancelled => plan.cancel,
        End::QueueFull { limit } => max_queue == Some(*limit),
        End::MemoryLimit => plan.script == "memory",
        End::WorkerLost { reason, .. } => plan.script == "panic" && reason.contains("scripted"),
        End::ResultTooLarge { .. }
        | End::Unavailable { .. }
        | End::NotStarted { .. }
        | End::Closed => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn every_job_ends_once_and_every_item_is_where_it_belongs(
        plans in proptest::collection::vec(plan(), 1..30),
        threads in 1usize..4,
        max_queue in proptest::option::weighted(0.3, 0usize..10),
    ) {
        let options = PoolOptions { max_queue, ..options(threads) };
        let mut host = Host::with(options, Controls::default());
        let jobs: Vec<_> = plans.iter().map(|plan| submit(&mut host, plan)).collect();
        for (plan, &job) in plans.iter().zip(&jobs) {
            // `Host` asserts that each ends once and that nothing follows.
            let seen = host.finish(job);
            let end = seen.end.clone().expect("ended");
            prop_assert!(may_end_as(plan, max_queue, &end), "{plan:?} ended as {end:?}");
            let total: u64 = plan.parts.iter().map(|part| u64::from(part.0)).sum();
            prop_assert!(seen.items() <= total);
            let mut chunks = seen.chunks.clone();
            chunks.sort_by_key(|chunk| chunk.0);
            let mut next = 0;
            for (first, count, output) in chunks {
                prop_assert!(first >= next, "an item came twice");
                next = first + u64::from(count);
                let expected: Vec<u8> = (first..next).map(|n| n as u8).collect();
                prop_assert_eq!(&output[..], &expected[..]);
            }
            if end == End::Done {
                prop_assert_eq!(seen.items(), total);
            }
            if let End::TimedOut { done, .. } = end {
                prop_assert_eq!(done, seen.items());
            }
        }
        let stats = host.pool.stats();
        prop_assert_eq!(stats.completed + stats.failed, plans.len() as u64);
        prop_assert_eq!((stats.queued, stats.running), (0, 0));
        host.close();
    }
}
