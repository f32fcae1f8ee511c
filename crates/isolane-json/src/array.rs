//! The elements of an array.

use crate::fault::{Fault, FaultKind};
use crate::item::Item;
use crate::masks::{BLOCK, Masks};
use crate::position::{Line, Origin, Place};
use crate::strings::Strings;
use crate::white::{first_solid, last_solid};

#[derive(Debug)]
pub(crate) struct ArraySplitter {
    /// The offset of the piece that is being read, or of the next.
    offset: u64,
    /// The line at the block that is being read.
    line: Line,
    phase: Phase,
    strings: Strings,
    /// Brackets that are open, that of the array included.
    depth: u64,
    /// The first byte after the last border that is not white. It may be the next border.
    begun: Option<Place>,
    /// The offset after the last byte of earlier pieces that is not white.
    end: u64,
    /// How many items have ended, those before the origin among them.
    count: u64,
    /// Whether none of its own has.
    is_first: bool,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Before,
    Inside,
    After,
    Failed(Fault),
}

/// A block of the piece.
struct Block {
    /// Where it begins in the piece.
    at: usize,
    /// Its line feeds, and what else it has outside of strings.
    feed: u64,
    comma: u64,
    open: u64,
    close: u64,
}

impl ArraySplitter {
    pub(crate) fn new(origin: &Origin) -> Self {
        Self {
            offset: origin.offset,
            line: Line::of(origin),
            phase: Phase::Before,
            strings: Strings::default(),
            depth: 0,
            begun: None,
            end: origin.offset,
            count: origin.index,
            is_first: true,
        }
    }

    pub(crate) fn push(&mut self, piece: &[u8], found: &mut impl FnMut(Item)) -> Result<(), Fault> {
        let read = self.read(piece, found);
        if let Err(fault) = read {
            self.phase = Phase::Failed(fault);
        }
        self.offset += piece.len() as u64;
        read
    }

    /// Where an item begins that has not ended.
    pub(crate) fn begun(&self) -> Option<u64> {
        match self.phase {
            Phase::Inside => self.begun.map(|place| place.offset),
            _ => None,
        }
    }

    pub(crate) fn finish(self) -> Result<(), Fault> {
        let kind = match self.phase {
            Phase::After => return Ok(()),
            Phase::Failed(fault) => return Err(fault),
            Phase::Before | Phase::Inside if self.strings.is_inside() => FaultKind::EndInString,
            Phase::Before | Phase::Inside => FaultKind::End,
        };
        Err(Fault::new(kind, self.line.at(self.offset), self.count))
    }

    fn read(&mut self, piece: &[u8], found: &mut impl FnMut(Item)) -> Result<(), Fault> {
        let mut at = 0;
        if let Phase::Failed(fault) = self.phase {
            return Err(fault);
        }
        if let Phase::Before = self.phase {
            let Some(first) = self.pass_white(piece, at) else {
                return Ok(());
            };
            if piece[first] != b'[' {
                return Err(self.fault(FaultKind::NotAnArray, self.line, first));
            }
            self.phase = Phase::Inside;
            self.depth = 1;
            at = first + 1;
        }
        if let Phase::Inside = self.phase {
            let Some(close) = self.read_inside(piece, at, found)? else {
                return Ok(());
            };
            self.phase = Phase::After;
            at = close + 1;
        }
        match self.pass_white(piece, at) {
            Some(at) => Err(self.fault(FaultKind::TrailingText, self.line, at)),
            None => Ok(()),
        }
    }

    /// Reads until the array ends, and says where it does.
    fn read_inside(
        &mut self,
        piece: &[u8],
        from: usize,
        found: &mut impl FnMut(Item),
    ) -> Result<Option<usize>, Fault> {
        if self.begun.is_none() {
            self.begin(piece, from, self.line);
        }
        let mut at = from;
        let (blocks, tail) = piece[from..].as_chunks::<BLOCK>();
        for bytes in blocks {
            let block = self.look(bytes, at, BLOCK);
            if let Some(close) = self.read_block(piece, &block, found)? {
                return Ok(Some(close));
            }
            at += BLOCK;
        }
        if !tail.is_empty() {
            let mut bytes = [b' '; BLOCK];
            bytes[..tail.len()].copy_from_slice(tail);
            let block = self.look(&bytes, at, tail.len());
            if let Some(close) = self.read_block(piece, &block, found)? {
                return Ok(Some(close));
            }
        }
        if let Some(last) = last_solid(&piece[from..]) {
            self.end = self.offset + (from + last) as u64 + 1;
        }
        Ok(None)
    }

    #[inline]
    fn look(&mut self, bytes: &[u8; BLOCK], at: usize, length: usize) -> Block {
        let masks = Masks::of(bytes);
        let outside = !self.strings.read(masks.quote, masks.backslash, length);
        Block {
            at,
            feed: masks.feed,
            comma: masks.comma & outside,
            open: masks.open & outside,
            close: masks.close & outside,
        }
    }

    #[inline]
    fn read_block(
        &mut self,
        piece: &[u8],
        block: &Block,
        found: &mut impl FnMut(Item),
    ) -> Result<Option<usize>, Fault> {
        let closes = u64::from(block.close.count_ones());
        if self.depth > closes + 1 {
            // However its brackets lie, none of the array's own commas is between them.
            self.depth = self.depth + u64::from(block.open.count_ones()) - closes;
        } else if let Some(close) = self.walk(piece, block, found)? {
            return Ok(Some(close));
        }
        self.line = self.line.after(block.feed, self.offset + block.at as u64);
        Ok(None)
    }

    /// Takes each bracket of a block in turn, and the array's own commas between them.
    fn walk(
        &mut self,
        piece: &[u8],
        block: &Block,
        found: &mut impl FnMut(Item),
    ) -> Result<Option<usize>, Fault> {
        let mut brackets = block.open | block.close;
        let mut passed = 0;
        loop {
            let bracket = brackets & brackets.wrapping_neg();
            // All bits if no bracket is left.
            let before = bracket.wrapping_sub(1);
            if self.depth == 1 {
                let mut commas = block.comma & before & !passed;
                while commas != 0 {
                    self.separate(piece, block, commas.trailing_zeros(), found)?;
                    commas &= commas - 1;
                }
            }
            if bracket == 0 {
                return Ok(None);
            }
            if block.open & bracket != 0 {
                self.depth += 1;
            } else {
                self.depth -= 1;
            }
            if self.depth == 0 {
                return self
                    .close(piece, block, bracket.trailing_zeros(), found)
                    .map(Some);
            }
            passed = before | bracket;
            brackets &= !bracket;
        }
    }

    /// The array goes on after a comma.
    fn separate(
        &mut self,
        piece: &[u8],
        block: &Block,
        bit: u32,
        found: &mut impl FnMut(Item),
    ) -> Result<(), Fault> {
        let at = block.at + bit as usize;
        let line = self.line_at(block, bit);
        if !self.end_item(piece, at, found) {
            return Err(self.fault(FaultKind::MissingItem, line, at));
        }
        self.begin(piece, at + 1, line);
        Ok(())
    }

    /// The array ends with a bracket, which is where it says.
    fn close(
        &mut self,
        piece: &[u8],
        block: &Block,
        bit: u32,
        found: &mut impl FnMut(Item),
    ) -> Result<usize, Fault> {
        let at = block.at + bit as usize;
        self.line = self.line_at(block, bit);
        if piece[at] != b']' {
            return Err(self.fault(FaultKind::WrongBracket, self.line, at));
        }
        if !self.end_item(piece, at, found) && !self.is_first {
            return Err(self.fault(FaultKind::MissingItem, self.line, at));
        }
        Ok(at)
    }

    /// Looks for the first byte of an item from `from` on, which is in `line`.
    #[inline]
    fn begin(&mut self, piece: &[u8], from: usize, mut line: Line) {
        self.begun =
            solid(piece, from, self.offset, &mut line).map(|at| line.at(self.offset + at as u64));
    }

    /// Tells of the item that ends before `at`; false if there is none.
    #[inline]
    fn end_item(&mut self, piece: &[u8], at: usize, found: &mut impl FnMut(Item)) -> bool {
        let Some(place) = self.begun.take() else {
            return false;
        };
        let border = self.offset + at as u64;
        if place.offset == border {
            return false;
        }
        let from = place.offset.saturating_sub(self.offset) as usize;
        let end = last_solid(&piece[from..at])
            .map_or(self.end, |last| self.offset + (from + last) as u64 + 1);
        self.count += 1;
        self.is_first = false;
        found(Item::new(place, end));
        true
    }

    /// Goes on to the next byte that is not white.
    fn pass_white(&mut self, piece: &[u8], from: usize) -> Option<usize> {
        solid(piece, from, self.offset, &mut self.line)
    }

    #[inline]
    fn line_at(&self, block: &Block, bit: u32) -> Line {
        let before = (1 << bit) - 1;
        self.line
            .after(block.feed & before, self.offset + block.at as u64)
    }

    #[cold]
    fn fault(&self, kind: FaultKind, line: Line, at: usize) -> Fault {
        Fault::new(kind, line.at(self.offset + at as u64), self.count)
    }
}

/// The first byte from `from` on that is not white, and its line.
#[inline]
fn solid(piece: &[u8], from: usize, offset: u64, line: &mut Line) -> Option<usize> {
    let at = first_solid(&piece[from..]).map_or(piece.len(), |at| from + at);
    for (feed, _) in piece[from..at]
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
    {
        *line = line.next(offset + (from + feed) as u64 + 1);
    }
    (at < piece.len()).then_some(at)
}
