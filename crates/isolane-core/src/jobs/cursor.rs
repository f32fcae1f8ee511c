//! [`Cursor`]: the items of a job that no worker has taken yet.

use std::collections::VecDeque;

use super::chunking::Grain;
use crate::{Attachment, Input, Part};

/// Items that one call gets.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) first: u64,
    pub(crate) count: u32,
    pub(crate) parts: Vec<Input>,
    pub(crate) attachments: Vec<Attachment>,
}

#[derive(Debug)]
pub(super) struct Cursor {
    parts: VecDeque<Part>,
    /// Items in `parts`.
    at_hand: u64,
    /// Items taken so far, and so the index of the next.
    taken: u64,
    /// Whether `parts` is all that will ever come.
    sealed: bool,
}

impl Cursor {
    pub(super) fn new(parts: Vec<Part>, sealed: bool) -> Self {
        // In the memory of `parts`: most jobs have one.
        let mut parts = VecDeque::from(parts);
        parts.retain_mut(prepare);
        Self {
            at_hand: parts.iter().map(|part| u64::from(part.count)).sum(),
            parts,
            taken: 0,
            sealed,
        }
    }

    pub(super) fn push(&mut self, mut part: Part) {
        if prepare(&mut part) {
            self.at_hand += u64::from(part.count);
            self.parts.push_back(part);
        }
    }

    pub(super) fn seal(&mut self) {
        self.sealed = true;
    }

    pub(super) fn is_sealed(&self) -> bool {
        self.sealed
    }

    pub(super) fn at_hand(&self) -> u64 {
        self.at_hand
    }

    /// Items of the job, once it is known: all have been given.
    pub(super) fn total(&self) -> Option<u64> {
        self.sealed.then_some(self.taken + self.at_hand)
    }

    /// Gives up what has not been taken. The job then never has all its items.
    pub(super) fn clear(&mut self) {
        self.parts = VecDeque::new();
    }

    /// Whether a chunk can be taken now.
    pub(super) fn is_ready(&self, grain: Grain) -> bool {
        match (self.parts.front(), grain) {
            (None, _) => false,
            // Chunks of a fixed size are filled from the parts to come.
            (Some(Part { stride: 1.., .. }), Grain::Fixed(size)) if !self.sealed => {
                self.at_hand >= u64::from(size.get())
            }
            (Some(_), _) => true,
        }
    }

    /// Takes the next chunk: about `target` items, and at least one part where parts are
    /// indivisible. Must be [ready](Self::is_ready).
    pub(super) fn take(&mut self, grain: Grain, target: u64) -> Chunk {
        let target = u32::try_from(target.max(1)).unwrap_or(u32::MAX);
        let first = self.taken;
        let stride = self.parts.front().map_or(0, |part| part.stride);
        let mut count = 0;
        let mut parts = Vec::with_capacity(1);
        let mut attachments = Vec::new();
        while let Some(part) = self.take_run(stride, target - count, parts.is_empty()) {
            parts.push(part.bytes);
            attachments.extend(part.attachments.into_iter().map(Attachment::new));
            count += part.count;
            let one_part = stride == 0 && matches!(grain, Grain::Fixed(_));
            if one_part || count >= target {
                break;
            }
        }
        self.taken += u64::from(count);
        self.at_hand -= u64::from(count);
        Chunk {
            first,
            count,
            parts,
            attachments,
        }
    }

    /// Takes up to `room` items from the first part, if its stride is `stride`. An indivisible part
    /// is taken if it fits, or if `force` is set.
    fn take_run(&mut self, stride: u32, room: u32, force: bool) -> Option<Part> {
        let part = self
            .parts
            .front_mut()
            .filter(|part| part.stride == stride)?;
        if part.count <= room || (stride == 0 && force) {
            return self.parts.pop_front();
        }
        if stride == 0 {
            return None;
        }
        part.count -= room;
        Some(Part {
            bytes: part.bytes.split_to(room as usize * stride as usize),
            attachments: Vec::new(),
            count: room,
            stride,
        })
    }
}

/// Whether a part has items. A raw one whose length is not what it says cannot be cut between items:
/// it goes to the engine whole, which knows how to report bad input.
fn prepare(part: &mut Part) -> bool {
    if part.bytes.len() as u64 != u64::from(part.count) * u64::from(part.stride) {
        part.stride = 0;
    }
    part.count > 0
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use bytes::Bytes;

    use super::*;

    fn raw(bytes: &'static [u8], stride: u32) -> Part {
        Part {
            bytes: Bytes::from_static(bytes).into(),
            attachments: Vec::new(),
            count: bytes.len() as u32 / stride,
            stride,
        }
    }

    fn encoded(bytes: &'static [u8], count: u32) -> Part {
        Part {
            bytes: Bytes::from_static(bytes).into(),
            attachments: Vec::new(),
            count,
            stride: 0,
        }
    }

    fn fixed(size: u32) -> Grain {
        Grain::Fixed(NonZeroU32::new(size).expect("a size"))
    }

    fn take(cursor: &mut Cursor, grain: Grain, target: u64) -> (u64, u32, Vec<Bytes>) {
        let Chunk {
            first,
            count,
            parts,
            ..
        } = cursor.take(grain, target);
        let owned = |part| match part {
            Input::Owned(bytes) => bytes,
            Input::Lent { .. } => panic!("nothing was lent"),
        };
        (first, count, parts.into_iter().map(owned).collect())
    }

    #[test]
    fn raw_parts_are_cut_at_any_item() {
        let mut cursor = Cursor::new(vec![raw(b"aabbcc", 2), raw(b"ddee", 2)], true);
        assert_eq!(cursor.total(), Some(5));
        assert_eq!(
            take(&mut cursor, Grain::Auto, 2),
            (0, 2, vec!["aabb".into()])
        );
        assert_eq!(
            take(&mut cursor, Grain::Auto, 2),
            (2, 2, vec!["cc".into(), "dd".into()])
        );
        assert_eq!(take(&mut cursor, Grain::Auto, 9), (4, 1, vec!["ee".into()]));
        assert!(!cursor.is_ready(Grain::Auto));
    }

    #[test]
    fn encoded_parts_stay_whole() {
        let parts = vec![encoded(b"abc", 3), encoded(b"de", 2), encoded(b"f", 1)];
        let mut cursor = Cursor::new(parts, true);
        assert_eq!(
            take(&mut cursor, Grain::Auto, 1),
            (0, 3, vec!["abc".into()])
        );
        assert_eq!(
            take(&mut cursor, Grain::Auto, 3),
            (3, 3, vec!["de".into(), "f".into()])
        );
    }

    #[test]
    fn a_fixed_size_takes_one_encoded_part() {
        let mut cursor = Cursor::new(vec![encoded(b"a", 1), encoded(b"b", 1)], true);
        assert_eq!(take(&mut cursor, fixed(2), 2), (0, 1, vec!["a".into()]));
    }

    #[test]
    fn a_fixed_size_waits_for_enough_raw_items() {
        let mut cursor = Cursor::new(vec![raw(b"ab", 1)], false);
        assert!(!cursor.is_ready(fixed(3)));
        cursor.push(raw(b"cd", 1));
        assert!(cursor.is_ready(fixed(3)));
        assert_eq!(
            take(&mut cursor, fixed(3), 3),
            (0, 3, vec!["ab".into(), "c".into()])
        );
        assert!(!cursor.is_ready(fixed(3)));
        cursor.seal();
        assert!(cursor.is_ready(fixed(3)));
    }

    #[test]
    fn raw_and_encoded_parts_do_not_share_a_chunk() {
        let mut cursor = Cursor::new(vec![raw(b"ab", 1), encoded(b"c", 1)], true);
        assert_eq!(take(&mut cursor, Grain::Auto, 9), (0, 2, vec!["ab".into()]));
        assert_eq!(take(&mut cursor, Grain::Auto, 9), (2, 1, vec!["c".into()]));
    }

    #[test]
    fn a_raw_part_of_the_wrong_length_is_not_cut() {
        let mut cursor = Cursor::new(vec![], false);
        cursor.push(Part {
            bytes: Bytes::from_static(b"abc").into(),
            attachments: Vec::new(),
            count: 2,
            stride: 2,
        });
        assert_eq!(
            take(&mut cursor, Grain::Auto, 1),
            (0, 2, vec!["abc".into()])
        );
    }
}
