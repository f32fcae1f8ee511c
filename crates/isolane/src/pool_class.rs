//! The exported class of pools.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use isolane_core::{Functions, LostReason, Part, Pool, Scope, Shared};
use napi::bindgen_prelude::{Array, Function as JsFunction, Uint8ArraySlice, Unknown};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Error, Result, Status};
use napi_derive::napi;

use crate::engines::{self, Engine};
use crate::handles::Handles;
use crate::lifecycle;
use crate::memory::attachments::{Attachments, input};
use crate::memory::loans::Loans;
use crate::options::NativeOptions;
use crate::report::{StatsReport, StatusReport};
use crate::wire::commands::{Command, Commands, job_id};
use crate::wire::events::Inbox;
use crate::worker_class::Registration;

/// A pool, as the host drives it: commands in, events out, both in batches.
#[napi]
pub struct NativePool {
    pool: Rc<Pool>,
    /// Where Node Workers find it; of no use to another engine.
    registration: Registration,
    functions: Functions,
    handles: RefCell<Handles>,
    loans: Rc<Loans>,
    /// Whether to look for a change of the time zone with each batch.
    follows_time_zone: bool,
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
        let follows_time_zone = options.owns_environment && matches!(options.engine, Engine::V8);
        let pool = Rc::new(engines::start(options, notify)?);
        if follows_time_zone {
            engines::follow_time_zone();
        }
        lifecycle::register(env, &pool)?;
        Ok(Self {
            registration: Registration::new(pool.adopt_handle()),
            pool,
            functions: Functions::new(),
            handles: RefCell::default(),
            loans: Loans::new(),
            follows_time_zone,
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
        self.handles.borrow_mut().add_function(function)
    }

    /// Lets a function go; running jobs keep it.
    #[napi(catch_unwind)]
    pub fn release_function(&self, key: u32) {
        self.handles.borrow_mut().release_function(key);
    }

    /// Takes an encoded value that calls may share. Returns its key.
    #[napi(catch_unwind)]
    pub fn share(&self, name: String, value: Uint8ArraySlice<'_>) -> Result<u32> {
        let shared = Shared::new(&name, Bytes::copy_from_slice(&value));
        self.handles.borrow_mut().add_shared(shared)
    }

    /// Lets a shared value go; jobs that were submitted with it keep it.
    #[napi(catch_unwind)]
    pub fn release_shared(&self, key: u32) {
        self.handles.borrow_mut().release_shared(key);
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
        if self.follows_time_zone {
            engines::follow_time_zone();
        }
        let commands = batch.get(..length as usize).ok_or_else(|| {
            Error::new(Status::InvalidArg, "the batch is shorter than its length")
        })?;
        let commands = Bytes::copy_from_slice(commands);
        let attachments = Attachments::new(&self.loans, attachments.as_ref());
        let handles = self.handles.borrow();
        for command in Commands::new(commands, &handles, attachments) {
            self.carry_out(command?);
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

    fn carry_out(&self, command: Command) {
        match command {
            Command::Open(spec) => self.pool.submit(*spec),
            Command::Append { job, part, sealed } => {
                self.pool.append(job, part);
                if sealed {
                    self.pool.seal(job);
                }
            }
            Command::Seal { job } => self.pool.seal(job),
            Command::Cancel { job } => self.pool.cancel(job),
        }
    }
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::from_reason(error.to_string()))
}
