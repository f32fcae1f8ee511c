//! [`TextSource`]: the items of a JSON text.

use std::collections::VecDeque;
use std::mem;

use bytes::Bytes;
use isolane_core::{End, Found, Input, ItemSource, NoItem};
use isolane_driver::protocol::{INVALID_JSON, WORD};
use isolane_json::{Fault, Format, Item, Origin, Splitter};

use crate::text::pieces::Pieces;
use isolane_wire::number::double;

/// Bytes that are looked at in one go.
const STRETCH: usize = 256 << 10;
/// Bytes of text that a chunk has at the most, unless it is one item.
const CHUNK_BYTES: u64 = 1 << 20;
/// Words of the table of a chunk, before those of its items.
const TABLE_HEAD: usize = 2;
/// Words of an item there.
const TABLE_ITEM: usize = 4;

/// Finds the items of a text.
///
/// A chunk of them has as its parts a table, an opening bracket, the text from its first item to its
/// last, and a closing bracket: so the text between the brackets is a JSON array, and the driver
/// parses all of it at once. The table has the place of the first item in the whole text, a double;
/// and of each item its start and end, counted from there, its line and its column.
#[derive(Debug)]
pub(crate) struct TextSource {
    /// `None` when it is through.
    splitter: Option<Splitter>,
    pieces: Pieces,
    /// Where it goes on to look.
    place: u64,
    is_whole: bool,
    found: VecDeque<Item>,
    /// Index of the first item.
    first: u64,
}

impl TextSource {
    /// With an `origin`, the text is part of a longer one.
    pub(crate) fn new(format: Format, origin: Option<&Origin>) -> Self {
        let place = origin.map_or(0, |origin| origin.offset);
        Self {
            splitter: Some(match origin {
                Some(origin) => Splitter::at(format, origin),
                None => Splitter::new(format),
            }),
            pieces: Pieces::at(place),
            place,
            is_whole: false,
            found: VecDeque::new(),
            first: origin.map_or(0, |origin| origin.index),
        }
    }

    fn look_further(&mut self, splitter: &mut Splitter) -> Result<(), NoItem> {
        let found = &mut self.found;
        let mut split = Ok(());
        let read = self.pieces.read(self.place, STRETCH, |bytes| {
            split = splitter.push(bytes, &mut |item| found.push_back(item));
        });
        // Taken back: the host is going away, and the pool with it.
        let length = read.map_err(|_| NoItem {
            end: End::Closed,
            index: 0,
        })?;
        self.place += length as u64;
        split.map_err(no_item)
    }

    /// How many of the next `most` items a chunk takes.
    fn fitting(&self, most: u32, fixed: bool) -> usize {
        let most = most as usize;
        if fixed {
            return most;
        }
        let Some(first) = self.found.front() else {
            return 0;
        };
        let limit = first.start + CHUNK_BYTES;
        let items = self.found.iter().take(most);
        items.take_while(|item| item.end <= limit).count().max(1)
    }
}

impl ItemSource for TextSource {
    fn first(&self) -> u64 {
        self.first
    }

    fn give(&mut self, piece: Input) {
        self.pieces.push(piece);
    }

    fn end(&mut self) {
        self.is_whole = true;
    }

    fn look(&mut self) -> Result<(), NoItem> {
        let Some(mut splitter) = self.splitter.take() else {
            return Ok(());
        };
        if self.place < self.pieces.end() {
            self.look_further(&mut splitter)?;
        }
        if self.is_whole && self.place == self.pieces.end() {
            let found = &mut self.found;
            return splitter
                .finish(&mut |item| found.push_back(item))
                .map_err(no_item);
        }
        self.splitter = Some(splitter);
        Ok(())
    }

    fn can_look(&self) -> bool {
        self.splitter.is_some() && (self.is_whole || self.place < self.pieces.end())
    }

    fn is_through(&self) -> bool {
        self.splitter.is_none()
    }

    fn found(&self) -> u64 {
        self.found.len() as u64
    }

    fn take(&mut self, most: u32, fixed: bool) -> Found {
        let count = self.fitting(most, fixed).min(self.found.len());
        let mut items = self.found.drain(..count).peekable();
        let Some(first) = items.peek().copied() else {
            return Found {
                count: 0,
                parts: Vec::new(),
            };
        };
        let start = first.start;
        let mut table = Vec::with_capacity((TABLE_HEAD + count * TABLE_ITEM) * WORD);
        table.extend_from_slice(&double(start).to_ne_bytes());
        let mut end = start;
        for item in items {
            end = item.end;
            let numbers = [item.start - start, end - start, item.line, item.column];
            for number in numbers {
                // What is further away no string can hold, and nobody counts so many lines.
                let word = u32::try_from(number).unwrap_or(u32::MAX);
                table.extend_from_slice(&word.to_ne_bytes());
            }
        }
        let mut parts = vec![Bytes::from(table).into(), Bytes::from_static(b"[").into()];
        parts.extend(self.pieces.slices(&(start..end)));
        parts.push(Bytes::from_static(b"]").into());
        self.pieces.drop_until(end);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        Found { count, parts }
    }
}

/// A failure that the host understands: after the first byte and seven others, as doubles, byte, line,
/// column and index; then the reason, as text.
fn no_item(fault: Fault) -> NoItem {
    let mut error = vec![0; mem::size_of::<f64>()];
    error[0] = INVALID_JSON;
    for number in [fault.offset, fault.line, fault.column, fault.index] {
        error.extend_from_slice(&double(number).to_le_bytes());
    }
    error.extend_from_slice(fault.kind.to_string().as_bytes());
    NoItem {
        end: End::Failed {
            error: error.into(),
        },
        index: fault.index,
    }
}
