//! [`Spawned`]: worker threads that the pool starts. Each makes an isolate on its own thread, runs
//! chunks in it and replaces it when it is spent.

mod retries;

use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bytes::Bytes;

use self::retries::Retries;
use super::niceness::lower_priority;
use super::roster::Roster;
use super::running_chunk::RunningChunk;
use super::supply::Supply;
use super::worker::{Leave, Next, Wait, Worker};
use super::{Limits, Workers};
use crate::handoff::WorkerRef;
use crate::jobs::Called;
use crate::panic::panic_text;
use crate::sync::{Mutex, lock};
use crate::{CallEnd, Engine, Interrupt, Isolate, Lifeline, LostReason, StartError};

/// How often an isolate is tried before the thread ends, and how long it waits before the second time;
/// twice as long before each further.
const START_ATTEMPTS: u32 = 3;
const START_PAUSE: Duration = Duration::from_millis(10);

/// A call runs alone on a thread.
const LANE: usize = 0;

/// Threads with isolates of one engine. The type of the engine ends here.
pub(in crate::pool) struct Spawned<E> {
    engine: Arc<E>,
    /// Of the pool.
    name: String,
    /// By slot: the thread of its worker, unless it was given up, behind threads that may not have ended
    /// quite, of workers before it that could not start. Written by whoever starts threads or gives
    /// them up.
    threads: Mutex<Vec<Vec<JoinHandle<()>>>>,
    /// Under a lock of its own.
    retries: Retries,
}

impl<E: Engine> Spawned<E> {
    /// Threads for a pool of `size` workers.
    pub(crate) fn new(engine: E, size: usize, name: &str) -> Self {
        Self {
            engine: Arc::new(engine),
            name: name.to_owned(),
            threads: Mutex::new((0..size).map(|_| Vec::new()).collect()),
            retries: Retries::new(size),
        }
    }
}

impl<E: Engine> Supply for Spawned<E> {
    fn start(&self, workers: &Arc<Workers>, worker: WorkerRef) -> io::Result<()> {
        let (engine, workers) = (Arc::clone(&self.engine), Arc::clone(workers));
        let thread = thread::Builder::new()
            .name(format!("{}-{}", self.name, worker.slot))
            .stack_size(engine.stack_size())
            .spawn(move || run(&*engine, workers, worker))?;
        let threads = &mut lock(&self.threads)[worker.slot];
        threads.retain(|thread| !thread.is_finished());
        threads.push(thread);
        Ok(())
    }

    fn failed(&self, workers: &Arc<Workers>, worker: WorkerRef) -> bool {
        self.retries.failed(workers, worker)
    }

    fn start_again(&self, workers: &Arc<Workers>, failed: WorkerRef, alive: usize) -> bool {
        let wanted = self.retries.try_again(workers, failed, alive);
        if !wanted || !workers.scheduler.restart(failed) {
            return false;
        }
        let worker = failed.successor();
        let started = self.start(workers, worker).is_ok();
        if !started && workers.scheduler.leave(worker) {
            self.retries.failed(workers, worker);
        }
        started
    }

    fn came(&self, _: &Workers, worker: WorkerRef) {
        self.retries.clear(worker.slot);
    }

    fn queued(&self, workers: &Arc<Workers>) {
        self.retries.queued(workers);
    }

    fn lost(&self, _: &Workers, worker: WorkerRef, _: &LostReason) -> Result<(), String> {
        self.retries.clear(worker.slot);
        // Detached: nobody can wait for it.
        drop(lock(&self.threads)[worker.slot].pop());
        Ok(())
    }

    fn looks_at_once(&self) -> bool {
        true
    }

    fn abandons_threads(&self) -> bool {
        true
    }

    fn join(&self, roster: &Roster, limit: Duration) -> bool {
        if !roster.wait_until_empty(limit) {
            return false;
        }
        let threads: Vec<_> = lock(&self.threads).iter_mut().flat_map(mem::take).collect();
        for thread in threads {
            // They have done all they do and reported it; only the end of the thread is left.
            let _ = thread.join();
        }
        true
    }
}

/// The body of a worker thread.
fn run<E: Engine>(engine: &E, workers: Arc<Workers>, me: WorkerRef) {
    let mut worker = Worker::new(workers, me);
    match catch_unwind(AssertUnwindSafe(|| live(&mut worker, engine))) {
        Ok(leave) => worker.leave(leave),
        Err(panic) => crash(&mut worker, &panic_text(&*panic)),
    }
}

/// The end of a worker that panicked. What can panic in an engine is caught where it can be
/// reported; this is for the rest, such as memory of the host's that is let go. The worker may be
/// idle, so that somebody claims it meanwhile: it is given up as if another had found it stuck.
fn crash(worker: &mut Worker, reason: &str) {
    let reason = LostReason::Other(reason.to_owned());
    // Again, since what is let go may panic again: each time one report less is left.
    while catch_unwind(AssertUnwindSafe(|| worker.report())).is_err() {}
    let give_up = || worker.workers().give_up(worker.me(), &reason);
    // What panics here is the last reference to a job, which has been reported.
    let _ = catch_unwind(AssertUnwindSafe(give_up));
    worker.leave(Leave::Lost);
}

/// Why a worker stops using an isolate.
enum Exit {
    /// It needs another. Why, unless it was time.
    Replace(Option<String>),
    Leave(Leave),
}

fn live<E: Engine>(worker: &mut Worker, engine: &E) -> Leave {
    // Not before the first isolate is there: calls may be waiting for it.
    let mut nice_increment = worker.workers().limits.nice_increment;
    loop {
        let (mut isolate, interrupt) = match start(worker, engine) {
            Ok(started) => started,
            Err(leave) => return leave,
        };
        lower_priority(mem::take(&mut nice_increment));
        worker.rest_later();
        let exit = serve(worker, &mut isolate, &*interrupt);
        if let Exit::Replace(reason) = &exit
            && let Err(leave) = worker.renew(reason.clone())
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
    worker: &mut Worker,
    engine: &E,
) -> Result<(E::Isolate, Arc<dyn Interrupt>), Leave> {
    let workers = worker.workers();
    workers.begin_worker(worker.me());
    let lifeline: Arc<dyn Lifeline> = Arc::new(WorkerLifeline {
        workers: Arc::downgrade(workers),
        worker: worker.me(),
    });
    let (isolate, interrupt) = try_start(workers, || {
        #[cfg(feature = "fault-injection")]
        crate::faults::start()?;
        let isolate = engine.start(&lifeline)?;
        let interrupt = isolate.interrupt();
        Ok((isolate, interrupt))
    })?;
    worker.prepare(LANE, Arc::clone(&interrupt));
    worker.progress().set_heap_used(isolate.heap_used());
    worker.came();
    worker.announce();
    Ok((isolate, interrupt))
}

fn try_start<T>(workers: &Workers, start: impl Fn() -> Result<T, StartError>) -> Result<T, Leave> {
    let mut pause = START_PAUSE;
    let mut attempt = 1;
    loop {
        if workers.scheduler.is_stopping() {
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
            Next::Run(chunk) => {
                // What every isolate has had first is no service.
                tasks += u64::from(chunk.warm_run().is_none());
                run_chunk(worker, isolate, interrupt, chunk, tasks)
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
fn run_chunk<I: Isolate>(
    worker: &mut Worker,
    isolate: &mut I,
    interrupt: &dyn Interrupt,
    chunk: RunningChunk,
    tasks: u64,
) -> Option<Exit> {
    let called = catch_unwind(AssertUnwindSafe(|| {
        #[cfg(feature = "fault-injection")]
        crate::faults::panic();
        let reply = isolate.call(&chunk.call());
        let salvaged = if reply.end == CallEnd::Interrupted && chunk.salvages() {
            isolate.salvage()
        } else {
            Bytes::new()
        };
        let called = Called { reply, salvaged };
        let mut spent = isolate.is_spent();
        match chunk.warm_run() {
            None => spent = spent || is_worn(&worker.workers().limits, isolate, tasks),
            Some(run) if spent => run.cost_its_isolate(),
            Some(_) => {}
        }
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
    if let Err(leave) = worker.finish(LANE, chunk, interrupt, called) {
        return Some(Exit::Leave(leave));
    }
    // Not before: the slot may be another worker's by then.
    if let Some(heap_used) = heap_used {
        worker.progress().set_heap_used(heap_used);
    }
    exit
}

/// The lifeline of one worker.
struct WorkerLifeline {
    /// Weak, since engines keep lifelines in isolates and the workers keep the engine.
    workers: Weak<Workers>,
    worker: WorkerRef,
}

impl Lifeline for WorkerLifeline {
    fn lost(&self, reason: LostReason) {
        if let Some(workers) = self.workers.upgrade() {
            workers.give_up(self.worker, &reason);
        }
    }
}
