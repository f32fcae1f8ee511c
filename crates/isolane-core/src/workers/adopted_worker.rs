//! [`AdoptedWorker`]: a worker that a thread of the host's is, step by step.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::running_chunk::RunningChunk;
use super::summons::Expected;
use super::worker::{Leave, Next, Wait, Worker};
use crate::jobs::Called;
use crate::{ChunkCall, Event, Function, Interrupt, JobId, Reply};

/// A worker of a pool, in the hands of the thread that is it.
///
/// The thread must go on taking [steps](Self::next) until one tells it to leave. Where it ends
/// without that, the host must say so: [`Pool::give_up`](crate::Pool::give_up).
pub struct AdoptedWorker {
    worker: Worker,
    lanes: Box<[Lane]>,
    /// Whether it is waited for.
    expected: Arc<Expected>,
    /// When it stepped out, if it has.
    left: Option<u64>,
}

struct Lane {
    running: Option<RunningChunk>,
    /// The job and the function of the running call, or of the last one.
    last: Option<(JobId, Arc<Function>)>,
    interrupt: Arc<dyn Interrupt>,
}

impl fmt::Debug for AdoptedWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdoptedWorker")
            .field("worker", &self.worker.me())
            .finish_non_exhaustive()
    }
}

/// What an adopted worker does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Runs the [call](AdoptedWorker::call) in this lane, and [finishes](AdoptedWorker::finish) it
    /// when it is done; it may take further steps meanwhile.
    Run {
        /// The lane.
        lane: usize,
    },
    /// Does its housekeeping, then takes the next step.
    Rest,
    /// Waits elsewhere. It takes the next step when its [waker](crate::Waker) was called, or when a call of its
    /// own has finished.
    Nothing,
    /// Ends: the pool stops, or has given the worker up. No step may follow.
    Leave,
}

impl AdoptedWorker {
    /// A worker that has just taken its slot.
    pub(super) fn new(
        mut worker: Worker,
        expected: Arc<Expected>,
        interrupt: impl Fn(usize) -> Arc<dyn Interrupt>,
    ) -> Self {
        let lanes: Box<[_]> = (0..worker.lanes())
            .map(|lane| Lane {
                running: None,
                last: None,
                interrupt: interrupt(lane),
            })
            .collect();
        for (number, lane) in lanes.iter().enumerate() {
            worker.prepare(number, Arc::clone(&lane.interrupt));
        }
        worker.announce();
        Self {
            worker,
            lanes,
            expected,
            left: None,
        }
    }

    /// Looks for the next call. When there is none, waits up to `patience` on this thread, but not
    /// while calls are running, and then has the thread wait elsewhere.
    ///
    /// With every lane in use, or while a warm-up runs, it only reports what has finished.
    pub fn next(&mut self, patience: Duration) -> Step {
        self.worker.parker().come_back();
        if let Some(since) = self.left.take() {
            let scheduler = &self.worker.workers().scheduler;
            scheduler.come_back(self.worker.me(), since);
        }
        if self.expected.take() {
            self.worker.came();
        }
        let Some(lane) = self.free_lane() else {
            if self.worker.is_lost() {
                return self.leave(Leave::Lost);
            }
            self.worker.report();
            return Step::Nothing;
        };
        let wait = if self.has_calls() || patience.is_zero() {
            Wait::Elsewhere
        } else {
            Wait::Briefly(patience)
        };
        match self.worker.next(lane, wait) {
            Next::Run(chunk) => {
                self.lanes[lane].last = Some(chunk.name());
                self.lanes[lane].running = Some(chunk);
                Step::Run { lane }
            }
            Next::Rest => Step::Rest,
            Next::Nothing => Step::Nothing,
            Next::Leave(leave) => self.leave(leave),
        }
    }

    /// Where the next call runs, if there is room: not while a warm-up runs, which is to end before calls.
    fn free_lane(&self) -> Option<usize> {
        let mut running = self.lanes.iter().filter_map(|lane| lane.running.as_ref());
        if running.any(|chunk| chunk.warm_run().is_some()) {
            return None;
        }
        self.lanes.iter().position(|lane| lane.running.is_none())
    }

    /// The call in `lane`.
    pub fn call(&self, lane: usize) -> Option<ChunkCall<'_>> {
        self.lanes
            .get(lane)?
            .running
            .as_ref()
            .map(RunningChunk::call)
    }

    /// Whether any call is running.
    pub fn has_calls(&self) -> bool {
        self.lanes.iter().any(|lane| lane.running.is_some())
    }

    /// Ends the call in `lane`. `salvaged` is what it had finished when it was interrupted; it counts
    /// where that was asked for ([`ChunkCall::salvage`]). The call is reported at once: what it has left
    /// behind on this thread may keep the next [step](Self::next) for ever. `takes_more` says whether
    /// that step could take a call: whoever hears of the end may have one. `false`: the worker has
    /// been given up and must end.
    #[must_use]
    pub fn finish(&mut self, lane: usize, reply: Reply, salvaged: Bytes, takes_more: bool) -> bool {
        let Some(Lane {
            running, interrupt, ..
        }) = self.lanes.get_mut(lane)
        else {
            return true;
        };
        let Some(chunk) = running.take() else {
            return true;
        };
        let warms = chunk.warm_run().is_some();
        let called = Ok(Called { reply, salvaged });
        let finished = self.worker.finish(lane, chunk, &**interrupt, called);
        if finished.is_ok() && takes_more {
            let stepped_out = self.worker.workers().scheduler.step_out(self.worker.me());
            self.left = stepped_out.or(self.left);
        }
        self.worker.report();
        if warms {
            // Its next step may be long in coming.
            self.worker.end_warm_ups();
        }
        finished.is_ok()
    }

    /// Tells the host at once what a function has logged: that of the call in `lane`, or of
    /// the last one there. What comes with a [reply](Self::finish) is told when that is.
    pub fn log(&self, lane: usize, records: Bytes) {
        let last = self.lanes.get(lane).and_then(|lane| lane.last.clone());
        if let Some((job, function)) = last {
            let worker = self.worker.progress().worker();
            self.worker.workers().jobs.completions().emit(Event::Log {
                job,
                function,
                worker,
                records,
            });
        }
    }

    /// Notes the bytes of heap in use.
    pub fn set_heap_used(&self, bytes: u64) {
        self.worker.progress().set_heap_used(bytes);
    }

    fn leave(&mut self, leave: Leave) -> Step {
        self.worker.leave(leave);
        Step::Leave
    }
}
