//! What comes of jobs when nothing goes wrong.

mod common;

use std::ops::Range;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use common::{Host, chunks_of, options, raw};
use isolane_core::{
    End, Event, Input, JobSpec, Loan, Part, Priority, TakenBack, Target, WorkerState,
};

fn numbers(count: usize) -> Vec<u8> {
    (0..count).map(|n| n as u8).collect()
}

#[test]
fn every_item_comes_back_once_and_in_its_place() {
    let mut host = Host::new(3);
    let items = numbers(10_000);
    let seen = host.run("echo", &items);
    assert_eq!(seen.merged(), items);
    assert!(seen.by_last);
    host.close();
}

#[test]
fn an_empty_job_ends_at_once_and_well() {
    let mut host = Host::new(1);
    let seen = host.run("echo", &[]);
    assert_eq!((seen.end, seen.by_last), (Some(End::Done), false));
    host.close();
}

#[test]
fn a_fixed_chunk_size_is_kept() {
    let mut host = Host::new(2);
    let spec = JobSpec {
        chunk_size: chunks_of(7),
        ..host.spec("echo", &numbers(100))
    };
    let job = host.submit_spec(spec);
    let seen = host.finish(job);
    assert_eq!(seen.merged(), numbers(100));
    let mut sizes: Vec<_> = seen.chunks.iter().map(|chunk| (chunk.0, chunk.1)).collect();
    sizes.sort_unstable();
    let (last, full) = sizes.split_last().expect("chunks");
    assert!(full.iter().all(|chunk| chunk.1 == 7));
    assert_eq!(*last, (98, 2));
    host.close();
}

#[test]
fn encoded_parts_arrive_whole() {
    let mut host = Host::new(2);
    let words = ["ab", "c", "", "def"];
    let parts = words.map(|word| Part {
        bytes: Bytes::from_static(word.as_bytes()).into(),
        attachments: Vec::new(),
        count: word.len() as u32,
        stride: 0,
    });
    let spec = JobSpec {
        chunk_size: chunks_of(1),
        parts: parts.to_vec(),
        ..host.spec("echo", &[])
    };
    let job = host.submit_spec(spec);
    let mut chunks = host.finish(job).chunks;
    chunks.sort_by_key(|chunk| chunk.0);
    let outputs: Vec<_> = chunks.iter().map(|chunk| &chunk.2[..]).collect();
    assert_eq!(outputs, [&b"ab"[..], b"c", b"def"]);
    host.close();
}

/// Memory of the host's.
struct Lender(Mutex<Vec<u8>>);

impl Loan for Lender {
    fn read(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) -> Result<(), TakenBack> {
        visit(&self.0.lock().expect("not poisoned")[range]);
        Ok(())
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), TakenBack> {
        let mut memory = self.0.lock().expect("not poisoned");
        memory[offset..offset + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }
}

#[test]
fn lent_items_are_read_and_results_put_where_they_belong() {
    let mut host = Host::new(3);
    let items = numbers(1000);
    let lent = Arc::new(Lender(Mutex::new(items.clone())));
    let result = Arc::new(Lender(Mutex::new(vec![0; 1000])));
    let part = Part {
        bytes: Input::Lent {
            loan: Arc::clone(&lent) as Arc<dyn Loan>,
            range: 0..1000,
        },
        ..raw(&items)
    };
    let spec = JobSpec {
        chunk_size: chunks_of(7),
        parts: vec![part],
        sink: Some(Arc::new(Target {
            loan: Arc::clone(&result) as Arc<dyn Loan>,
            stride: 1,
        })),
        ..host.spec("echo", &[])
    };
    let job = host.submit_spec(spec);
    let seen = host.finish(job);
    assert_eq!(seen.end, Some(End::Done));
    assert!(seen.chunks.iter().all(|chunk| chunk.2.is_empty()));
    assert_eq!(*result.0.lock().expect("not poisoned"), items);
    host.close();
    assert_eq!(
        (Arc::strong_count(&lent), Arc::strong_count(&result)),
        (1, 1)
    );
}

#[test]
fn items_can_be_appended_until_the_job_is_sealed() {
    let mut host = Host::new(2);
    let spec = JobSpec {
        sealed: false,
        ..host.spec("echo", b"a")
    };
    let job = host.submit_spec(spec);
    host.drain_until(|host| host.seen[&job].items() == 1);
    host.pool.append(job, raw(b"bc"));
    host.drain_until(|host| host.seen[&job].items() == 3);
    assert_eq!(host.seen[&job].end, None);
    host.pool.append(job, raw(b"d"));
    host.pool.seal(job);
    host.pool.append(job, raw(b"too late"));
    let seen = host.finish(job);
    assert_eq!(seen.merged(), b"abcd");
    assert_eq!(seen.end, Some(End::Done));
    host.close();
}

#[test]
fn a_job_sealed_after_its_last_chunk_ends_by_the_seal() {
    let mut host = Host::new(1);
    let spec = JobSpec {
        sealed: false,
        ..host.spec("echo", b"ab")
    };
    let job = host.submit_spec(spec);
    host.drain_until(|host| host.seen[&job].items() == 2);
    host.pool.seal(job);
    let seen = host.finish(job);
    assert_eq!((seen.end, seen.by_last), (Some(End::Done), false));
    host.close();
}

#[test]
fn a_fixed_chunk_is_filled_across_appended_parts() {
    let mut host = Host::new(1);
    let spec = JobSpec {
        sealed: false,
        chunk_size: chunks_of(3),
        ..host.spec("echo", b"ab")
    };
    let job = host.submit_spec(spec);
    host.pool.append(job, raw(b"cd"));
    host.pool.seal(job);
    let sizes: Vec<_> = host.finish(job).chunks.iter().map(|c| c.1).collect();
    assert_eq!(sizes, [3, 1]);
    host.close();
}

/// One worker is kept busy while jobs queue up; then the order of their chunks is the pool's.
fn order_of_chunks(specs: impl FnOnce(&mut Host) -> Vec<JobSpec>) -> Vec<u64> {
    let mut host = Host::new(1);
    let gate = host.submit("gate", b"x");
    host.controls.entered.wait();
    let jobs: Vec<_> = specs(&mut host)
        .into_iter()
        .map(|spec| host.submit_spec(spec))
        .collect();
    host.controls.gate.open();
    for job in jobs {
        host.finish(job);
    }
    let events = host.close();
    let chunks = events.iter().filter_map(|event| match event {
        Event::Chunk { job, .. } if *job != gate => Some(job.0 - gate.0),
        _ => None,
    });
    chunks.collect()
}

#[test]
fn jobs_take_turns_chunk_by_chunk() {
    let order = order_of_chunks(|host| {
        let long = JobSpec {
            chunk_size: chunks_of(1),
            ..host.spec("echo", &numbers(6))
        };
        let short = JobSpec {
            chunk_size: chunks_of(1),
            ..host.spec("echo", &numbers(2))
        };
        vec![long, short]
    });
    assert_eq!(order, [1, 2, 1, 2, 1, 1, 1, 1]);
}

#[test]
fn high_priority_goes_first_and_low_is_not_starved() {
    let order = order_of_chunks(|host| {
        let mut with = |priority, items| JobSpec {
            priority,
            chunk_size: chunks_of(1),
            ..host.spec("echo", &numbers(items))
        };
        vec![
            with(Priority::Low, 1),
            with(Priority::Normal, 2),
            with(Priority::High, 30),
        ]
    });
    assert_eq!(order[0], 3);
    let low = order.iter().position(|&job| job == 1).expect("it ran");
    let high_ended = order.iter().rposition(|&job| job == 3).expect("it ran");
    assert!(low < 10 && low < high_ended, "{order:?}");
    let normal = order.iter().rposition(|&job| job == 2).expect("it ran");
    assert!(normal < order.len());
}

#[test]
fn a_job_is_shared_by_all_idle_workers() {
    let mut host = Host::new(3);
    host.wait_for_state(WorkerState::Idle, 3);
    let spec = JobSpec {
        chunk_size: chunks_of(1),
        ..host.spec("gate", &numbers(3))
    };
    let job = host.submit_spec(spec);
    host.wait_for_state(WorkerState::Running, 3);
    host.controls.gate.open();
    assert_eq!(host.finish(job).merged(), numbers(3));
    host.close();
}

#[test]
fn small_work_of_known_cost_is_one_chunk() {
    let mut host = Host::new(2);
    // Held, since nobody else remembers the cost of a function that no job uses.
    let echo = host.functions.intern("mock", "echo");
    host.run("echo", &numbers(10_000));
    // Well under what is worth splitting, whatever this machine makes of it.
    let items = (100_000 / echo.cost().expect("measured")).clamp(1, 10_000);
    assert_eq!(host.run("echo", &numbers(items as usize)).chunks.len(), 1);
    host.close();
}

#[test]
fn a_job_ends_with_the_chunk_of_items_that_were_appended_as_the_last() {
    let mut host = Host::new(2);
    for _ in 0..50 {
        let spec = JobSpec {
            sealed: false,
            parts: Vec::new(),
            ..host.spec("echo", &[])
        };
        let job = host.submit_spec(spec);
        host.pool.append_last(job, raw(&numbers(1)));
        let seen = host.finish(job);
        assert_eq!((seen.merged(), seen.by_last), (numbers(1), true));
    }
    host.close();
}

#[test]
fn log_records_come_before_their_chunk() {
    let mut host = Host::new(1);
    let spec = JobSpec {
        chunk_size: chunks_of(5),
        ..host.spec("log", b"hello")
    };
    let job = host.submit_spec(spec);
    host.finish(job);
    let events = host.close();
    let log = events.iter().position(
        |event| matches!(event, Event::Log { records, function, .. } if records == "hello" && function.source() == "log"),
    );
    let chunk = events
        .iter()
        .position(|event| matches!(event, Event::Chunk { .. }));
    assert!(log.expect("a log") < chunk.expect("a chunk"));
}

#[test]
fn what_is_not_drained_at_once_is_told_again() {
    let mut host = Host::new(2);
    let jobs: Vec<_> = (0..100).map(|_| host.submit("echo", b"x")).collect();
    let mut drained = 0;
    let since = std::time::Instant::now();
    while drained < jobs.len() && since.elapsed() < common::PATIENCE {
        let mut one = |event| {
            if let Event::Chunk { .. } = event {
                drained += 1;
            }
        };
        assert!(host.pool.drain(1, &mut one) <= 1);
    }
    assert_eq!(drained, jobs.len());
}

#[test]
fn two_pools_do_not_know_each_other() {
    let (mut a, mut b) = (Host::new(1), Host::new(1));
    let blocked = a.submit("gate", b"x");
    a.controls.entered.wait();
    b.assert_healthy();
    a.controls.gate.open();
    assert_eq!(a.finish(blocked).end, Some(End::Done));
    a.close();
    b.assert_healthy();
    b.close();
}

#[test]
fn a_pool_has_as_many_workers_as_it_was_told() {
    let host = Host::with(options(5), common::Controls::default());
    host.wait_for_state(WorkerState::Idle, 5);
    assert_eq!(host.pool.status().len(), 5);
    let events = host.close();
    let count = |wanted: fn(&Event) -> bool| events.iter().filter(|event| wanted(event)).count();
    assert_eq!(count(|e| matches!(e, Event::WorkerCreated { .. })), 5);
    assert_eq!(
        count(|e| matches!(e, Event::WorkerDestroyed { reason: None, .. })),
        5
    );
}

#[test]
fn a_job_that_is_timed_tells_how_long_it_took_and_where_before_its_end() {
    let mut host = Host::new(1);
    host.run("echo", b"x");
    for script in ["echo", "fail 1"] {
        let spec = JobSpec {
            timed: true,
            chunk_size: chunks_of(1),
            ..host.spec(script, &numbers(3))
        };
        let job = host.submit_spec(spec);
        host.finish(job);
    }
    let events = host.close();
    let timed: Vec<_> = events
        .iter()
        .enumerate()
        .filter_map(|(place, event)| match event {
            Event::Timed { workers, .. } => Some((workers.clone(), &events[place + 1])),
            _ => None,
        })
        .collect();
    assert_eq!(timed.len(), 2, "the first was not");
    assert!(timed.iter().all(|(workers, _)| *workers == [0]));
    assert!(matches!(timed[0].1, Event::Chunk { last: true, .. }));
    assert!(matches!(
        timed[1].1,
        Event::Ended {
            end: End::Failed { .. },
            ..
        }
    ));
}
