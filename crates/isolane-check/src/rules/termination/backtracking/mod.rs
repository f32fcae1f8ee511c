//! How long a regular expression can take, as an engine takes it that goes back where it fails.
//!
//! | module | noun |
//! | --- | --- |
//! | `characters` | a set of characters |
//! | `ways` | how one gets from one character of a pattern to the next |
//! | `automaton` | what a pattern matches |
//! | `states` | a set of states of an automaton |
//! | `cycles` | states that lead back to themselves |
//! | `words` | texts that several runs have in common |
//! | `rejection` | texts that a pattern does not match in the end |
//! | `witness` | a text for which a pattern is slow |
//! | `ambiguity` | what takes too long |
//! | `told` | what is told of it |

mod ambiguity;
mod automaton;
mod characters;
mod cycles;
mod rejection;
mod states;
mod told;
mod ways;
mod witness;
mod words;

use ambiguity::Slow;
use automaton::Automaton;
use oxc_regular_expression::ast::Pattern;
pub(super) use told::Told;

/// The steps that the search in one text may take, a few nanoseconds each; patterns that come then are
/// not looked at.
const MOST_STEPS: usize = 10_000_000;

/// How much may still be searched.
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new() -> Self {
        Self(MOST_STEPS)
    }

    /// Takes so much of it; whether some is left.
    pub(super) fn take(&mut self, steps: usize) -> bool {
        self.0 = self.0.saturating_sub(steps);
        self.0 > 0
    }
}

/// What is slow in a pattern; of several the worst. What is slow only since a search tries it from each
/// character on is told where one meets it in earnest, and of any pattern where it is `unanchored`.
pub(super) fn judge(
    pattern: &Pattern<'_>,
    flags: &str,
    unanchored: bool,
    budget: &mut Budget,
) -> Option<Slow> {
    // What it takes to build it.
    let length = pattern.span.size() as usize;
    if !budget.take(length * length) {
        return None;
    }
    let automaton = Automaton::of(pattern, flags, budget).ok()?;
    let slow = ambiguity::exponential(&automaton, budget)
        .or_else(|| ambiguity::divided(&automaton, budget));
    if slow.is_some() || flags.contains('y') {
        return slow;
    }
    ambiguity::searched(automaton, unanchored, budget)
}
