//! An open bracket, and how deep a parser may be there.

/// What a brace closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closes {
    Code,
    /// A substitution of a template.
    Substitution,
    Unknown,
}

/// An open bracket, or the text itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    /// How deep a parser may be at this place: all levels below included.
    pub(crate) depth: usize,
    /// What it was at the commas since the last end of a statement, at most.
    at_commas: usize,
    /// What it was before the last end of a statement, which an `else` takes back.
    before_end: usize,
    /// Angles that may be those of type arguments: a comma ends nothing within them.
    pub(crate) angles: usize,
    /// How many of the levels around have such angles.
    pub(crate) guessed: u32,
    /// Whether a brace has just closed: a name that follows begins a statement.
    pub(crate) after_brace: bool,
    /// Whether a statement follows the parenthesis that closes it, as that of an `if`.
    pub(crate) is_head: bool,
    pub(crate) closes: Closes,
}

impl Level {
    pub(crate) fn new(depth: usize, closes: Closes, is_head: bool) -> Self {
        Self {
            depth,
            at_commas: 0,
            before_end: 0,
            angles: 0,
            guessed: 0,
            after_brace: false,
            is_head,
            closes,
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.depth = self.depth.max(other.depth);
        self.at_commas = self.at_commas.max(other.at_commas);
        self.before_end = self.before_end.max(other.before_end);
        self.angles = self.angles.max(other.angles);
        self.guessed = self.guessed.max(other.guessed);
        self.after_brace &= other.after_brace;
        self.is_head |= other.is_head;
        if self.closes != other.closes {
            self.closes = Closes::Unknown;
        }
    }

    /// What follows is no deeper than the level itself, which begins at `start`; an `else` takes
    /// that back.
    pub(crate) fn end_statement(&mut self, start: usize) {
        self.before_end = self.depth.max(self.at_commas);
        self.at_commas = 0;
        self.angles = 0;
        self.depth = start;
    }

    /// What follows is another element, unless types may go on.
    pub(crate) fn pass_comma(&mut self, start: usize) {
        if self.angles == 0 {
            self.at_commas = self.at_commas.max(self.depth);
            self.depth = start;
        }
    }

    /// Goes on with what seemed to have ended.
    pub(crate) fn resume(&mut self) {
        self.depth = self.depth.max(self.before_end);
    }
}
