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
}

impl Failing {
    fn name(self) -> &'static str {
        match self {
            Self::Compile => "compile",
            Self::Evaluate => "evaluate",
            Self::Throw => "throw",
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
        match self.call(scope, Export::Fail, &[kind.into(), exception, line, column]) {
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
