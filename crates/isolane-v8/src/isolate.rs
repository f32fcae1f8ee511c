use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use isolane_core::{
    CallEnd, ChunkCall, Cut, Interrupt, Isolate, Lifeline, Reply, Shared, StartError,
};
use isolane_driver::Place;
use lru::LruCache;

use crate::context::{Context, Ending, Lenders, modules};
use crate::fatal;
use crate::memory::{self, Budget, HeapGuard};
use crate::options::V8Options;
use crate::runtime;
use crate::script::prelude;
use crate::script::{CodeCache, TextLimit};
use crate::signal::{Signal, Termination};
use crate::time_zone;

/// One V8 isolate on its worker's thread.
pub struct V8Isolate {
    // Fields drop in this order: handles before the isolate, the isolate before its heap guard.
    contexts: LruCache<u64, Context>,
    /// What contexts borrow from.
    lenders: Lenders,
    /// Made at the start, for whichever context is needed first.
    blank: Option<Context>,
    /// The context of a call that was interrupted, while it may be asked for what it had finished.
    interrupted: Option<(Place, Context)>,
    /// What such a call answered, where it was through.
    finished: Bytes,
    signal: Signal,
    isolate: v8::OwnedIsolate,
    heap_guard: Box<HeapGuard>,
    code_cache: Arc<CodeCache<u64>>,
    options: V8Options,
    /// The context of the last call, and its function.
    last_call: Option<(u64, u64)>,
    /// Before this, high use after calls is taken for garbage.
    only_garbage_until: Option<Instant>,
    heap_used: u64,
    calls: u32,
    /// Changes of the time zone that V8 knows of.
    zone_changes: u32,
    trim: Trim,
}

/// Once all that is above has gone: whether what it held is to go back to the system.
#[derive(Default)]
struct Trim {
    wanted: bool,
}

impl Drop for Trim {
    fn drop(&mut self) {
        if self.wanted {
            memory::trim();
        }
    }
}

/// Heap statistics, and V8's queue of tasks, cost about a microsecond: they are looked at at rest
/// (statistics only), after calls that took long enough to have allocated much, and once in so many
/// short calls.
const SHORT_CALLS: u32 = 64;
const LONG_CALL: Duration = Duration::from_millis(1);
/// How many times as long as a collection that found nothing but garbage the next one waits.
const GARBAGE_BACKOFF: u32 = 30;

impl V8Isolate {
    pub(crate) fn new(
        options: V8Options,
        code_cache: Arc<CodeCache<u64>>,
        worker: &Arc<dyn Lifeline>,
    ) -> Result<Self, StartError> {
        // Before the isolate: it takes no zone that is older.
        let zone_changes = time_zone::changes();
        let budget = Budget::new(options.memory_limit);
        let params = v8::CreateParams::default()
            .heap_limits(0, options.memory_limit)
            .array_buffer_allocator(budget.allocator())
            .allow_atomics_wait(false);
        let mut isolate = v8::Isolate::new(params);
        isolate.set_microtasks_policy(v8::MicrotasksPolicy::Explicit);
        isolate.set_slot(Arc::clone(&budget));
        let heap_guard = HeapGuard::install(&mut isolate, budget);
        isolate.add_message_listener(discard_message);
        fatal::watch_isolate(&mut isolate, worker);
        if !options.wasm {
            isolate.set_allow_wasm_code_generation_callback(refuse_wasm);
        }
        prelude::install(&mut isolate);
        modules::install(&mut isolate);
        TextLimit::install(&mut isolate, &options);
        let blank = Context::new(&mut isolate, &options)
            .map_err(|reason| StartError(format!("the prelude failed: {reason}")))?;
        let mut this = Self {
            contexts: LruCache::new(options.max_contexts),
            lenders: Lenders::new(&options),
            blank: Some(blank),
            interrupted: None,
            finished: Bytes::new(),
            signal: Signal::default(),
            isolate,
            heap_guard,
            code_cache,
            options,
            last_call: None,
            only_garbage_until: None,
            heap_used: 0,
            calls: 0,
            zone_changes,
            trim: Trim::default(),
        };
        this.read_heap();
        Ok(this)
    }

    /// Reads how much memory is in use. Where it is short, all contexts go but the one used last:
    /// what a function has kept there must not fail the calls of others.
    fn read_heap(&mut self) {
        let used = self.measure_heap();
        let now = Instant::now();
        if self.heap_guard.is_tight(used)
            && self.only_garbage_until.is_none_or(|until| until <= now)
        {
            self.make_room(1);
        }
        self.heap_guard.judge(self.heap_used as usize);
    }

    fn measure_heap(&mut self) -> usize {
        let used = self.heap_guard.measure(&mut self.isolate);
        self.heap_used = used as u64;
        used
    }

    /// Lets contexts go, those used least recently first and all but the `keep` used last if need be, unless
    /// most of what is in use is garbage.
    fn make_room(&mut self, keep: usize) {
        if self.contexts.len() <= keep {
            return;
        }
        let began = Instant::now();
        self.isolate.low_memory_notification();
        let used = self.measure_heap();
        if !self.heap_guard.is_tight(used) {
            // Collections for nothing shall not cost much of the time.
            self.only_garbage_until = Some(Instant::now() + began.elapsed() * GARBAGE_BACKOFF);
            return;
        }
        // What is used often stays where half of them are enough.
        let half = self.contexts.len().div_ceil(2).max(keep);
        for left in [half, keep] {
            if self.contexts.len() <= left {
                continue;
            }
            while self.contexts.len() > left {
                self.contexts.pop_lru();
            }
            self.isolate.low_memory_notification();
            let used = self.measure_heap();
            if !self.heap_guard.is_tight(used) {
                return;
            }
        }
    }

    /// Takes the context of a call out, or makes one. What others have left there is not to take
    /// its memory: this is the last moment to find out.
    fn context(&mut self, place: Place, call: &ChunkCall<'_>) -> Result<Context, String> {
        let mut kept = self.contexts.pop(&place.context);
        let this_call = (place.context, call.function.id());
        let others = self.last_call.replace(this_call) != Some(this_call) || kept.is_none();
        let used = self.heap_guard.last_known().max(self.heap_used as usize);
        if others && self.heap_guard.is_tight(used) {
            self.make_room(0);
            self.return_loans(call);
            if let Some(kept) = kept.as_mut().filter(|_| place.is_common) {
                self.forget_others(kept, call.shared);
            }
        }
        kept.or_else(|| self.blank.take())
            .map_or_else(|| Context::new(&mut self.isolate, &self.options), Ok)
    }

    /// Lets go of what no context has borrowed any more that the call does not see, unless most of what
    /// is in use is garbage.
    fn return_loans(&mut self, call: &ChunkCall<'_>) {
        if self.lenders.is_empty() {
            return;
        }
        self.isolate.low_memory_notification();
        let used = self.measure_heap();
        if self.heap_guard.is_tight(used) {
            self.lenders.keep_only(call.function.trust(), call.shared);
            self.isolate.low_memory_notification();
            self.measure_heap();
        }
    }

    /// Lets go of the shared values of a context that are not among `shared`, unless most of what is in
    /// use is garbage.
    fn forget_others(&mut self, context: &mut Context, shared: &[Arc<Shared>]) {
        if !context.holds_others(shared) {
            return;
        }
        self.isolate.low_memory_notification();
        let used = self.measure_heap();
        if self.heap_guard.is_tight(used) {
            context.forget_others(&mut self.isolate, shared);
            self.isolate.low_memory_notification();
            self.measure_heap();
        }
    }

    /// Lets a context go in which a call was terminated, which may be in any state; but for one whose
    /// functions leave none.
    fn leave(&mut self, place: Place, context: Context) {
        if place.is_common {
            self.contexts.put(place.context, context);
        }
    }

    /// Empties the queue of microtasks, which is the isolate's: those of a call that was stopped
    /// must not run in the next. V8 drops them all when one of them is terminated.
    fn drop_microtasks(&mut self) {
        self.isolate.terminate_execution();
        self.isolate.perform_microtask_checkpoint();
        self.isolate.cancel_terminate_execution();
    }

    /// Has V8 forget what it knows of the local time zone where the host has changed that.
    fn follow_time_zone(&mut self) {
        let changes = time_zone::changes();
        if self.zone_changes != changes {
            self.zone_changes = changes;
            self.isolate
                .date_time_configuration_change_notification(v8::TimeZoneDetection::Skip);
        }
    }

    fn call_end(&mut self, ending: Ending) -> CallEnd {
        match ending {
            Ending::Failed(_) => self.heap_guard.call_failed(),
            Ending::Done(_) | Ending::Terminated(_) => self.heap_guard.call_over(),
        }
        if self.heap_guard.exceeded() {
            return CallEnd::MemoryLimit;
        }
        match ending {
            Ending::Done(output) => CallEnd::Done(output),
            Ending::Failed(error) => CallEnd::Failed(error),
            Ending::Terminated(finished) => {
                self.finished = finished;
                CallEnd::Interrupted
            }
        }
    }
}

impl Isolate for V8Isolate {
    fn interrupt(&self) -> Arc<dyn Interrupt> {
        let isolate = self.isolate.thread_safe_handle();
        Arc::new(Termination::new(isolate, self.signal.clone()))
    }

    fn call(&mut self, call: &ChunkCall<'_>) -> Reply {
        if let Some((place, context)) = self.interrupted.take() {
            self.leave(place, context);
        }
        self.finished = Bytes::new();
        self.follow_time_zone();
        let place = Place::of(call);
        // A new context can only fail by being terminated, or for want of memory.
        let Ok(mut context) = self.context(place, call) else {
            self.heap_guard.call_failed();
            return Reply {
                end: self.call_end(Ending::CUT),
                logs: Bytes::new(),
                cut: Cut::default(),
            };
        };
        let began = Instant::now();
        let ending = context.call(
            &mut self.isolate,
            &self.code_cache,
            &mut self.lenders,
            call,
            place,
            &self.signal,
        );
        if matches!(ending, Ending::Terminated(_)) {
            self.drop_microtasks();
        }
        let logs = context.take_logs(&mut self.isolate);
        let cut = context.take_cut();
        if !matches!(ending, Ending::Terminated(_)) {
            // One that was made for this call goes with it.
            if !call.function.is_fresh() {
                self.contexts.put(place.context, context);
            }
        } else if call.salvage {
            self.interrupted = Some((place, context));
        } else {
            self.leave(place, context);
        }
        self.calls = self.calls.wrapping_add(1);
        if self.calls.is_multiple_of(SHORT_CALLS) || began.elapsed() > LONG_CALL {
            if !matches!(ending, Ending::Terminated(_)) {
                runtime::run_platform_tasks(&self.isolate);
            }
            self.read_heap();
        }
        Reply {
            end: self.call_end(ending),
            logs,
            cut,
        }
    }

    fn salvage(&mut self) -> Bytes {
        let finished = mem::take(&mut self.finished);
        match self.interrupted.take() {
            Some((place, mut context)) => {
                let salvaged = if finished.is_empty() {
                    context.salvage(&mut self.isolate)
                } else {
                    finished
                };
                self.leave(place, context);
                salvaged
            }
            None => finished,
        }
    }

    fn rest(&mut self) {
        // Unless a call has come first, which loads what it needs.
        if let Some(blank) = &self.blank {
            blank.ready(&mut self.isolate);
        }
        self.read_heap();
        for (_, context) in &mut self.contexts {
            context.forget_disposed(&mut self.isolate);
        }
        self.lenders.forget_disposed();
    }

    fn is_spent(&self) -> bool {
        self.heap_guard.exceeded() || self.heap_guard.clogged()
    }

    fn shrink(&mut self) {
        self.isolate.low_memory_notification();
        self.read_heap();
    }

    fn heap_used(&self) -> u64 {
        self.heap_used
    }
}

impl Drop for V8Isolate {
    fn drop(&mut self) {
        // The buffers go with the isolate, a field.
        self.heap_guard.close();
        self.trim.wanted = self.is_spent();
    }
}

/// # Safety
///
/// Called by V8. Touches neither handle.
unsafe extern "C" fn refuse_wasm(
    _context: v8::Local<'_, v8::Context>,
    _source: v8::Local<'_, v8::String>,
) -> bool {
    false
}

/// What V8 says of an exception that nobody catches, and of code that it warns about. Without a
/// listener it prints that to the standard output of the process, in the user's words.
///
/// # Safety
///
/// Called by V8. Touches neither handle.
unsafe extern "C" fn discard_message(
    _message: v8::Local<'_, v8::Message>,
    _exception: v8::Local<'_, v8::Value>,
) {
}
