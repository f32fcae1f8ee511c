//! [`IdleSet`]: which slots are worth a try, one bit each.
//!
//! The set is a hint with one guarantee: a worker that is idle has its bit set, or somebody who
//! cleared it is about to try to claim that worker. A set bit may be stale; the state word decides.

use crate::sync::atomic::{AtomicU64, Ordering};

const BITS: usize = u64::BITS as usize;

#[derive(Debug)]
pub(crate) struct IdleSet {
    /// A worker sets its bit, Release; a dispatcher clears it, Acquire, or the worker itself, Relaxed.
    words: Box<[AtomicU64]>,
}

impl IdleSet {
    /// An empty set of slots `0..slots`.
    pub(crate) fn new(slots: usize) -> Self {
        Self {
            words: (0..slots.div_ceil(BITS))
                .map(|_| AtomicU64::new(0))
                .collect(),
        }
    }

    pub(crate) fn insert(&self, slot: usize) {
        // Release: pairs with the Acquire that clears the bit, so that whoever clears it sees the
        // state word that was written first.
        self.words[slot / BITS].fetch_or(1 << (slot % BITS), Ordering::Release);
    }

    pub(crate) fn remove(&self, slot: usize) {
        // Relaxed: the owner removes itself and goes by its state word.
        self.words[slot / BITS].fetch_and(!(1 << (slot % BITS)), Ordering::Relaxed);
    }

    /// Removes the lowest slot in the set. Low slots are preferred so that a pool with little to
    /// do keeps few isolates warm.
    pub(crate) fn take_lowest(&self) -> Option<usize> {
        self.words
            .iter()
            .enumerate()
            .find_map(|(index, word)| Some(index * BITS + take_lowest_bit(word)?))
    }
}

fn take_lowest_bit(word: &AtomicU64) -> Option<usize> {
    loop {
        // Relaxed: only a guess, the read-modify-write below decides.
        let bits = word.load(Ordering::Relaxed);
        if bits == 0 {
            return None;
        }
        let lowest = bits & bits.wrapping_neg();
        // Acquire: pairs with the Release of `insert`.
        if word.fetch_and(!lowest, Ordering::Acquire) & lowest != 0 {
            return Some(lowest.trailing_zeros() as usize);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_slot_goes_first_across_words() {
        let set = IdleSet::new(130);
        assert_eq!(set.take_lowest(), None);
        for slot in [129, 64, 3, 70] {
            set.insert(slot);
        }
        set.remove(70);
        let taken: Vec<_> = std::iter::from_fn(|| set.take_lowest()).collect();
        assert_eq!(taken, [3, 64, 129]);
    }
}
