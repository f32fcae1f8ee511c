//! A host of V8 isolates whose items are doubles, as raw memory: no codec is needed.

use std::collections::HashMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use isolane_core::{
    CallKind, End, Event, Function, Functions, JobId, JobSpec, Part, Pool, PoolOptions, WorkerState,
};
use isolane_v8::{V8Engine, V8Options};

/// Longer than anything takes here; only to fail instead of hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Enough for every test that does not mean to exceed it.
const MEMORY_LIMIT: usize = 64 << 20;

/// `Map` over raw `Float64Array`s, as in `protocol.ts`.
const MAP_DOUBLES: CallKind = CallKind {
    operation: 1,
    input: 9,
    output: 9,
    max_failures: 0,
};
const DOUBLE: u32 = 8;

/// What became of a job: its results, or why there are none.
pub(crate) type Values = Result<Vec<f64>, End>;

#[derive(Default)]
struct Seen {
    chunks: Vec<(u64, Bytes)>,
    end: Option<End>,
}

impl Seen {
    fn bytes(mut self) -> Result<Vec<u8>, End> {
        match self.end {
            Some(End::Done) => {
                self.chunks.sort_by_key(|chunk| chunk.0);
                Ok(self
                    .chunks
                    .iter()
                    .flat_map(|(_, bytes)| bytes)
                    .copied()
                    .collect())
            }
            end => Err(end.expect("the job has ended")),
        }
    }
}

/// Submits jobs to a pool and gathers what comes back.
pub(crate) struct Host {
    pub(crate) pool: Pool,
    functions: Functions,
    /// Kept so that a source is the same function each time.
    kept: Vec<Arc<Function>>,
    wake: Receiver<()>,
    seen: HashMap<JobId, Seen>,
    last_id: u64,
    pub(crate) lost_workers: Vec<String>,
    pub(crate) created_workers: u32,
    pub(crate) stopped: bool,
}

pub(crate) fn engine() -> V8Engine {
    V8Engine::new(V8Options {
        memory_limit: MEMORY_LIMIT,
        max_contexts: NonZeroUsize::new(8).expect("8 is not zero"),
        ..V8Options::default()
    })
    .expect("V8 can start here")
}

impl Host {
    pub(crate) fn new(threads: usize) -> Self {
        let options = PoolOptions {
            threads: NonZeroUsize::new(threads).expect("a pool has threads"),
            name: "test".to_owned(),
            ..PoolOptions::default()
        };
        let (sender, wake) = mpsc::channel();
        // The receiver is gone when a pool that was dropped still reports.
        let notify = move || {
            let _ = sender.send(());
        };
        Self {
            pool: Pool::start(engine(), options, notify).expect("threads can start"),
            functions: Functions::new(),
            kept: Vec::new(),
            wake,
            seen: HashMap::new(),
            last_id: 0,
            lost_workers: Vec::new(),
            created_workers: 0,
            stopped: false,
        }
    }

    /// A job that maps `items` by `source`.
    pub(crate) fn spec(&mut self, source: &str, items: &[f64]) -> JobSpec {
        let function = self.functions.intern("subject", source);
        self.kept.push(Arc::clone(&function));
        self.last_id += 1;
        JobSpec {
            kind: MAP_DOUBLES,
            ..JobSpec::new(JobId(self.last_id), function, vec![encode(items)])
        }
    }

    pub(crate) fn submit(&mut self, spec: JobSpec) -> JobId {
        let id = spec.id;
        self.seen.insert(id, Seen::default());
        self.pool.submit(spec);
        id
    }

    /// Waits for the end of a job.
    pub(crate) fn values(&mut self, job: JobId) -> Values {
        self.bytes(job).map(|bytes| decode(&bytes))
    }

    /// As [`values`](Self::values), for results that are not doubles.
    pub(crate) fn bytes(&mut self, job: JobId) -> Result<Vec<u8>, End> {
        self.wait("the end of a job", |host| host.seen[&job].end.is_some());
        self.seen
            .remove(&job)
            .expect("it was submitted and not asked for before")
            .bytes()
    }

    pub(crate) fn map(&mut self, source: &str, items: &[f64]) -> Values {
        let spec = self.spec(source, items);
        let job = self.submit(spec);
        self.values(job)
    }

    /// One item per chunk, so that idle workers share even small jobs.
    pub(crate) fn map_singly(&mut self, source: &str, items: &[f64]) -> Values {
        let mut spec = self.spec(source, items);
        spec.chunk_size = Some(NonZeroU32::MIN);
        let job = self.submit(spec);
        self.values(job)
    }

    pub(crate) fn map_within(&mut self, timeout: Duration, source: &str, items: &[f64]) -> Values {
        let mut spec = self.spec(source, items);
        spec.timeout = Some(timeout);
        let job = self.submit(spec);
        self.values(job)
    }

    /// Maps by a function that must fail, and gives the text of its encoded error.
    pub(crate) fn failure(&mut self, source: &str, items: &[f64]) -> String {
        match self.map(source, items) {
            Err(End::Failed { error }) => String::from_utf8_lossy(&error).into_owned(),
            other => panic!("{source}: {other:?}"),
        }
    }

    /// Fails unless the pool still computes.
    pub(crate) fn assert_works(&mut self) {
        assert_eq!(self.map("x => x + 0.5", &[1.0, 2.0]), Ok(vec![1.5, 2.5]));
    }

    /// Waits until `count` workers run a function.
    pub(crate) fn wait_running(&self, count: usize) {
        let since = Instant::now();
        let running = || {
            let status = self.pool.status();
            status
                .iter()
                .filter(|worker| worker.state == WorkerState::Running)
                .count()
        };
        while running() < count {
            assert!(since.elapsed() < PATIENCE, "{:?}", self.pool.status());
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits for the last event and the end of the threads.
    pub(crate) fn wait_stopped(&mut self) {
        self.wait("the last event", |host| host.stopped);
        assert!(self.pool.join(PATIENCE), "threads are left");
    }

    fn wait(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.drain();
            if done(self) {
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if self.wake.recv_timeout(left).is_err() {
                panic!("waited in vain for {what}: {:?}", self.pool.status());
            }
        }
    }

    fn drain(&mut self) {
        let pool = self.pool.clone();
        pool.drain(usize::MAX, &mut |event| self.note(event));
    }

    fn note(&mut self, event: Event) {
        assert!(
            !self.stopped || matches!(event, Event::Ended { .. }),
            "after the last event only late submissions end: {event:?}"
        );
        match event {
            Event::Chunk {
                job,
                first,
                output,
                last,
                ..
            } => {
                let seen = self.seen.get_mut(&job).expect("chunks of known jobs only");
                assert_eq!(seen.end, None, "nothing follows the end of a job");
                seen.chunks.push((first, output));
                seen.end = last.then_some(End::Done);
            }
            Event::Ended { job, end } => {
                let seen = self.seen.get_mut(&job).expect("ends of known jobs only");
                assert_eq!(seen.end.replace(end), None, "a job ends once");
            }
            Event::Log { .. }
            | Event::Salvaged { .. }
            | Event::Timed { .. }
            | Event::Warmed { .. } => {}
            Event::WorkerCreated { .. } => self.created_workers += 1,
            Event::WorkerDestroyed { reason, .. } => self.lost_workers.extend(reason),
            Event::WorkerFailed { reason, .. } => self.lost_workers.push(reason),
            Event::WorkerWanted { .. } | Event::WorkerUnwanted { .. } => {
                unreachable!("the engine's workers are threads of the pool's")
            }
            Event::Stopped => self.stopped = true,
        }
    }
}

fn encode(items: &[f64]) -> Part {
    let bytes: Vec<u8> = items.iter().flat_map(|item| item.to_ne_bytes()).collect();
    Part {
        bytes: Bytes::from(bytes).into(),
        attachments: Vec::new(),
        count: u32::try_from(items.len()).expect("tests are small"),
        stride: DOUBLE,
    }
}

fn decode(bytes: &[u8]) -> Vec<f64> {
    let (doubles, rest) = bytes.as_chunks::<{ DOUBLE as usize }>();
    assert!(rest.is_empty(), "whole doubles only");
    doubles.iter().copied().map(f64::from_ne_bytes).collect()
}
