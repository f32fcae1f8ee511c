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
//! | `lender` | contexts in which shared values are made that others borrow |
//! | `modules` | a function that is made of modules |
//! | `ending` | how a chunk ends |
//! | `natives` | what the prelude gets from Rust |
//! | `globals` | the globals of the web |

mod control;
mod driver;
mod ending;
mod exports;
mod functions;
mod globals;
mod input;
mod lender;
pub(crate) mod modules;
mod natives;
mod place;

use std::sync::Arc;

use bytes::Bytes;
use isolane_core::{ChunkCall, Cut, Shared};
use isolane_driver::protocol::freeze_mode;
use isolane_driver::{Place, Realm, SharedValues, reason};
use v8::{Global, Local, PinScope};

use crate::context::driver::Driver;
use crate::context::functions::Functions;
use crate::context::lender::Loan;
use crate::options::V8Options;
use crate::script::CodeCache;
use crate::signal::Signal;

pub(crate) use ending::Ending;
pub(crate) use lender::Lenders;

pub(crate) struct Context {
    handle: Global<v8::Context>,
    driver: Driver,
    functions: Functions,
    shared: SharedValues,
    realm: Realm,
    /// Whether the driver freezes shared values.
    guarded: bool,
    /// The functions of the last call, by id; 0 for none.
    last: [u64; 2],
    /// Whether a call was terminated, and the driver is to begin anew.
    stopped: bool,
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
            realm: Realm::default(),
            guarded: false,
            last: [0; 2],
            stopped: false,
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
        cache: &CodeCache<u64>,
        lenders: &mut Lenders,
        call: &ChunkCall<'_>,
        place: Place,
        signal: &Signal,
    ) -> Ending {
        v8::scope_with_context!(let scope, isolate, &self.handle);
        let ending = self
            .run(scope, cache, lenders, call, place, signal)
            .unwrap_or_else(|ending| Driver::end_early(scope, ending, signal));
        if matches!(ending, Ending::Terminated(_)) {
            self.stopped = true;
        } else {
            self.driver.end_turns(scope);
        }
        ending
    }

    /// `Err` is an ending too: one that came before the driver ran the chunk.
    fn run(
        &mut self,
        scope: &mut PinScope<'_, '_>,
        cache: &CodeCache<u64>,
        lenders: &mut Lenders,
        call: &ChunkCall<'_>,
        place: Place,
        signal: &Signal,
    ) -> Result<Ending, Ending> {
        self.driver.describe(call);
        self.prepare(scope, call, place)?;
        // A common one has its own copies: V8 reads them faster.
        let lenders = (!place.is_common).then_some((lenders, call.function.trust()));
        self.select_shared(scope, lenders, call.shared)?;
        let exports = self.driver.exports();
        let mut load = |function| self.functions.load(scope, exports, cache, function, signal);
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

    /// Has a call find nothing of those before it, where several functions run that leave no trace: not
    /// of another one, in what built-ins remember, and not of one that was terminated, in the driver.
    /// The built-ins and the shared values are as they were, since no such function writes to them.
    fn prepare(
        &mut self,
        scope: &mut PinScope<'_, '_>,
        call: &ChunkCall<'_>,
        place: Place,
    ) -> Result<(), Ending> {
        if self.stopped {
            self.driver.recover(scope)?;
            self.stopped = false;
        }
        let functions = [call.function.id(), call.second.map_or(0, |it| it.id())];
        if place.is_common && self.last != functions {
            self.driver.separate(scope)?;
        }
        self.last = functions;
        // All that run in a common one are proven.
        if place.is_common {
            Ok(())
        } else {
            self.guard(scope, call)
        }
    }

    /// Has the driver freeze shared values, unless all functions that have been loaded, and those of
    /// `call`, leave them as they are.
    fn guard(&mut self, scope: &mut PinScope<'_, '_>, call: &ChunkCall<'_>) -> Result<(), Ending> {
        if !self.realm.admit(call) || self.guarded {
            return Ok(());
        }
        self.driver.guard(scope, reason(call))?;
        self.guarded = true;
        Ok(())
    }

    /// Makes exactly `shared` visible to the next call, borrowing or decoding what this context does not
    /// have.
    fn select_shared(
        &mut self,
        scope: &mut PinScope<'_, '_>,
        mut lenders: Option<(&mut Lenders, u64)>,
        shared: &[Arc<Shared>],
    ) -> Result<(), Ending> {
        if self.shared.selects(shared) {
            return Ok(());
        }
        self.shared.unselect();
        // Before there are more: a worker that is never at rest would keep all versions of a value.
        if !shared.iter().all(|value| self.shared.holds(value)) {
            let disposed = self.shared.take_disposed();
            self.forget(scope, &disposed);
        }
        for value in shared {
            if self.shared.holds(value) {
                continue;
            }
            let loan = match &mut lenders {
                Some((lenders, trust)) if self.is_frozen(value) => {
                    lenders.lend(scope, *trust, value)?
                }
                _ => None,
            };
            match loan {
                Some(loan) => self.borrow(scope, value, &loan)?,
                None => self.driver.share(scope, value)?,
            }
            self.shared.hold(value);
        }
        self.driver.select(scope, shared)?;
        self.shared.select(shared);
        Ok(())
    }

    /// Whether all of a value is frozen here, which is not decoded yet.
    fn is_frozen(&self, value: &Shared) -> bool {
        match value.bytes().first() {
            Some(&freeze_mode::DEEP) => true,
            Some(&freeze_mode::AS_NEEDED) => self.guarded,
            _ => false,
        }
    }

    fn borrow(
        &self,
        scope: &mut PinScope<'_, '_>,
        value: &Shared,
        loan: &Loan<'_>,
    ) -> Result<(), Ending> {
        // Otherwise a stack trace would end where a built-in of the lender's calls a function, or throws.
        Local::new(scope, &self.handle).set_security_token(loan.token);
        self.driver.borrow(scope, value, loan)
    }

    /// Lets go of shared values that the host has disposed of.
    pub(crate) fn forget_disposed(&mut self, isolate: &mut v8::OwnedIsolate) {
        let disposed = self.shared.take_disposed();
        if disposed.is_empty() {
            return;
        }
        v8::scope_with_context!(let scope, isolate, &self.handle);
        self.forget(scope, &disposed);
    }

    /// Whether it has shared values that are not among `shared`.
    pub(crate) fn holds_others(&self, shared: &[Arc<Shared>]) -> bool {
        self.shared.holds_others(shared)
    }

    /// Lets go of shared values that are not among `shared`.
    pub(crate) fn forget_others(&mut self, isolate: &mut v8::OwnedIsolate, shared: &[Arc<Shared>]) {
        let others = self.shared.take_others(shared);
        v8::scope_with_context!(let scope, isolate, &self.handle);
        self.forget(scope, &others);
    }

    fn forget(&self, scope: &mut PinScope<'_, '_>, ids: &[u64]) {
        for &id in ids {
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
