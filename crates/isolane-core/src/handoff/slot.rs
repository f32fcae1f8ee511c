//! [`Slot`]: a worker's place in the status array.

use std::sync::Arc;

use crate::handoff::WorkerState;
use crate::handoff::absence::Absence;
use crate::handoff::parker::Parker;
use crate::handoff::status::{StateWord, Transition};
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use crate::sync::{Mutex, lock};

/// Names one worker: its slot and which of the slot's holders it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WorkerRef {
    pub(crate) slot: usize,
    pub(crate) generation: u64,
}

impl WorkerRef {
    /// The next holder of the same slot.
    pub(crate) fn successor(self) -> Self {
        Self {
            generation: self.generation + 1,
            ..self
        }
    }
}

/// A worker's place: state word, mailbox and counters.
#[derive(Debug)]
pub(crate) struct Slot<T> {
    /// Written by whoever makes a transition, read by anyone.
    word: StateWord,
    /// Filled by the one who has claimed the worker, emptied by the worker or by the one who gives
    /// it up. The lock is also what makes handing over and giving up exclude each other.
    pub(super) mailbox: Mutex<Mailbox<T>>,
    /// Written by the worker, read by anyone.
    pub(crate) progress: Progress,
    /// Atomic of its own, see there.
    pub(crate) absence: Absence,
}

/// What a worker is handed, and how it is woken for it.
#[derive(Debug)]
pub(super) struct Mailbox<T> {
    /// `None` when it is handed something says "look into the queue".
    pub(super) mail: Option<T>,
    /// Whether it was handed nothing when it was last handed something.
    pub(super) is_empty: bool,
    /// The thread that holds the slot, written when it takes the slot. Each brings its own: one that
    /// was given up and does not know yet may still sleep on its.
    pub(super) sleeper: Arc<Parker>,
}

/// What observers see of a worker. All relaxed: each is a figure of its own, and nothing is read on the
/// strength of one.
#[derive(Debug)]
pub(crate) struct Progress {
    /// Id of the present worker. Written by whoever brings the worker up.
    worker: AtomicU32,
    /// When it was created, in nanoseconds since the pool's start. Written with the id.
    born: AtomicU64,
    /// Written by the worker, as is the next.
    items_done: AtomicU64,
    /// In bytes.
    heap_used: AtomicU64,
}

/// A look at [`Progress`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) worker: u32,
    pub(crate) born: u64,
    pub(crate) items_done: u64,
    pub(crate) heap_used: u64,
}

impl Progress {
    pub(crate) fn worker(&self) -> u32 {
        self.worker.load(Ordering::Relaxed)
    }

    pub(crate) fn look(&self) -> Seen {
        Seen {
            worker: self.worker(),
            born: self.born.load(Ordering::Relaxed),
            items_done: self.items_done.load(Ordering::Relaxed),
            heap_used: self.heap_used.load(Ordering::Relaxed),
        }
    }

    /// A new worker holds the slot.
    fn begin(&self, worker: u32, born: u64) {
        self.worker.store(worker, Ordering::Relaxed);
        self.born.store(born, Ordering::Relaxed);
        self.items_done.store(0, Ordering::Relaxed);
        self.heap_used.store(0, Ordering::Relaxed);
    }

    pub(crate) fn add_items(&self, items: u32) {
        self.items_done.fetch_add(items.into(), Ordering::Relaxed);
    }

    pub(crate) fn set_heap_used(&self, bytes: u64) {
        self.heap_used.store(bytes, Ordering::Relaxed);
    }
}

impl<T> Slot<T> {
    pub(super) fn new() -> Self {
        Self {
            word: StateWord::new(),
            mailbox: Mutex::new(Mailbox {
                mail: None,
                is_empty: false,
                sleeper: Arc::new(Parker::new()),
            }),
            progress: Progress {
                worker: AtomicU32::new(0),
                born: AtomicU64::new(0),
                items_done: AtomicU64::new(0),
                heap_used: AtomicU64::new(0),
            },
            absence: Absence::new(),
        }
    }

    /// The generation of the worker that holds the slot, and what it is doing.
    pub(crate) fn status(&self) -> (u64, WorkerState) {
        let word = self.word.look();
        (word.generation(), word.state())
    }

    /// A new worker holds the slot; see [`Progress::begin`].
    pub(crate) fn begin(&self, worker: u32, born: u64) {
        self.progress.begin(worker, born);
        self.absence.reset();
    }

    /// Whether the worker takes another job before one has to wait: it is about to be idle, or to be
    /// seen to be.
    pub(crate) fn is_spare(&self) -> bool {
        match self.status().1 {
            WorkerState::Starting | WorkerState::Resting | WorkerState::Idle => true,
            // It may have been told to look, which is done under this lock.
            WorkerState::Claimed | WorkerState::Assigned => {
                let mailbox = lock(&self.mailbox);
                self.status().1 == WorkerState::Assigned && mailbox.is_empty
            }
            _ => false,
        }
    }

    #[must_use]
    pub(super) fn transit(&self, generation: u64, transition: Transition) -> bool {
        self.word.transit(generation, transition)
    }

    /// Takes what was handed over.
    pub(super) fn take_mail(&self) -> Option<T> {
        lock(&self.mailbox).mail.take()
    }
}
