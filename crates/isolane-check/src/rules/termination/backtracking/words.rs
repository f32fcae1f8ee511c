use std::collections::HashSet;

use super::{Budget, automaton::Automaton, states::States, ways::Asks};

/// Tuples that one search may look at.
const MOST_TUPLES: usize = 50_000;

/// A text: characters of a pattern.
pub(super) type Word = Vec<u32>;

/// Runs of an automaton side by side that read the same text.
pub(super) struct Runs<'a, const K: usize> {
    pub(super) automaton: &'a Automaton,
    /// The states that each may come to.
    pub(super) within: [States; K],
    /// What their ways may ask for.
    pub(super) asks: Asks,
}

impl<const K: usize> Runs<'_, K> {
    /// A shortest text with which the runs come from one of `from` to where `is_end` says so of the
    /// states before its last character and of those behind it; and where it begins.
    pub(super) fn word(
        &self,
        from: impl IntoIterator<Item = [usize; K]>,
        is_end: impl Fn(&[usize; K], &[usize; K]) -> bool,
        budget: &mut Budget,
    ) -> Option<([usize; K], Word)> {
        // With the place of the tuple before; those it begins with have their own.
        let mut tuples: Vec<([usize; K], usize)> = from
            .into_iter()
            .enumerate()
            .map(|(at, tuple)| (tuple, at))
            .collect();
        let begun = tuples.len();
        let mut seen = HashSet::new();
        let mut next = Vec::new();
        let mut at = 0;
        while at < tuples.len() && tuples.len() < MOST_TUPLES {
            let tuple = tuples[at].0;
            next.clear();
            self.extend(&tuple, 0, [0; K], &mut next, budget)?;
            for &following in &next {
                if is_end(&tuple, &following) {
                    return Some(self.read(&tuples[..=at], begun, following));
                }
                if seen.insert(following) {
                    tuples.push((following, at));
                }
            }
            at += 1;
        }
        None
    }

    /// Adds the tuples that a tuple leads to; none where the budget is used up.
    fn extend(
        &self,
        from: &[usize; K],
        run: usize,
        so_far: [usize; K],
        to: &mut Vec<[usize; K]>,
        budget: &mut Budget,
    ) -> Option<()> {
        if run == K {
            to.push(so_far);
            return Some(());
        }
        for &(next, ways) in &self.automaton.follow[from[run]] {
            if !budget.take(4) {
                return None;
            }
            if !self.within[run].contains(next) || !ways.asks.meets(self.asks) {
                continue;
            }
            let mut so_far = so_far;
            so_far[run] = next;
            if self.automaton.have_in_common(&so_far[..=run]) {
                self.extend(from, run + 1, so_far, to, budget)?;
            }
        }
        Some(())
    }

    /// Where it began and what was read, up to `last`, which follows the last of the tuples.
    fn read(
        &self,
        tuples: &[([usize; K], usize)],
        begun: usize,
        last: [usize; K],
    ) -> ([usize; K], Word) {
        let mut word = vec![self.automaton.in_common(&last)];
        let mut at = tuples.len() - 1;
        while at >= begun {
            let (tuple, before) = tuples[at];
            word.push(self.automaton.in_common(&tuple));
            at = before;
        }
        word.reverse();
        (tuples[at].0, word)
    }
}
