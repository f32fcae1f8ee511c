//! An item a line.

use memchr::memchr_iter;

use crate::item::Item;
use crate::position::{Line, Origin, Place};
use crate::white::{first_solid, last_solid};

#[derive(Debug)]
pub(crate) struct LineSplitter {
    /// The offset of the next piece.
    offset: u64,
    line: Line,
    /// Where the line's item begins, once a byte that is not white has come.
    begun: Option<Place>,
    /// The offset after the last byte that is not white.
    end: u64,
}

impl LineSplitter {
    pub(crate) fn new(origin: &Origin) -> Self {
        Self {
            offset: origin.offset,
            line: Line::of(origin),
            begun: None,
            end: origin.offset,
        }
    }

    pub(crate) fn push(&mut self, piece: &[u8], found: &mut impl FnMut(Item)) {
        let mut at = 0;
        for feed in memchr_iter(b'\n', piece) {
            self.extend(&piece[at..feed], self.offset + at as u64);
            self.end(found);
            at = feed + 1;
            self.line = self.line.next(self.offset + at as u64);
        }
        self.extend(&piece[at..], self.offset + at as u64);
        self.offset += piece.len() as u64;
    }

    /// Where an item begins that has not ended.
    pub(crate) fn begun(&self) -> Option<u64> {
        self.begun.map(|place| place.offset)
    }

    pub(crate) fn finish(mut self, found: &mut impl FnMut(Item)) {
        self.end(found);
    }

    /// The line goes on with this text.
    fn extend(&mut self, text: &[u8], offset: u64) {
        let Some(last) = last_solid(text) else { return };
        self.end = offset + last as u64 + 1;
        if self.begun.is_none() {
            let first = first_solid(text).unwrap_or(last);
            self.begun = Some(self.line.at(offset + first as u64));
        }
    }

    fn end(&mut self, found: &mut impl FnMut(Item)) {
        if let Some(place) = self.begun.take() {
            found(Item::new(place, self.end));
        }
    }
}
