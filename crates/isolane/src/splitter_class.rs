//! What the host sees of a text that streams through it: where items are, as far as it has come. It
//! needs no more to cut the text into blocks, which workers then parse.

use std::cell::RefCell;

use isolane_json::{Fault, Item, Splitter};
use napi::bindgen_prelude::{Float64ArraySlice, Uint8ArraySlice};
use napi::{Error, Result};
use napi_derive::napi;

use isolane_wire::codes::found;
use isolane_wire::format_of;
use isolane_wire::number::double;

/// Finds the items of a text.
#[napi]
pub struct NativeSplitter {
    /// `None` when the text has ended.
    splitter: RefCell<Option<Splitter>>,
}

/// What a piece has of items.
#[derive(Default)]
struct Finding {
    count: u64,
    first: Option<Item>,
    end: u64,
}

#[napi]
impl NativeSplitter {
    /// `kind` is a kind of items that are text.
    #[napi(constructor, catch_unwind)]
    pub fn new(kind: u8) -> Result<Self> {
        let format = format_of(kind).ok_or_else(|| Error::from_reason("not a kind of text"))?;
        let splitter = RefCell::new(Some(Splitter::new(format)));
        Ok(Self { splitter })
    }

    /// Reads the next piece. Puts into `numbers` which items end in it, as the module `found` has it,
    /// and returns why there can be no more.
    #[napi(catch_unwind)]
    pub fn push(
        &self,
        piece: Uint8ArraySlice<'_>,
        numbers: Float64ArraySlice<'_>,
    ) -> Result<Option<String>> {
        let mut splitter = self.splitter.borrow_mut();
        let splitter = splitter.as_mut().ok_or_else(ended)?;
        let mut finding = Finding::default();
        let read = splitter.push(&piece, &mut |item| finding.add(item));
        finding.tell(splitter.begun(), read, numbers)
    }

    /// The text has ended; as [`push`](Self::push).
    #[napi(catch_unwind)]
    pub fn finish(&self, numbers: Float64ArraySlice<'_>) -> Result<Option<String>> {
        let splitter = self.splitter.borrow_mut().take().ok_or_else(ended)?;
        let mut finding = Finding::default();
        let read = splitter.finish(&mut |item| finding.add(item));
        finding.tell(None, read, numbers)
    }
}

impl Finding {
    fn add(&mut self, item: Item) {
        self.first.get_or_insert(item);
        self.end = item.end;
        self.count += 1;
    }

    fn tell(
        &self,
        begun: Option<u64>,
        read: std::result::Result<(), Fault>,
        mut numbers: Float64ArraySlice<'_>,
    ) -> Result<Option<String>> {
        // SAFETY: this runs on the JavaScript thread and calls no JavaScript before it is done with
        // the slice, so nothing else reads, writes or detaches the array.
        let numbers = unsafe { numbers.as_mut() };
        let numbers: &mut [f64; found::LENGTH] = numbers
            .try_into()
            .map_err(|_| Error::from_reason("numbers has not the length that it must have"))?;
        numbers[found::COUNT] = double(self.count);
        if let Some(first) = self.first {
            numbers[found::START] = double(first.start);
            numbers[found::LINE] = double(first.line);
            numbers[found::COLUMN] = double(first.column);
            numbers[found::END] = double(self.end);
        }
        numbers[found::BEGUN] = begun.map_or(-1.0, double);
        let Err(fault) = read else { return Ok(None) };
        numbers[found::FAULT_OFFSET] = double(fault.offset);
        numbers[found::FAULT_LINE] = double(fault.line);
        numbers[found::FAULT_COLUMN] = double(fault.column);
        numbers[found::FAULT_INDEX] = double(fault.index);
        Ok(Some(fault.kind.to_string()))
    }
}

fn ended() -> Error {
    Error::from_reason("the text has ended")
}
