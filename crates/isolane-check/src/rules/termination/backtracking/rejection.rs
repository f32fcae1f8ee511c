use std::collections::{HashSet, VecDeque};

use super::{
    Budget, automaton::Automaton, characters::LAST, states::States, ways::Asks, words::Word,
};

/// Repetitions until the states are the same as once before.
const MOST_REPETITIONS: usize = 64;
/// What may have to follow, in characters, and the sets of states to look at on the way.
const LONGEST: usize = 4;
const MOST_SETS: usize = 200;

/// A text with which a pattern surely does not match `prefix`, `word` as often as one likes, and that
/// text, nor a beginning of it. None where there is no short one.
pub(super) fn rejected(
    automaton: &Automaton,
    prefix: &[u32],
    word: &[u32],
    budget: &mut Budget,
) -> Option<Word> {
    let read = |from: Reached, characters: &[u32], budget: &mut Budget| {
        characters.iter().try_fold(from, |reached, &character| {
            if may_end(automaton, reached, Some(character)) {
                return None;
            }
            step(automaton, reached, character, budget)
        })
    };
    let start = Reached {
        states: States::of([automaton.start()]),
        last: None,
    };
    let mut reached = read(start, prefix, budget)?;
    let mut seen = Vec::new();
    while !seen.contains(&reached) {
        if seen.len() == MOST_REPETITIONS {
            return None;
        }
        seen.push(reached);
        reached = read(reached, word, budget)?;
    }
    ending(automaton, reached, budget)
}

/// Where runs have come to, and the last character that they have read.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Reached {
    states: States,
    last: Option<u32>,
}

/// A text behind which a run that is in any of these states has failed.
fn ending(automaton: &Automaton, from: Reached, budget: &mut Budget) -> Option<Word> {
    let mut seen = HashSet::from([from.states]);
    let mut queue = VecDeque::from([(from, Word::new())]);
    while let Some((reached, word)) = queue.pop_front() {
        if !may_end(automaton, reached, None) {
            return Some(word);
        }
        if word.len() == LONGEST {
            continue;
        }
        for character in borders(automaton, &reached.states) {
            if may_end(automaton, reached, Some(character)) {
                continue;
            }
            let next = step(automaton, reached, character, budget)?;
            if seen.len() < MOST_SETS && seen.insert(next.states) {
                let mut word = word.clone();
                word.push(character);
                queue.push_back((next, word));
            }
        }
    }
    None
}

/// What a place between two characters meets of `\b` and `\B`; both where that is not known.
fn at_border(last: Option<u32>, next: Option<u32>) -> Asks {
    // With the flags `iu` these two are characters of words.
    let is_unclear = |it: u32| matches!(it, 0x17f | 0x212a);
    let is_word =
        |it: u32| char::from_u32(it).is_some_and(|it| it.is_ascii_alphanumeric() || it == '_');
    match last {
        Some(last) if !is_unclear(last) && !next.is_some_and(is_unclear) => {
            if is_word(last) == next.is_some_and(is_word) {
                Asks::NO_BORDER
            } else {
                Asks::BORDER
            }
        }
        _ => Asks::BORDER | Asks::NO_BORDER,
    }
}

/// Whether the pattern may have matched where `next` follows, or where the text ends. What is not known
/// of the text around, it may ask for.
fn may_end(automaton: &Automaton, Reached { states, last }: Reached, next: Option<u32>) -> bool {
    let mut asks = Asks::NOTHING | at_border(last, next) | Asks::OTHER;
    if next.is_none() {
        asks = asks | Asks::END;
    }
    if next.is_none_or(|it| matches!(it, 0x0a | 0x0d | 0x2028 | 0x2029)) {
        asks = asks | Asks::LINE_END;
    }
    let at_start = Asks::NOTHING | Asks::START | at_border(last, next);
    states.iter().any(|it| {
        let is_start = it == automaton.start();
        automaton.ends[it]
            .asks
            .meets(if is_start { at_start } else { asks })
    })
}

/// The states behind a character; none where the budget is used up.
fn step(
    automaton: &Automaton,
    from: Reached,
    character: u32,
    budget: &mut Budget,
) -> Option<Reached> {
    let mut reached = States::default();
    for state in from.states.iter() {
        let follow = &automaton.follow[state];
        if !budget.take(4 * follow.len() + 1) {
            return None;
        }
        for &(next, _) in follow {
            if automaton.consumes[next].contains(character) {
                reached.insert(next);
            }
        }
    }
    Some(Reached {
        states: reached,
        last: Some(character),
    })
}

/// A character of each kind, as far as these states tell kinds apart; plain ones first.
fn borders(automaton: &Automaton, states: &States) -> Vec<u32> {
    let mut borders = vec![0];
    for state in states.iter() {
        for &(next, _) in &automaton.follow[state] {
            for (start, end) in automaton.consumes[next].ranges() {
                borders.extend([start, end + 1]);
            }
        }
    }
    borders.retain(|it| *it <= LAST);
    borders.sort_unstable_by_key(|it| (!(0x20..0x7f).contains(it), *it));
    borders.dedup();
    borders
}
