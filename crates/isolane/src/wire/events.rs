//! Events as bytes: what `npm/isolane/src/addon/inbox.ts` reads.
//!
//! An event is a header of [`HEADER`] bytes, then its payload. A large payload does not go through
//! the inbox: its memory becomes a Buffer of its own, without a copy where Node allows that.

use bytes::Bytes;
use isolane_core::{End, Event, JobId};
use napi::Env;
use napi::bindgen_prelude::{Array, ArrayBuffer, BufferSlice};

use crate::memory::loans::Loans;
use crate::wire::commands::padded;

const HEADER: usize = 40;
/// Where a chunk's header has the milliseconds since its job's start, as a 32-bit float.
const RAN: usize = 20;
/// Where the header has the number of attachments, and behind it the place of the first in the
/// externals.
const ATTACHMENTS: usize = 32;
/// From this size on a payload becomes a Buffer of its own: below it a copy is cheaper than one
/// more object with a finalizer.
const EXTERNAL_FROM: usize = 64 << 10;
/// Events of one batch, each with two headers at most.
const MAX_EVENTS: usize = 64;
const MAX_HEADERS: usize = MAX_EVENTS * 2 * HEADER;

/// Codes of events and ends, as `EventCode` in `codes.ts`.
#[repr(u32)]
#[derive(Clone, Copy)]
enum Code {
    Chunk = 1,
    LastChunk = 2,
    Done = 3,
    Failed = 4,
    TimedOut = 5,
    QueueTimedOut = 6,
    Cancelled = 7,
    QueueFull = 8,
    MemoryLimit = 9,
    WorkerLost = 10,
    Unavailable = 11,
    Closed = 12,
    ResultTooLarge = 13,
    Salvaged = 14,
    Log = 15,
    WorkerCreated = 16,
    WorkerDestroyed = 17,
    Stopped = 18,
    WorkerWanted = 19,
    WorkerUnwanted = 20,
}

/// The head of an event; what `number` means depends on the code.
struct Head {
    code: Code,
    /// Job or worker.
    subject: u32,
    count: u32,
    number: f64,
}

/// Writes events into the host's inbox.
pub(crate) struct Inbox<'a, 'env> {
    env: &'a Env,
    bytes: &'a mut [u8],
    used: usize,
    /// Where payloads go that are too large for the inbox.
    externals: &'a mut Array<'env>,
    count: u32,
    loans: &'a Loans,
}

impl<'a, 'env> Inbox<'a, 'env> {
    pub(crate) fn new(
        env: &'a Env,
        bytes: &'a mut [u8],
        externals: &'a mut Array<'env>,
        loans: &'a Loans,
    ) -> Self {
        Self {
            env,
            bytes,
            used: 0,
            externals,
            count: 0,
            loans,
        }
    }

    /// Bytes written so far.
    pub(crate) fn used(&self) -> usize {
        self.used
    }

    /// How many more events fit in any case.
    pub(crate) fn room(&self) -> usize {
        MAX_EVENTS.min((self.bytes.len() - self.used) / (2 * HEADER))
    }

    /// Writes one event, for which there must be [room](Self::room).
    pub(crate) fn write(&mut self, event: Event) -> napi::Result<()> {
        match event {
            Event::Chunk {
                job,
                first,
                count,
                output,
                attachments,
                ran,
                last,
            } => {
                let start = self.used;
                let code = if last { Code::LastChunk } else { Code::Chunk };
                let milliseconds = ran.as_secs_f32() * 1e3;
                self.word(start + RAN, milliseconds.to_bits());
                self.put(
                    Head {
                        code,
                        subject: subject(job),
                        count,
                        number: precise(first),
                    },
                    output,
                )?;
                self.attach(start + ATTACHMENTS, attachments)?;
                self.end(last, job);
                Ok(())
            }
            Event::Salvaged {
                job,
                first,
                count,
                output,
            } => self.put(
                Head {
                    code: Code::Salvaged,
                    subject: subject(job),
                    count,
                    number: precise(first),
                },
                output,
            ),
            Event::Ended { job, end } => {
                let (code, number, text) = describe(end);
                self.put(
                    Head {
                        code,
                        subject: subject(job),
                        count: 0,
                        number,
                    },
                    text,
                )?;
                self.end(true, job);
                Ok(())
            }
            Event::Log {
                function,
                worker,
                records,
            } => {
                let name = Bytes::copy_from_slice(function.name().as_bytes());
                self.put(
                    Head {
                        code: Code::Log,
                        subject: worker,
                        count: 0,
                        number: 0.0,
                    },
                    name,
                )?;
                self.put(
                    Head {
                        code: Code::Log,
                        subject: worker,
                        count: 1,
                        number: 0.0,
                    },
                    records,
                )
            }
            Event::WorkerCreated { worker } => self.put(
                Head {
                    code: Code::WorkerCreated,
                    subject: worker,
                    count: 0,
                    number: 0.0,
                },
                Bytes::new(),
            ),
            Event::WorkerDestroyed { worker, reason } => {
                let reason = Bytes::from(reason.unwrap_or_default());
                self.put(
                    Head {
                        code: Code::WorkerDestroyed,
                        subject: worker,
                        count: 0,
                        number: 0.0,
                    },
                    reason,
                )
            }
            Event::WorkerWanted { slot, generation } => {
                self.put_slot(Code::WorkerWanted, slot, generation)
            }
            Event::WorkerUnwanted { slot, generation } => {
                self.put_slot(Code::WorkerUnwanted, slot, generation)
            }
            Event::Stopped => self.put(
                Head {
                    code: Code::Stopped,
                    subject: 0,
                    count: 0,
                    number: 0.0,
                },
                Bytes::new(),
            ),
        }
    }

    fn put_slot(&mut self, code: Code, slot: u32, generation: u64) -> napi::Result<()> {
        let head = Head {
            code,
            subject: slot,
            count: 0,
            number: precise(generation),
        };
        self.put(head, Bytes::new())
    }

    fn put(&mut self, head: Head, payload: Bytes) -> napi::Result<()> {
        let length = u32::try_from(payload.len())
            .map_err(|_| napi::Error::from_reason("a payload of 4 GiB or more"))?;
        let start = self.used;
        self.word(start, head.code as u32);
        self.word(start + 4, head.subject);
        self.word(start + 8, head.count);
        self.word(start + 12, length);
        self.word(start + 16, 0);
        self.word(start + ATTACHMENTS, 0);
        self.bytes[start + 24..start + 32].copy_from_slice(&head.number.to_le_bytes());
        self.used = start + HEADER;
        if payload.len() < EXTERNAL_FROM && self.takes(payload.len()) {
            self.bytes[self.used..self.used + payload.len()].copy_from_slice(&payload);
            self.used += padded(payload.len());
        } else {
            let external = self.export(payload)?;
            self.word(start + 16, external);
        }
        Ok(())
    }

    /// Whether a payload fits, however many events follow.
    fn takes(&self, length: usize) -> bool {
        self.used + padded(length) + MAX_HEADERS <= self.bytes.len()
    }

    /// Hands over what a payload refers to, and says at `at` how much that is and where.
    fn attach(&mut self, at: usize, attachments: Vec<Bytes>) -> napi::Result<()> {
        let count = u32::try_from(attachments.len()).unwrap_or(u32::MAX);
        self.word(at, count);
        self.word(at + 4, self.count);
        for attachment in attachments {
            let buffer = ArrayBuffer::from_data(self.env, Vec::from(attachment))?;
            self.externals.set(self.count, buffer)?;
            self.count += 1;
        }
        Ok(())
    }

    /// A job that has ended needs nothing any more that it has borrowed.
    fn end(&self, last: bool, job: JobId) {
        if last {
            self.loans.give_back(self.env, subject(job));
        }
    }

    fn word(&mut self, offset: usize, value: u32) {
        self.bytes[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
    }

    /// Hands the payload to JavaScript; the pool has let go of it, so its memory moves, or is copied
    /// by napi-rs where the host allows no external buffers, as Electron does. Returns its place in
    /// the externals, from 1.
    fn export(&mut self, payload: Bytes) -> napi::Result<u32> {
        let buffer = BufferSlice::from_data(self.env, Vec::from(payload))?;
        self.externals.set(self.count, buffer)?;
        self.count += 1;
        Ok(self.count)
    }
}

fn describe(end: End) -> (Code, f64, Bytes) {
    let milliseconds = |limit: std::time::Duration| limit.as_secs_f64() * 1e3;
    match end {
        End::Done => (Code::Done, 0.0, Bytes::new()),
        End::Failed { error } => (Code::Failed, 0.0, error),
        End::TimedOut { limit, .. } => (Code::TimedOut, milliseconds(limit), Bytes::new()),
        End::QueueTimedOut { limit } => (Code::QueueTimedOut, milliseconds(limit), Bytes::new()),
        End::Cancelled => (Code::Cancelled, 0.0, Bytes::new()),
        End::QueueFull { limit } => (Code::QueueFull, precise(limit as u64), Bytes::new()),
        End::ResultTooLarge { limit } => (Code::ResultTooLarge, precise(limit), Bytes::new()),
        End::MemoryLimit => (Code::MemoryLimit, 0.0, Bytes::new()),
        End::WorkerLost { reason, overran } => {
            let limit = overran.map_or(0.0, milliseconds);
            (Code::WorkerLost, limit, reason.into())
        }
        End::Unavailable { reason } => (Code::Unavailable, 0.0, reason.into()),
        End::Closed => (Code::Closed, 0.0, Bytes::new()),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "indices and limits are below 2^53"
)]
fn precise(value: u64) -> f64 {
    value as f64
}

/// Jobs are numbered by the host, in 32 bits.
fn subject(job: JobId) -> u32 {
    u32::try_from(job.0).unwrap_or(u32::MAX)
}
