//! [`Mock`]: an engine. What a function does is its source text; see [`Script`].

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bytes::{BufMut, Bytes, BytesMut};
use isolane_core::{
    CallEnd, ChunkCall, Cut, Engine, Input, Interrupt, Isolate, Lifeline, LostReason, Reply,
    StartError,
};

use super::PATIENCE;
use super::gate::Gate;

/// What the mock does in a call, by the function's source.
enum Script<'a> {
    /// Returns its input.
    Echo,
    /// Returns its input after the gate has opened. An interrupt is not noticed.
    Gate,
    /// Runs until it is interrupted.
    Block,
    /// The same; the interrupt panics when it is cleared.
    BlockFragile,
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
            "block-fragile" => Self::BlockFragile,
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
    /// Threads that are started from now on are to have more stack than there is.
    pub(crate) refuses_threads: AtomicBool,
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
    pub(super) fn panic_in_notify(&self) {
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
        if self.0.refuses_threads.load(Ordering::SeqCst) {
            return usize::MAX / 16 + 1;
        }
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
pub(crate) struct Raised {
    raised: AtomicBool,
    clear_panics: AtomicBool,
}

impl Interrupt for Raised {
    fn raise(&self) {
        self.raised.store(true, Ordering::SeqCst);
    }

    fn clear(&self) {
        if self.clear_panics.load(Ordering::SeqCst) {
            resume_unwind(Box::new("clear"));
        }
        self.raised.store(false, Ordering::SeqCst);
    }
}

impl Raised {
    pub(crate) fn is_raised(&self) -> bool {
        self.raised.load(Ordering::SeqCst)
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
            Script::BlockFragile => {
                self.raised.clear_panics.store(true, Ordering::SeqCst);
                self.block()
            }
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
