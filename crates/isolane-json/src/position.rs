//! Lines and columns.

/// Where a text begins in a longer one, whose numbers its items have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Bytes before it.
    pub offset: u64,
    /// Its line, from 1.
    pub line: u64,
    /// Its column, from 1; 0 for a bracket that stands before the line.
    pub column: u64,
    /// Items before it.
    pub index: u64,
}

impl Origin {
    /// Where no other text comes before, but for a mark of so many bytes.
    pub(crate) fn after_mark(length: u64) -> Self {
        Self {
            offset: length,
            line: 1,
            column: 1,
            index: 0,
        }
    }
}

/// The line that is being read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// From 1.
    pub(crate) number: u64,
    /// The offset of its first byte.
    pub(crate) start: u64,
}

/// A byte of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) offset: u64,
    pub(crate) line: Line,
}

impl Line {
    /// That of `origin`.
    pub(crate) fn of(origin: &Origin) -> Self {
        Self {
            number: origin.line,
            start: origin.offset + 1 - origin.column,
        }
    }

    /// The line after a line feed, which `start` follows.
    pub(crate) fn next(self, start: u64) -> Self {
        Self {
            number: self.number + 1,
            start,
        }
    }

    /// The line after the line feeds of a block that begins at `base`, one for each bit of `feeds`.
    pub(crate) fn after(self, feeds: u64, base: u64) -> Self {
        if feeds == 0 {
            return self;
        }
        Self {
            number: self.number + u64::from(feeds.count_ones()),
            start: base + u64::from(u64::BITS - feeds.leading_zeros()),
        }
    }

    pub(crate) fn at(self, offset: u64) -> Place {
        Place { offset, line: self }
    }
}

impl Place {
    pub(crate) fn column(self) -> u64 {
        // In this order: where a text goes on, its bracket may stand before the line.
        self.offset + 1 - self.line.start
    }
}
