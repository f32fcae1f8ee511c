//! The worker threads that the pool starts: each makes an isolate on its own thread, runs chunks in
//! it and replaces it when it is spent.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use bytes::Bytes;

use crate::handoff::status::WorkerRef;
use crate::jobs::registry::{Limits, Registry};
use crate::workers::niceness::lower_priority;
use crate::workers::worker::{Called, Leave, Next, RunningChunk, Wait, Worker, panic_text};
use crate::{CallEnd, Engine, Interrupt, Isolate, Lifeline, LostReason, StartError};

/// How often an isolate is tried before the worker is given up, and how long it waits before the
/// second time; twice as long before each further.
const START_ATTEMPTS: u32 = 3;
const START_PAUSE: Duration = Duration::from_millis(10);

/// A call runs alone on a thread.
const LANE: usize = 0;

/// The body of a worker thread.
pub(crate) fn run<E: Engine>(engine: &E, registry: &Arc<Registry>, worker_ref: WorkerRef) {
    let mut worker = Worker::new(Arc::clone(registry), worker_ref);
    // What could panic in there has been caught where it can be reported; this is for the rest,
    // such as the host's notify, so that the pool at least knows.
    let leave = catch_unwind(AssertUnwindSafe(|| live(&mut worker, engine)))
        .unwrap_or_else(|panic| Leave::Failed(panic_text(&*panic)));
    worker.leave(leave);
}

/// Why a worker stops using an isolate.
enum Exit {
    /// It needs another. Why, unless it was time.
    Replace(Option<String>),
    Leave(Leave),
}

fn live<E: Engine>(worker: &mut Worker, engine: &E) -> Leave {
    // Not before the first isolate is there: calls may be waiting for it.
    let mut nice_increment = worker.registry().limits.nice_increment;
    loop {
        let (mut isolate, interrupt) = match start(worker, engine) {
            Ok(started) => started,
            Err(leave) => return leave,
        };
        lower_priority(mem::take(&mut nice_increment));
        worker.rest_later();
        let exit = serve(worker, &mut isolate, &*interrupt);
        if let Exit::Replace(reason) = &exit
            && let Err(leave) = worker.replace(reason.clone())
        {
            return leave;
        }
        // The drop of an isolate that has panicked may panic again, and says nothing new.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(isolate)));
        if let Exit::Leave(leave) = exit {
            return leave;
        }
    }
}

/// Makes the isolate.
fn start<E: Engine>(
    worker: &Worker,
    engine: &E,
) -> Result<(E::Isolate, Arc<dyn Interrupt>), Leave> {
    let registry = worker.registry();
    registry.begin_worker(worker.worker_ref());
    let lifeline: Arc<dyn Lifeline> = Arc::new(Seated {
        registry: Arc::downgrade(registry),
        worker_ref: worker.worker_ref(),
    });
    let (isolate, interrupt) = try_start(registry, || {
        #[cfg(feature = "fault-injection")]
        crate::faults::start()?;
        let isolate = engine.start(&lifeline)?;
        let interrupt = isolate.interrupt();
        Ok((isolate, interrupt))
    })?;
    worker.prepare(LANE, Arc::clone(&interrupt));
    worker.progress().set_heap_used(isolate.heap_used());
    worker.announce();
    Ok((isolate, interrupt))
}

fn try_start<T>(
    registry: &Registry,
    start: impl Fn() -> Result<T, StartError>,
) -> Result<T, Leave> {
    let mut pause = START_PAUSE;
    let mut attempt = 1;
    loop {
        if registry.scheduler.is_stopping() {
            return Err(Leave::Stop);
        }
        let reason = match catch_unwind(AssertUnwindSafe(&start)) {
            Ok(Ok(started)) => return Ok(started),
            Ok(Err(StartError(reason))) => reason,
            Err(panic) => panic_text(&*panic),
        };
        if attempt == START_ATTEMPTS {
            return Err(Leave::Failed(reason));
        }
        thread::sleep(pause);
        attempt += 1;
        pause *= 2;
    }
}

fn serve<I: Isolate>(worker: &mut Worker, isolate: &mut I, interrupt: &dyn Interrupt) -> Exit {
    let mut tasks = 0;
    loop {
        let exit = match worker.next(LANE, Wait::Forever) {
            Next::Run(running) => {
                tasks += 1;
                fly(worker, isolate, interrupt, running, tasks)
            }
            Next::Rest => rest(worker, isolate),
            Next::Nothing => None,
            Next::Leave(leave) => Some(Exit::Leave(leave)),
        };
        if let Some(exit) = exit {
            return exit;
        }
    }
}

fn rest<I: Isolate>(worker: &Worker, isolate: &mut I) -> Option<Exit> {
    let rested = catch_unwind(AssertUnwindSafe(|| {
        isolate.rest();
        (isolate.is_spent(), isolate.heap_used())
    }));
    match rested {
        // The next call is not to pay for what others have kept.
        Ok((true, _)) => Some(Exit::Replace(Some(LostReason::Memory.to_string()))),
        Ok((false, heap_used)) => {
            worker.progress().set_heap_used(heap_used);
            None
        }
        Err(panic) => Some(Exit::Replace(Some(panic_text(&*panic)))),
    }
}

/// Whether the isolate has served for as long as the pool's options want.
fn is_worn<I: Isolate>(limits: &Limits, isolate: &mut I, tasks: u64) -> bool {
    if tasks >= limits.recycle_after_tasks {
        return true;
    }
    if isolate.heap_used() <= limits.recycle_above {
        return false;
    }
    isolate.shrink();
    isolate.heap_used() > limits.recycle_above
}

/// Runs a chunk, the isolate's number `tasks`.
fn fly<I: Isolate>(
    worker: &mut Worker,
    isolate: &mut I,
    interrupt: &dyn Interrupt,
    running: RunningChunk,
    tasks: u64,
) -> Option<Exit> {
    let called = catch_unwind(AssertUnwindSafe(|| {
        #[cfg(feature = "fault-injection")]
        crate::faults::panic();
        let reply = isolate.call(&running.call());
        let salvaged = if reply.end == CallEnd::Interrupted && running.salvages() {
            isolate.salvage()
        } else {
            Bytes::new()
        };
        let called = Called { reply, salvaged };
        let limits = &worker.registry().limits;
        let spent = isolate.is_spent() || is_worn(limits, isolate, tasks);
        (called, spent, isolate.heap_used())
    }));
    let (called, heap_used, exit) = match called {
        Ok((called, spent, heap_used)) => {
            let reason =
                (called.reply.end == CallEnd::MemoryLimit).then(|| LostReason::Memory.to_string());
            let exit = spent.then_some(Exit::Replace(reason));
            (Ok(called), Some(heap_used), exit)
        }
        Err(panic) => {
            let reason = panic_text(&*panic);
            (Err(reason.clone()), None, Some(Exit::Replace(Some(reason))))
        }
    };
    if let Err(leave) = worker.finish(LANE, running, interrupt, called) {
        return Some(Exit::Leave(leave));
    }
    // Not before: the slot may be another worker's by then.
    if let Some(heap_used) = heap_used {
        worker.progress().set_heap_used(heap_used);
    }
    exit
}

/// The lifeline of the worker in a worker_ref.
struct Seated {
    /// Weak, since engines keep lifelines in isolates and the registry keeps the engine.
    registry: Weak<Registry>,
    worker_ref: WorkerRef,
}

impl Lifeline for Seated {
    fn lost(&self, reason: LostReason) {
        if let Some(registry) = self.registry.upgrade() {
            registry.give_up(self.worker_ref, &reason);
        }
    }
}
