//! What a Node Worker sees: the steps of its slot in a pool, and the calls it is to run. The
//! bootstrap is `npm/isolane/src/node-worker`.

#![expect(
    clippy::too_many_arguments,
    reason = "an object would cost a call of Node-API for each property"
)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use isolane_core::{AdoptHandle, CallEnd, Cut, Input, Output, Reply, Step, Waker};
use isolane_driver::Program;
use isolane_driver::protocol::status;
use isolane_node::{Interrupts, Session};
use lru::LruCache;
use napi::bindgen_prelude::{
    ArrayBuffer, BufferSlice, Float64ArraySlice, Function as JsFunction, Uint8ArraySlice,
};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Error, Result, Status};
use napi_derive::napi;

use crate::modules;
use isolane_wire::codes::{frame, step};
use isolane_wire::number::{double, whole};

/// Pools that Workers may come into, by the number that the host hands on to them.
static HANDLES: Mutex<Option<HashMap<u32, AdoptHandle>>> = Mutex::new(None);

fn handles() -> MutexGuard<'static, Option<HashMap<u32, AdoptHandle>>> {
    // Nothing can panic half-way in a look-up or an insertion.
    HANDLES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A pool's number, under which its Workers find it while this lives.
pub(crate) struct Registration(u32);

impl Registration {
    pub(crate) fn new(handle: AdoptHandle) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        // Relaxed: only uniqueness matters.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        handles().get_or_insert_default().insert(number, handle);
        Self(number)
    }

    pub(crate) fn number(&self) -> u32 {
        self.0
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if let Some(handles) = handles().as_mut() {
            handles.remove(&self.0);
        }
    }
}

/// Reaches the Worker's event loop.
struct LoopWaker(ThreadsafeFunction<(), (), (), Status, false, true>);

impl Waker for LoopWaker {
    fn wake(&self) {
        // A status other than Ok means that the Worker is ending and takes no more work.
        let _ = self.0.call((), ThreadsafeFunctionCallMode::NonBlocking);
    }
}

/// The text of a function, for a Worker to load.
#[napi(object)]
pub struct FunctionText {
    /// Its name.
    pub name: String,
    /// Source or whereabouts, by `form`.
    pub source: String,
    /// What the source finds around it.
    pub preamble: String,
    /// How to read `source`.
    pub form: u32,
    /// Whether it is loaded for this call alone.
    pub fresh: bool,
}

/// The shared values of a call.
#[napi(object)]
pub struct Selection {
    /// Their names.
    pub names: Vec<String>,
    /// Their ids, in the same order.
    pub ids: Vec<f64>,
}

/// A Node Worker as a worker of a pool.
#[napi]
pub struct NodeWorker {
    session: RefCell<Session>,
    /// By lane: what the output of a call that has not ended refers to.
    attachments: RefCell<HashMap<u32, Vec<Bytes>>>,
    /// Of functions that are made of modules, by their ids.
    programs: RefCell<LruCache<u64, Arc<Program>>>,
}

/// Functions of which a Worker may ask what their modules mean: more than stay loaded there.
const PROGRAMS: NonZeroUsize = NonZeroUsize::new(512).expect("512 is not zero");

#[napi]
impl NodeWorker {
    /// Takes the slot. `wake` is called in this Worker's event loop when it should take a step. It
    /// does not keep the event loop alive.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        pool: u32,
        slot: u32,
        generation: f64,
        lanes: u32,
        heap_used: f64,
        wake: JsFunction<'_, (), ()>,
    ) -> Result<Self> {
        let wake = wake
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .callee_handled::<false>()
            .build()?;
        let handle = handles().as_ref().and_then(|all| all.get(&pool).cloned());
        let handle = handle.ok_or_else(|| Error::from_reason("the pool is gone"))?;
        let interrupts = Interrupts::new(lanes as usize, Arc::new(LoopWaker(wake)));
        let session = Session::begin(
            &handle,
            slot,
            whole(generation),
            whole(heap_used),
            interrupts,
        )
        .map_err(|taken| Error::from_reason(taken.to_string()))?;
        Ok(Self {
            session: RefCell::new(session),
            attachments: RefCell::default(),
            programs: RefCell::new(LruCache::new(PROGRAMS)),
        })
    }

    /// The words of [`Interrupts`].
    #[napi(catch_unwind)]
    pub fn interrupts<'env>(&self, env: &'env Env) -> Result<ArrayBuffer<'env>> {
        let interrupts = Arc::clone(self.session.borrow().interrupts());
        let words = interrupts.words();
        let (start, length) = (words.as_ptr().cast::<u8>(), size_of_val(words));
        // SAFETY: the memory is a slice of atomics, so it may be written through a shared reference
        // and by several threads; JavaScript reads it with Atomics. `interrupts` keeps it alive
        // until the finalizer drops it.
        unsafe {
            ArrayBuffer::from_external(env, start.cast_mut(), length, interrupts, |_, owner| {
                drop(owner);
            })
        }
    }

    /// The next step. When it is a call, fills `description`, and `input` if it has room; otherwise
    /// [`read`](Self::read) follows.
    #[napi(catch_unwind)]
    pub fn next(
        &self,
        mut description: Float64ArraySlice<'_>,
        input: Uint8ArraySlice<'_>,
        patience: f64,
    ) -> Result<u32> {
        let mut session = self.session.borrow_mut();
        let patience = Duration::try_from_secs_f64(patience / 1e3).unwrap_or_default();
        let lane = match session.next(patience) {
            Step::Nothing => return Ok(step::NOTHING),
            Step::Rest => return Ok(step::REST),
            Step::Leave => return Ok(step::LEAVE),
            Step::Run { lane } => lane,
        };
        let head = session.frame(lane).ok_or_else(no_call)?;
        let mut words = [0.0; frame::LENGTH];
        words[frame::LANE] = double(lane as u64);
        words[frame::KIND] = f64::from(head.kind);
        words[frame::FUNCTION] = double(head.function);
        words[frame::SECOND] = double(head.second);
        words[frame::FIRST] = double(head.first);
        words[frame::COUNT] = f64::from(head.count);
        words[frame::PARTS] = double(head.parts as u64);
        words[frame::ARGS_LENGTH] = double(head.args_length as u64);
        words[frame::SIZE] = double(head.size as u64);
        words[frame::SELECTS] = f64::from(u8::from(head.selects));
        words[frame::MAX_FAILURES] = f64::from(head.max_failures);
        words[frame::ATTACHMENTS] = double(head.attachments as u64);
        words[frame::GUARDS] = f64::from(u8::from(head.guards));
        // SAFETY: this runs on the Worker's JavaScript thread and calls no JavaScript before it is
        // done with the slice, so nothing else reads, writes or detaches it.
        let target = unsafe { description.as_mut() };
        target
            .get_mut(..words.len())
            .ok_or_else(|| Error::new(Status::InvalidArg, "the frame is too short"))?
            .copy_from_slice(&words);
        if head.size <= input.len() {
            fill(&session, lane, input)?;
        }
        Ok(step::RUN)
    }

    /// Writes the input of the call in `lane`.
    #[napi(catch_unwind)]
    pub fn read(&self, lane: u32, input: Uint8ArraySlice<'_>) -> Result<()> {
        fill(&self.session.borrow(), lane as usize, input)
    }

    /// Buffers with what is attached to the input of the call in `lane`. Asked for once.
    #[napi(catch_unwind)]
    pub fn attachments<'env>(&self, env: &'env Env, lane: u32) -> Result<Vec<ArrayBuffer<'env>>> {
        let inputs = self.session.borrow().take_attachments(lane as usize);
        inputs.into_iter().map(|input| buffer(env, input)).collect()
    }

    /// The function of the call in `lane`, or its second one.
    #[napi(catch_unwind)]
    pub fn function_text(&self, lane: u32, second: bool) -> Result<FunctionText> {
        let session = self.session.borrow();
        let function = session
            .function(lane as usize, second)
            .ok_or_else(no_call)?;
        let source = match function.parts::<Program>() {
            None => function.source().to_owned(),
            Some(program) => {
                let text = serde_json::to_string(&modules::describe(&program));
                self.programs.borrow_mut().put(function.id(), program);
                text.map_err(|error| Error::from_reason(error.to_string()))?
            }
        };
        Ok(FunctionText {
            name: function.name().to_owned(),
            source,
            preamble: function.preamble().to_owned(),
            form: function.form().into(),
            fresh: function.is_fresh(),
        })
    }

    /// The place of what `specifier` means in the module at `from` of a function whose text was asked
    /// for; -1 for nothing.
    #[napi(catch_unwind)]
    pub fn resolve_module(&self, function_id: f64, from: u32, specifier: String) -> i32 {
        let mut programs = self.programs.borrow_mut();
        let program = programs.get(&whole(function_id));
        let found = program.and_then(|program| program.resolve(from as usize, &specifier));
        found
            .and_then(|place| i32::try_from(place).ok())
            .unwrap_or(-1)
    }

    /// The shared values of the call in `lane`.
    #[napi(catch_unwind)]
    pub fn selection(&self, lane: u32) -> Selection {
        let session = self.session.borrow();
        let shared = session.shared(lane as usize);
        let ids = shared.iter().map(|value| double(value.id())).collect();
        let names = shared.iter().map(|value| value.name().to_owned()).collect();
        Selection { names, ids }
    }

    /// The encoded shared value at `index` of the selection.
    #[napi(catch_unwind)]
    pub fn shared_value<'env>(
        &self,
        env: &'env Env,
        lane: u32,
        index: u32,
    ) -> Result<BufferSlice<'env>> {
        let mut session = self.session.borrow_mut();
        let bytes = session
            .take_shared(lane as usize, index as usize)
            .ok_or_else(no_call)?;
        BufferSlice::copy_from(env, bytes)
    }

    /// Why shared values are frozen for the call in `lane`, where nobody has been told yet.
    #[napi(catch_unwind)]
    pub fn guard_reason(&self, lane: u32) -> Option<String> {
        self.session.borrow().guard_reason(lane as usize)
    }

    /// Forgets what was selected last: it could not be.
    #[napi(catch_unwind)]
    pub fn unselect(&self) {
        self.session.borrow_mut().unselect();
    }

    /// Copies what the output refers to with which the call in `lane` will end.
    #[napi(catch_unwind)]
    pub fn attach(&self, lane: u32, attachments: Vec<Uint8ArraySlice<'_>>) {
        let copies = attachments
            .iter()
            .map(|bytes| Bytes::copy_from_slice(bytes))
            .collect();
        self.attachments.borrow_mut().insert(lane, copies);
    }

    /// Ends the call in `lane`, and reports it. `takes_more`: there is room for another now. False: the
    /// Worker has been given up.
    #[napi(catch_unwind)]
    pub fn finish(
        &self,
        lane: u32,
        status: u32,
        output: Uint8ArraySlice<'_>,
        logs: Uint8ArraySlice<'_>,
        cut_logs: u32,
        cut_errors: u32,
        takes_more: bool,
    ) -> bool {
        let output = Bytes::copy_from_slice(&output);
        let attachments = self.attachments.borrow_mut().remove(&lane);
        let attachments = attachments.unwrap_or_default();
        let (end, salvaged) = match status {
            status::DONE => {
                let output = Output {
                    bytes: output,
                    attachments,
                };
                (CallEnd::Done(output), Bytes::new())
            }
            status::INTERRUPTED => (CallEnd::Interrupted, output),
            _ => (CallEnd::Failed(output), Bytes::new()),
        };
        let logs = Bytes::copy_from_slice(&logs);
        let cut = Cut {
            logs: cut_logs.into(),
            errors: cut_errors.into(),
            results: 0,
        };
        let reply = Reply { end, logs, cut };
        self.session
            .borrow_mut()
            .finish(lane as usize, reply, salvaged, takes_more)
    }

    /// Hands on what the call in `lane` has logged, or the one before it, while it goes on.
    #[napi(catch_unwind)]
    pub fn log(&self, lane: u32, records: Uint8ArraySlice<'_>) {
        self.session
            .borrow()
            .log(lane as usize, Bytes::copy_from_slice(&records));
    }

    /// The housekeeping: notes the heap in use. Returns ids of shared values to let go.
    #[napi(catch_unwind)]
    pub fn rest(&self, heap_used: f64) -> Vec<f64> {
        let mut session = self.session.borrow_mut();
        session.set_heap_used(whole(heap_used));
        session.disposed().into_iter().map(double).collect()
    }
}

fn fill(session: &Session, lane: usize, mut input: Uint8ArraySlice<'_>) -> Result<()> {
    // SAFETY: as in `NodeWorker::next`.
    let bytes = unsafe { input.as_mut() };
    session
        .write_input(lane, bytes)
        .ok_or_else(|| Error::new(Status::InvalidArg, "the input does not fit"))
}

/// A buffer with what is attached: the very memory, where it is the pool's and the host allows that.
fn buffer(env: &Env, input: Input) -> Result<ArrayBuffer<'_>> {
    match input {
        Input::Owned(bytes) => ArrayBuffer::from_data(env, Vec::from(bytes)),
        Input::Lent { .. } => {
            let mut copy = Ok(None);
            input
                .read(|bytes| copy = ArrayBuffer::copy_from(env, bytes).map(Some))
                .map_err(|taken_back| Error::from_reason(taken_back.to_string()))?;
            copy?.ok_or_else(no_call)
        }
    }
}

fn no_call() -> Error {
    Error::new(Status::InvalidArg, "there is no such call")
}
