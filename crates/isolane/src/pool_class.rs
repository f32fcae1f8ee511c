//! The exported class of pools.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use isolane_core::{Function, Functions, JobId, JobSpec, LostReason, Part, Pool, Scope, Shared};
use napi::bindgen_prelude::{Array, Function as JsFunction, Uint8ArraySlice, Unknown};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Error, Result, Status};
use napi_derive::napi;
use slab::Slab;

use crate::engines;
use crate::lifecycle;
use crate::memory::attachments::{Attachments, input};
use crate::memory::loans::Loans;
use crate::options::NativeOptions;
use crate::report::{StatsReport, StatusReport};
use crate::wire::commands::{Command, Commands, Malformed, Open};
use crate::wire::events::Inbox;
use crate::worker_class::Registration;

/// A pool, as the host drives it: commands in, events out, both in batches.
#[napi]
pub struct NativePool {
    pool: Rc<Pool>,
    /// Where Node Workers find it; of no use to another engine.
    registration: Registration,
    functions: Functions,
    /// Functions and shared values that JavaScript holds, by the keys it knows them by.
    handles: RefCell<Handles>,
    loans: Rc<Loans>,
}

#[derive(Default)]
struct Handles {
    functions: Slab<Arc<Function>>,
    shared: Slab<Arc<Shared>>,
}

#[napi]
impl NativePool {
    /// Starts the threads. `notify` is called on the JavaScript thread when events wait.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: &Env, options: NativeOptions, notify: JsFunction<'_, (), ()>) -> Result<Self> {
        let notify = notify
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .callee_handled::<false>()
            .build()?;
        // A status other than Ok means that the environment is going away and nobody will listen.
        let notify = move || {
            let _ = notify.call((), ThreadsafeFunctionCallMode::NonBlocking);
        };
        let lanes = options.lanes();
        let settings = options.v8_settings();
        let options = options.into_pool_options();
        let pool = match lanes {
            Some(lanes) => engines::start_node(lanes, options, notify)?,
            None => engines::start_v8(&settings, options, notify)?,
        };
        let pool = Rc::new(pool);
        lifecycle::register(env, &pool)?;
        Ok(Self {
            registration: Registration::new(pool.adopt_handle()),
            pool,
            functions: Functions::new(),
            handles: RefCell::default(),
            loans: Loans::new(),
        })
    }

    /// The number by which Node Workers find the pool.
    #[napi(getter, catch_unwind)]
    pub fn number(&self) -> u32 {
        self.registration.number()
    }

    /// A Node Worker that the pool asked for is gone. `reason` says why; without one, it was out of
    /// memory.
    #[napi(catch_unwind)]
    pub fn give_up(&self, slot: u32, generation: u32, reason: Option<String>) {
        let reason = reason.map_or(LostReason::Memory, LostReason::Other);
        self.pool.give_up(slot, generation.into(), &reason);
    }

    /// Makes a function known, for a tenant or for none. `form` says how `source` is to be read.
    /// Returns its key.
    #[napi(catch_unwind)]
    pub fn define(
        &self,
        name: String,
        source: String,
        form: u8,
        tenant: Option<String>,
        stateful: bool,
    ) -> Result<u32> {
        let scope = Scope {
            tenant: tenant.as_deref(),
            stateful,
        };
        let function = self.functions.intern_in(&name, &source, form, scope);
        key(self.handles.borrow_mut().functions.insert(function))
    }

    /// Lets a function go; running jobs keep it.
    #[napi(catch_unwind)]
    pub fn release_function(&self, key: u32) {
        self.handles.borrow_mut().functions.try_remove(key as usize);
    }

    /// Takes an encoded value that calls may share. Returns its key.
    #[napi(catch_unwind)]
    pub fn share(&self, name: String, value: Uint8ArraySlice<'_>) -> Result<u32> {
        let shared = Arc::new(Shared::new(&name, Bytes::copy_from_slice(&value)));
        key(self.handles.borrow_mut().shared.insert(shared))
    }

    /// Lets a shared value go; jobs that were submitted with it keep it.
    #[napi(catch_unwind)]
    pub fn release_shared(&self, shared: u32) {
        self.handles.borrow_mut().shared.try_remove(shared as usize);
    }

    /// Carries out the commands in the first `length` bytes of `batch`. `attachments` are what they
    /// refer to, in this order: a `Uint8Array` is copied, an `ArrayBuffer` lent until the job has
    /// ended, and not to be used or detached before.
    #[napi(catch_unwind)]
    pub fn submit(
        &self,
        batch: Uint8ArraySlice<'_>,
        length: u32,
        attachments: Option<Array<'_>>,
    ) -> Result<()> {
        let commands = batch.get(..length as usize).ok_or_else(|| {
            Error::new(Status::InvalidArg, "the batch is shorter than its length")
        })?;
        let mut attachments = Attachments::new(&self.loans, attachments.as_ref());
        for command in Commands::new(Bytes::copy_from_slice(commands)) {
            self.carry_out(command.map_err(malformed)?, &mut attachments)?;
        }
        Ok(())
    }

    /// Gives a job `count` items of `stride` bytes each, and seals it. They are copied, or lent, as
    /// [`submit`](Self::submit) says.
    #[napi(catch_unwind)]
    pub fn append_items(
        &self,
        job: u32,
        items: Unknown<'_>,
        count: u32,
        stride: u32,
    ) -> Result<()> {
        let part = Part {
            bytes: input(&self.loans, job, items)?,
            attachments: Vec::new(),
            count,
            stride,
        };
        self.pool.append(job_id(job), part);
        self.pool.seal(job_id(job));
        Ok(())
    }

    /// Writes waiting events into `inbox` and returns the bytes used: 0 when there are none. Large
    /// payloads go to `externals`. With `polling`, `notify` is not called again until a call without.
    #[napi(catch_unwind)]
    pub fn drain(
        &self,
        env: &Env,
        mut inbox: Uint8ArraySlice<'_>,
        mut externals: Array<'_>,
        polling: bool,
    ) -> Result<u32> {
        // SAFETY: this runs on the JavaScript thread and calls no JavaScript before it is done with
        // the slice, so nothing else reads, writes or detaches the inbox.
        let bytes = unsafe { inbox.as_mut() };
        let mut inbox = Inbox::new(env, bytes, &mut externals, &self.loans);
        let mut written = Ok(());
        let room = inbox.room();
        let mut write = |event| {
            if written.is_ok() {
                written = inbox.write(event);
            }
        };
        if polling {
            self.pool.poll(room, &mut write);
        } else {
            self.pool.drain(room, &mut write);
        }
        written?;
        Ok(u32::try_from(inbox.used()).unwrap_or(u32::MAX))
    }

    /// The workers, as JSON.
    #[napi(catch_unwind)]
    pub fn status(&self) -> Result<String> {
        json(
            &self
                .pool
                .status()
                .into_iter()
                .map(StatusReport::from)
                .collect::<Vec<_>>(),
        )
    }

    /// Counts and histograms, as JSON.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> Result<String> {
        json(&StatsReport::from(self.pool.stats()))
    }

    /// Forgets the histograms.
    #[napi(catch_unwind)]
    pub fn reset_stats(&self) {
        self.pool.reset_stats();
    }

    /// Takes no more jobs; the event `Stopped` follows when all have ended. With `force`, jobs that
    /// have not been started end now.
    #[napi(catch_unwind)]
    pub fn close(&self, force: bool) {
        self.pool.close();
        if force {
            self.pool.drop_queued();
        }
    }

    /// Interrupts what runs and drops what waits.
    #[napi(catch_unwind)]
    pub fn destroy(&self) {
        self.pool.destroy();
    }

    fn carry_out(&self, command: Command, attachments: &mut Attachments<'_>) -> Result<()> {
        match command {
            Command::Open(open) => self.pool.submit(self.spec(*open, attachments)?),
            Command::Append { job, part, sealed } => {
                let part = attachments.complete(job, part)?;
                self.pool.append(job_id(job), part);
                if sealed {
                    self.pool.seal(job_id(job));
                }
            }
            Command::Seal { job } => self.pool.seal(job_id(job)),
            Command::Cancel { job } => self.pool.cancel(job_id(job)),
        }
        Ok(())
    }

    fn spec(&self, open: Open, attachments: &mut Attachments<'_>) -> Result<JobSpec> {
        let job = open.job;
        let handles = self.handles.borrow();
        let function = |key: u32| {
            handles
                .functions
                .get(key as usize)
                .cloned()
                .ok_or_else(|| unknown("function", key))
        };
        let shared = |key: &u32| {
            handles
                .shared
                .get(*key as usize)
                .cloned()
                .ok_or_else(|| unknown("shared value", *key))
        };
        Ok(JobSpec {
            id: job_id(open.job),
            function: function(open.function)?,
            second: open.second.map(function).transpose()?,
            kind: open.kind,
            args: open.args,
            shared: open.shared.iter().map(shared).collect::<Result<_>>()?,
            priority: open.priority,
            timeout: open.timeout,
            queue_timeout: open.queue_timeout,
            continues: open.continues,
            salvage: open.salvage,
            chunk_size: open.chunk_size,
            target: open
                .target
                .map(|stride| attachments.target(job, stride.get()))
                .transpose()?,
            parts: open
                .part
                .map(|part| attachments.complete(job, part))
                .transpose()?
                .into_iter()
                .collect(),
            sealed: open.sealed,
        })
    }
}

fn job_id(job: u32) -> JobId {
    JobId(u64::from(job))
}

fn key(key: usize) -> Result<u32> {
    u32::try_from(key).map_err(|_| Error::from_reason("too many handles"))
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::from_reason(error.to_string()))
}

fn unknown(kind: &str, key: u32) -> Error {
    Error::new(Status::InvalidArg, format!("there is no {kind} {key}"))
}

fn malformed(at: Malformed) -> Error {
    Error::new(
        Status::InvalidArg,
        format!("malformed command at byte {}", at.0),
    )
}
