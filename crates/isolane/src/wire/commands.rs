//! Commands as bytes: what `npm/isolane/src/addon/outbox.ts` writes.
//!
//! One call carries many commands, since crossing Node-API costs about as much as a small job.
//! A command is a header of little-endian words, then its payloads, each padded to 8 bytes.

use std::num::NonZeroU32;
use std::time::Duration;

use bytes::Bytes;
use isolane_core::{CallKind, JobId, JobSpec, Part, Priority};
use isolane_driver::protocol::WORD;
use napi::{Error, Result, Status};

use crate::handles::Handles;
use crate::memory::attachments::Attachments;
use crate::wire::codes::{
    PRIORITY_SHIFT, append_word, command_word, op_code, open_word, padded, part_word, priorities,
    tag_bit,
};

/// A command that the host gives the pool.
pub(crate) enum Command {
    Open(Box<JobSpec>),
    Append {
        job: JobId,
        part: Part,
        sealed: bool,
    },
    Seal {
        job: JobId,
    },
    Cancel {
        job: JobId,
    },
}

/// Jobs are numbered by the host, in 32 bits.
pub(crate) fn job_id(job: u32) -> JobId {
    JobId(u64::from(job))
}

/// Reads the commands of one batch.
pub(crate) struct Commands<'a> {
    batch: Bytes,
    /// Where the next command begins.
    offset: usize,
    handles: &'a Handles,
    attachments: Attachments<'a>,
}

impl<'a> Commands<'a> {
    /// `handles` and `attachments` are what the commands refer to.
    pub(crate) fn new(batch: Bytes, handles: &'a Handles, attachments: Attachments<'a>) -> Self {
        Self {
            batch,
            offset: 0,
            handles,
            attachments,
        }
    }

    fn read(&mut self) -> Result<Command> {
        let record = Record::at(&self.batch, self.offset)?;
        self.offset = record.end;
        let tag = record.word(command_word::TAG)?;
        let number = record.word(command_word::JOB)?;
        let job = job_id(number);
        Ok(match tag & 0xff {
            op_code::OPEN => {
                let spec = open(&record, tag, number, self.handles, &mut self.attachments)?;
                Command::Open(Box::new(spec))
            }
            op_code::APPEND => {
                let start = append_word::END * WORD;
                let part = RawPart::read(&record, append_word::PART, start)?;
                Command::Append {
                    job,
                    part: part.complete(number, &mut self.attachments)?,
                    sealed: tag & tag_bit::SEALED != 0,
                }
            }
            op_code::SEAL => Command::Seal { job },
            op_code::CANCEL => Command::Cancel { job },
            _ => return Err(record.malformed()),
        })
    }
}

impl Iterator for Commands<'_> {
    type Item = Result<Command>;

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

/// A new job, numbered `job`.
fn open(
    record: &Record<'_>,
    tag: u32,
    job: u32,
    handles: &Handles,
    attachments: &mut Attachments<'_>,
) -> Result<JobSpec> {
    let second = record.word(open_word::SECOND)?.checked_sub(1);
    let kind = record.word(open_word::KIND)?;
    let shared = (0..record.word(open_word::SHARED)? as usize)
        .map(|index| handles.shared(record.word(open_word::END + index)?))
        .collect::<Result<Vec<_>>>()?;
    let args_start = padded((open_word::END + shared.len()) * WORD);
    let args = record.payload(args_start, record.word(open_word::ARGS)?)?;
    let part = RawPart::read(record, open_word::PART, args_start + padded(args.len()))?;
    let target = NonZeroU32::new(record.word(open_word::TARGET)?);
    Ok(JobSpec {
        id: job_id(job),
        function: handles.function(record.word(open_word::FUNCTION)?)?,
        second: second.map(|key| handles.function(key)).transpose()?,
        kind: CallKind {
            operation: (kind & 0xff) as u8,
            input: (kind >> 8 & 0xff) as u8,
            output: (kind >> 16 & 0xff) as u8,
            max_failures: record.word(open_word::MAX_FAILURES)?,
        },
        args,
        shared,
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
        // Its attachment comes before those of the part.
        target: target
            .map(|stride| attachments.target(job, stride))
            .transpose()?,
        // One without items is ignored.
        parts: vec![part.complete(job, attachments)?],
        sealed: tag & tag_bit::SEALED != 0,
    })
}

/// Items that come with a command, without what they refer to.
struct RawPart {
    bytes: Bytes,
    count: u32,
    attachments: u32,
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

    fn complete(self, job: u32, attachments: &mut Attachments<'_>) -> Result<Part> {
        Ok(Part {
            bytes: self.bytes.into(),
            attachments: attachments.inputs(job, self.attachments)?,
            count: self.count,
            stride: 0,
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

    /// The bytes are no command.
    fn malformed(&self) -> Error {
        let reason = format!("malformed command at byte {}", self.start);
        Error::new(Status::InvalidArg, reason)
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
    fn payload(&self, start: usize, length: u32) -> Result<Bytes> {
        let size = self.end - self.start;
        if start > size || length as usize > size - start {
            return Err(self.malformed());
        }
        let start = self.start + start;
        Ok(self.batch.slice(start..start + length as usize))
    }
}
