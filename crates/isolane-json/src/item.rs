use crate::position::Place;

/// What lies between two borders, without the white space around it. It is never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The offset in bytes of its first byte. A byte order mark counts.
    pub start: u64,
    /// The offset in bytes after its last byte.
    pub end: u64,
    /// The line of its first byte, from 1. Only `\n` ends a line.
    pub line: u64,
    /// The column of its first byte, from 1 and in bytes. A byte order mark takes none.
    pub column: u64,
}

impl Item {
    pub(crate) fn new(place: Place, end: u64) -> Self {
        Self {
            start: place.offset,
            end,
            line: place.line.number,
            column: place.column(),
        }
    }
}
