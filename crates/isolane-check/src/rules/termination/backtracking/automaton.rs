use oxc_regular_expression::ast::{
    BoundaryAssertionKind, Disjunction, LookAroundAssertionKind, Pattern, Quantifier, Term,
};
use oxc_span::Span;

use super::{
    Budget,
    characters::Characters,
    states::MOST_STATES,
    ways::{Asks, Ways},
};

/// Characters of a pattern, with repetitions written out; a pattern with more is not looked at.
const MOST_POSITIONS: usize = MOST_STATES - 6;

/// What a pattern matches, as an automaton without empty steps: a state for each character that it
/// consumes, and behind them the start.
pub(super) struct Automaton {
    /// What each state has just consumed.
    pub(super) consumes: Vec<Characters>,
    /// For each state those that may follow.
    pub(super) follow: Vec<Vec<(usize, Ways)>>,
    /// In which ways the pattern may end there.
    pub(super) ends: Vec<Ways>,
    /// Repetitions without end: where they are, and their states.
    pub(super) loops: Vec<(Span, std::ops::Range<usize>)>,
    /// The insides of assertions.
    pub(super) inner: Vec<Automaton>,
}

/// Of a part of a pattern: in how many ways it matches nothing, and with which states it begins and
/// ends.
#[derive(Clone, Default)]
struct Part {
    empty: Ways,
    first: Vec<(usize, Ways)>,
    last: Vec<(usize, Ways)>,
}

/// The pattern is too large.
#[derive(Debug)]
pub(super) struct TooLarge;

/// Flags that say what a pattern matches.
#[derive(Clone, Copy)]
struct Flags {
    without_case: bool,
    dot_is_all: bool,
    lines_end: bool,
}

struct Builder<'b> {
    automaton: Automaton,
    /// States that there may still be, the insides of assertions included.
    room: &'b mut usize,
    budget: &'b mut Budget,
    flags: Flags,
}

impl Automaton {
    pub(super) fn of(
        pattern: &Pattern<'_>,
        flags: &str,
        budget: &mut Budget,
    ) -> Result<Self, TooLarge> {
        let flags = Flags {
            without_case: flags.contains('i'),
            dot_is_all: flags.contains('s'),
            lines_end: flags.contains('m'),
        };
        let mut room = MOST_POSITIONS;
        Self::build(&pattern.body, flags, &mut room, budget)
    }

    fn build(
        body: &Disjunction<'_>,
        flags: Flags,
        room: &mut usize,
        budget: &mut Budget,
    ) -> Result<Self, TooLarge> {
        let mut builder = Builder {
            room,
            budget,
            automaton: Self {
                consumes: Vec::new(),
                follow: Vec::new(),
                ends: Vec::new(),
                loops: Vec::new(),
                inner: Vec::new(),
            },
            flags,
        };
        let part = builder.disjunction(body)?;
        let mut automaton = builder.automaton;
        automaton.ends = vec![Ways::default(); automaton.consumes.len()];
        for (state, ways) in part.last {
            automaton.ends[state] = ways.behind_a_character();
        }
        automaton.consumes.push(Characters::default());
        automaton.follow.push(part.first);
        automaton.ends.push(part.empty);
        Ok(automaton)
    }

    /// The state of a run that has consumed nothing.
    pub(super) fn start(&self) -> usize {
        self.consumes.len() - 1
    }

    /// What the pattern matches elsewhere than at the start of a text, and a character with which it
    /// does not match there, where that is something else. None where there is no such character.
    pub(super) fn behind_start(mut self) -> Option<(Self, Option<u32>)> {
        let start = self.start();
        let at_start = &self.follow[start];
        if self.ends[start].asks.meets(Asks::START) {
            // It matches nothing, there.
            return None;
        }
        if !at_start
            .iter()
            .any(|(_, ways)| ways.asks.meets(Asks::START))
        {
            return Some((self, None));
        }
        let is_free = |it: &u32| {
            !at_start
                .iter()
                .any(|(to, _)| self.consumes[*to].contains(*it))
        };
        let before = (0x21..0x7f).find(is_free)?;
        self.follow[start].retain(|(_, ways)| ways.asks != Asks::START);
        Some((self, Some(before)))
    }

    /// Whether there is a character that all of these states consume.
    pub(super) fn have_in_common(&self, states: &[usize]) -> bool {
        self.first_in_common(states).is_some()
    }

    fn first_in_common(&self, states: &[usize]) -> Option<u32> {
        Characters::first_of_all(states.iter().map(|it| &self.consumes[*it]))
    }

    /// A character that all of these states consume, one that can be seen where there is such a one.
    pub(super) fn in_common(&self, states: &[usize]) -> u32 {
        let plain = "a0 x-.,:/'\"\n".chars().map(u32::from);
        let all = |it: &u32| states.iter().all(|at| self.consumes[*at].contains(*it));
        plain
            .chain(0x21..0x7f)
            .find(all)
            .or_else(|| self.first_in_common(states))
            .unwrap_or_default()
    }
}

impl Builder<'_> {
    fn disjunction(&mut self, disjunction: &Disjunction<'_>) -> Result<Part, TooLarge> {
        let mut whole = Part::default();
        for alternative in &disjunction.body {
            let mut part = Part::nothing(Asks::NOTHING);
            for term in &alternative.body {
                let next = self.term(term)?;
                part = self.then(part, next)?;
            }
            whole = whole.or(part);
        }
        Ok(whole)
    }

    fn term(&mut self, term: &Term<'_>) -> Result<Part, TooLarge> {
        match term {
            Term::BoundaryAssertion(it) => Ok(Part::nothing(match it.kind {
                BoundaryAssertionKind::Start => Asks::START,
                BoundaryAssertionKind::End if self.flags.lines_end => Asks::LINE_END,
                BoundaryAssertionKind::End => Asks::END,
                BoundaryAssertionKind::Boundary => Asks::BORDER,
                BoundaryAssertionKind::NegativeBoundary => Asks::NO_BORDER,
            })),
            Term::LookAroundAssertion(it) => {
                let is_ahead = matches!(
                    it.kind,
                    LookAroundAssertionKind::Lookahead | LookAroundAssertionKind::NegativeLookahead
                );
                if is_ahead {
                    let inner = Automaton::build(&it.body, self.flags, self.room, self.budget)?;
                    self.automaton.inner.push(inner);
                }
                Ok(Part::nothing(Asks::OTHER))
            }
            Term::Quantifier(it) => self.quantifier(it),
            Term::Character(it) => self.state(Characters::one(it.value)),
            Term::Dot(_) => self.state(Characters::dot(self.flags.dot_is_all)),
            Term::CharacterClassEscape(it) => self.state(Characters::escape(it.kind)),
            Term::UnicodePropertyEscape(it) => self.state(Characters::property(it)),
            Term::CharacterClass(it) => self.state(Characters::class(it, self.flags.without_case)),
            Term::CapturingGroup(it) => self.disjunction(&it.body),
            Term::IgnoreGroup(it) => self.disjunction(&it.body),
            // What was matched before, which is not known here.
            Term::IndexedReference(_) | Term::NamedReference(_) => Ok(Part::nothing(Asks::OTHER)),
        }
    }

    fn state(&mut self, characters: Characters) -> Result<Part, TooLarge> {
        let state = self.automaton.consumes.len();
        *self.room = self.room.checked_sub(1).ok_or(TooLarge)?;
        self.automaton.consumes.push(if self.flags.without_case {
            characters.without_case()
        } else {
            characters
        });
        self.automaton.follow.push(Vec::new());
        let only = vec![(state, Ways::one(Asks::NOTHING))];
        Ok(Part {
            empty: Ways::default(),
            first: only.clone(),
            last: only,
        })
    }

    /// Repetitions are written out: `a{2,4}` is `aa(a(a)?)?`, `a{2,}` is `aa+`.
    fn quantifier(&mut self, it: &Quantifier<'_>) -> Result<Part, TooLarge> {
        let mut whole = Part::nothing(Asks::NOTHING);
        let counted = if it.max.is_none() {
            it.min.saturating_sub(1)
        } else {
            it.min
        };
        for _ in 0..counted {
            let before = self.automaton.consumes.len();
            let part = self.term(&it.body)?;
            if self.automaton.consumes.len() == before {
                // What takes no characters does so however often.
                return Ok(part);
            }
            whole = self.then(whole, part)?;
        }
        let rest = match it.max {
            None => Some(self.repeated(it)?),
            Some(max) => self.optional(it, max)?,
        };
        match rest {
            Some(rest) => self.then(whole, rest),
            None => Ok(whole),
        }
    }

    fn repeated(&mut self, it: &Quantifier<'_>) -> Result<Part, TooLarge> {
        let start = self.automaton.consumes.len();
        let mut body = self.term(&it.body)?;
        let range = start..self.automaton.consumes.len();
        self.automaton.loops.push((it.span, range));
        self.link(&body.last, &body.first)?;
        // A repetition of nothing is none.
        body.empty = if it.min == 0 {
            Ways::one(Asks::NOTHING)
        } else {
            body.empty.once()
        };
        Ok(body)
    }

    fn optional(&mut self, it: &Quantifier<'_>, max: u64) -> Result<Option<Part>, TooLarge> {
        let mut parts = Vec::new();
        for _ in it.min..max {
            let before = self.automaton.consumes.len();
            parts.push(self.term(&it.body)?);
            if self.automaton.consumes.len() == before {
                break;
            }
        }
        let mut optional: Option<Part> = None;
        while let Some(part) = parts.pop() {
            let mut part = match optional {
                Some(rest) => self.then(part, rest)?,
                None => part,
            };
            part.empty = Ways::one(Asks::NOTHING);
            optional = Some(part);
        }
        Ok(optional)
    }

    fn then(&mut self, one: Part, next: Part) -> Result<Part, TooLarge> {
        self.link(&one.last, &next.first)?;
        let empty = one.empty.then(next.empty);
        let mut first = one.first;
        add(&mut first, &next.first, one.empty, self.budget)?;
        let mut last = next.last;
        add(&mut last, &one.last, next.empty, self.budget)?;
        Ok(Part { empty, first, last })
    }

    fn link(&mut self, last: &[(usize, Ways)], first: &[(usize, Ways)]) -> Result<(), TooLarge> {
        for &(from, ways) in last {
            let ways = ways.behind_a_character();
            let first = first
                .iter()
                .map(|&(to, way)| (to, way.behind_a_character()));
            add(
                &mut self.automaton.follow[from],
                first.collect::<Vec<_>>().as_slice(),
                ways,
                self.budget,
            )?;
        }
        Ok(())
    }
}

impl Part {
    /// Matches nothing, in one way.
    fn nothing(asks: Asks) -> Self {
        Self {
            empty: Ways::one(asks),
            ..Self::default()
        }
    }

    fn or(mut self, other: Self) -> Self {
        self.empty = self.empty.or(other.empty);
        self.first.extend(other.first);
        self.last.extend(other.last);
        self
    }
}

/// Adds states that are reached in such ways.
fn add(
    to: &mut Vec<(usize, Ways)>,
    states: &[(usize, Ways)],
    ways: Ways,
    budget: &mut Budget,
) -> Result<(), TooLarge> {
    if ways.is_none() {
        return Ok(());
    }
    if !budget.take(states.len() * (to.len() + states.len())) {
        return Err(TooLarge);
    }
    for &(state, own) in states {
        let more = ways.then(own);
        match to.iter_mut().find(|it| it.0 == state) {
            Some(known) => known.1 = known.1.or(more),
            None => to.push((state, more)),
        }
    }
    Ok(())
}
