//! What a worker is doing: a [state](WorkerState) in a [word](StateWord) that anyone can read.
//!
//! The word packs the state with a generation, which tells the workers that hold a slot one after
//! another apart: `generation << 8 | state`. All transitions are compare-and-swaps on the whole
//! word, so nothing meant for one worker can hit its successor. `README.md` beside this file tells
//! the protocol; the scheduler carries it out.

use std::time::Duration;

use crate::JobId;
use crate::sync::atomic::{AtomicU64, Ordering};

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
    /// Is about to be idle, or to take the next chunk: it has taken itself off the idle set, for the
    /// housekeeping of [`Isolate::rest`](crate::Isolate::rest) or to look into the queue; or its chunk
    /// has been reported and it has not looked for another yet.
    Resting = 6,
    /// Was given up.
    Lost = 7,
    /// Its thread has ended: the pool has stopped, or no isolate could be made, and is tried again.
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
    /// The job that it runs for.
    pub job: Option<JobId>,
    /// Items done by this worker.
    pub items_done: u64,
    /// Bytes of heap in use, as last known.
    pub heap_used: u64,
    /// Time since the worker was created.
    pub age: Duration,
}

/// A state word. Raw bits do not leave this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word(u64);

impl Word {
    const STATE_BITS: u32 = 8;

    fn new(generation: u64, state: WorkerState) -> Self {
        Self(generation << Self::STATE_BITS | state as u64)
    }

    pub(super) fn generation(self) -> u64 {
        self.0 >> Self::STATE_BITS
    }

    pub(super) fn state(self) -> WorkerState {
        WorkerState::from_bits(self.0 & ((1 << Self::STATE_BITS) - 1))
    }
}

/// A change of a state word: one for each row of the table in `README.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transition {
    /// The worker has nothing to do.
    BecomeIdle,
    /// A dispatcher takes an idle worker.
    Claim,
    /// The claimer has filled the mailbox.
    Assign,
    /// An idle worker takes itself off the idle set.
    Withdraw,
    /// The mailbox was empty: the worker is to look into the queue.
    LookInQueue,
    /// The worker's chunk is reported before it looks for the next.
    Rest,
    /// The worker has a chunk.
    Begin,
    /// Somebody interrupted what runs.
    Interrupt,
    /// The worker replaces its isolate; the next worker has the same thread.
    Renew,
    /// A thread of the host's takes the slot for which a worker was asked.
    Adopt,
    /// The worker that was asked for is not wanted any more.
    Dismiss,
    /// The worker ends.
    Leave,
    /// Somebody gives the worker up.
    Lose,
    /// The slot of a lost worker goes to the next, on another thread.
    Replace,
    /// As [`Replace`](Self::Replace), where the worker has ended that could not start.
    Restart,
}

impl Transition {
    /// Where it leads from a state; `None` where it is not allowed.
    fn to(self, from: WorkerState) -> Option<WorkerState> {
        use WorkerState::{
            Assigned, Claimed, Draining, Idle, Lost, Resting, Running, Starting, Stopped,
        };
        let to = match (self, from) {
            (Self::BecomeIdle, Starting | Assigned | Running | Draining | Resting) => Idle,
            (Self::Claim, Idle) => Claimed,
            (Self::Assign, Claimed) => Assigned,
            (Self::Withdraw, Idle) => Resting,
            (Self::LookInQueue, Assigned) => Resting,
            (Self::Rest, Running | Draining) => Resting,
            (Self::Begin, Starting | Assigned | Running | Draining | Resting) => Running,
            (Self::Interrupt, Running) => Draining,
            (Self::Renew, Running | Draining | Resting) => Starting,
            (Self::Adopt, Starting) => Resting,
            (Self::Dismiss, Starting) => Stopped,
            (Self::Leave, Starting | Resting) => Stopped,
            (Self::Lose, Starting | Idle | Claimed | Assigned | Running | Draining | Resting) => {
                Lost
            }
            (Self::Replace, Lost) | (Self::Restart, Stopped) => Starting,
            _ => return None,
        };
        Some(to)
    }

    /// Whether the slot goes to the next worker.
    fn hands_over_slot(self) -> bool {
        matches!(self, Self::Renew | Self::Replace | Self::Restart)
    }

    fn apply(self, from: Word) -> Option<Word> {
        let generation = from.generation() + u64::from(self.hands_over_slot());
        Some(Word::new(generation, self.to(from.state())?))
    }
}

/// The state word of a slot, which all threads share.
#[derive(Debug)]
pub(super) struct StateWord {
    /// Written by compare-and-swap only, AcqRel, by whoever makes a [`Transition`]; read by anyone,
    /// Acquire.
    bits: AtomicU64,
}

impl StateWord {
    pub(super) fn new() -> Self {
        Self {
            bits: AtomicU64::new(Word::new(0, WorkerState::Starting).0),
        }
    }

    pub(super) fn look(&self) -> Word {
        // Acquire: pairs with the Release of `transit`, whoever made the transition.
        Word(self.bits.load(Ordering::Acquire))
    }

    /// Makes a transition if the worker of `generation` still holds the slot and is in a state
    /// that allows it.
    #[must_use]
    pub(super) fn transit(&self, generation: u64, transition: Transition) -> bool {
        let mut from = self.look();
        while from.generation() == generation {
            let Some(to) = transition.apply(from) else {
                return false;
            };
            // AcqRel: what the one who made this transition did before is visible to the one who
            // makes the next (mailbox, bitmap and counters follow the word).
            match self
                .bits
                .compare_exchange_weak(from.0, to.0, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return true,
                Err(now) => from = Word(now),
            }
        }
        false
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use WorkerState::{
        Assigned, Claimed, Draining, Idle, Lost, Resting, Running, Starting, Stopped,
    };

    const STATES: [WorkerState; 9] = [
        Starting, Idle, Claimed, Assigned, Running, Draining, Resting, Lost, Stopped,
    ];

    const TRANSITIONS: [Transition; 15] = [
        Transition::BecomeIdle,
        Transition::Claim,
        Transition::Assign,
        Transition::Withdraw,
        Transition::LookInQueue,
        Transition::Rest,
        Transition::Begin,
        Transition::Interrupt,
        Transition::Renew,
        Transition::Adopt,
        Transition::Dismiss,
        Transition::Leave,
        Transition::Lose,
        Transition::Replace,
        Transition::Restart,
    ];

    fn is(word: &StateWord, generation: u64, state: WorkerState) -> bool {
        word.look() == Word::new(generation, state)
    }

    /// One row of the table: the transition, and the columns *from* and *to*.
    type Row<'a> = (&'a str, Vec<&'a str>, &'a str);

    fn rows(readme: &str) -> Vec<Row<'_>> {
        let lines = readme.lines().filter(|line| line.starts_with("| `"));
        lines
            .map(|line| {
                let cells: Vec<_> = line.split('|').map(str::trim).collect();
                let from = cells[2].split(", ").collect();
                (cells[1].trim_matches('`'), from, cells[3])
            })
            .collect()
    }

    /// As the README has it: `become_idle` for `BecomeIdle`.
    fn name(transition: Transition) -> String {
        let camel = format!("{transition:?}");
        let snake = camel.chars().flat_map(|letter| {
            let word = letter.is_uppercase().then_some('_');
            word.into_iter().chain(letter.to_lowercase())
        });
        snake.skip(1).collect()
    }

    #[test]
    fn the_table_in_the_readme_is_what_the_code_allows() {
        let rows = rows(include_str!("README.md"));
        let names: Vec<_> = rows.iter().map(|row| row.0.to_owned()).collect();
        assert_eq!(names, TRANSITIONS.map(name));
        for (row, transition) in rows.iter().zip(TRANSITIONS) {
            for from in STATES {
                let word = transition.apply(Word::new(7, from));
                for (to, generation) in STATES.iter().flat_map(|to| [(to, 7), (to, 8)]) {
                    let cell = match generation {
                        7 => to.as_str().to_owned(),
                        _ => format!("{}, next generation", to.as_str()),
                    };
                    assert_eq!(
                        word == Some(Word::new(generation, *to)),
                        row.1.contains(&from.as_str()) && row.2 == cell,
                        "{} from {from:?} to {cell}",
                        row.0,
                    );
                }
            }
        }
    }

    #[test]
    fn a_worker_is_claimed_once_and_assigned_by_its_claimer() {
        let word = StateWord::new();
        assert!(is(&word, 0, Starting));
        assert!(!word.transit(0, Transition::Claim));
        assert!(word.transit(0, Transition::BecomeIdle));
        assert!(word.transit(0, Transition::Claim));
        assert!(!word.transit(0, Transition::Claim));
        assert!(is(&word, 0, Claimed));
        assert!(word.transit(0, Transition::Assign));
        assert!(is(&word, 0, Assigned));
    }

    #[test]
    fn an_idle_worker_begins_nothing_by_itself() {
        let word = StateWord::new();
        assert!(word.transit(0, Transition::BecomeIdle));
        assert!(!word.transit(0, Transition::Begin));
        assert!(!word.transit(0, Transition::Interrupt));
    }

    #[test]
    fn nothing_meant_for_one_worker_hits_its_successor() {
        let word = StateWord::new();
        assert!(word.transit(0, Transition::Lose));
        assert!(is(&word, 0, Lost));
        assert!(!word.transit(0, Transition::Lose));
        assert!(!word.transit(0, Transition::BecomeIdle));
        assert!(word.transit(0, Transition::Replace));
        assert!(is(&word, 1, Starting));
        for late in [
            Transition::Lose,
            Transition::BecomeIdle,
            Transition::Replace,
        ] {
            assert!(!word.transit(0, late));
        }
        assert!(is(&word, 1, Starting));
    }
}
