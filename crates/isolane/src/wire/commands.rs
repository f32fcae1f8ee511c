//! What commands stand for: functions and shared values behind their keys, memory behind attachments.

use std::sync::Arc;

use bytes::Bytes;
use isolane_core::{ItemSource, JobId, JobSpec, Part, Sink};
use isolane_wire::commands::{self as raw, Append, Malformed, Open, RawPart};
use napi::{Error, Result, Status};

use crate::handles::Handles;
use crate::memory::attachments::Attachments;
use crate::text::{Joiner, TextSource};

/// A command that the host gives the pool.
pub(crate) enum Command {
    Open(JobSpec),
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

/// The commands of one batch.
pub(crate) struct Commands<'a> {
    raw: raw::Commands<'a>,
    handles: &'a Handles,
    attachments: Attachments<'a>,
    /// What came before it has been refused.
    is_broken: bool,
}

impl<'a> Commands<'a> {
    /// `handles` and `attachments` are what the commands refer to.
    pub(crate) fn new(
        batch: &'a Bytes,
        handles: &'a Handles,
        attachments: Attachments<'a>,
    ) -> Self {
        Self {
            raw: raw::Commands::new(batch),
            handles,
            attachments,
            is_broken: false,
        }
    }

    fn resolve(&mut self, command: raw::Command<'_>) -> Result<Command> {
        Ok(match command {
            raw::Command::Open(open) => {
                let job = open.job;
                let mut spec = self.open(open)?;
                self.join_parts(&mut spec, job)?;
                Command::Open(spec)
            }
            raw::Command::Append(Append { job, part, sealed }) => Command::Append {
                job: job_id(job),
                part: self.part(job, part)?,
                sealed,
            },
            raw::Command::Seal { job } => Command::Seal { job: job_id(job) },
            raw::Command::Cancel { job } => Command::Cancel { job: job_id(job) },
        })
    }

    /// A new job.
    fn open(&mut self, open: Open<'_>) -> Result<JobSpec> {
        let handles = self.handles;
        let keys = open.shared.iter().map(|&key| u32::from_le_bytes(key));
        let shared = keys
            .map(|key| handles.shared(key))
            .collect::<Result<Vec<_>>>()?;
        let origin = open.origin.as_ref();
        let first = origin.map_or(0, |origin| origin.index);
        let source = open.sought.map(|format| TextSource::new(format, origin));
        // Its attachment comes before those of the part.
        let sink = match open.target {
            Some(stride) => {
                Some(Arc::new(self.attachments.target(open.job, stride)?) as Arc<dyn Sink>)
            }
            None => open
                .joined
                .map(|format| Arc::new(Joiner::new(format, first)) as Arc<dyn Sink>),
        };
        Ok(JobSpec {
            id: job_id(open.job),
            function: handles.function(open.function)?,
            second: open.second.map(|key| handles.function(key)).transpose()?,
            kind: open.kind,
            args: open.args,
            shared,
            priority: open.priority,
            timeout: open.timeout,
            queue_timeout: open.queue_timeout,
            continues: open.continues,
            salvage: open.salvage,
            chunk_size: open.chunk_size,
            source: source.map(|source| Box::new(source) as Box<dyn ItemSource>),
            sink,
            quiet: open.quiet,
            timed: open.timed,
            warm_up: open.warm_up,
            // One without items is ignored.
            parts: match open.origin {
                Some(_) => Vec::new(),
                None => vec![self.part(open.job, open.part)?],
            },
            sealed: open.sealed,
        })
    }

    /// Opens a job with the parts that follow at once: the first worker then sees them all, and does
    /// not run ahead with the first one.
    fn join_parts(&mut self, spec: &mut JobSpec, job: u32) -> Result<()> {
        while !spec.sealed {
            let Some(append) = self.raw.next_part(job).map_err(refused)? else {
                break;
            };
            spec.parts.push(self.part(job, append.part)?);
            spec.sealed = append.sealed;
        }
        Ok(())
    }

    fn part(&mut self, job: u32, part: RawPart) -> Result<Part> {
        Ok(Part {
            bytes: part.bytes.into(),
            attachments: self.attachments.inputs(job, part.attachments)?,
            count: part.count,
            stride: 0,
        })
    }
}

impl Iterator for Commands<'_> {
    type Item = Result<Command>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_broken {
            return None;
        }
        let command = self.raw.next()?;
        let command = command
            .map_err(refused)
            .and_then(|command| self.resolve(command));
        self.is_broken = command.is_err();
        Some(command)
    }
}

fn refused(malformed: Malformed) -> Error {
    Error::new(Status::InvalidArg, malformed.to_string())
}
