//! [`Job`]: what the pool keeps of a job until it has ended.
//!
//! All accounting is in [`JobState`], under the job's lock: what has been taken, what is in
//! call, and how the job ends. A job goes through the pool as a *ticket*: at most one reference
//! to it lies in a mailbox or in the injector, and whoever holds it takes one chunk and passes the
//! ticket on if more is at hand. That is how jobs take turns.

use std::mem;
use std::time::{Duration, Instant};

use super::chunking::{Grain, Outlook, chunk_items};
use super::cursor::Chunk;
use super::items::Items;
use super::timing::Timing;
use super::warm_up::WarmRun;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Mutex, MutexGuard, lock};
use crate::watchdog::AlarmKey;
use crate::{ChunkCall, End, Event, JobSpec, Output, Part};

/// Items that are looked for ahead of those who take them, at the most.
const MAX_LOOK_AHEAD: u64 = 1 << 16;

#[derive(Debug)]
pub(crate) struct Job {
    /// As submitted; its `parts`, `sealed` and `source` have gone into the state. Never written.
    pub(crate) spec: JobSpec,
    pub(crate) submitted: Instant,
    /// What it warms, if that is what it is for.
    pub(crate) warm_run: Option<WarmRun>,
    /// Bytes of all results that have come so far. Written by workers, Relaxed: the sum decides
    /// nothing but itself.
    output: AtomicU64,
    /// Written by the host (items), by workers (chunks) and by whoever ends the job.
    state: Mutex<JobState>,
}

#[derive(Debug)]
pub(super) struct JobState {
    pub(super) items: Items,
    grain: Grain,
    /// Whether the ticket is about.
    ticket: bool,
    /// Chunks taken whose report is still to come.
    unreported: u32,
    /// Chunks taken.
    chunks: u32,
    /// Items delivered.
    done: u64,
    /// Set once, and only then `None` again when the job is over.
    ending: Option<Ending>,
    over: bool,
    /// When the first chunk was taken.
    pub(super) started: Option<Instant>,
    /// Whether it counts among the jobs that wait.
    pub(super) queued: bool,
    /// The alarm that is set for it: one at a time, the queue timeout and then the timeout.
    pub(super) alarm: Option<AlarmKey>,
    /// Until it is over, if somebody has asked.
    pub(super) timing: Option<Box<Timing>>,
}

/// How a job is going to end that does not end well.
#[derive(Debug)]
struct Ending {
    end: End,
    /// Index of the first item of the chunk that failed.
    first: u64,
}

impl Job {
    pub(super) fn new(mut spec: JobSpec) -> Self {
        let parts = mem::take(&mut spec.parts);
        let state = JobState {
            items: Items::new(parts, spec.sealed, spec.source.take()),
            grain: spec.chunk_size.map_or(Grain::Auto, Grain::Fixed),
            ticket: false,
            unreported: 0,
            chunks: 0,
            done: 0,
            ending: None,
            over: false,
            started: None,
            queued: false,
            alarm: None,
            timing: spec.timed.then(Box::default),
        };
        Self {
            spec,
            submitted: Instant::now(),
            warm_run: None,
            output: AtomicU64::new(0),
            state: Mutex::new(state),
        }
    }

    /// The run of a recipe on one worker.
    pub(super) fn warming(spec: JobSpec, run: WarmRun) -> Self {
        Self {
            warm_run: Some(run),
            ..Self::new(spec)
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, JobState> {
        lock(&self.state)
    }

    pub(crate) fn call<'a>(&'a self, chunk: &'a Chunk) -> ChunkCall<'a> {
        let spec = &self.spec;
        ChunkCall {
            function: &spec.function,
            second: spec.second.as_ref(),
            kind: spec.kind,
            args: &spec.args,
            shared: &spec.shared,
            first: chunk.first,
            count: chunk.count,
            salvage: spec.salvage,
            parts: &chunk.parts,
            attachments: &chunk.attachments,
        }
    }

    /// Counts a chunk's results in. False if that makes them larger than `limit`.
    pub(super) fn count_output(&self, output: &Output, limit: u64) -> bool {
        let length = output.len() as u64;
        // Relaxed: see the field.
        let before = self.output.fetch_add(length, Ordering::Relaxed);
        before + length <= limit
    }

    /// A call of its, by the worker with this id, has ended and is to be reported.
    pub(crate) fn called(&self, worker: u32, ended: Instant) {
        if let Some(timing) = &mut self.lock().timing {
            timing.called(worker, ended);
        }
    }

    /// Whether an interrupted call is to be asked for what it has finished.
    pub(crate) fn salvages(&self) -> bool {
        self.spec.salvage && self.lock().has_timed_out()
    }

    /// A chunk could not be stopped, and its worker is lost for `reason`. A job that has timed out
    /// ends with that, unless it wants what it has at its timeout.
    pub(crate) fn overrun(&self, reason: &str) {
        let mut state = self.lock();
        if let Some(Ending { end, .. }) = &mut state.ending
            && let End::TimedOut { limit, .. } = *end
            && !self.spec.salvage
        {
            *end = End::WorkerLost {
                reason: reason.to_owned(),
                overran: Some(limit),
            };
        }
    }

    /// Takes the next chunk. Only with items at hand, under the same lock.
    pub(super) fn next_chunk(&self, state: &mut JobState, threads: usize) -> Chunk {
        let at_hand = state.items.at_hand();
        let target = self.chunk_items(state, at_hand, state.items.are_last(), threads);
        let chunk = state.items.take(state.grain, target);
        state.chunks = state.chunks.saturating_add(1);
        state.unreported += 1;
        chunk
    }

    /// How many items should have been found before the next chunk is taken: enough for all workers.
    pub(super) fn wanted(&self, state: &JobState, threads: usize) -> u64 {
        let chunk = self.chunk_items(state, u64::MAX, false, threads);
        chunk.saturating_mul(threads as u64).min(MAX_LOOK_AHEAD)
    }

    fn chunk_items(&self, state: &JobState, at_hand: u64, sealed: bool, threads: usize) -> u64 {
        chunk_items(
            state.grain,
            Outlook {
                at_hand,
                sealed,
                chunks: state.chunks,
                cost: self.spec.function.cost(),
                threads,
            },
        )
    }

    /// Takes a chunk's output in. If the event has `last` set, the job is over.
    pub(super) fn deliver(
        &self,
        state: &mut JobState,
        first: u64,
        count: u32,
        output: Output,
    ) -> Event {
        state.unreported -= 1;
        state.done += u64::from(count);
        state.over = state.is_complete();
        let bytes = match &self.spec.sink {
            Some(sink) if state.over => sink.finish(),
            _ => output.bytes,
        };
        Event::Chunk {
            job: self.spec.id,
            first,
            count,
            output: bytes,
            attachments: output.attachments,
            ran: state.ran(),
            last: state.over,
        }
    }

    /// What the sink of a job gives that ends well, and not with its last chunk.
    pub(super) fn finish(&self, state: &JobState) -> Option<Event> {
        let sink = self.spec.sink.as_ref()?;
        Some(Event::Chunk {
            job: self.spec.id,
            first: state.done,
            count: 0,
            output: sink.finish(),
            attachments: Vec::new(),
            ran: state.ran(),
            last: false,
        })
    }

    /// Ends the job if there is a reason and nothing of it is in call. The event, if that ended
    /// it.
    #[must_use]
    pub(super) fn conclude(&self, state: &mut JobState) -> Option<Event> {
        if state.over || state.unreported > 0 {
            return None;
        }
        let end = match state.ending.take() {
            Some(ending) => ending.end.with_done(state.done),
            // Empty, or sealed after its last chunk had been delivered.
            None if state.is_complete() => End::Done,
            None => return None,
        };
        state.over = true;
        Some(Event::Ended {
            job: self.spec.id,
            end,
        })
    }
}

impl JobState {
    /// Whether the holder of the ticket can take a chunk.
    pub(super) fn has_chunk(&self) -> bool {
        !self.is_ending() && self.items.is_ready(self.grain)
    }

    /// Whether items must be looked for before a chunk can be taken.
    pub(super) fn must_look(&mut self) -> bool {
        let grain = self.grain;
        let sought = self.items.sought();
        sought.is_some_and(|items| items.must_look(grain))
    }

    /// Whether no more chunks are handed out.
    pub(super) fn is_ending(&self) -> bool {
        self.over || self.ending.is_some()
    }

    /// Makes the ticket if a chunk can be taken and it is not about. The caller dispatches it.
    #[must_use]
    pub(super) fn issue_ticket(&mut self) -> bool {
        let issue = !self.ticket && self.has_chunk();
        self.ticket |= issue;
        issue
    }

    /// After a chunk was or was not taken: whether the ticket is to be passed on. Otherwise it is
    /// void.
    #[must_use]
    pub(super) fn keep_ticket(&mut self) -> bool {
        self.ticket = self.has_chunk();
        self.ticket
    }

    /// Time since the first chunk was started.
    fn ran(&self) -> Duration {
        self.started
            .map_or(Duration::ZERO, |started| started.elapsed())
    }

    fn has_timed_out(&self) -> bool {
        let end = self.ending.as_ref().map(|ending| &ending.end);
        matches!(end, Some(End::TimedOut { .. }))
    }

    /// Takes a chunk back in that has no output.
    pub(super) fn take_back(&mut self) {
        self.unreported -= 1;
    }

    pub(super) fn append(&mut self, part: Part) {
        if !self.is_ending() && !self.items.is_sealed() {
            self.items.push(part);
        }
    }

    pub(super) fn seal(&mut self) {
        // A job that is ending has dropped items; sealed, it could look complete.
        if !self.is_ending() {
            self.items.seal();
        }
    }

    /// Records why the job ends: the first reason counts, but among failures that of the lowest
    /// item. `first` is the first item of the chunk that brought it. False if the job was ending
    /// already.
    pub(super) fn fail(&mut self, end: End, first: u64) -> bool {
        if self.over {
            return false;
        }
        match &mut self.ending {
            None => {
                self.items.clear();
                self.ending = Some(Ending { end, first });
                true
            }
            Some(ending) => {
                if ending.end.is_failure() && end.is_failure() && first < ending.first {
                    *ending = Ending { end, first };
                }
                false
            }
        }
    }

    /// Whether every item has been delivered. A timeout that came while the last chunk was on its
    /// way home has missed the job.
    fn is_complete(&self) -> bool {
        let overtaken = self.ending.is_some() && !self.has_timed_out();
        self.unreported == 0 && !overtaken && self.items.total() == Some(self.done)
    }
}

impl End {
    fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }

    fn with_done(self, done: u64) -> Self {
        match self {
            Self::TimedOut { limit, .. } => Self::TimedOut { limit, done },
            end => end,
        }
    }
}
