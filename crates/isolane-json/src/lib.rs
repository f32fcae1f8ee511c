//! Where the items of a JSON text begin and end, while the text arrives in pieces.
//!
//! A [`Splitter`] finds the items of a JSON array, or the lines of NDJSON, with constant memory and in
//! one pass: it keeps no text, and counts brackets where a parser would recurse. What an item says is
//! for a parser to judge; the splitter refuses only what leaves no doubt that the borders are not
//! those the writer meant.
//!
//! Both formats are as RFC 8259 has them: white space is space, tab, line feed and carriage return. A
//! byte order mark (U+FEFF in UTF-8) may begin the input. UTF-8 is not checked: no byte of a longer
//! character is one that the splitter looks for.

#![deny(unsafe_code)]

mod array;
mod fault;
mod item;
mod lines;
mod mark;
mod masks;
mod position;
mod strings;
mod white;

use array::ArraySplitter;
use lines::LineSplitter;
use mark::{Mark, Start};

pub use fault::{Fault, FaultKind};
pub use item::Item;
pub use position::Origin;

/// How items lie in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One array, whose elements are the items.
    Json,
    /// An item a line. `\n` ends a line, and `\r` before it is white space. Blank lines are no items.
    Ndjson,
}

/// Finds the items of a text.
///
/// ```
/// use isolane_json::{Format, Splitter};
///
/// let mut splitter = Splitter::new(Format::Json);
/// let mut found = Vec::new();
/// splitter.push(b"[1, {\"a\":", &mut |item| found.push(item))?;
/// splitter.push(b"[2]} ]", &mut |item| found.push(item))?;
/// splitter.finish(&mut |item| found.push(item))?;
/// assert_eq!((found[1].start, found[1].end), (4, 13));
/// # Ok::<(), isolane_json::Fault>(())
/// ```
#[derive(Debug)]
pub struct Splitter {
    mark: Mark,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Json(ArraySplitter),
    Ndjson(LineSplitter),
}

impl Splitter {
    /// One that has seen nothing yet.
    pub fn new(format: Format) -> Self {
        Self {
            mark: Mark::Perhaps(0),
            kind: Kind::new(format, &Origin::after_mark(0)),
        }
    }

    /// One of a text that is part of a longer one. It begins with no mark.
    pub fn at(format: Format, origin: &Origin) -> Self {
        Self {
            mark: Mark::Settled,
            kind: Kind::new(format, origin),
        }
    }

    /// Where an item begins that has not ended. What may be a mark may be an item.
    pub fn begun(&self) -> Option<u64> {
        match &self.kind {
            _ if !self.mark.held().is_empty() => Some(0),
            Kind::Json(splitter) => splitter.begun(),
            Kind::Ndjson(splitter) => splitter.begun(),
        }
    }

    /// Reads the next piece of the text, and tells of each item that ends in it.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the borders of further items are not certain. Items that were told of stay
    /// right. Each later call gives the same fault.
    pub fn push(&mut self, piece: &[u8], found: &mut impl FnMut(Item)) -> Result<(), Fault> {
        match self.mark.read(piece) {
            Start::Open => Ok(()),
            Start::Marked(length, rest) => {
                self.kind = Kind::new(self.kind.format(), &Origin::after_mark(length as u64));
                self.kind.push(rest, found)
            }
            Start::Text(held, piece) => {
                self.kind.push(held, found)?;
                self.kind.push(piece, found)
            }
        }
    }

    /// The text has ended. Tells of a last line that has no line feed.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the text ends before its array does, or that which `push` gave.
    pub fn finish(mut self, found: &mut impl FnMut(Item)) -> Result<(), Fault> {
        self.kind.push(self.mark.held(), found)?;
        match self.kind {
            Kind::Json(splitter) => splitter.finish(),
            Kind::Ndjson(splitter) => {
                splitter.finish(found);
                Ok(())
            }
        }
    }
}

impl Kind {
    fn new(format: Format, origin: &Origin) -> Self {
        match format {
            Format::Json => Self::Json(ArraySplitter::new(origin)),
            Format::Ndjson => Self::Ndjson(LineSplitter::new(origin)),
        }
    }

    fn format(&self) -> Format {
        match self {
            Self::Json(_) => Format::Json,
            Self::Ndjson(_) => Format::Ndjson,
        }
    }

    fn push(&mut self, piece: &[u8], found: &mut impl FnMut(Item)) -> Result<(), Fault> {
        match self {
            Self::Json(splitter) => splitter.push(piece, found),
            Self::Ndjson(splitter) => {
                splitter.push(piece, found);
                Ok(())
            }
        }
    }
}
