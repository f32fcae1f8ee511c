use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use isolane_core::{Interrupt, Waker};

/// Says which of a Worker's calls are to stop: word 0 counts them, word `1 + lane` is 1 for each.
///
/// The Worker's JavaScript reads the words between two items, so one that runs through many items
/// stops without being terminated; one that waits in its event loop is woken to look.
pub struct Interrupts {
    words: Box<[AtomicU32]>,
    waker: Arc<dyn Waker>,
}

impl fmt::Debug for Interrupts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupts")
            .field("words", &self.words)
            .finish_non_exhaustive()
    }
}

impl Interrupts {
    /// For `lanes` lanes of a Worker that `waker` wakes.
    pub fn new(lanes: usize, waker: Arc<dyn Waker>) -> Arc<Self> {
        Arc::new(Self {
            words: (0..=lanes).map(|_| AtomicU32::new(0)).collect(),
            waker,
        })
    }

    /// The words, which live as long as this does.
    pub fn words(&self) -> &[AtomicU32] {
        &self.words
    }

    /// What reaches the Worker.
    pub fn waker(&self) -> Arc<dyn Waker> {
        Arc::clone(&self.waker)
    }

    /// The handle for one lane.
    pub fn lane(self: &Arc<Self>, lane: usize) -> Arc<dyn Interrupt> {
        Arc::new(LaneInterrupt {
            interrupts: Arc::clone(self),
            lane,
        })
    }
}

struct LaneInterrupt {
    interrupts: Arc<Interrupts>,
    lane: usize,
}

impl Interrupt for LaneInterrupt {
    fn raise(&self) {
        let words = &self.interrupts.words;
        // Relaxed, both: JavaScript acts on the words alone, and whom a raise is meant for is kept
        // straight by the lock of the running call.
        if words[1 + self.lane].swap(1, Ordering::Relaxed) == 0 {
            words[0].fetch_add(1, Ordering::Relaxed);
        }
        self.interrupts.waker.wake();
    }

    fn clear(&self) {
        let words = &self.interrupts.words;
        // Relaxed: as in `raise`, which cannot run meanwhile for this lane: no call is running.
        if words[1 + self.lane].swap(0, Ordering::Relaxed) == 1 {
            words[0].fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Silent;

    impl Waker for Silent {
        fn wake(&self) {}
    }

    #[test]
    fn the_first_word_counts_the_lanes_that_are_raised() {
        let interrupts = Interrupts::new(2, Arc::new(Silent));
        let (a, b) = (interrupts.lane(0), interrupts.lane(1));
        let read = || -> Vec<u32> {
            let words = interrupts.words().iter();
            words.map(|word| word.load(Ordering::Relaxed)).collect()
        };
        a.raise();
        a.raise();
        assert_eq!(read(), [1, 1, 0]);
        b.raise();
        assert_eq!(read(), [2, 1, 1]);
        a.clear();
        a.clear();
        assert_eq!(read(), [1, 0, 1]);
    }
}
