//! What JavaScript sees. Every export catches panics: one that reached Node's C++ would abort the
//! process.

use std::cell::RefCell;
use std::num::{NonZeroU32, NonZeroUsize};
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use isolane_core::{
    Function, Functions, Input, JobId, JobSpec, LostReason, Part, Pool, PoolOptions, Scope, Shared,
    Target, default_threads,
};
use napi::bindgen_prelude::{
    Array, ArrayBuffer, FromNapiValue, Function as JsFunction, JsValue, Uint8ArraySlice, Unknown,
};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Error, Result, Status};
use napi_derive::napi;
use slab::Slab;

use crate::engines::{self, V8Settings};
use crate::events::Inbox;
use crate::lifecycle;
use crate::loans::Loans;
use crate::node_worker::Registration;
use crate::report::{StatsReport, StatusReport};
use crate::wire::{Command, Commands, Malformed, Open, RawPart};

/// Names the wire that this build speaks (`build.rs`): JavaScript of another build is to refuse it.
#[napi(catch_unwind)]
pub fn wire_id() -> &'static str {
    env!("ISOLANE_WIRE_ID")
}

/// Engines that this build has.
#[napi(catch_unwind)]
pub fn engines() -> Vec<&'static str> {
    engines::NAMES.to_vec()
}

/// Version of the embedded V8; none in a build without it.
#[napi(catch_unwind)]
pub fn v8_version() -> Option<&'static str> {
    engines::v8_version()
}

/// The default number of threads.
#[napi(catch_unwind)]
pub fn parallelism() -> u32 {
    u32::try_from(default_threads().get()).unwrap_or(u32::MAX)
}

/// A number for each fault. Only for the soak.
#[cfg(feature = "fault-injection")]
#[napi(object)]
pub struct Faults {
    /// Workers that panic.
    pub panic: u32,
    /// Isolates that do not start.
    pub start: u32,
    /// Workers that are woken late.
    pub late_wake: u32,
    /// Refusals of memory.
    pub memory: u32,
}

/// Has each fault strike one time in so many; 0 for never. Only for the soak.
#[cfg(feature = "fault-injection")]
#[napi(catch_unwind)]
pub fn set_faults(odds: Faults) {
    use isolane_core::faults::{Fault, set};
    set(Fault::Panic, odds.panic);
    set(Fault::Start, odds.start);
    set(Fault::LateWake, odds.late_wake);
    set(Fault::Memory, odds.memory);
}

/// How often each fault has struck. Only for the soak.
#[cfg(feature = "fault-injection")]
#[napi(catch_unwind)]
pub fn struck_faults() -> Faults {
    use isolane_core::faults::{Fault, struck};
    Faults {
        panic: struck(Fault::Panic),
        start: struck(Fault::Start),
        late_wake: struck(Fault::LateWake),
        memory: struck(Fault::Memory),
    }
}

/// How a pool is made; the host has checked the values.
#[napi(object)]
pub struct NativeOptions {
    /// Worker threads.
    pub threads: u32,
    /// Memory of each isolate, in bytes.
    pub memory_limit: f64,
    /// Contexts that an isolate keeps.
    pub max_contexts: u32,
    /// Whether text may become code in an isolate.
    pub eval: bool,
    /// Whether isolates have `WebAssembly`.
    pub wasm: bool,
    /// Calls that may wait.
    pub max_queue: Option<u32>,
    /// Lost workers that are replaced.
    pub max_lost_workers: Option<u32>,
    /// Chunks after which an isolate is replaced.
    pub recycle_after_tasks: Option<u32>,
    /// Bytes in use above which an isolate is replaced.
    pub recycle_above: Option<f64>,
    /// Bytes of all results of a call.
    pub max_result: Option<f64>,
    /// Log records of a chunk.
    pub max_log_records: u32,
    /// Characters of a chunk's log records.
    pub max_log_size: u32,
    /// Bytes of an error.
    pub max_error_size: u32,
    /// How much nicer than the host's threads workers are.
    pub nice_increment: u8,
    /// Shown in thread names.
    pub name: String,
    /// Calls that a Node Worker may have on board; absent for the v8 engine.
    pub concurrency: Option<u32>,
}

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
        let threads = nonzero(options.threads);
        let settings = V8Settings {
            memory_limit: usize::try_from(bytes(options.memory_limit)).unwrap_or(usize::MAX),
            max_contexts: nonzero(options.max_contexts),
            eval: options.eval,
            wasm: options.wasm,
            log_records: options.max_log_records,
            log_size: options.max_log_size,
            error_size: options.max_error_size,
        };
        let notify = notify
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .callee_handled::<false>()
            .build()?;
        // A status other than Ok means that the environment is going away and nobody will listen.
        let notify = move || {
            let _ = notify.call((), ThreadsafeFunctionCallMode::NonBlocking);
        };
        let concurrency = options.concurrency.map(|count| count as usize);
        let options = PoolOptions {
            threads,
            max_queue: options.max_queue.map(|limit| limit as usize),
            max_lost_workers: options.max_lost_workers,
            recycle_after_tasks: options.recycle_after_tasks.and_then(NonZeroU32::new),
            recycle_above: options.recycle_above.map(bytes),
            max_result: options.max_result.map(bytes),
            nice_increment: options.nice_increment,
            name: options.name,
        };
        let pool = match concurrency.and_then(NonZeroUsize::new) {
            Some(concurrency) => engines::start_node(concurrency, options, notify)?,
            None => engines::start_v8(&settings, options, notify)?,
        };
        let pool = Rc::new(pool);
        lifecycle::register(env, &pool)?;
        Ok(Self {
            registration: Registration::new(pool.entrance()),
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
        let mut attachments = Attachments {
            loans: &self.loans,
            list: attachments.as_ref(),
            next: 0,
        };
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
        let mut outcome = Ok(());
        let room = inbox.room();
        let mut write = |event| {
            if outcome.is_ok() {
                outcome = inbox.write(event);
            }
        };
        if polling {
            self.pool.poll(room, &mut write);
        } else {
            self.pool.drain(room, &mut write);
        }
        outcome?;
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

/// What the commands of a batch refer to, in the order in which they do.
struct Attachments<'a> {
    loans: &'a Loans,
    list: Option<&'a Array<'a>>,
    next: u32,
}

impl Attachments<'_> {
    fn next(&mut self) -> Result<Unknown<'_>> {
        let attachment = self.list.map(|list| list.get(self.next)).transpose()?;
        self.next += 1;
        attachment
            .flatten()
            .ok_or_else(|| Error::new(Status::InvalidArg, "an attachment is missing"))
    }

    fn complete(&mut self, job: u32, part: RawPart) -> Result<Part> {
        let loans = self.loans;
        let attachments = (0..part.attachments)
            .map(|_| input(loans, job, self.next()?))
            .collect::<Result<_>>()?;
        Ok(Part {
            bytes: part.bytes.into(),
            attachments,
            count: part.count,
            stride: part.stride,
        })
    }

    /// Where the results of `job` go: an `ArrayBuffer`.
    fn target(&mut self, job: u32, stride: u32) -> Result<Target> {
        let loans = self.loans;
        let loan = loans.lend(job, &convert(self.next()?)?)?;
        Ok(Target { loan, stride })
    }
}

/// A `Uint8Array` is copied, an `ArrayBuffer` lent.
fn input(loans: &Loans, job: u32, attachment: Unknown<'_>) -> Result<Input> {
    if attachment.is_typedarray()? {
        let bytes = convert::<Uint8ArraySlice<'_>>(attachment)?;
        return Ok(Bytes::copy_from_slice(&bytes).into());
    }
    let buffer = convert::<ArrayBuffer<'_>>(attachment)?;
    Ok(Input::Lent {
        loan: loans.lend(job, &buffer)?,
        range: 0..buffer.len(),
    })
}

/// Fails where the value is of another type.
fn convert<T: FromNapiValue>(value: Unknown<'_>) -> Result<T> {
    // SAFETY: the types that are asked for here ask Node-API for their data, which checks the type.
    unsafe { value.cast() }
}

fn nonzero(count: u32) -> NonZeroUsize {
    NonZeroUsize::new(count as usize).unwrap_or(NonZeroUsize::MIN)
}

/// A number of bytes as JavaScript has it; the host has checked it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates"
)]
fn bytes(number: f64) -> u64 {
    number as u64
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
