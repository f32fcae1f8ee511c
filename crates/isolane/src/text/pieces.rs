//! [`Pieces`]: a text that comes in pieces, as far as it is still needed.

use std::collections::VecDeque;
use std::ops::Range;

use isolane_core::{Input, TakenBack};

/// A stretch of the text, by its place in the whole.
#[derive(Debug)]
struct Piece {
    start: u64,
    bytes: Input,
}

impl Piece {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    /// What of it lies within `range`; `None` for nothing.
    fn within(&self, range: &Range<u64>) -> Option<Input> {
        let start = range.start.max(self.start);
        let end = range.end.min(self.end());
        // A place in a piece is one in memory.
        let local = |place: u64| usize::try_from(place - self.start).unwrap_or(usize::MAX);
        (start < end).then(|| self.bytes.slice(local(start)..local(end)))
    }
}

/// In order, and without gaps.
#[derive(Debug)]
pub(super) struct Pieces {
    list: VecDeque<Piece>,
    end: u64,
}

impl Pieces {
    /// Of a text that begins at `place` of a longer one.
    pub(super) fn at(place: u64) -> Self {
        Self {
            list: VecDeque::new(),
            end: place,
        }
    }

    pub(super) fn push(&mut self, bytes: Input) {
        let start = self.end;
        self.end += bytes.len() as u64;
        if !bytes.is_empty() {
            self.list.push_back(Piece { start, bytes });
        }
    }

    /// Where the next goes on.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Calls `visit` with up to `most` bytes from `place` on, all of one piece; returns how many.
    pub(super) fn read(
        &self,
        place: u64,
        most: usize,
        visit: impl FnMut(&[u8]),
    ) -> Result<usize, TakenBack> {
        let stretch = place..place.saturating_add(most as u64);
        let found = self.list.iter().find_map(|piece| piece.within(&stretch));
        match found {
            Some(bytes) => bytes.read(visit).map(|()| bytes.len()),
            None => Ok(0),
        }
    }

    /// The bytes of `range`, as they lie.
    pub(super) fn slices(&self, range: &Range<u64>) -> impl Iterator<Item = Input> {
        self.list.iter().filter_map(|piece| piece.within(range))
    }

    /// Lets go of what ends before `place`.
    pub(super) fn drop_until(&mut self, place: u64) {
        while self.list.front().is_some_and(|piece| piece.end() <= place) {
            self.list.pop_front();
        }
    }
}
