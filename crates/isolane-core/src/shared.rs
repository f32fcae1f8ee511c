//! [`Shared`]: a value encoded once that many jobs read.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

/// Source of [`Shared::id`]; 0 is never given out.
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// One version of a shared value.
///
/// Engines decode it once per isolate and keep it by [`id`](Self::id). A new version is a new
/// `Shared` with the same name; jobs hold the version they were submitted with.
#[derive(Debug)]
pub struct Shared {
    id: u64,
    name: Box<str>,
    bytes: Bytes,
}

impl Shared {
    /// A new version under `name`, with an id of its own.
    pub fn new(name: &str, bytes: Bytes) -> Self {
        // Relaxed: only uniqueness matters.
        Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            name: name.into(),
            bytes,
        }
    }

    /// Unique within the process for each version; never 0.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The key under which functions see the value.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The encoded value.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

/// Where a function's text may write to what others see, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MayWrite {
    /// Line of the text, from 1.
    pub line: u32,
    /// Column of the line, from 1, in UTF-16 code units.
    pub column: u32,
    /// What stands there, as a sentence without a full stop.
    pub reason: Box<str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_one_name_have_their_own_ids() {
        let [a, b] = [
            Shared::new("rules", Bytes::new()),
            Shared::new("rules", Bytes::new()),
        ];
        assert_eq!(a.name(), b.name());
        assert_ne!(a.id(), b.id());
    }
}
