//! [`ItemSource`]: items that are still to be found in what the host gives.

use std::fmt;

use crate::{End, Input};

/// Finds the items of a job in what the host gives as it is, for example the lines of a text. Workers
/// look for more while others compute: one at a time, whichever holds the job's ticket.
pub trait ItemSource: Send + Sync + fmt::Debug {
    /// Index of the first item, where these go on from others. Always the same.
    fn first(&self) -> u64 {
        0
    }

    /// Takes the next piece of the input.
    fn give(&mut self, piece: Input);

    /// No more pieces will come. May be said again.
    fn end(&mut self);

    /// Looks for more items, for a bounded, short time. Called without a lock, and only where it
    /// [can](Self::can_look).
    ///
    /// # Errors
    ///
    /// [`NoItem`]: how the job must end. The source is not asked again.
    fn look(&mut self) -> Result<(), NoItem>;

    /// Whether there is something to look at.
    fn can_look(&self) -> bool;

    /// Whether all items have been found.
    fn is_through(&self) -> bool;

    /// Items that have been found and not taken.
    fn found(&self) -> u64;

    /// Takes the next `most` items, at least one and no more than were [found](Self::found). Takes
    /// fewer where these would be more than a chunk should have, unless that is `fixed`.
    fn take(&mut self, most: u32, fixed: bool) -> Found;
}

/// Items of one chunk.
#[derive(Debug)]
pub struct Found {
    /// How many they are.
    pub count: u32,
    /// What an isolate gets for them.
    pub parts: Vec<Input>,
}

/// No more items can be found.
#[derive(Clone, Debug)]
pub struct NoItem {
    /// How the job ends.
    pub end: End,
    /// Items before it.
    pub index: u64,
}
