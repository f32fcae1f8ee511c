use std::cell::Cell;

use oxc_span::Span;

use super::{
    Budget,
    automaton::Automaton,
    cycles::Cycles,
    rejection::rejected,
    states::States,
    ways::Asks,
    witness::Witness,
    words::{Runs, Word},
};

/// What ways may ask for that can surely be gone.
const FREELY: Asks = Asks::NOTHING;
/// What is met where a text begins, or may be.
const AT_START: Asks = Asks::START
    .or(Asks::NOTHING)
    .or(Asks::BORDER)
    .or(Asks::NO_BORDER);

/// What takes more than its share of time.
pub(crate) enum Slow {
    /// A repetition that matches some text in a number of ways that doubles with its length; where
    /// nothing else in the pattern has a say, with such a text.
    Exponential(Span, Option<Witness>),
    /// Two repetitions that can divide a text between them.
    Divided([Span; 2], Witness),
    /// A repetition that a search begins anew at each character.
    Searched {
        place: Span,
        /// Whether nothing but the end of the text may follow.
        is_at_end: bool,
        witness: Witness,
    },
}

/// From a state in a cycle two different ways lead back to it with the same text (Weber and Seidl,
/// 1991). All states of a cycle reach one another, so it suffices to find a way from any two that are the
/// same, over two that differ, to any two that are the same. A pattern that cannot fail behind the
/// repetition is none of these, be it since it may end there or since what follows matches any text.
pub(super) fn exponential(automaton: &Automaton, budget: &mut Budget) -> Option<Slow> {
    for cycle in &Cycles::of(automaton).all {
        let cannot_fail = |it: usize| automaton.ends[it].asks.meets(Asks::NOTHING);
        if cycle.iter().any(cannot_fail) {
            continue;
        }
        let freely = ambiguous_text(automaton, cycle, FREELY, budget);
        let is_free = freely.is_some();
        let found = freely.or_else(|| ambiguous_text(automaton, cycle, Asks::ANY, budget));
        if let Some(witness) = found {
            let place = place(automaton, cycle);
            return Some(Slow::Exponential(place, is_free.then_some(witness)));
        }
    }
    let mut inner = automaton.inner.iter();
    // What stands around an assertion is not known in it.
    inner.find_map(|it| match exponential(it, budget) {
        Some(Slow::Exponential(place, _)) => Some(Slow::Exponential(place, None)),
        other => other,
    })
}

/// A text that a cycle matches in many ways, whose repetitions the pattern does not match in the end.
fn ambiguous_text(
    automaton: &Automaton,
    cycle: &States,
    asks: Asks,
    budget: &mut Budget,
) -> Option<Witness> {
    let (from, mut repeated, to) = ambiguity(automaton, cycle, asks, budget)?;
    if to != from {
        let back = Runs {
            automaton,
            within: [*cycle],
            asks,
        };
        let (_, word) = back.word([[to]], |_, it| it[0] == from, budget)?;
        repeated.extend(word);
    }
    let before = lead(automaton, from, asks | Asks::START, budget)?;
    let behind = rejected(automaton, &before, &repeated, budget)?;
    Some(Witness::doubling(before, repeated, behind))
}

/// A text that leads in two ways from one state of a cycle to another, and those states.
fn ambiguity(
    automaton: &Automaton,
    cycle: &States,
    asks: Asks,
    budget: &mut Budget,
) -> Option<(usize, Word, usize)> {
    for from in cycle.iter() {
        for &(to, ways) in &automaton.follow[from] {
            if ways.are_many() && cycle.contains(to) && ways.asks.meets(asks) {
                return Some((from, vec![automaton.in_common(&[to])], to));
            }
        }
    }
    let runs = Runs {
        automaton,
        within: [*cycle; 2],
        asks,
    };
    let end = Cell::new(0);
    let meet = |before: &[usize; 2], behind: &[usize; 2]| {
        end.set(behind[0]);
        before[0] != before[1] && behind[0] == behind[1]
    };
    let pairs = cycle.iter().map(|it| [it; 2]);
    let (from, word) = runs.word(pairs, meet, budget)?;
    Some((from[0], word, end.get()))
}

/// Two repetitions, one behind the other, and a text that leads from the first to itself, from the first
/// to the second, and from the second to itself: each repetition of it can be the one where the first
/// ends (Weber and Seidl). Within lookarounds none is sought: what leads there is not known.
pub(super) fn divided(automaton: &Automaton, budget: &mut Budget) -> Option<Slow> {
    let graph = Cycles::of(automaton);
    // Those that lead to others stand behind them.
    for (at, one) in graph.all.iter().enumerate() {
        for other in &graph.all[..at] {
            if let Some(witness) = shared_text(automaton, &graph, [one, other], budget) {
                let places = [place(automaton, one), place(automaton, other)];
                return Some(Slow::Divided(places, witness));
            }
        }
    }
    None
}

fn shared_text(
    automaton: &Automaton,
    graph: &Cycles,
    [one, other]: [&States; 2],
    budget: &mut Budget,
) -> Option<Witness> {
    for from in one.iter() {
        for to in other.iter() {
            if !graph.reached[from].contains(to) || !automaton.have_in_common(&[from, to]) {
                continue;
            }
            let leads = |it: &usize| graph.reached[*it].contains(to);
            let between = States::of(graph.reached[from].iter().filter(leads));
            let runs = Runs {
                automaton,
                within: [*one, between, *other],
                asks: Asks::NOTHING,
            };
            let is_end = |_: &[usize; 3], it: &[usize; 3]| *it == [from, to, to];
            let found = runs.word([[from, from, to]], is_end, budget);
            if let Some((_, repeated)) = found
                && let Some(before) = lead(automaton, from, AT_START, budget)
                && let Some(behind) = rejected(automaton, &before, &repeated, budget)
            {
                return Some(Witness::squaring(before, repeated, behind));
            }
        }
    }
    None
}

/// A text that leads from the start to a state.
fn lead(automaton: &Automaton, to: usize, asks: Asks, budget: &mut Budget) -> Option<Word> {
    let runs = Runs {
        automaton,
        within: [States::of(0..automaton.start())],
        asks,
    };
    let found = runs.word([[automaton.start()]], |_, it| it[0] == to, budget)?;
    Some(found.1)
}

/// A repetition that a text leads to from the start, and also to itself: a search that begins at each
/// character of that text goes through all that follows, each time.
///
/// Nearly every pattern that does not begin with `^` is such a one, for some text. The ones that are met
/// in earnest are those that seek what stands at the end of a text, such as `/\s+$/`: `all` are told
/// where that is asked for.
pub(super) fn searched(automaton: Automaton, all: bool, budget: &mut Budget) -> Option<Slow> {
    let (automaton, before) = automaton.behind_start()?;
    for cycle in &Cycles::of(&automaton).all {
        for state in cycle.iter() {
            let is_at_end = is_at_end(&automaton, state);
            let repeated = if is_at_end {
                Some(vec![automaton.in_common(&[state])])
            } else if all {
                lead_and_loop(&automaton, cycle, state, budget)
            } else {
                None
            };
            if let Some(repeated) = repeated
                && let Some(behind) = rejected_from_all(&automaton, &repeated, budget)
            {
                let before = before.into_iter().collect();
                let witness = Witness::squaring(before, repeated, behind);
                return Some(Slow::Searched {
                    place: place(&automaton, cycle),
                    is_at_end,
                    witness,
                });
            }
        }
    }
    None
}

/// Whether the pattern begins with a repetition of the state, and nothing but `$` is behind it.
fn is_at_end(automaton: &Automaton, state: usize) -> bool {
    let leads = |from: usize| {
        let mut follow = automaton.follow[from].iter();
        follow.any(|(to, ways)| *to == state && ways.asks.meets(Asks::NOTHING))
    };
    let ends = automaton.ends[state].asks;
    leads(automaton.start()) && leads(state) && ends.meets(Asks::END | Asks::LINE_END)
}

fn lead_and_loop(
    automaton: &Automaton,
    cycle: &States,
    state: usize,
    budget: &mut Budget,
) -> Option<Word> {
    let runs = Runs {
        automaton,
        within: [States::of(0..automaton.start()), *cycle],
        asks: Asks::NOTHING,
    };
    let is_end = |_: &[usize; 2], it: &[usize; 2]| *it == [state; 2];
    let found = runs.word([[automaton.start(), state]], is_end, budget)?;
    Some(found.1)
}

/// As [`rejected`], from whichever character of `word` the search begins.
fn rejected_from_all(automaton: &Automaton, word: &[u32], budget: &mut Budget) -> Option<Word> {
    let mut turned = word.to_vec();
    for _ in 1..word.len() {
        turned.rotate_left(1);
        rejected(automaton, &[], &turned, budget)?;
    }
    rejected(automaton, &[], word, budget)
}

/// The largest repetition that is no more than the cycle.
fn place(automaton: &Automaton, cycle: &States) -> Span {
    let loops = automaton.loops.iter();
    let largest = loops
        .filter(|(_, range)| range.clone().all(|it| cycle.contains(it)))
        .max_by_key(|(span, range)| (range.len(), span.size()));
    largest.map(|it| it.0).unwrap_or_default()
}
