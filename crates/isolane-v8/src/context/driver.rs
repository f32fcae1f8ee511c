//! The Rust side of the prelude's driver (`npm/isolane/src/isolate/driver.ts`), which runs chunks.

use std::sync::Arc;

use bytes::Bytes;
use isolane_core::{ChunkCall, Cut, Output, Shared};
use isolane_driver::InputLayout;
use isolane_driver::protocol::{self, status};
use v8::{Local, PinScope, Value};

use crate::context::control::Control;
use crate::context::ending::{Ending, Failing};
use crate::context::exports::{Awaited, Export, Exports, number};
use crate::context::input::{InputBuffer, attach};
use crate::context::lender::Loan;
use crate::context::natives;
use crate::memory;
use crate::options::V8Options;
use crate::script::prelude::{self, Part};
use crate::script::source::{self, Stop};
use crate::signal::Signal;

/// Shared values of so many bytes leave the input buffer no larger than it was at first.
const RELEASED_FROM: usize = 64 << 10;

const NO_MEMORY: &str = "no memory for the prelude's natives";

pub(super) struct Driver {
    exports: Exports,
    control: Control,
    input: InputBuffer,
}

impl Driver {
    /// Runs the prelude in the current context.
    pub(super) fn load(scope: &mut PinScope<'_, '_>, options: &V8Options) -> Result<Self, String> {
        // Not before the context is there: where V8 aborts for want of memory, the thread is parked
        // with what it holds.
        let first = prelude::share_code(scope);
        // UTF-8 takes three bytes for a code unit at most.
        let longest_text = options.max_error_size as usize / 3;
        let function = prelude::function(scope, Part::Driver)
            .map_err(|stop| stop.describe(scope, longest_text))?;
        let (control, words) = Control::new(scope).ok_or(NO_MEMORY)?;
        let native = natives::object(scope, options, words).ok_or(NO_MEMORY)?;
        let driver = source::evaluate(scope, function, &[native.into()])
            .map_err(|stop| stop.describe(scope, longest_text))?
            .try_cast::<v8::Object>()
            .map_err(|_| "the prelude gave no driver")?;
        let exports =
            Exports::of(scope, driver, longest_text).ok_or("the driver lacks a function")?;
        let input =
            InputBuffer::new(scope, &exports).map_err(|stop| exports.describe(scope, &stop))?;
        if let Some(first) = first {
            // Has V8 compile what every context's first call needs, so that the code has it. Whatever
            // comes of it, the driver starts each call afresh.
            let _ = exports.call(scope, Export::WarmUp, &[]);
            first.keep_code(scope);
        }
        Ok(Self {
            exports,
            control,
            input,
        })
    }

    /// The functions of the driver.
    pub(super) fn exports(&self) -> &Exports {
        &self.exports
    }

    /// Has the driver begin anew where a call was terminated.
    pub(super) fn recover(&mut self, scope: &mut PinScope<'_, '_>) -> Result<(), Ending> {
        self.begin_anew(scope, Export::Recover)
    }

    /// Has the driver begin with another input buffer, by `export`.
    fn begin_anew(&mut self, scope: &mut PinScope<'_, '_>, export: Export) -> Result<(), Ending> {
        let begun = self.exports.call(scope, export, &[]);
        let input = begun.and_then(|_| InputBuffer::new(scope, &self.exports));
        self.input = input.map_err(|stop| self.exports.fail(scope, Failing::Throw, stop))?;
        Ok(())
    }

    /// Calls a function of the driver's that has no answer.
    fn tell<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        export: Export,
        arguments: &[Local<'s, Value>],
    ) -> Result<(), Ending> {
        match self.exports.call(scope, export, arguments) {
            Ok(_) => Ok(()),
            Err(stop) => Err(self.exports.fail(scope, Failing::Throw, stop)),
        }
    }

    /// Takes away what built-ins remember of the function that ran last.
    pub(super) fn separate(&self, scope: &mut PinScope<'_, '_>) -> Result<(), Ending> {
        self.tell(scope, Export::Separate, &[])
    }

    /// Has the driver load what a call may need that the start has left out.
    pub(super) fn ready(&self, scope: &mut PinScope<'_, '_>) {
        // Where it fails, a call tries again.
        let _ = self.exports.call(scope, Export::Ready, &[]);
    }

    /// Tells the driver which call comes, before its functions are loaded: they may log by then.
    pub(super) fn describe(&mut self, call: &ChunkCall<'_>) {
        self.control.describe(call);
    }

    /// Runs the chunk that was [described](Self::describe); `second` where the operation has two functions.
    pub(super) fn call<'s>(
        &mut self,
        scope: &mut PinScope<'s, '_>,
        call: &ChunkCall<'_>,
        function: Local<'s, Value>,
        second: Local<'s, Value>,
        signal: &Signal,
    ) -> Result<Ending, Ending> {
        let lent = (call.kind.input != protocol::CODEC)
            .then(|| memory::lent(scope, call.parts))
            .flatten();
        let written = if lent.is_some() { &[] } else { call.parts };
        let layout = InputLayout::new(call, written);
        self.input.reserve(scope, &self.exports, layout.size())?;
        // Taken back: the host is going away, and the pool with it.
        layout
            .write(call.args, written, |offset, bytes| {
                self.input.write(offset, bytes);
            })
            .map_err(|_| Ending::CUT)?;
        let attachments = attach(scope, &self.exports, call.attachments)?;
        let memory = lent.map_or_else(|| v8::undefined(scope).into(), Into::into);
        let ending = self.compute(scope, &[function, second, attachments, memory], signal);
        if let Some(lent) = lent {
            // What it keeps alive goes now, and not with the garbage. Where V8 refuses, since it still
            // terminates, it does go with that.
            let _ = lent.detach(None);
        }
        Ok(ending)
    }

    /// Runs the chunk that was written and described; `arguments` as `Driver.call` in
    /// `npm/isolane/src/driver/driver.ts` has them.
    ///
    /// V8 uses a termination up when the outermost call returns, and does not say that microtasks
    /// were cut short: `signal` tells whether an interrupt has come. After one nothing runs here that
    /// could need another.
    fn compute<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        arguments: &[Local<'s, Value>],
        signal: &Signal,
    ) -> Ending {
        let output = self.exports.call(scope, Export::Call, arguments);
        let mut ending = self.ending(scope, output);
        if matches!(ending, Some(Ending::Terminated(_))) {
            return Ending::CUT;
        }
        // Also without a promise as result: what the function left behind belongs to this call.
        scope.perform_microtask_checkpoint();
        if ending.is_none() {
            self.take_turns(scope, signal);
        }
        if ending.is_none() && !is_cut(scope, signal) {
            let output = self.exports.call(scope, Export::Settle, &[]);
            ending = self.ending(scope, output);
            // Getters of the results may have left something behind too.
            scope.perform_microtask_checkpoint();
        }
        let is_cut = is_cut(scope, signal);
        match ending {
            Some(Ending::Done(output)) if is_cut => Ending::Terminated(output.bytes),
            Some(ending) if !is_cut => ending,
            _ => Ending::CUT,
        }
    }

    /// Runs timers until what the call waits for has settled, or nothing is left that could settle it. An
    /// interrupt ends the wait between them.
    fn take_turns(&self, scope: &mut PinScope<'_, '_>, signal: &Signal) {
        while self.control.has_turns()
            && !is_cut(scope, signal)
            && self.exports.turn(scope, Awaited::Results, signal)
        {}
    }

    /// Ends what a call has left behind that microtasks do not.
    pub(super) fn end_turns(&self, scope: &mut PinScope<'_, '_>) {
        if self.control.has_turns() {
            // It lets lists go; nothing in it can fail.
            let _ = self.exports.call(scope, Export::EndTurns, &[]);
        }
    }

    /// Ends a call that came to no chunk, with `ending`. A source that could not be evaluated may have
    /// left microtasks behind: they belong to this call, and must not run in the next.
    pub(super) fn end_early(
        scope: &mut PinScope<'_, '_>,
        ending: Ending,
        signal: &Signal,
    ) -> Ending {
        if matches!(ending, Ending::Terminated(_)) {
            return ending;
        }
        scope.perform_microtask_checkpoint();
        if is_cut(scope, signal) {
            return Ending::CUT;
        }
        ending
    }

    /// What the call that was terminated had finished, encoded; empty for nothing. Runs none of the
    /// user's code, and no microtasks.
    pub(super) fn salvage(&self, scope: &mut PinScope<'_, '_>) -> Bytes {
        self.exports
            .call(scope, Export::Salvage, &[])
            .map_or_else(|_| Bytes::new(), memory::copy_out)
    }

    /// What an output and the status word say; `None` for a chunk that waits for promises.
    fn ending<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        output: Result<Local<'s, Value>, Stop<'s>>,
    ) -> Option<Ending> {
        match output {
            Ok(output) => match self.control.status() {
                status::PENDING => None,
                status::FAILED => Some(Ending::Failed(memory::copy_out(output))),
                _ => {
                    let attachments = self.take_attachments(scope);
                    let bytes = memory::take_out(output);
                    Some(Ending::Done(Output { bytes, attachments }))
                }
            },
            Err(stop) => Some(self.exports.fail(scope, Failing::Throw, stop)),
        }
    }

    /// What is attached to the output, copied: the function may have kept it.
    fn take_attachments(&self, scope: &mut PinScope<'_, '_>) -> Vec<Bytes> {
        let count = self.control.attachments();
        if count == 0 {
            return Vec::new();
        }
        let list = self
            .exports
            .call(scope, Export::TakeAttachments, &[])
            .ok()
            .and_then(|list| list.try_cast::<v8::Array>().ok());
        let Some(list) = list else {
            return Vec::new();
        };
        (0..count)
            .filter_map(|index| list.get_index(scope, index).map(memory::copy_out))
            .collect()
    }

    /// Freezes shared values from now on, and those that are there. `reason` goes to the log.
    pub(super) fn guard(
        &self,
        scope: &mut PinScope<'_, '_>,
        reason: Option<String>,
    ) -> Result<(), Ending> {
        // A text that V8 has no room for is not told.
        let reason = reason.and_then(|reason| v8::String::new(scope, &reason));
        let reason = reason.map_or_else(|| v8::undefined(scope).into(), Into::into);
        self.tell(scope, Export::Guard, &[reason])
    }

    /// Decodes a shared value in the isolate.
    pub(super) fn share(
        &mut self,
        scope: &mut PinScope<'_, '_>,
        value: &Arc<Shared>,
    ) -> Result<(), Ending> {
        let length = self.write_shared(scope, value)?;
        let arguments = [number(scope, value.id()), length];
        let output = self.exports.call(scope, Export::Share, &arguments);
        match self.ending(scope, output) {
            Some(Ending::Done(_)) => self.release(scope, value),
            Some(ending) => Err(ending),
            None => Err(Ending::CUT),
        }
    }

    /// Writes a shared value to the input, and gives its length.
    fn write_shared<'s>(
        &mut self,
        scope: &mut PinScope<'s, '_>,
        value: &Shared,
    ) -> Result<Local<'s, Value>, Ending> {
        let bytes = value.bytes();
        self.input.reserve(scope, &self.exports, bytes.len())?;
        self.input.write(0, bytes);
        Ok(number(scope, bytes.len() as u64))
    }

    /// Gives the memory back that a large shared value took in the input: nothing else may ever be so
    /// large.
    fn release(&mut self, scope: &mut PinScope<'_, '_>, value: &Shared) -> Result<(), Ending> {
        if value.bytes().len() < RELEASED_FROM {
            return Ok(());
        }
        self.begin_anew(scope, Export::Release)
    }

    /// Makes the context one from which others borrow, whose built-in prototypes are returned. No user
    /// code may run in it.
    pub(super) fn become_lender<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
    ) -> Result<Local<'s, Value>, Stop<'s>> {
        self.exports.call(scope, Export::BecomeLender, &[])
    }

    /// Makes a shared value that others borrow; nothing where it cannot be lent.
    pub(super) fn lendable<'s>(
        &mut self,
        scope: &mut PinScope<'s, '_>,
        value: &Shared,
    ) -> Result<Option<Local<'s, Value>>, Ending> {
        let length = self.write_shared(scope, value)?;
        let made = match self.exports.call(scope, Export::Lendable, &[length]) {
            Ok(made) => made.try_cast::<v8::Array>().ok(),
            Err(Stop::Terminated) => return Err(Ending::CUT),
            // Whoever decodes its own copy finds out why.
            Err(Stop::Thrown { .. }) => None,
        };
        let made = made.and_then(|made| made.get_index(scope, 0));
        self.release(scope, value)?;
        Ok(made)
    }

    /// Keeps a shared value that another context lends.
    pub(super) fn borrow(
        &self,
        scope: &mut PinScope<'_, '_>,
        value: &Shared,
        loan: &Loan<'_>,
    ) -> Result<(), Ending> {
        let id = number(scope, value.id());
        let [made, prototypes] = [loan.value, loan.prototypes].map(|it| Local::new(scope, it));
        self.tell(scope, Export::Borrow, &[id, made, prototypes])
    }

    /// Says which shared values the next calls see.
    pub(super) fn select(
        &self,
        scope: &mut PinScope<'_, '_>,
        shared: &[Arc<Shared>],
    ) -> Result<(), Ending> {
        let names = shared
            .iter()
            .map(|value| v8::String::new(scope, value.name()).map(Into::into))
            .collect::<Option<Vec<Local<'_, Value>>>>()
            .ok_or(Ending::CUT)?;
        let ids: Vec<_> = shared
            .iter()
            .map(|value| number(scope, value.id()))
            .collect();
        let names = v8::Array::new_with_elements(scope, &names).into();
        let ids = v8::Array::new_with_elements(scope, &ids).into();
        self.tell(scope, Export::Select, &[names, ids])
    }

    /// Lets a shared value go.
    pub(super) fn forget(&self, scope: &mut PinScope<'_, '_>, id: u64) {
        let id = number(scope, id);
        // It removes a map entry; nothing in it can fail.
        let _ = self.exports.call(scope, Export::Forget, &[id]);
    }

    /// What the caps have cut off since the last time.
    pub(super) fn take_cut(&mut self) -> Cut {
        self.control.take_cut()
    }

    /// Whether log records wait.
    pub(super) fn has_logs(&self) -> bool {
        self.control.has_logs()
    }

    /// Log records since the last time, encoded.
    pub(super) fn take_logs(&self, scope: &mut PinScope<'_, '_>) -> Bytes {
        self.exports
            .call(scope, Export::TakeLogs, &[])
            .map_or_else(|_| Bytes::new(), memory::copy_out)
    }
}

/// Whether the call is to end: an interrupt has come, or V8 is on its way out after one.
fn is_cut(scope: &PinScope<'_, '_>, signal: &Signal) -> bool {
    signal.is_raised() || scope.is_execution_terminating()
}
