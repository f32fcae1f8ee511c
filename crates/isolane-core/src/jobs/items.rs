//! [`Items`]: those of a job that no worker has taken yet, given as such or still to be found.

use std::mem;

use super::chunking::Grain;
use super::cursor::{Chunk, Cursor};
use crate::{Found, Input, ItemSource, Part};

#[derive(Debug)]
pub(super) enum Items {
    Given(Cursor),
    Sought(Seeking),
}

/// Items that a source finds.
#[derive(Debug)]
pub(super) struct Seeking {
    /// `None` while the holder of the ticket looks for more, and once the job is ending.
    source: Option<Box<dyn ItemSource>>,
    /// Pieces that came while the source was away.
    pieces: Vec<Input>,
    /// Whether no more pieces will come.
    sealed: bool,
    /// Index of the first item.
    first: u64,
    /// Items taken so far.
    taken: u64,
    /// Items of the job, where all had been found when it began to end.
    total: Option<u64>,
}

impl Items {
    pub(super) fn new(parts: Vec<Part>, sealed: bool, source: Option<Box<dyn ItemSource>>) -> Self {
        let Some(source) = source else {
            return Self::Given(Cursor::new(parts, sealed));
        };
        let mut seeking = Seeking {
            source: None,
            pieces: parts.into_iter().map(|part| part.bytes).collect(),
            sealed,
            first: source.first(),
            taken: 0,
            total: None,
        };
        seeking.put_back(source);
        Self::Sought(seeking)
    }

    pub(super) fn push(&mut self, part: Part) {
        match self {
            Self::Given(cursor) => cursor.push(part),
            Self::Sought(seeking) => seeking.push(part.bytes),
        }
    }

    pub(super) fn seal(&mut self) {
        match self {
            Self::Given(cursor) => cursor.seal(),
            Self::Sought(seeking) => seeking.seal(),
        }
    }

    /// Whether the host gives no more.
    pub(super) fn is_sealed(&self) -> bool {
        match self {
            Self::Given(cursor) => cursor.is_sealed(),
            Self::Sought(seeking) => seeking.sealed,
        }
    }

    /// Whether those at hand are the last.
    pub(super) fn are_last(&self) -> bool {
        match self {
            Self::Given(cursor) => cursor.is_sealed(),
            Self::Sought(seeking) => seeking.is_through(),
        }
    }

    pub(super) fn at_hand(&self) -> u64 {
        match self {
            Self::Given(cursor) => cursor.at_hand(),
            Self::Sought(seeking) => seeking.found(),
        }
    }

    /// Items of the job, once it is known: all have been given or found.
    pub(super) fn total(&self) -> Option<u64> {
        match self {
            Self::Given(cursor) => cursor.total(),
            Self::Sought(seeking) => seeking.total(),
        }
    }

    /// Gives up what has not been taken. The job then never has all its items.
    pub(super) fn clear(&mut self) {
        match self {
            Self::Given(cursor) => cursor.clear(),
            Self::Sought(seeking) => seeking.clear(),
        }
    }

    /// Whether a chunk can be taken now, or looked for.
    pub(super) fn is_ready(&self, grain: Grain) -> bool {
        match self {
            Self::Given(cursor) => cursor.is_ready(grain),
            Self::Sought(seeking) => seeking.is_ready(grain),
        }
    }

    /// Takes the next chunk, of about `target` items, at least 1. Some must be [at hand](Self::at_hand).
    pub(super) fn take(&mut self, grain: Grain, target: u64) -> Chunk {
        match self {
            Self::Given(cursor) => cursor.take(grain, target),
            Self::Sought(seeking) => seeking.take(grain, target),
        }
    }

    /// Where they are to be found.
    pub(super) fn sought(&mut self) -> Option<&mut Seeking> {
        match self {
            Self::Given(_) => None,
            Self::Sought(seeking) => Some(seeking),
        }
    }
}

impl Seeking {
    /// Takes the source out, to look for more with no lock held, if fewer than `wanted` items are at
    /// hand. It must be [put back](Self::put_back).
    pub(super) fn take_out(&mut self, wanted: u64) -> Option<Box<dyn ItemSource>> {
        self.source
            .take_if(|source| source.found() < wanted && source.can_look())
    }

    /// Unless the job has begun to end meanwhile.
    pub(super) fn put_back(&mut self, mut source: Box<dyn ItemSource>) {
        for piece in mem::take(&mut self.pieces) {
            source.give(piece);
        }
        if self.sealed {
            source.end();
        }
        self.source = Some(source);
    }

    fn push(&mut self, piece: Input) {
        match &mut self.source {
            Some(source) => source.give(piece),
            None => self.pieces.push(piece),
        }
    }

    fn seal(&mut self) {
        self.sealed = true;
        if let Some(source) = &mut self.source {
            source.end();
        }
    }

    fn found(&self) -> u64 {
        self.source.as_ref().map_or(0, |source| source.found())
    }

    fn is_through(&self) -> bool {
        let source = self.source.as_ref();
        source.is_some_and(|source| source.is_through())
    }

    fn total(&self) -> Option<u64> {
        let found = || self.taken + self.found();
        self.total.or_else(|| self.is_through().then(found))
    }

    fn clear(&mut self) {
        // Only the source knows whether there would have been more.
        self.total = self.total();
        self.source = None;
        self.pieces = Vec::new();
    }

    fn is_ready(&self, grain: Grain) -> bool {
        let source = self.source.as_ref();
        source.is_some_and(|source| self.has_enough(grain) || source.can_look())
    }

    /// Whether more must be found before a chunk can be taken.
    pub(super) fn must_look(&self, grain: Grain) -> bool {
        let source = self.source.as_ref();
        source.is_some_and(|source| !self.has_enough(grain) && source.can_look())
    }

    fn has_enough(&self, grain: Grain) -> bool {
        let enough = match grain {
            Grain::Fixed(size) if !self.is_through() => u64::from(size.get()),
            _ => 1,
        };
        self.found() >= enough
    }

    fn take(&mut self, grain: Grain, target: u64) -> Chunk {
        let source = self.source.as_mut().expect("it has items at hand");
        let most = u32::try_from(target.min(source.found())).unwrap_or(u32::MAX);
        let Found { count, parts } = source.take(most, matches!(grain, Grain::Fixed(_)));
        let first = self.first + self.taken;
        self.taken += u64::from(count);
        Chunk {
            first,
            count,
            parts,
            attachments: Vec::new(),
        }
    }
}
