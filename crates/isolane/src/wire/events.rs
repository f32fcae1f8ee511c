//! Events as bytes: what `npm/isolane/src/addon/inbox.ts` reads.
//!
//! An event is a header of little-endian words, then its payload. A large payload does not go
//! through the inbox: its memory becomes a Buffer of its own, without a copy where Node allows that.

use std::time::Duration;

use bytes::Bytes;
use isolane_core::{End, Event, JobId};
use isolane_driver::protocol::WORD;
use napi::Env;
use napi::bindgen_prelude::{Array, ArrayBuffer, BufferSlice};

use crate::memory::loans::Loans;
use isolane_wire::codes::{EventCode, event_word, padded};
use isolane_wire::number::double;

const HEADER: usize = event_word::END * WORD;
/// From this size on a payload becomes a Buffer of its own: below it a copy is cheaper than one
/// more object with a finalizer.
const EXTERNAL_FROM: usize = 64 << 10;
/// Events of one batch, each with two headers at most.
const MAX_EVENTS: usize = 64;
const MAX_HEADERS: usize = MAX_EVENTS * 2 * HEADER;

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
        if let Event::Log {
            function, worker, ..
        } = &event
        {
            // The records follow with a count of 1.
            let name = Bytes::copy_from_slice(function.name().as_bytes());
            self.put(Record::of(EventCode::Log, *worker).with(name))?;
        }
        let ended = ended_job(&event);
        self.put(record(event))?;
        if let Some(job) = ended {
            // It needs nothing any more that it has borrowed.
            self.loans.give_back(self.env, job_number(job));
        }
        Ok(())
    }

    fn put(&mut self, record: Record) -> napi::Result<()> {
        let Record {
            payload,
            attachments,
            ..
        } = record;
        let length = u32::try_from(payload.len())
            .map_err(|_| napi::Error::from_reason("a payload of 4 GiB or more"))?;
        let start = self.used;
        self.used = start + HEADER;
        let external = if payload.len() < EXTERNAL_FROM && self.takes(payload.len()) {
            self.bytes[self.used..self.used + payload.len()].copy_from_slice(&payload);
            self.used += padded(payload.len());
            0
        } else {
            self.export(payload)?
        };
        let header = &mut self.bytes[start..start + HEADER];
        let mut set = |place: usize, bytes: &[u8]| {
            header[place * WORD..place * WORD + bytes.len()].copy_from_slice(bytes);
        };
        let attached = u32::try_from(attachments.len()).unwrap_or(u32::MAX);
        set(event_word::CODE, &(record.code as u32).to_le_bytes());
        set(event_word::SUBJECT, &record.subject.to_le_bytes());
        set(event_word::COUNT, &record.count.to_le_bytes());
        set(event_word::LENGTH, &length.to_le_bytes());
        set(event_word::EXTERNAL, &external.to_le_bytes());
        set(event_word::RAN, &record.ran.to_le_bytes());
        set(event_word::NUMBER, &record.number.to_le_bytes());
        set(event_word::ATTACHMENTS, &attached.to_le_bytes());
        set(event_word::FIRST_ATTACHMENT, &self.count.to_le_bytes());
        self.attach(attachments)
    }

    /// Whether a payload fits, however many events follow.
    fn takes(&self, length: usize) -> bool {
        self.used + padded(length) + MAX_HEADERS <= self.bytes.len()
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

    /// Hands over what a payload refers to.
    fn attach(&mut self, attachments: Vec<Bytes>) -> napi::Result<()> {
        for attachment in attachments {
            let buffer = ArrayBuffer::from_data(self.env, Vec::from(attachment))?;
            self.externals.set(self.count, buffer)?;
            self.count += 1;
        }
        Ok(())
    }
}

/// An event as it is written.
struct Record {
    code: EventCode,
    /// Job, worker or slot.
    subject: u32,
    count: u32,
    /// What it means depends on the code.
    number: f64,
    /// Milliseconds since the job's start.
    ran: f32,
    payload: Bytes,
    attachments: Vec<Bytes>,
}

impl Record {
    /// With nothing else to say.
    fn of(code: EventCode, subject: u32) -> Self {
        Self {
            code,
            subject,
            count: 0,
            number: 0.0,
            ran: 0.0,
            payload: Bytes::new(),
            attachments: Vec::new(),
        }
    }

    fn with(self, payload: impl Into<Bytes>) -> Self {
        let payload = payload.into();
        Self { payload, ..self }
    }

    fn numbered(self, number: f64) -> Self {
        Self { number, ..self }
    }

    /// About `count` items of a job from `first` on.
    fn of_chunk(code: EventCode, job: JobId, first: u64, count: u32, output: Bytes) -> Self {
        let head = Self::of(code, job_number(job));
        let head = head.numbered(double(first)).with(output);
        Self { count, ..head }
    }
}

fn record(event: Event) -> Record {
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
            let code = if last {
                EventCode::LastChunk
            } else {
                EventCode::Chunk
            };
            Record {
                ran: ran.as_secs_f32() * 1e3,
                attachments,
                ..Record::of_chunk(code, job, first, count, output)
            }
        }
        Event::Salvaged {
            job,
            first,
            count,
            output,
        } => Record::of_chunk(EventCode::Salvaged, job, first, count, output),
        Event::Timed {
            job,
            queued,
            ran,
            workers,
        } => {
            let ids: Vec<u8> = workers.iter().flat_map(|id| id.to_le_bytes()).collect();
            let head = Record::of(EventCode::Timed, job_number(job)).with(ids);
            Record {
                count: u32::try_from(workers.len()).unwrap_or(u32::MAX),
                ran: ran.as_secs_f32() * 1e3,
                ..head.numbered(milliseconds(queued))
            }
        }
        Event::Ended { job, end } => ended(job_number(job), end),
        Event::Log {
            job,
            worker,
            records,
            ..
        } => {
            let head = Record::of(EventCode::Log, worker).numbered(job_number(job).into());
            Record {
                count: 1,
                ..head.with(records)
            }
        }
        Event::Warmed {
            job,
            slot,
            worker,
            end,
        } => {
            let job = job_number(job);
            let end = ended(job, end);
            let head = [slot.to_le_bytes(), worker.to_le_bytes()].concat();
            Record {
                code: EventCode::Warmed,
                count: end.code as u32,
                payload: [&head[..], &end.payload].concat().into(),
                ..end
            }
        }
        Event::WorkerCreated { worker, before } => {
            let head = Record::of(EventCode::WorkerCreated, worker);
            Record {
                count: before.is_some().into(),
                ..head.numbered(before.unwrap_or_default().into())
            }
        }
        Event::WorkerDestroyed { worker, reason } => {
            Record::of(EventCode::WorkerDestroyed, worker).with(reason.unwrap_or_default())
        }
        Event::WorkerFailed { worker, reason } => {
            Record::of(EventCode::WorkerFailed, worker).with(reason)
        }
        Event::WorkerWanted { slot, generation } => {
            Record::of(EventCode::WorkerWanted, slot).numbered(double(generation))
        }
        Event::WorkerUnwanted { slot, generation } => {
            Record::of(EventCode::WorkerUnwanted, slot).numbered(double(generation))
        }
        Event::Stopped => Record::of(EventCode::Stopped, 0),
    }
}

/// How job number `job` has ended.
fn ended(job: u32, end: End) -> Record {
    let of = |code| Record::of(code, job);
    match end {
        End::Done => of(EventCode::Done),
        End::Failed { error } => of(EventCode::Failed).with(error),
        End::TimedOut { limit, .. } => of(EventCode::TimedOut).numbered(milliseconds(limit)),
        End::NotStarted { limit, reason } => of(EventCode::TimedOut)
            .numbered(milliseconds(limit))
            .with(reason),
        End::QueueTimedOut { limit } => of(EventCode::QueueTimedOut).numbered(milliseconds(limit)),
        End::Cancelled => of(EventCode::Cancelled),
        End::QueueFull { limit } => of(EventCode::QueueFull).numbered(double(limit as u64)),
        End::ResultTooLarge { limit } => of(EventCode::ResultTooLarge).numbered(double(limit)),
        End::MemoryLimit => of(EventCode::MemoryLimit),
        End::WorkerLost { reason, overran } => of(EventCode::WorkerLost)
            .numbered(overran.map_or(0.0, milliseconds))
            .with(reason),
        End::Unavailable { reason } => of(EventCode::Unavailable).with(reason),
        End::Closed => of(EventCode::Closed),
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn ended_job(event: &Event) -> Option<JobId> {
    match event {
        Event::Ended { job, .. }
        | Event::Chunk {
            job, last: true, ..
        } => Some(*job),
        _ => None,
    }
}

/// Jobs are numbered by the host, in 32 bits. The runs of a warm-up have more, above those of its own.
pub(crate) fn job_number(job: JobId) -> u32 {
    (job.0 & u64::from(u32::MAX)) as u32
}
