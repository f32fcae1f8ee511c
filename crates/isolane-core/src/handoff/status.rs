//! The status array: one [`Slot`] per worker, each with a state word that anyone can read.
//!
//! The word packs the state with a generation, which tells the workers that hold a slot one after
//! another apart: `generation << 8 | state`. All transitions are compare-and-swaps on the whole
//! word, so nothing meant for one worker can hit its successor. `README.md` beside this file tells
//! the protocol; `mod.rs` carries it out.

use std::sync::Arc;
use std::time::Duration;

use crate::handoff::parker::Parker;
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use crate::sync::{Mutex, lock};

/// What a worker is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum WorkerState {
    /// Its isolate is being made.
    Starting = 0,
    /// Waits for a job.
    Idle = 1,
    /// A dispatcher has taken it off the idle set.
    Claimed = 2,
    /// A job lies in its mailbox.
    Assigned = 3,
    /// Runs a chunk.
    Running = 4,
    /// Was interrupted and has not come back yet.
    Draining = 5,
    /// Has taken itself off the idle set: for the housekeeping of
    /// [`Isolate::rest`](crate::Isolate::rest), or to look into the queue.
    Resting = 6,
    /// Was given up.
    Lost = 7,
    /// Its thread has ended.
    Stopped = 8,
}

impl WorkerState {
    /// The name in lower case, as `pool.status()` shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Idle => "idle",
            Self::Claimed => "claimed",
            Self::Assigned => "assigned",
            Self::Running => "running",
            Self::Draining => "draining",
            Self::Resting => "resting",
            Self::Lost => "lost",
            Self::Stopped => "stopped",
        }
    }

    fn from_bits(bits: u64) -> Self {
        match bits {
            0 => Self::Starting,
            1 => Self::Idle,
            2 => Self::Claimed,
            3 => Self::Assigned,
            4 => Self::Running,
            5 => Self::Draining,
            6 => Self::Resting,
            7 => Self::Lost,
            8 => Self::Stopped,
            _ => unreachable!("only `Word::new` makes state words"),
        }
    }
}

/// One worker, as [`Pool::status`](crate::Pool::status) saw it.
#[derive(Clone, Debug)]
pub struct WorkerStatus {
    /// Id of the worker, as in [`Event::WorkerCreated`](crate::Event::WorkerCreated).
    pub id: u32,
    /// Its place in the status array, from 0.
    pub slot: u32,
    /// What it is doing.
    pub state: WorkerState,
    /// How many workers held this slot before.
    pub generation: u64,
    /// Name of the function that runs, if one does.
    pub function: Option<String>,
    /// Items done by this worker.
    pub items_done: u64,
    /// Bytes of heap in use, as last known.
    pub heap_used: u64,
    /// Time since the worker was created.
    pub age: Duration,
}

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

/// A state word. Raw bits do not leave this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word(u64);

impl Word {
    const STATE_BITS: u32 = 8;

    fn new(generation: u64, state: WorkerState) -> Self {
        Self(generation << Self::STATE_BITS | state as u64)
    }

    pub(crate) fn generation(self) -> u64 {
        self.0 >> Self::STATE_BITS
    }

    pub(crate) fn state(self) -> WorkerState {
        WorkerState::from_bits(self.0 & ((1 << Self::STATE_BITS) - 1))
    }
}

/// Who changes a state word, and so from where to where.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Transition {
    /// A dispatcher takes an idle worker.
    Claim,
    /// The claimer has filled the mailbox.
    Assign,
    /// An idle worker takes itself off the idle set.
    Withdraw,
    /// Somebody interrupted what runs.
    Interrupt,
    /// The worker itself goes on to a state: from any it can be in while it is not idle.
    Enter(WorkerState),
    /// The next worker gets the slot: on the same thread, or on another once this one is lost.
    Replace,
    /// Somebody gives the worker up.
    Lose,
    /// A thread of the host's takes the slot for which a worker was asked.
    Adopt,
    /// The worker that was asked for is not wanted any more.
    Dismiss,
}

impl Transition {
    fn apply(self, from: Word) -> Option<Word> {
        use WorkerState::{
            Assigned, Claimed, Draining, Idle, Lost, Resting, Running, Starting, Stopped,
        };
        let to = |state| Some(Word::new(from.generation(), state));
        match (self, from.state()) {
            (Self::Claim, Idle) => to(Claimed),
            (Self::Assign, Claimed) => to(Assigned),
            (Self::Withdraw, Idle) => to(Resting),
            (Self::Interrupt, Running) => to(Draining),
            (Self::Adopt, Starting) => to(Resting),
            (Self::Dismiss, Starting) => to(Stopped),
            (Self::Enter(state), Starting | Claimed | Assigned | Running | Draining | Resting) => {
                to(state)
            }
            (Self::Replace, Running | Draining | Resting | Lost) => {
                Some(Word::new(from.generation() + 1, Starting))
            }
            (Self::Lose, state) if !matches!(state, Lost | Stopped) => to(Lost),
            _ => None,
        }
    }
}

/// A worker's place: state word, mailbox and counters.
#[derive(Debug)]
pub(crate) struct Slot<T> {
    word: AtomicU64,
    /// The lock is also what makes handing over and giving up exclude each other.
    pub(crate) mailbox: Mutex<Mailbox<T>>,
    pub(crate) progress: Progress,
}

/// What a worker is handed, and how it is woken for it.
#[derive(Debug)]
pub(crate) struct Mailbox<T> {
    /// `None` when it is handed something says "look into the queue".
    pub(crate) mail: Option<T>,
    /// The thread that holds the slot. Each brings its own: one that was given up and does not know
    /// yet may still sleep on its.
    pub(crate) sleeper: Arc<Parker>,
}

/// What observers see of a worker. All relaxed: each is a figure of its own and publishes nothing.
#[derive(Debug)]
pub(crate) struct Progress {
    /// Id of the present worker.
    worker: AtomicU32,
    /// When it was created, in nanoseconds since the pool's start.
    born: AtomicU64,
    items_done: AtomicU64,
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
    pub(crate) fn begin(&self, worker: u32, born: u64) {
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
    pub(crate) fn new() -> Self {
        Self {
            word: AtomicU64::new(Word::new(0, WorkerState::Starting).0),
            mailbox: Mutex::new(Mailbox {
                mail: None,
                sleeper: Arc::new(Parker::new()),
            }),
            progress: Progress {
                worker: AtomicU32::new(0),
                born: AtomicU64::new(0),
                items_done: AtomicU64::new(0),
                heap_used: AtomicU64::new(0),
            },
        }
    }

    pub(crate) fn word(&self) -> Word {
        // Acquire: pairs with the Release of `transit`, whoever made the transition.
        Word(self.word.load(Ordering::Acquire))
    }

    /// Makes a transition if the worker of `generation` still holds the slot and is in a state
    /// that allows it.
    #[must_use]
    pub(crate) fn transit(&self, generation: u64, transition: Transition) -> bool {
        let mut from = self.word();
        while from.generation() == generation {
            let Some(to) = transition.apply(from) else {
                return false;
            };
            // AcqRel: what the one who made this transition did before is visible to the one who
            // makes the next (mailbox, bitmap and counters follow the word).
            match self
                .word
                .compare_exchange_weak(from.0, to.0, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return true,
                Err(now) => from = Word(now),
            }
        }
        false
    }

    /// Takes what was handed over.
    pub(crate) fn take_mail(&self) -> Option<T> {
        lock(&self.mailbox).mail.take()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use WorkerState::{Assigned, Claimed, Idle, Lost, Running, Starting};

    fn is(slot: &Slot<()>, generation: u64, state: WorkerState) -> bool {
        slot.word() == Word::new(generation, state)
    }

    #[test]
    fn a_worker_is_claimed_once_and_assigned_by_its_claimer() {
        let slot = Slot::new();
        assert!(is(&slot, 0, Starting));
        assert!(!slot.transit(0, Transition::Claim));
        assert!(slot.transit(0, Transition::Enter(Idle)));
        assert!(slot.transit(0, Transition::Claim));
        assert!(!slot.transit(0, Transition::Claim));
        assert!(is(&slot, 0, Claimed));
        assert!(slot.transit(0, Transition::Assign));
        assert!(is(&slot, 0, Assigned));
    }

    #[test]
    fn an_idle_worker_moves_only_by_a_claim() {
        let slot = Slot::<()>::new();
        assert!(slot.transit(0, Transition::Enter(Idle)));
        assert!(!slot.transit(0, Transition::Enter(Running)));
        assert!(!slot.transit(0, Transition::Interrupt));
    }

    #[test]
    fn nothing_meant_for_one_worker_hits_its_successor() {
        let slot = Slot::new();
        assert!(slot.transit(0, Transition::Lose));
        assert!(is(&slot, 0, Lost));
        assert!(!slot.transit(0, Transition::Lose));
        assert!(!slot.transit(0, Transition::Enter(Idle)));
        assert!(slot.transit(0, Transition::Replace));
        assert!(is(&slot, 1, Starting));
        for late in [
            Transition::Lose,
            Transition::Enter(Idle),
            Transition::Replace,
        ] {
            assert!(!slot.transit(0, late));
        }
        assert!(is(&slot, 1, Starting));
    }
}
