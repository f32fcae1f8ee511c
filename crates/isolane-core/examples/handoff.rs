//! What the pool itself costs: no-op jobs on isolates that do nothing.
//!
//! ```sh
//! cargo run --release -p isolane-core --example handoff -- [threads]
//! ```
//!
//! *round trip*: submit, wait to be notified, drain; one job at a time. The host waits as an event
//! loop does, asleep, so one wake-up of the host is in it. *after a pause* lets the worker fall
//! asleep first, so its wake-up is in it too. *burst*: so many jobs at once, until the last one's
//! event is drained.
#![expect(clippy::print_stdout, reason = "that is what it is for")]

use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use isolane_core::{
    CallEnd, ChunkCall, Cut, Engine, Event, Function, Functions, Interrupt, Isolate, JobId,
    JobSpec, Lifeline, Part, Pool, PoolOptions, Reply, StartError, default_threads,
};

const ROUND_TRIPS: usize = 20_000;
const PAUSES: usize = 2_000;
const PAUSE: Duration = Duration::from_millis(1);
const BURST: u64 = 20_000;
const BURSTS: usize = 25;

struct Nothing;

impl Engine for Nothing {
    type Isolate = Self;

    fn start(&self, _: &Arc<dyn Lifeline>) -> Result<Self, StartError> {
        Ok(Self)
    }

    fn stack_size(&self) -> usize {
        128 * 1024
    }
}

impl Isolate for Nothing {
    fn interrupt(&self) -> Arc<dyn Interrupt> {
        Arc::new(Self)
    }

    fn call(&mut self, call: &ChunkCall<'_>) -> Reply {
        let mut output = Bytes::new();
        let read = call.parts[0].read(|bytes| output = Bytes::copy_from_slice(bytes));
        read.expect("nothing was lent");
        Reply {
            end: CallEnd::Done(output.into()),
            logs: Bytes::new(),
            cut: Cut::default(),
        }
    }

    fn heap_used(&self) -> u64 {
        0
    }
}

impl Interrupt for Nothing {
    fn raise(&self) {}

    fn clear(&self) {}
}

struct Bench {
    pool: Pool,
    told: Receiver<()>,
    function: Arc<Function>,
    next: u64,
}

impl Bench {
    fn new(threads: NonZeroUsize) -> Self {
        let (tell, told) = channel();
        // A sender that any thread may use: at most one message is ever under way.
        let tell = Mutex::new(tell);
        let notify = move || {
            if let Ok(tell) = tell.lock() {
                // Nobody listens any more when the bench is over.
                let _ = tell.send(());
            }
        };
        let options = PoolOptions {
            threads,
            ..PoolOptions::default()
        };
        Self {
            pool: Pool::start(Nothing, options, notify).expect("threads start"),
            told,
            function: Functions::new().intern("nothing", ""),
            next: 0,
        }
    }

    fn submit(&mut self) {
        self.next += 1;
        let part = Part {
            bytes: Bytes::from_static(b"x").into(),
            attachments: Vec::new(),
            count: 1,
            stride: 0,
        };
        let function = Arc::clone(&self.function);
        let spec = JobSpec::new(JobId(self.next), function, vec![part]);
        self.pool.submit(spec);
    }

    /// Waits for that many jobs to end.
    fn finish(&self, mut jobs: u64) {
        while jobs > 0 {
            self.told.recv().expect("the pool lives");
            self.pool.drain(usize::MAX, &mut |event| {
                jobs -= u64::from(matches!(event, Event::Chunk { last: true, .. }));
            });
        }
    }

    fn round_trip(&mut self) -> Duration {
        let since = Instant::now();
        self.submit();
        self.finish(1);
        since.elapsed()
    }

    /// Times: submitting, and all of it.
    fn burst(&mut self) -> (Duration, Duration) {
        let since = Instant::now();
        for _ in 0..BURST {
            self.submit();
        }
        let submitted = since.elapsed();
        self.finish(BURST);
        (submitted, since.elapsed())
    }
}

fn percentiles(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!(
        "{name:<24} p50 {:>9.1?}  p90 {:>9.1?}  p99 {:>9.1?}",
        at(50),
        at(90),
        at(99)
    );
}

fn main() {
    let threads = std::env::args()
        .nth(1)
        .and_then(|argument| argument.parse().ok())
        .unwrap_or_else(default_threads);
    let mut bench = Bench::new(threads);
    bench.finish(0);
    for _ in 0..1_000 {
        bench.round_trip();
    }
    println!("{threads} threads");
    let times = (0..ROUND_TRIPS).map(|_| bench.round_trip()).collect();
    percentiles("round trip", times);
    let times = (0..PAUSES).map(|_| {
        thread::sleep(PAUSE);
        bench.round_trip()
    });
    percentiles("round trip after a pause", times.collect());
    let mut bursts: Vec<_> = (0..BURSTS).map(|_| bench.burst()).collect();
    bursts.sort_unstable_by_key(|burst| burst.1);
    let rate = |time: Duration| BURST as f64 / time.as_secs_f64();
    let (submitted, all) = bursts[BURSTS / 2];
    println!(
        "burst of {BURST}: median {:.0} jobs/s (best {:.0}, worst {:.0}), {:.2?} to submit one",
        rate(all),
        rate(bursts[0].1),
        rate(bursts[BURSTS - 1].1),
        submitted / BURST as u32,
    );
}
