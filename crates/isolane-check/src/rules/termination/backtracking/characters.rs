use oxc_regular_expression::ast::{
    CharacterClass, CharacterClassContents, CharacterClassContentsKind, CharacterClassEscapeKind,
    UnicodePropertyEscape,
};

/// The last character.
pub(super) const LAST: u32 = 0x0010_ffff;
/// Ranges of a set; what has more is taken for all between its first and its last.
const MOST_RANGES: usize = 256;

/// A set of characters: ranges, both ends included, in order and apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Characters(Vec<(u32, u32)>);

impl Characters {
    pub(super) fn of(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut sorted: Vec<_> = ranges.into_iter().collect();
        sorted.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::new();
        for (start, end) in sorted {
            match merged.last_mut() {
                Some(last) if start <= last.1.saturating_add(1) => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        if merged.len() > MOST_RANGES {
            let last = merged[merged.len() - 1].1;
            merged = vec![(merged[0].0, last)];
        }
        Self(merged)
    }

    pub(super) fn one(character: u32) -> Self {
        Self(vec![(character, character)])
    }

    /// What a dot matches.
    pub(super) fn dot(with_lines: bool) -> Self {
        let lines = Self::of([(0x0a, 0x0a), (0x0d, 0x0d), (0x2028, 0x2029)]);
        if with_lines {
            Self::of([(0, LAST)])
        } else {
            lines.complement()
        }
    }

    pub(super) fn escape(kind: CharacterClassEscapeKind) -> Self {
        let digits = || Self::of([(0x30, 0x39)]);
        let spaces = || {
            Self::of([
                (0x09, 0x0d),
                (0x20, 0x20),
                (0xa0, 0xa0),
                (0x1680, 0x1680),
                (0x2000, 0x200a),
                (0x2028, 0x2029),
                (0x202f, 0x202f),
                (0x205f, 0x205f),
                (0x3000, 0x3000),
                (0xfeff, 0xfeff),
            ])
        };
        let words = || Self::of([(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)]);
        match kind {
            CharacterClassEscapeKind::D => digits(),
            CharacterClassEscapeKind::NegativeD => digits().complement(),
            CharacterClassEscapeKind::S => spaces(),
            CharacterClassEscapeKind::NegativeS => spaces().complement(),
            CharacterClassEscapeKind::W => words(),
            CharacterClassEscapeKind::NegativeW => words().complement(),
        }
    }

    /// Properties are not looked up: letters have those of ASCII, all have what is beyond it.
    pub(super) fn property(property: &UnicodePropertyEscape<'_>) -> Self {
        let value = property.value.as_ref().unwrap_or(&property.name).as_str();
        let is_letters =
            value.starts_with('L') || value.starts_with("Alpha") || value.contains("ID_");
        let mut ranges = vec![(0x80, LAST)];
        if is_letters {
            ranges.extend([(0x41, 0x5a), (0x61, 0x7a)]);
        }
        let set = Self::of(ranges);
        if property.negative {
            set.complement()
        } else {
            set
        }
    }

    /// A negative one is what its letters are not in either case, where case does not matter.
    pub(super) fn class(class: &CharacterClass<'_>, without_case: bool) -> Self {
        let mut parts = class.body.iter().map(|it| {
            let set = Self::content(it, without_case);
            if without_case {
                set.without_case()
            } else {
                set
            }
        });
        let set = match class.kind {
            CharacterClassContentsKind::Union => Self::of(parts.flat_map(|it| it.0)),
            CharacterClassContentsKind::Intersection => {
                let first = parts.next().unwrap_or_default();
                parts.fold(first, |set, part| set.intersection(&part))
            }
            CharacterClassContentsKind::Subtraction => {
                let first = parts.next().unwrap_or_default();
                parts.fold(first, |set, part| set.intersection(&part.complement()))
            }
        };
        if class.negative {
            set.complement()
        } else {
            set
        }
    }

    fn content(content: &CharacterClassContents<'_>, without_case: bool) -> Self {
        match content {
            CharacterClassContents::CharacterClassRange(it) => {
                Self::of([(it.min.value, it.max.value)])
            }
            CharacterClassContents::CharacterClassEscape(it) => Self::escape(it.kind),
            CharacterClassContents::UnicodePropertyEscape(it) => Self::property(it),
            CharacterClassContents::Character(it) => Self::one(it.value),
            CharacterClassContents::NestedCharacterClass(it) => Self::class(it, without_case),
            CharacterClassContents::ClassStringDisjunction(it) => {
                let firsts = it.body.iter().filter_map(|it| it.body.first());
                Self::of(firsts.map(|it| (it.value, it.value)))
            }
        }
    }

    /// With the letters of ASCII in both cases.
    pub(super) fn without_case(self) -> Self {
        let letters = |from: u32, to: u32| {
            let range = Self(vec![(from, from + 25)]);
            let others = self.intersection(&range).0;
            others
                .into_iter()
                .map(move |(start, end)| (start - from + to, end - from + to))
        };
        let others: Vec<_> = letters(0x41, 0x61).chain(letters(0x61, 0x41)).collect();
        Self::of(self.0.into_iter().chain(others))
    }

    pub(super) fn complement(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.0.len() + 1);
        let mut next = 0;
        for &(start, end) in &self.0 {
            if start > next {
                ranges.push((next, start - 1));
            }
            next = end.saturating_add(1);
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Self(ranges)
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        let (mut mine, mut its) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(&&(a, b)), Some(&&(c, d))) = (mine.peek(), its.peek()) {
            if a.max(c) <= b.min(d) {
                ranges.push((a.max(c), b.min(d)));
            }
            if b < d {
                mine.next();
            } else {
                its.next();
            }
        }
        Self(ranges)
    }

    pub(super) fn ranges(&self) -> impl Iterator<Item = (u32, u32)> {
        self.0.iter().copied()
    }

    pub(super) fn contains(&self, character: u32) -> bool {
        self.next(character) == Some(character)
    }

    /// The first character of the set that is not before this one.
    fn next(&self, character: u32) -> Option<u32> {
        let at = self.0.partition_point(|range| range.1 < character);
        self.0.get(at).map(|range| range.0.max(character))
    }

    /// The first character that is in all of the sets.
    pub(super) fn first_of_all<'s>(sets: impl Iterator<Item = &'s Self> + Clone) -> Option<u32> {
        let mut first = 0;
        loop {
            let before = first;
            for set in sets.clone() {
                first = set.next(first)?;
            }
            if first == before {
                return Some(first);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_added_taken_away_and_compared() {
        let a = Characters::of([(5, 9), (1, 3), (4, 4)]);
        assert_eq!(a, Characters::of([(1, 9)]));
        assert_eq!(a.complement(), Characters::of([(0, 0), (10, LAST)]));
        assert_eq!(a.complement().complement(), a);
        assert!(a.contains(9) && !a.contains(10));
        let first = |sets: &[&Characters]| Characters::first_of_all(sets.iter().copied());
        assert_eq!(first(&[&a, &a.complement()]), None);
        assert_eq!(first(&[&a, &Characters::of([(0, 0), (7, 20)])]), Some(7));
        assert_eq!(first(&[]), Some(0));
        assert!(Characters::one(0x61).without_case().contains(0x41));
        let many = Characters::of((0..1000).map(|it| (it * 3, it * 3)));
        assert!(many.contains(1));
    }
}
