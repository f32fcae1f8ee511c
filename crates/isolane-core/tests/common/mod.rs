//! A host and a mock engine.
#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    reason = "each test binary uses its own part of this, and a panic is how a test fails"
)]

mod gate;
mod hand;
mod mock;
pub(crate) mod warming;

use std::collections::HashMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
#[cfg(not(tsan))]
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use isolane_core::{Adoption, End, Event, Functions, JobId, JobSpec, Part, Pool, PoolOptions};

pub(crate) use gate::Gate;
pub(crate) use hand::{Bell, Hand, NOT_AT_ALL, terms};
pub(crate) use mock::{Controls, Mock, Raised, concat, on_worker};

#[cfg(tsan)]
#[path = "../../src/sync/visible_locks.rs"]
mod visible_locks;
#[cfg(tsan)]
use visible_locks::{Condvar, Mutex};

/// Longer than anything takes here; only to fail instead of hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What the host has seen of one job.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// First item, number of items and output, in the order of arrival.
    pub(crate) chunks: Vec<(u64, u32, Bytes)>,
    /// How it ended; a `last` chunk counts as `Done`.
    pub(crate) end: Option<End>,
    /// Whether a `last` chunk ended it.
    pub(crate) by_last: bool,
}

impl Seen {
    /// The outputs, merged. Panics if items are missing in between or came twice.
    pub(crate) fn merged(&self) -> Vec<u8> {
        let mut chunks = self.chunks.clone();
        chunks.sort_by_key(|chunk| chunk.0);
        let mut next = 0;
        let mut merged = Vec::new();
        for (first, count, output) in chunks {
            assert_eq!(first, next, "every item once and in order");
            next += u64::from(count);
            merged.extend_from_slice(&output);
        }
        merged
    }

    pub(crate) fn items(&self) -> u64 {
        self.chunks.iter().map(|chunk| u64::from(chunk.1)).sum()
    }
}

type Notify = Box<dyn Fn() + Send + Sync>;

/// A host: submits, drains, keeps what it has seen.
pub(crate) struct Host {
    pub(crate) pool: Pool,
    pub(crate) controls: Arc<Controls>,
    pub(crate) functions: Functions,
    pub(crate) seen: HashMap<JobId, Seen>,
    /// Everything in order.
    pub(crate) events: Vec<Event>,
    signal: Arc<(Mutex<u64>, Condvar)>,
    next_id: u64,
}

pub(crate) fn options(threads: usize) -> PoolOptions {
    PoolOptions {
        threads: NonZeroUsize::new(threads).unwrap(),
        name: "mock".to_owned(),
        ..PoolOptions::default()
    }
}

/// One raw part with a byte per item.
pub(crate) fn raw(items: &[u8]) -> Part {
    Part {
        bytes: Bytes::copy_from_slice(items).into(),
        attachments: Vec::new(),
        count: items.len() as u32,
        stride: 1,
    }
}

impl Host {
    pub(crate) fn new(threads: usize) -> Self {
        Self::with(options(threads), Controls::default())
    }

    pub(crate) fn with(options: PoolOptions, controls: Controls) -> Self {
        Self::start(controls, |controls, notify| {
            Pool::start(Mock(Arc::clone(controls)), options, notify).unwrap()
        })
    }

    /// With a pool whose workers the test brings.
    pub(crate) fn adopting(threads: usize, terms: Adoption) -> Self {
        Self::adopting_with(options(threads), terms)
    }

    pub(crate) fn adopting_with(options: PoolOptions, terms: Adoption) -> Self {
        Self::start(Controls::default(), |_, notify| {
            Pool::start_adopting(terms, options, notify).unwrap()
        })
    }

    fn start(controls: Controls, start: impl FnOnce(&Arc<Controls>, Notify) -> Pool) -> Self {
        let controls = Arc::new(controls);
        let signal = Arc::new((Mutex::new(0), Condvar::new()));
        let notify = {
            let signal = Arc::clone(&signal);
            let controls = Arc::clone(&controls);
            move || {
                controls.panic_in_notify();
                *signal.0.lock().unwrap() += 1;
                signal.1.notify_all();
            }
        };
        Self {
            pool: start(&controls, Box::new(notify)),
            controls,
            functions: Functions::new(),
            seen: HashMap::new(),
            events: Vec::new(),
            signal,
            next_id: 0,
        }
    }

    /// A job over `items`, one byte each, that does what `script` says.
    pub(crate) fn spec(&mut self, script: &str, items: &[u8]) -> JobSpec {
        self.next_id += 1;
        let function = self.functions.intern("mock", script);
        JobSpec::new(JobId(self.next_id), function, vec![raw(items)])
    }

    pub(crate) fn submit(&mut self, script: &str, items: &[u8]) -> JobId {
        let spec = self.spec(script, items);
        self.submit_spec(spec)
    }

    pub(crate) fn submit_spec(&mut self, spec: JobSpec) -> JobId {
        let id = spec.id;
        self.seen.insert(id, Seen::default());
        self.pool.submit(spec);
        id
    }

    /// Drains what there is now.
    pub(crate) fn drain(&mut self) -> usize {
        let mut fresh = Vec::new();
        let drained = self.pool.drain(usize::MAX, &mut |event| fresh.push(event));
        for event in fresh {
            self.note(&event);
            self.events.push(event);
        }
        drained
    }

    fn note(&mut self, event: &Event) {
        let (job, end) = match event {
            Event::Chunk {
                job,
                first,
                count,
                output,
                last,
                ..
            } => {
                let seen = self.seen.get_mut(job).unwrap();
                assert_eq!(seen.end, None, "a chunk after the end of {job:?}");
                seen.chunks.push((*first, *count, output.clone()));
                seen.by_last = *last;
                (job, last.then_some(End::Done))
            }
            Event::Ended { job, end } => (job, Some(end.clone())),
            _ => return,
        };
        if end.is_some() {
            let seen = self.seen.get_mut(job).unwrap();
            assert_eq!(seen.end, None, "{job:?} ended twice");
            seen.end = end;
        }
    }

    /// Drains until `done`.
    pub(crate) fn drain_until(&mut self, mut done: impl FnMut(&Self) -> bool) {
        let since = Instant::now();
        let signal = Arc::clone(&self.signal);
        loop {
            let told = *signal.0.lock().unwrap();
            self.drain();
            if done(self) {
                return;
            }
            let guard = signal.0.lock().unwrap();
            let (guard, _) = signal
                .1
                .wait_timeout_while(guard, PATIENCE, |now| *now == told)
                .unwrap();
            assert!(
                *guard != told && since.elapsed() < 2 * PATIENCE,
                "the host was not told of what it waits for; {:?}, last events {:?}",
                self.pool.status(),
                &self.events[self.events.len().saturating_sub(5)..],
            );
        }
    }

    /// As [`drain_until`](Self::drain_until), for a host that is not always told.
    pub(crate) fn look_until(&mut self, mut done: impl FnMut(&Self) -> bool) {
        let since = Instant::now();
        while !done(self) {
            assert!(since.elapsed() < PATIENCE, "{:?}", self.pool.status());
            thread::sleep(Duration::from_micros(100));
            self.drain();
        }
    }

    /// Waits for a job's end.
    pub(crate) fn finish(&mut self, job: JobId) -> Seen {
        self.drain_until(|host| host.seen[&job].end.is_some());
        self.seen[&job].clone()
    }

    pub(crate) fn run(&mut self, script: &str, items: &[u8]) -> Seen {
        let job = self.submit(script, items);
        self.finish(job)
    }

    /// Asserts that every worker still works: as many jobs as workers meet at the same time.
    pub(crate) fn assert_healthy(&mut self) {
        let ends = self.run("echo", &[42]);
        assert_eq!((ends.merged(), ends.end), (vec![42], Some(End::Done)));
    }

    /// Waits until `workers` of the pool are in `state`.
    pub(crate) fn wait_for_state(&self, state: isolane_core::WorkerState, workers: usize) {
        let since = Instant::now();
        while self.count(state) != workers {
            assert!(since.elapsed() < PATIENCE, "{:?}", self.pool.status());
            thread::sleep(Duration::from_micros(100));
        }
    }

    pub(crate) fn count(&self, state: isolane_core::WorkerState) -> usize {
        let status = self.pool.status();
        status.iter().filter(|worker| worker.state == state).count()
    }

    /// Closes, and checks that everything ends as it should.
    pub(crate) fn close(mut self) -> Vec<Event> {
        self.pool.close();
        self.drain_until(|host| {
            host.events
                .iter()
                .any(|event| matches!(event, Event::Stopped))
        });
        // A thread that was given up and came back is not waited for, so it may take a moment.
        let since = Instant::now();
        while !self.pool.join(PATIENCE) {
            assert!(since.elapsed() < PATIENCE, "threads are left");
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(self.drain(), 0, "events after Stopped");
        assert!(self.seen.values().all(|seen| seen.end.is_some()));
        self.events
    }
}

pub(crate) fn chunks_of(size: u32) -> Option<NonZeroU32> {
    NonZeroU32::new(size)
}
