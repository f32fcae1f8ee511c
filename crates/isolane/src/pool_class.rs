//! The exported class of pools.

#![expect(
    clippy::too_many_arguments,
    reason = "an object would cost a call of Node-API for each property"
)]

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use isolane_core::{FunctionText, Functions, LostReason, Part, Pool, Scope, Shared};
use isolane_modules::{Cycles, Position};
use napi::bindgen_prelude::{Array, Either, Function as JsFunction, Uint8ArraySlice, Unknown};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Error, Result, Status};
use napi_derive::napi;

use crate::engines::{self, Engine};
use crate::handles::Handles;
use crate::lifecycle;
use crate::memory::attachments::{Attachments, input};
use crate::memory::loans::Loans;
use crate::modules::files::{self, Address, Authors};
use crate::modules::{self, Outside};
use crate::options::NativeOptions;
use crate::payload_class::NativePayload;
use crate::report::{StatsReport, StatusReport};
use crate::wire::commands::{Command, Commands, job_id};
use crate::wire::events::Inbox;
use crate::worker_class::Registration;
use isolane_wire::number::double;

/// Of the jobs that run, and of those that wait, so many are told one by one.
const MOST_JOBS_TOLD: usize = 1000;

/// A pool, as the host drives it: commands in, events out, both in batches.
#[napi]
pub struct NativePool {
    pool: Rc<Pool>,
    /// Where Node Workers find it; of no use to another engine.
    registration: Registration,
    functions: Functions,
    handles: RefCell<Handles>,
    authors: Authors,
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
            authors: Authors::default(),
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

    /// Makes a function known, for a tenant or for none. `form` says how `source` is to be read,
    /// `preamble` is what it finds around it, in one line. Returns its key.
    #[napi(catch_unwind)]
    pub fn define(
        &self,
        name: String,
        source: String,
        preamble: String,
        form: u8,
        tenant: Option<String>,
        stateful: bool,
        fresh: bool,
    ) -> Result<u32> {
        let text = FunctionText {
            name: &name,
            source: &source,
            preamble: &preamble,
            form,
        };
        let scope = Scope {
            tenant: tenant.as_deref(),
            stateful,
            fresh,
        };
        let function = self.functions.intern_in(text, scope);
        self.handles.borrow_mut().add_function(function)
    }

    /// Makes a function known that is made of modules: `texts` has of each id, text, format, the number
    /// of imports, and these; `builtins` are those of the engine's own, `packages` the folder that packages are sought from. Returns its key, or as JSON why they cannot be linked.
    #[napi(catch_unwind)]
    pub fn define_modules(
        &self,
        name: String,
        entry: String,
        texts: Vec<String>,
        exported: Option<String>,
        builtins: Vec<String>,
        packages: Option<String>,
        tenant: Option<String>,
        stateful: bool,
        fresh: bool,
    ) -> Result<Either<u32, String>> {
        let table = modules::table(texts)
            .ok_or_else(|| Error::new(Status::InvalidArg, "the table of modules ends too early"))?;
        let linked = match modules::link(
            &entry,
            table,
            exported.as_deref(),
            Outside { builtins, packages },
            Cycles::Refused,
        ) {
            Ok(linked) => linked,
            Err(fault) => return json(&fault).map(Either::B),
        };
        let scope = Scope {
            tenant: tenant.as_deref(),
            stateful,
            fresh,
        };
        let function = linked.intern(&self.functions, &name, scope);
        self.handles
            .borrow_mut()
            .add_function(function)
            .map(Either::A)
    }

    /// Makes a function known that is in a file, which is read when a worker first needs it. Returns
    /// its key.
    #[napi(catch_unwind)]
    pub fn define_file(
        &self,
        name: String,
        filename: String,
        exported: Option<String>,
        tenant: Option<String>,
        stateful: bool,
        fresh: bool,
    ) -> Result<u32> {
        let scope = Scope {
            tenant: tenant.as_deref(),
            stateful,
            fresh,
        };
        let address = Address {
            path: filename.into(),
            export: exported,
        };
        let function = self
            .authors
            .function(&self.functions, &name, address, scope);
        self.handles.borrow_mut().add_function(function)
    }

    /// Whether a file has changed that a function was read from.
    #[napi(catch_unwind)]
    pub fn is_stale(&self, key: u32) -> Result<bool> {
        let function = self.handles.borrow().function(key)?;
        Ok(files::is_stale(&function))
    }

    /// The line and the column in the author's text of a place in what was made of it.
    #[napi(catch_unwind)]
    pub fn author_place(&self, path: String, line: u32, column: u32) -> Option<Vec<u32>> {
        let place = self.authors.place(&path, Position { line, column })?;
        Some(vec![place.line, place.column])
    }

    /// Lets a function go; running jobs keep it.
    #[napi(catch_unwind)]
    pub fn release_function(&self, key: u32) {
        self.handles.borrow_mut().release_function(key);
    }

    /// How many items of a function one worker takes at once, though others are idle; 0 while that
    /// is unknown.
    #[napi(catch_unwind)]
    pub fn unsplit_items(&self, key: u32) -> Result<f64> {
        let function = self.handles.borrow().function(key)?;
        Ok(double(Pool::unsplit_items(&function)))
    }

    /// Takes an encoded value that calls may share. Returns its key.
    #[napi(catch_unwind)]
    pub fn share(&self, name: String, payload: &NativePayload) -> Result<u32> {
        let shared = Shared::new(&name, payload.take());
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
        for command in Commands::new(&commands, &handles, attachments) {
            self.carry_out(command?);
        }
        Ok(())
    }

    /// Gives a job `count` items of `stride` bytes each, or a piece of the text that its items are found
    /// in; with `sealed` no more will come. They are copied, or lent, as [`submit`](Self::submit)
    /// says.
    #[napi(catch_unwind)]
    pub fn append_items(
        &self,
        job: u32,
        items: Unknown<'_>,
        count: u32,
        stride: u32,
        sealed: bool,
    ) -> Result<()> {
        let part = Part {
            bytes: input(&self.loans, job, items)?,
            attachments: Vec::new(),
            count,
            stride,
        };
        if sealed {
            self.pool.append_last(job_id(job), part);
        } else {
            self.pool.append(job_id(job), part);
        }
        Ok(())
    }

    /// Has no more workers run what came with job `job`, a warm-up. With `stop`, none that runs it goes on.
    #[napi(catch_unwind)]
    pub fn forget_warm_up(&self, job: u32, stop: bool) {
        self.pool.forget_warm_up(job_id(job), stop);
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

    /// The workers, and the jobs that have not ended, as JSON.
    #[napi(catch_unwind)]
    pub fn status(&self) -> Result<String> {
        let jobs = self.pool.outstanding(MOST_JOBS_TOLD);
        json(&StatusReport::new(self.pool.status(), jobs))
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
            Command::Open(spec) => self.pool.submit(spec),
            Command::Append {
                job,
                part,
                sealed: true,
            } => self.pool.append_last(job, part),
            Command::Append { job, part, .. } => self.pool.append(job, part),
            Command::Seal { job } => self.pool.seal(job),
            Command::Cancel { job } => self.pool.cancel(job),
        }
    }
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::from_reason(error.to_string()))
}
