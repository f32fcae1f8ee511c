use std::fmt::Write;

use super::words::Word;

/// A text for which a pattern is slow: the middle as often as one likes.
pub(crate) struct Witness {
    before: Word,
    repeated: Word,
    behind: Word,
    /// How often the middle has to be there to be noticed, as JavaScript writes it.
    times: &'static str,
}

impl Witness {
    /// With each repetition the time doubles.
    pub(super) fn doubling(before: Word, repeated: Word, behind: Word) -> Self {
        Self::new(before, repeated, behind, "40")
    }

    /// With twice the repetitions the time is four times as long.
    pub(super) fn squaring(before: Word, repeated: Word, behind: Word) -> Self {
        Self::new(before, repeated, behind, "50_000")
    }

    fn new(mut before: Word, repeated: Word, behind: Word, times: &'static str) -> Self {
        while before.ends_with(&repeated) {
            before.truncate(before.len() - repeated.len());
        }
        Self {
            before,
            repeated,
            behind,
            times,
        }
    }

    /// An expression of JavaScript that gives it, long enough to be noticed.
    pub(crate) fn to_javascript(&self) -> String {
        let Self {
            before,
            repeated,
            behind,
            times,
        } = self;
        let mut parts = vec![format!("{}.repeat({times})", literal(repeated))];
        if !before.is_empty() {
            parts.insert(0, literal(before));
        }
        if !behind.is_empty() {
            parts.push(literal(behind));
        }
        parts.join(" + ")
    }
}

fn literal(characters: &[u32]) -> String {
    let mut text = String::from("'");
    for &character in characters {
        match char::from_u32(character) {
            Some('\n') => text.push_str("\\n"),
            Some(char @ ('\'' | '\\')) => text.extend(['\\', char]),
            Some(char @ ' '..='~') => text.push(char),
            // Writing to a string does not fail.
            _ => drop(write!(text, "\\u{{{character:x}}}")),
        }
    }
    text.push('\'');
    text
}
