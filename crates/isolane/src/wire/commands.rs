//! Commands as bytes: what `npm/isolane/src/addon/outbox.ts` writes.
//!
//! One call carries many commands, since crossing Node-API costs about as much as a small job.
//! A command is a header of little-endian words, then its payloads, each padded to 8 bytes.

use std::num::NonZeroU32;
use std::time::Duration;

use bytes::Bytes;
use isolane_core::{CallKind, Priority};

const OPEN: u32 = 1;
const APPEND: u32 = 2;
const SEAL: u32 = 3;
const CANCEL: u32 = 4;

const FLAG_SEALED: u32 = 1 << 8;
const FLAG_CONTINUES: u32 = 1 << 10;
const FLAG_SALVAGE: u32 = 1 << 9;
const PRIORITY_SHIFT: u32 = 16;

const OPEN_HEADER: usize = 80;
const SHORT_HEADER: usize = 32;

/// A command that the host gives the pool. Handles are keys that `NativePool` gave out.
pub(crate) enum Command {
    Open(Box<Open>),
    Append {
        job: u32,
        part: RawPart,
        sealed: bool,
    },
    Seal {
        job: u32,
    },
    Cancel {
        job: u32,
    },
}

/// A new job.
pub(crate) struct Open {
    pub(crate) job: u32,
    pub(crate) function: u32,
    pub(crate) second: Option<u32>,
    pub(crate) kind: CallKind,
    pub(crate) salvage: bool,
    pub(crate) chunk_size: Option<NonZeroU32>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) queue_timeout: Option<Duration>,
    pub(crate) continues: bool,
    pub(crate) priority: Priority,
    pub(crate) shared: Vec<u32>,
    pub(crate) args: Bytes,
    pub(crate) part: Option<RawPart>,
    pub(crate) sealed: bool,
    /// Bytes per item in the next attachment, if that is where results go.
    pub(crate) target: Option<NonZeroU32>,
}

/// Items that come with a command.
pub(crate) struct RawPart {
    pub(crate) bytes: Bytes,
    pub(crate) count: u32,
    pub(crate) stride: u32,
    /// How many of the next attachments belong to it.
    pub(crate) attachments: u32,
}

/// The bytes are not commands; the offset is where they stop making sense.
#[derive(Debug)]
pub(crate) struct Malformed(pub(crate) usize);

/// Reads the commands of one batch.
pub(crate) struct Commands {
    batch: Bytes,
    offset: usize,
}

impl Commands {
    pub(crate) fn new(batch: Bytes) -> Self {
        Self { batch, offset: 0 }
    }

    fn read(&mut self) -> Option<Command> {
        let start = self.offset;
        let tag = self.word(start)?;
        let length = self.word(start + 4)? as usize;
        let job = self.word(start + 8)?;
        let end = start.checked_add(length)?;
        if length < SHORT_HEADER || end > self.batch.len() {
            return None;
        }
        let command = match tag & 0xff {
            OPEN => Command::Open(Box::new(self.read_open(start, tag, job)?)),
            APPEND => Command::Append {
                job,
                part: self.read_part(start + 12, start + 24, start + SHORT_HEADER)?,
                sealed: tag & FLAG_SEALED != 0,
            },
            SEAL => Command::Seal { job },
            CANCEL => Command::Cancel { job },
            _ => return None,
        };
        self.offset = end;
        Some(command)
    }

    fn read_open(&self, start: usize, tag: u32, job: u32) -> Option<Open> {
        let kind = self.word(start + 20)?;
        let shared_count = self.word(start + 28)? as usize;
        let args_length = self.word(start + 48)? as usize;
        let shared_start = start + OPEN_HEADER;
        let args_start = shared_start.checked_add(padded(shared_count.checked_mul(4)?))?;
        let shared = (0..shared_count)
            .map(|index| self.word(shared_start + index * 4))
            .collect::<Option<Vec<_>>>()?;
        let part = self.read_part(
            start + 52,
            start + 68,
            args_start.checked_add(padded(args_length))?,
        )?;
        Some(Open {
            job,
            function: self.word(start + 12)?,
            second: self.word(start + 16)?.checked_sub(1),
            kind: CallKind {
                operation: (kind & 0xff) as u8,
                input: (kind >> 8 & 0xff) as u8,
                output: (kind >> 16 & 0xff) as u8,
                max_failures: self.word(start + 64)?,
            },
            salvage: tag & FLAG_SALVAGE != 0,
            chunk_size: NonZeroU32::new(self.word(start + 24)?),
            timeout: self.limit(start + 32)?,
            queue_timeout: self.limit(start + 40)?,
            continues: tag & FLAG_CONTINUES != 0,
            priority: match tag >> PRIORITY_SHIFT {
                0 => Priority::Low,
                2 => Priority::High,
                _ => Priority::Normal,
            },
            shared,
            args: self.slice(args_start, args_length)?,
            part: (part.count > 0).then_some(part),
            sealed: tag & FLAG_SEALED != 0,
            target: NonZeroU32::new(self.word(start + 72)?),
        })
    }

    /// A part whose length, count and stride stand at `header`, whose number of attachments stands at
    /// `attachments`, and whose bytes stand at `start`.
    fn read_part(&self, header: usize, attachments: usize, start: usize) -> Option<RawPart> {
        let length = self.word(header)? as usize;
        Some(RawPart {
            bytes: self.slice(start, length)?,
            count: self.word(header + 4)?,
            stride: self.word(header + 8)?,
            attachments: self.word(attachments)?,
        })
    }

    /// A time limit in milliseconds; infinity is none.
    fn limit(&self, offset: usize) -> Option<Option<Duration>> {
        let bytes = self.batch.get(offset..offset.checked_add(8)?)?;
        let milliseconds = f64::from_le_bytes(bytes.try_into().ok()?);
        Some(Duration::try_from_secs_f64(milliseconds / 1e3).ok())
    }

    fn word(&self, offset: usize) -> Option<u32> {
        let bytes = self.batch.get(offset..offset.checked_add(4)?)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    fn slice(&self, start: usize, length: usize) -> Option<Bytes> {
        let end = start.checked_add(length)?;
        (end <= self.batch.len()).then(|| self.batch.slice(start..end))
    }
}

impl Iterator for Commands {
    type Item = Result<Command, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.offset >= self.batch.len() {
            return None;
        }
        let command = self.read().ok_or(Malformed(self.offset));
        if command.is_err() {
            self.offset = self.batch.len();
        }
        Some(command)
    }
}

/// Payloads start at multiples of 8.
pub(crate) fn padded(length: usize) -> usize {
    length.next_multiple_of(8)
}
