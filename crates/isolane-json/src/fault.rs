use thiserror::Error;

use crate::position::Place;

/// Why a text cannot be split further, and where: at the byte that cannot be there, or at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{kind} (line {line}, column {column}, byte {offset}, item {index})")]
pub struct Fault {
    /// Why.
    pub kind: FaultKind,
    /// The offset in bytes.
    pub offset: u64,
    /// The line, counted as those of items.
    pub line: u64,
    /// The column, counted as those of items.
    pub column: u64,
    /// How many items end before it.
    pub index: u64,
}

/// What leaves the borders of items in doubt. Only an array has such faults: a line is an item whatever
/// it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FaultKind {
    /// The text begins with something other than `[`.
    #[error("the text is no array: it does not begin with [")]
    NotAnArray,
    /// A comma of the array with nothing before it, or nothing after it.
    #[error("an item is missing")]
    MissingItem,
    /// A `}` where the array ends.
    #[error("the array ends with }}")]
    WrongBracket,
    /// Something follows the array.
    #[error("something follows the array")]
    TrailingText,
    /// The text ends inside a string.
    #[error("the text ends inside a string")]
    EndInString,
    /// The text ends before its array does.
    #[error("the text ends before its array does")]
    End,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, place: Place, index: u64) -> Self {
        Self {
            kind,
            offset: place.offset,
            line: place.line.number,
            column: place.column(),
            index,
        }
    }
}
