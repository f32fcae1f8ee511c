//! [`Joiner`]: one text of what the chunks of a job give.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use isolane_core::Sink;
use isolane_json::Format;

/// Joins texts in the order of their items, as far as they have come.
#[derive(Debug)]
pub(crate) struct Joiner {
    format: Format,
    /// Written by the workers, once for a chunk.
    joined: Mutex<Joined>,
}

#[derive(Debug, Default)]
struct Joined {
    text: Vec<u8>,
    /// Index of the item whose text comes next.
    next: u64,
    /// Texts that came before their turn, by the index of their first item.
    waiting: BTreeMap<u64, (u32, Bytes)>,
}

impl Joiner {
    /// `first` is the index of the first item.
    pub(crate) fn new(format: Format, first: u64) -> Self {
        let joined = Joined {
            text: match format {
                Format::Json => b"[".to_vec(),
                Format::Ndjson => Vec::new(),
            },
            next: first,
            ..Joined::default()
        };
        Self {
            format,
            joined: Mutex::new(joined),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Joined> {
        // What panicked was the growth of the text, which then lacks a chunk; its job has failed.
        self.joined.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Joined {
    fn append(&mut self, format: Format, count: u32, text: &[u8]) {
        self.next += u64::from(count);
        if text.is_empty() {
            return; // None of its items is in the result.
        }
        // An opening bracket needs no comma.
        if format == Format::Json && self.text.len() > 1 {
            self.text.push(b',');
        }
        self.text.extend_from_slice(text);
    }
}

impl Sink for Joiner {
    fn put(&self, first: u64, count: u32, output: Bytes) -> Bytes {
        let mut joined = self.lock();
        if first != joined.next {
            joined.waiting.insert(first, (count, output));
            return Bytes::new();
        }
        joined.append(self.format, count, &output);
        loop {
            let next = joined.next;
            let Some((count, text)) = joined.waiting.remove(&next) else {
                return Bytes::new();
            };
            joined.append(self.format, count, &text);
        }
    }

    fn finish(&self) -> Bytes {
        let mut text = std::mem::take(&mut self.lock().text);
        if self.format == Format::Json {
            text.push(b']');
        }
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(format: Format, texts: &[(u64, u32, &'static str)]) -> Bytes {
        let joiner = Joiner::new(format, texts.iter().map(|text| text.0).min().unwrap_or(0));
        for &(first, count, text) in texts {
            assert!(joiner.put(first, count, text.into()).is_empty());
        }
        joiner.finish()
    }

    #[test]
    fn texts_come_in_the_order_of_their_items() {
        let texts = [(3, 1, "3"), (1, 2, "1,2"), (0, 1, "0"), (4, 1, "4")];
        assert_eq!(joined(Format::Json, &texts), "[0,1,2,3,4]");
        let lines = [(8, 1, "1\n"), (7, 1, "0\n")];
        assert_eq!(joined(Format::Ndjson, &lines), "0\n1\n");
    }

    #[test]
    fn items_without_a_text_leave_no_gap() {
        assert_eq!(joined(Format::Json, &[]), "[]");
        assert_eq!(
            joined(Format::Json, &[(1, 1, ""), (0, 1, ""), (2, 1, "2")]),
            "[2]"
        );
        assert_eq!(joined(Format::Ndjson, &[(0, 4, "")]), "");
    }
}
