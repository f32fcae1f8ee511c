//! How a chunk ends.

use bytes::Bytes;
use isolane_core::Output;
use isolane_driver::protocol;
use v8::PinScope;

use crate::context::exports::{Export, Exports};
use crate::memory;
use crate::script::source::Stop;

/// How a chunk ended.
pub(crate) enum Ending {
    Done(Output),
    Failed(Bytes),
    /// JavaScript was terminated: by an interrupt, or by the heap guard. What the chunk answered
    /// where it was already through, and only what it had left behind was still at work; empty
    /// otherwise.
    Terminated(Bytes),
}

impl Ending {
    /// Nothing came of it.
    pub(crate) const CUT: Self = Self::Terminated(Bytes::new());

    /// There is no program to run: why, as JSON.
    pub(super) fn unlinked(fault: &str) -> Self {
        let mut text = vec![protocol::LINK_FAULT];
        text.extend_from_slice(fault.as_bytes());
        Self::Failed(text.into())
    }
}

/// What was done when it failed, as `Driver.fail` in `npm/isolane/src/driver/driver.ts` is told.
#[derive(Clone, Copy)]
pub(super) enum Failing {
    /// A function's source does not compile.
    Compile,
    /// A function's source failed when it was evaluated.
    Evaluate,
    /// An exception escaped the driver, as a stack overflow can.
    Throw,
    /// A module of a function failed when it was evaluated.
    Module,
    /// A module of a function awaits what nothing can settle.
    Stall,
}

impl Failing {
    fn name(self) -> &'static str {
        match self {
            Self::Compile => "compile",
            Self::Evaluate => "evaluate",
            Self::Throw => "throw",
            Self::Module => "module",
            Self::Stall => "stall",
        }
    }
}

impl Exports {
    /// Has the driver put `stop` into a failure record; where even that fails, its plain text goes.
    pub(super) fn fail<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        failing: Failing,
        stop: Stop<'s>,
    ) -> Ending {
        self.fail_in(scope, failing, stop, None)
    }

    /// The same of what is about the module with this id.
    pub(super) fn fail_in<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        failing: Failing,
        stop: Stop<'s>,
        module: Option<&str>,
    ) -> Ending {
        let Stop::Thrown {
            exception,
            line,
            column,
        } = stop
        else {
            return Ending::CUT;
        };
        let Some(kind) = v8::String::new(scope, failing.name()) else {
            return Ending::CUT;
        };
        let line = v8::Integer::new(scope, line).into();
        let column = v8::Integer::new(scope, column).into();
        let module = module.and_then(|id| v8::String::new(scope, id));
        let module = module.map_or_else(|| v8::undefined(scope).into(), Into::into);
        let arguments = [kind.into(), exception, line, column, module];
        match self.call(scope, Export::Fail, &arguments) {
            Ok(output) => Ending::Failed(memory::copy_out(output)),
            Err(Stop::Terminated) => Ending::CUT,
            Err(stop) => {
                let mut text = vec![protocol::PLAIN_TEXT];
                text.extend_from_slice(self.describe(scope, &stop).as_bytes());
                Ending::Failed(text.into())
            }
        }
    }
}
