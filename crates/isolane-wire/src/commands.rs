//! Commands as bytes: what `npm/isolane/src/addon/outbox.ts` writes.
//!
//! One call carries many commands, since crossing Node-API costs about as much as a small job.
//! A command is a header of little-endian words, then its payloads, each padded to 8 bytes.

use std::num::NonZeroU32;
use std::time::Duration;

use bytes::Bytes;
use isolane_core::{CallKind, Priority};
use isolane_driver::protocol::WORD;
use isolane_json::{Format, Origin};

use crate::codes::{
    PRIORITY_SHIFT, append_word, command_word, op_code, open_word, padded, part_word, priorities,
    tag_bit,
};
use crate::format_of;
use crate::number::whole;

/// The bytes are no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed command at byte {at}")]
pub struct Malformed {
    /// Where in the batch it begins.
    pub at: usize,
}

/// What reading a command comes to.
pub type Result<T> = std::result::Result<T, Malformed>;

/// A command that the host gives the pool.
#[derive(Debug)]
pub enum Command<'a> {
    /// A new job.
    Open(Open<'a>),
    /// Items of a job.
    Append(Append),
    /// No more items will come.
    Seal {
        /// Its number.
        job: u32,
    },
    /// Stop.
    Cancel {
        /// Its number.
        job: u32,
    },
}

/// More items of a job.
#[derive(Debug)]
pub struct Append {
    /// The job's number.
    pub job: u32,
    /// The items.
    pub part: RawPart,
    /// Whether no more will come.
    pub sealed: bool,
}

/// A new job, by keys and numbers. Of its attachments that of `target` comes before those of the part.
#[derive(Debug)]
pub struct Open<'a> {
    /// Its number.
    pub job: u32,
    /// Key of its function.
    pub function: u32,
    /// Key of its second function.
    pub second: Option<u32>,
    /// What is done with each item.
    pub kind: CallKind,
    /// Encoded arguments.
    pub args: Bytes,
    /// Keys of shared values, little-endian.
    pub shared: &'a [[u8; WORD]],
    /// When it is started, among those that wait.
    pub priority: Priority,
    /// How long it may run.
    pub timeout: Option<Duration>,
    /// How long it may wait.
    pub queue_timeout: Option<Duration>,
    /// Whether it goes on with a call that has begun.
    pub continues: bool,
    /// Whether finished items are wanted of a call that was stopped.
    pub salvage: bool,
    /// Items of a chunk.
    pub chunk_size: Option<NonZeroU32>,
    /// The text that the items are to be found in.
    pub sought: Option<Format>,
    /// Where that is in a longer text; its pieces follow.
    pub origin: Option<Origin>,
    /// The text that the results are joined to.
    pub joined: Option<Format>,
    /// Bytes per item where results go to memory of the host's.
    pub target: Option<NonZeroU32>,
    /// Whether no chunk is told of but the last.
    pub quiet: bool,
    /// Whether how long it takes is told.
    pub timed: bool,
    /// Whether every worker is to run the items.
    pub warm_up: bool,
    /// The first items.
    pub part: RawPart,
    /// Whether no more will come.
    pub sealed: bool,
}

/// Items that come with a command, without what they refer to.
#[derive(Debug)]
pub struct RawPart {
    /// Encoded.
    pub bytes: Bytes,
    /// Items.
    pub count: u32,
    /// How many of the next attachments belong to them.
    pub attachments: u32,
}

/// Reads the commands of one batch, up to the first that is malformed.
#[derive(Debug)]
pub struct Commands<'a> {
    batch: &'a Bytes,
    /// Where the next command begins.
    offset: usize,
}

impl<'a> Commands<'a> {
    /// Those of `batch`.
    #[must_use]
    pub fn new(batch: &'a Bytes) -> Self {
        Self { batch, offset: 0 }
    }

    /// The next command, where that gives `job` items.
    ///
    /// # Errors
    ///
    /// Where it is malformed.
    pub fn next_part(&mut self, job: u32) -> Result<Option<Append>> {
        if self.offset >= self.batch.len() {
            return Ok(None);
        }
        let record = Record::at(self.batch, self.offset)?;
        let tag = record.word(command_word::TAG)?;
        if tag & 0xff != op_code::APPEND || record.word(command_word::JOB)? != job {
            return Ok(None);
        }
        let append = Append::read(&record, tag, job)?;
        self.offset = record.end;
        Ok(Some(append))
    }

    fn read(&mut self) -> Result<Command<'a>> {
        let record = Record::at(self.batch, self.offset)?;
        self.offset = record.end;
        let tag = record.word(command_word::TAG)?;
        let job = record.word(command_word::JOB)?;
        Ok(match tag & 0xff {
            op_code::OPEN => Command::Open(Open::read(&record, tag, job)?),
            op_code::APPEND => Command::Append(Append::read(&record, tag, job)?),
            op_code::SEAL => Command::Seal { job },
            op_code::CANCEL => Command::Cancel { job },
            _ => return Err(record.malformed()),
        })
    }
}

impl<'a> Iterator for Commands<'a> {
    type Item = Result<Command<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.offset >= self.batch.len() {
            return None;
        }
        let command = self.read();
        if command.is_err() {
            self.offset = self.batch.len();
        }
        Some(command)
    }
}

impl<'a> Open<'a> {
    fn read(record: &Record<'a>, tag: u32, job: u32) -> Result<Self> {
        let kind = record.word(open_word::KIND)?;
        let keys = record.bytes(
            open_word::END * WORD,
            record.word(open_word::SHARED)? as usize * WORD,
        )?;
        let args_start = padded(open_word::END * WORD + keys.len());
        let args = record.payload(args_start, record.word(open_word::ARGS)?)?;
        let part = RawPart::read(record, open_word::PART, args_start + padded(args.len()))?;
        let (input, output) = ((kind >> 8 & 0xff) as u8, (kind >> 16 & 0xff) as u8);
        let text = |bit, kind| {
            let format = (tag & bit != 0).then(|| format_of(kind));
            format.map(|format| format.ok_or_else(|| record.malformed()))
        };
        let sought = text(tag_bit::SOUGHT, input).transpose()?;
        // The items are in pieces that follow.
        let origin = match (sought, part.bytes.is_empty()) {
            (Some(_), false) => Some(read_origin(&part.bytes).ok_or_else(|| record.malformed())?),
            _ => None,
        };
        Ok(Self {
            job,
            function: record.word(open_word::FUNCTION)?,
            second: record.word(open_word::SECOND)?.checked_sub(1),
            kind: CallKind {
                operation: (kind & 0xff) as u8,
                input,
                output,
                max_failures: record.word(open_word::MAX_FAILURES)?,
            },
            args,
            shared: keys.as_chunks().0,
            priority: match tag >> PRIORITY_SHIFT {
                priorities::LOW => Priority::Low,
                priorities::NORMAL => Priority::Normal,
                priorities::HIGH => Priority::High,
                _ => return Err(record.malformed()),
            },
            timeout: record.limit(open_word::TIMEOUT)?,
            queue_timeout: record.limit(open_word::QUEUE_TIMEOUT)?,
            continues: tag & tag_bit::CONTINUES != 0,
            salvage: tag & tag_bit::SALVAGE != 0,
            chunk_size: NonZeroU32::new(record.word(open_word::CHUNK_SIZE)?),
            sought,
            origin,
            joined: text(tag_bit::JOINED, output).transpose()?,
            target: NonZeroU32::new(record.word(open_word::TARGET)?),
            quiet: tag & tag_bit::QUIET != 0,
            timed: tag & tag_bit::TIMED != 0,
            warm_up: tag & tag_bit::WARM_UP != 0,
            part,
            sealed: tag & tag_bit::SEALED != 0,
        })
    }
}

impl Append {
    fn read(record: &Record<'_>, tag: u32, job: u32) -> Result<Self> {
        Ok(Self {
            job,
            part: RawPart::read(record, append_word::PART, append_word::END * WORD)?,
            sealed: tag & tag_bit::SEALED != 0,
        })
    }
}

/// What numbers of the host stay below.
const MOST: u64 = 1 << 53;

/// Where a text is in a longer one: byte, line, column and index, as doubles.
fn read_origin(bytes: &[u8]) -> Option<Origin> {
    let (numbers, rest) = bytes.as_chunks();
    let &[offset, line, column, index] = numbers else {
        return None;
    };
    let [offset, line, column, index] =
        [offset, line, column, index].map(|bytes| whole(f64::from_le_bytes(bytes)));
    // A line that begins before the text, or just behind its first byte.
    let is_sound = rest.is_empty() && offset.max(index) < MOST && column <= offset + 1;
    is_sound.then_some(Origin {
        offset,
        line,
        column,
        index,
    })
}

impl RawPart {
    /// The part that the words from `header` on are about, and whose bytes stand at `start`.
    fn read(record: &Record<'_>, header: usize, start: usize) -> Result<Self> {
        Ok(Self {
            bytes: record.payload(start, record.word(header + part_word::LENGTH)?)?,
            count: record.word(header + part_word::COUNT)?,
            attachments: record.word(header + part_word::ATTACHMENTS)?,
        })
    }
}

/// The bytes of one command.
struct Record<'a> {
    batch: &'a Bytes,
    start: usize,
    end: usize,
}

impl<'a> Record<'a> {
    fn at(batch: &'a Bytes, start: usize) -> Result<Self> {
        let end = batch.len();
        let whole = Self { batch, start, end };
        let length = whole.word(command_word::LENGTH)? as usize;
        if length < command_word::END * WORD || length > end - start {
            return Err(whole.malformed());
        }
        let end = start + length;
        Ok(Self { batch, start, end })
    }

    fn malformed(&self) -> Malformed {
        Malformed { at: self.start }
    }

    fn word(&self, index: usize) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array(index)?))
    }

    /// A time limit in milliseconds; infinity is none.
    fn limit(&self, index: usize) -> Result<Option<Duration>> {
        let milliseconds = f64::from_le_bytes(self.array(index)?);
        Ok(Duration::try_from_secs_f64(milliseconds / 1e3).ok())
    }

    fn array<const SIZE: usize>(&self, index: usize) -> Result<[u8; SIZE]> {
        let bytes = self.batch[self.start..self.end].get(index * WORD..);
        let array = bytes.and_then(|bytes| bytes.first_chunk());
        array.copied().ok_or_else(|| self.malformed())
    }

    /// The `length` bytes from `start` on, counted from the command's own start.
    fn bytes(&self, start: usize, length: usize) -> Result<&'a [u8]> {
        let bytes = self.batch[self.start..self.end].get(start..);
        let bytes = bytes.and_then(|bytes| bytes.get(..length));
        bytes.ok_or_else(|| self.malformed())
    }

    /// The same, to be kept.
    fn payload(&self, start: usize, length: u32) -> Result<Bytes> {
        let bytes = self.bytes(start, length as usize)?;
        Ok(self.batch.slice_ref(bytes))
    }
}
