//! A host and a mock engine. What a function does is its source text; see [`Script`].
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test binary uses its own part of this, and a panic is how a test fails"
)]

use std::collections::HashMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
#[cfg(not(tsan))]
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bytes::{BufMut, Bytes, BytesMut};
use isolane_core::{
    Adoption, CallEnd, ChunkCall, Cut, End, Engine, Event, Functions, Input, Interrupt, Isolate,
    JobId, JobSpec, Lifeline, LostReason, Part, Pool, PoolOptions, Reply, StartError,
};

#[cfg(tsan)]
#[path = "../../src/sync/visible_locks.rs"]
mod visible_locks;
#[cfg(tsan)]
use visible_locks::{Condvar, Mutex};

/// Longer than anything takes here; only to fail instead of hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Opens once and for all; until then whoever waits, waits.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    open: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    pub(crate) fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.changed.notify_all();
    }

    pub(crate) fn wait(&self) {
        let guard = self.open.lock().unwrap();
        let (_guard, timeout) = self
            .changed
            .wait_timeout_while(guard, PATIENCE, |open| !*open)
            .unwrap();
        assert!(!timeout.timed_out(), "the gate was never opened");
    }
}

/// What the mock does in a call, by the function's source.
enum Script<'a> {
    /// Returns its input.
    Echo,
    /// Returns its input after the gate has opened. An interrupt is not noticed.
    Gate,
    /// Runs until it is interrupted.
    Block,
    /// Fails at the chunk that has this item.
    FailAt(u64),
    /// Fails at the chunk that has this item, the others wait for an interrupt.
    FailOrBlock(u64),
    /// Panics.
    Panic,
    /// Meets the memory limit; the isolate is spent.
    Memory,
    /// Is well, but the isolate is spent.
    Spend,
    /// Gives its thread up as V8's out-of-memory handler does.
    Die,
    /// Gives its thread up, for another reason.
    Strand,
    /// Logs its input.
    Log,
    /// Says it was interrupted.
    Lie,
    /// Busy for so many microseconds, interruptible.
    Spin(u64),
    Unknown(&'a str),
}

impl<'a> Script<'a> {
    fn parse(source: &'a str) -> Self {
        let (word, number) = source.split_once(' ').unwrap_or((source, "0"));
        let number: u64 = number.parse().unwrap();
        match word {
            "echo" => Self::Echo,
            "gate" => Self::Gate,
            "block" => Self::Block,
            "fail" => Self::FailAt(number),
            "fail-or-block" => Self::FailOrBlock(number),
            "panic" => Self::Panic,
            "memory" => Self::Memory,
            "spend" => Self::Spend,
            "die" => Self::Die,
            "strand" => Self::Strand,
            "log" => Self::Log,
            "lie" => Self::Lie,
            "spin" => Self::Spin(number),
            _ => Self::Unknown(source),
        }
    }
}

/// What tests see of and tell the mock.
#[derive(Debug, Default)]
pub(crate) struct Controls {
    pub(crate) gate: Gate,
    /// Opened by the first call or rest that blocks or waits at the gate.
    pub(crate) entered: Gate,
    /// Isolates started, or tried to.
    pub(crate) starts: AtomicU32,
    /// Isolates dropped.
    pub(crate) drops: AtomicU32,
    pub(crate) rests: AtomicU32,
    pub(crate) salvages: AtomicU32,
    /// Items any call has got.
    pub(crate) items: AtomicU64,
    /// Starts that fail from now on.
    pub(crate) failing_starts: AtomicU32,
    pub(crate) start_panics: AtomicBool,
    pub(crate) rest_panics: AtomicBool,
    /// The next rest waits at the gate.
    pub(crate) rest_waits: AtomicBool,
    /// The next rest finds the isolate spent.
    pub(crate) rest_spends: AtomicBool,
    pub(crate) grace: Option<Duration>,
    /// How often the host's notify panics on a worker's thread from now on, and tells nobody.
    pub(crate) notify_panics: AtomicU32,
}

impl Controls {
    /// Unwinds, past the panic hook, which would print each.
    fn panic_in_notify(&self) {
        if on_worker() && count_down(&self.notify_panics) {
            resume_unwind(Box::new("notify"));
        }
    }
}

/// Whether this is a thread of one of the mock's workers.
pub(crate) fn on_worker() -> bool {
    let thread = thread::current();
    thread
        .name()
        .and_then(|name| name.strip_prefix("mock-"))
        .is_some_and(|slot| slot.parse::<u32>().is_ok())
}

/// Counts down to zero; whether it was more.
fn count_down(count: &AtomicU32) -> bool {
    let down = |left: u32| left.checked_sub(1);
    count
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, down)
        .is_ok()
}

#[derive(Debug)]
pub(crate) struct Mock(pub(crate) Arc<Controls>);

impl Engine for Mock {
    type Isolate = MockIsolate;

    fn start(&self, worker: &Arc<dyn Lifeline>) -> Result<MockIsolate, StartError> {
        self.0.starts.fetch_add(1, Ordering::SeqCst);
        if count_down(&self.0.failing_starts) {
            assert!(!self.0.start_panics.load(Ordering::SeqCst), "no isolate");
            return Err(StartError("the mock has no isolate".to_owned()));
        }
        Ok(MockIsolate {
            controls: Arc::clone(&self.0),
            worker: Arc::clone(worker),
            raised: Arc::default(),
            spent: false,
        })
    }

    fn stack_size(&self) -> usize {
        256 * 1024
    }

    fn grace_period(&self) -> Duration {
        self.0.grace.unwrap_or(PATIENCE)
    }
}

pub(crate) struct MockIsolate {
    controls: Arc<Controls>,
    worker: Arc<dyn Lifeline>,
    raised: Arc<Raised>,
    spent: bool,
}

impl Drop for MockIsolate {
    fn drop(&mut self) {
        self.controls.drops.fetch_add(1, Ordering::SeqCst);
    }
}

#[derive(Debug, Default)]
pub(crate) struct Raised(AtomicBool);

impl Interrupt for Raised {
    fn raise(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn clear(&self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Raised {
    pub(crate) fn is_raised(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl MockIsolate {
    fn is_raised(&self) -> bool {
        self.raised.is_raised()
    }

    fn block(&self) -> CallEnd {
        self.controls.entered.open();
        let since = Instant::now();
        while !self.is_raised() {
            assert!(since.elapsed() < PATIENCE, "nobody interrupts this call");
            thread::sleep(Duration::from_micros(50));
        }
        CallEnd::Interrupted
    }

    fn spin(&self, micros: u64, output: Bytes) -> CallEnd {
        let since = Instant::now();
        while since.elapsed() < Duration::from_micros(micros) {
            if self.is_raised() {
                return CallEnd::Interrupted;
            }
            std::hint::spin_loop();
        }
        CallEnd::Done(output.into())
    }

    fn give_up(&self, reason: LostReason) -> ! {
        self.worker.lost(reason);
        loop {
            thread::park();
        }
    }
}

pub(crate) fn concat(parts: &[Input]) -> Bytes {
    let mut all = BytesMut::new();
    for part in parts {
        part.read(|bytes| all.put_slice(bytes))
            .expect("nothing is taken back");
    }
    all.freeze()
}

impl Isolate for MockIsolate {
    fn interrupt(&self) -> Arc<dyn Interrupt> {
        Arc::clone(&self.raised) as Arc<dyn Interrupt>
    }

    fn call(&mut self, call: &ChunkCall<'_>) -> Reply {
        assert!(!self.spent, "a spent isolate was used again");
        self.controls
            .items
            .fetch_add(call.count.into(), Ordering::SeqCst);
        let input = concat(call.parts);
        let mut logs = Bytes::new();
        let has = |index: u64| (call.first..call.first + u64::from(call.count)).contains(&index);
        let failed = |index: u64| CallEnd::Failed(Bytes::from(index.to_string()));
        let end = match Script::parse(call.function.source()) {
            Script::Echo => CallEnd::Done(input.into()),
            Script::Gate => {
                self.controls.entered.open();
                self.controls.gate.wait();
                CallEnd::Done(input.into())
            }
            Script::Block => self.block(),
            Script::FailAt(index) if has(index) => failed(index),
            Script::FailOrBlock(index) if has(index) => failed(index),
            Script::FailAt(_) => CallEnd::Done(input.into()),
            Script::FailOrBlock(_) => self.block(),
            Script::Panic => panic!("scripted"),
            Script::Memory => {
                self.spent = true;
                CallEnd::MemoryLimit
            }
            Script::Spend => {
                self.spent = true;
                CallEnd::Done(input.into())
            }
            Script::Die => self.give_up(LostReason::Memory),
            Script::Strand => self.give_up(LostReason::Other("stranded".to_owned())),
            Script::Log => {
                logs = input.clone();
                CallEnd::Done(input.into())
            }
            Script::Lie => CallEnd::Interrupted,
            Script::Spin(micros) => self.spin(micros, input),
            Script::Unknown(source) => panic!("no script {source:?}"),
        };
        Reply {
            end,
            logs,
            cut: Cut::default(),
        }
    }

    fn salvage(&mut self) -> Bytes {
        self.controls.salvages.fetch_add(1, Ordering::SeqCst);
        Bytes::from_static(b"salvaged")
    }

    fn rest(&mut self) {
        self.controls.rests.fetch_add(1, Ordering::SeqCst);
        if self.controls.rest_waits.swap(false, Ordering::SeqCst) {
            self.controls.entered.open();
            self.controls.gate.wait();
        }
        assert!(
            !self.controls.rest_panics.swap(false, Ordering::SeqCst),
            "no rest"
        );
        self.spent |= self.controls.rest_spends.swap(false, Ordering::SeqCst);
    }

    fn is_spent(&self) -> bool {
        self.spent
    }

    fn heap_used(&self) -> u64 {
        4096
    }
}

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
        Self::start(Controls::default(), |_, notify| {
            Pool::start_adopting(terms, options(threads), notify).unwrap()
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
