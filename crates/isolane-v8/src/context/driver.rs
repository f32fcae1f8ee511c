//! The Rust side of the prelude's driver (`npm/isolane/src/isolate/driver.ts`), which runs chunks.

use std::sync::Arc;

use bytes::Bytes;
use isolane_core::{ChunkCall, Cut, Output, Shared};
use isolane_driver::InputLayout;
use isolane_driver::protocol::{self, status};
use v8::{Local, PinScope, Value};

use crate::context::control::Control;
use crate::context::ending::{Ending, Failing};
use crate::context::exports::{Export, Exports, number};
use crate::context::input::{InputBuffer, attach};
use crate::context::natives;
use crate::memory;
use crate::options::V8Options;
use crate::script::prelude::{self, Part};
use crate::script::source::{self, Stop};
use crate::signal::Signal;

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

    /// Has the driver load what a call may need that the start has left out.
    pub(super) fn ready(&self, scope: &mut PinScope<'_, '_>) {
        // Where it fails, a call tries again.
        let _ = self.exports.call(scope, Export::Ready, &[]);
    }

    /// Runs a chunk of `function`, and of `second` where the operation has two.
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
        self.control.describe(call);
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
        if ending.is_none() && !signal.is_raised() && !scope.is_execution_terminating() {
            let output = self.exports.call(scope, Export::Settle, &[]);
            ending = self.ending(scope, output);
            // Getters of the results may have left something behind too.
            scope.perform_microtask_checkpoint();
        }
        let is_cut = signal.is_raised() || scope.is_execution_terminating();
        match ending {
            Some(Ending::Done(output)) if is_cut => Ending::Terminated(output.bytes),
            Some(ending) if !is_cut => ending,
            _ => Ending::CUT,
        }
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

    /// Decodes a shared value in the isolate.
    pub(super) fn share(
        &mut self,
        scope: &mut PinScope<'_, '_>,
        value: &Arc<Shared>,
    ) -> Result<(), Ending> {
        let bytes = value.bytes();
        self.input.reserve(scope, &self.exports, bytes.len())?;
        self.input.write(0, bytes);
        let arguments = [number(scope, value.id()), number(scope, bytes.len() as u64)];
        let output = self.exports.call(scope, Export::Share, &arguments);
        match self.ending(scope, output) {
            Some(Ending::Done(_)) => Ok(()),
            Some(ending) => Err(ending),
            None => Err(Ending::CUT),
        }
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
        match self.exports.call(scope, Export::Select, &[names, ids]) {
            Ok(_) => Ok(()),
            Err(stop) => Err(self.exports.fail(scope, Failing::Throw, stop)),
        }
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
