//! One context of an isolate: the prelude's driver, the functions loaded so far, the shared values
//! decoded so far.
//!
//! A context is discarded whole after a termination: microtasks of the terminated call may remain in
//! its queue and would run in the next one.
//!
//! | module | noun |
//! | --- | --- |
//! | `driver` | the Rust side of the prelude's driver: runs chunks |
//! | `exports` | the functions of the driver |
//! | `control` | the words that the engine and the driver exchange around a call |
//! | `input` | what a call gets: bytes in the input buffer, buffers beside it |
//! | `functions` | the functions that the context has loaded |
//! | `ending` | how a chunk ends |
//! | `natives` | what the prelude gets from Rust |

mod control;
mod driver;
mod ending;
mod exports;
mod functions;
mod input;
mod natives;

use std::sync::Arc;

use bytes::Bytes;
use isolane_core::{ChunkCall, Cut, Shared};
use isolane_driver::SharedValues;
use v8::{Global, PinScope};

use crate::context::driver::Driver;
use crate::context::functions::Functions;
use crate::options::V8Options;
use crate::script::CodeCache;
use crate::signal::Signal;

pub(crate) use ending::Ending;

pub(crate) struct Context {
    handle: Global<v8::Context>,
    driver: Driver,
    functions: Functions,
    shared: SharedValues,
}

impl Context {
    /// Makes a context and runs the prelude in it.
    pub(crate) fn new(isolate: &mut v8::OwnedIsolate, options: &V8Options) -> Result<Self, String> {
        v8::scope!(let scope, isolate);
        let context = v8::Context::new(scope, v8::ContextOptions::default());
        let scope = &mut v8::ContextScope::new(scope, context);
        // Not without asking: see `TextLimit`.
        context.set_allow_generation_from_strings(false);
        let driver = Driver::load(scope, options)?;
        Ok(Self {
            handle: Global::new(scope, context),
            driver,
            functions: Functions::new(),
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
        let exports = self.driver.exports();
        let mut load = |function| self.functions.load(scope, exports, cache, function);
        let function = load(call.function)?.into();
        let second = call.second.map(|second| load(second)).transpose()?;
        let second = second.map_or_else(|| v8::undefined(scope).into(), Into::into);
        self.driver.call(scope, call, function, second, signal)
    }

    /// What the call that was terminated had finished, encoded; empty for nothing.
    pub(crate) fn salvage(&mut self, isolate: &mut v8::OwnedIsolate) -> Bytes {
        v8::scope_with_context!(let scope, isolate, &self.handle);
        self.driver.salvage(scope)
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
