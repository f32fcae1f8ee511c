//! One context of an isolate: the prelude's driver, the functions loaded so far, the shared values
//! decoded so far.
//!
//! A context is discarded whole after a termination: microtasks of the terminated call may remain in
//! its queue and would run in the next one.

mod control;
mod driver;
mod exports;
mod natives;

pub(crate) use control::Ending;

use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use isolane_core::{ChunkCall, Cut, Function, Shared};
use isolane_driver::{InputLayout, SharedValues, protocol};
use lru::LruCache;
use v8::{Global, Local, PinScope};

use crate::context::control::CallWords;
use crate::context::driver::Driver;
use crate::memory;
use crate::options::V8Options;
use crate::script::CodeCache;
use crate::script::source;
use crate::signal::Signal;

/// Functions kept loaded in one context; only functions of one tenant share one.
const LOADED_FUNCTIONS: NonZeroUsize = NonZeroUsize::new(256).expect("256 is not zero");

/// A compiled source.
enum Loaded {
    /// The function, which keeps what its source set up.
    Function(Global<v8::Function>),
    /// What gives the function anew for each chunk.
    Wrapper(Global<v8::Function>),
}

pub(crate) struct Context {
    handle: Global<v8::Context>,
    driver: Driver,
    functions: LruCache<u64, Loaded>,
    shared: SharedValues,
}

impl Context {
    /// Makes a context and runs the prelude in it.
    pub(crate) fn new(isolate: &mut v8::OwnedIsolate, options: &V8Options) -> Result<Self, String> {
        v8::scope!(let scope, isolate);
        let context = v8::Context::new(scope, v8::ContextOptions::default());
        let scope = &mut v8::ContextScope::new(scope, context);
        context.set_allow_generation_from_strings(options.eval);
        let driver = Driver::load(scope, options)?;
        Ok(Self {
            handle: Global::new(scope, context),
            driver,
            functions: LruCache::new(LOADED_FUNCTIONS),
            shared: SharedValues::default(),
        })
    }

    /// Loads what a call may need that the start has left out.
    pub(crate) fn ready(&self, isolate: &mut v8::OwnedIsolate) {
        v8::scope_with_context!(let scope, isolate, &self.handle);
        self.driver.ready(scope);
    }

    /// Runs one chunk.
    pub(crate) fn call(
        &mut self,
        isolate: &mut v8::OwnedIsolate,
        cache: &CodeCache,
        call: &ChunkCall<'_>,
        signal: &Signal,
    ) -> Ending {
        v8::scope_with_context!(let scope, isolate, &self.handle);
        match self.run(scope, cache, call, signal) {
            Ok(ending) | Err(ending) => ending,
        }
    }

    /// `Err` is an ending too: one that came early.
    fn run(
        &mut self,
        scope: &mut PinScope<'_, '_>,
        cache: &CodeCache,
        call: &ChunkCall<'_>,
        signal: &Signal,
    ) -> Result<Ending, Ending> {
        self.select_shared(scope, call.shared)?;
        let function = self.load(scope, cache, call.function)?;
        let second = match call.second {
            Some(second) => self.load(scope, cache, second)?.into(),
            None => v8::undefined(scope).into(),
        };
        let lent = (call.kind.input != protocol::CODEC)
            .then(|| memory::lent(scope, call.parts))
            .flatten();
        let written = if lent.is_some() { &[] } else { call.parts };
        let layout = InputLayout::new(call, written);
        self.driver.reserve(scope, layout.size())?;
        let driver = &mut self.driver;
        // Taken back: the host is going away, and the pool with it.
        layout
            .write(call.args, written, |offset, bytes| {
                driver.write(offset, bytes);
            })
            .map_err(|_| Ending::CUT)?;
        let attachments = self.driver.attach(scope, call.attachments)?;
        let words = CallWords {
            kind: protocol::kind_of(call),
            args_length: call.args.len(),
            first: call.first,
            count: call.count,
            parts: call.parts.len(),
            max_failures: call.kind.max_failures,
        };
        let lent_value = lent.map_or_else(|| v8::undefined(scope).into(), Into::into);
        let arguments = [function.into(), second, attachments, lent_value];
        let ending = self.driver.call(scope, &words, &arguments, signal);
        if let Some(lent) = lent {
            // What it keeps alive goes now, and not with the garbage. Where V8 refuses, since it still
            // terminates, it does go with that.
            let _ = lent.detach(None);
        }
        Ok(ending)
    }

    /// What the call that was terminated had finished, encoded; empty for nothing.
    pub(crate) fn salvage(&mut self, isolate: &mut v8::OwnedIsolate) -> Bytes {
        v8::scope_with_context!(let scope, isolate, &self.handle);
        self.driver.salvage(scope)
    }

    /// Gives the function, compiling its source if this context does not have it. One without state
    /// is evaluated each time: what its source sets up is new.
    fn load<'s>(
        &mut self,
        scope: &mut PinScope<'s, '_>,
        cache: &CodeCache,
        function: &Arc<Function>,
    ) -> Result<Local<'s, v8::Function>, Ending> {
        match self.functions.get(&function.id()) {
            Some(Loaded::Function(loaded)) => return Ok(Local::new(scope, loaded)),
            Some(Loaded::Wrapper(wrapper)) => {
                let wrapper = Local::new(scope, wrapper);
                return self.evaluate(scope, wrapper);
            }
            None => {}
        }
        let compiled = match source::compile(scope, function, cache) {
            Ok(compiled) => compiled,
            Err(stop) => return Err(self.driver.refuse_source(scope, stop)),
        };
        let loaded = self.evaluate(scope, compiled.wrapper)?;
        if !compiled.cached {
            cache.fill(function.id(), || source::code_of(compiled.wrapper));
        }
        let kept = if function.is_stateful() {
            Loaded::Function(Global::new(scope, loaded))
        } else {
            Loaded::Wrapper(Global::new(scope, compiled.wrapper))
        };
        self.functions.put(function.id(), kept);
        Ok(loaded)
    }

    fn evaluate<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        wrapper: Local<'s, v8::Function>,
    ) -> Result<Local<'s, v8::Function>, Ending> {
        let name_helper = self.driver.name_helper(scope);
        match source::evaluate(scope, wrapper, &[name_helper]) {
            Ok(value) => value.try_cast::<v8::Function>().map_err(|_| {
                let stop = source::not_a_function(scope, value);
                self.driver.refuse_source(scope, stop)
            }),
            Err(stop) => Err(self.driver.refuse_value(scope, stop)),
        }
    }

    /// Makes exactly `shared` visible to the next call, decoding what this context does not have.
    fn select_shared(
        &mut self,
        scope: &mut PinScope<'_, '_>,
        shared: &[Arc<Shared>],
    ) -> Result<(), Ending> {
        if self.shared.selects(shared) {
            return Ok(());
        }
        self.shared.unselect();
        for value in shared {
            if !self.shared.holds(value) {
                self.driver.share(scope, value)?;
                self.shared.hold(value);
            }
        }
        self.driver.select(scope, shared)?;
        self.shared.select(shared);
        Ok(())
    }

    /// Lets go of shared values that the host has disposed of.
    pub(crate) fn forget_disposed(&mut self, isolate: &mut v8::OwnedIsolate) {
        let disposed = self.shared.take_disposed();
        if disposed.is_empty() {
            return;
        }
        v8::scope_with_context!(let scope, isolate, &self.handle);
        for id in disposed {
            self.driver.forget(scope, id);
        }
    }

    /// What the caps have cut off since the last time.
    pub(crate) fn take_cut(&mut self) -> Cut {
        self.driver.take_cut()
    }

    /// Log records since the last time, encoded; empty if there are none.
    pub(crate) fn take_logs(&mut self, isolate: &mut v8::OwnedIsolate) -> Bytes {
        if !self.driver.has_logs() {
            return Bytes::new();
        }
        v8::scope_with_context!(let scope, isolate, &self.handle);
        self.driver.take_logs(scope)
    }
}
