//! From the modules of a function to the function, or to what went wrong.

use std::rc::Rc;
use std::sync::Arc;

use isolane_driver::Program;
use v8::{Local, PinScope, PromiseState, Value};

use super::Instance;
use super::es::thrown;
use crate::context::ending::{Ending, Failing};
use crate::context::exports::{Awaited, Export, Exports};
use crate::script::source::Stop;
use crate::signal::Signal;

/// A function, and the modules that it comes of.
pub(crate) type Loaded<'s> = (Local<'s, v8::Function>, Rc<Instance>);

/// Evaluates the entry of `program`, and what that needs, in modules of its own.
pub(crate) fn load<'s>(
    scope: &mut PinScope<'s, '_>,
    exports: &Exports,
    program: &Arc<Program>,
    signal: &Signal,
) -> Result<Loaded<'s>, Ending> {
    let instance = Instance::new(scope, exports, program)
        .map_err(|stop| exports.fail(scope, Failing::Throw, stop))?;
    let entry = Program::ENTRY;
    let exported = match instance.export_of(scope, exports, entry, signal) {
        Ok(exported) => exported,
        Err(Fault::Stopped(stop)) => return Err(instance.told(scope, exports, stop)),
        Err(Fault::Stalled) => {
            let stop = thrown(v8::undefined(scope).into());
            return Err(exports.fail(scope, Failing::Stall, stop));
        }
    };
    let text = |text: &str| v8::String::new(scope, text).map(Into::into);
    let name = program
        .export()
        .map_or_else(|| Some(v8::undefined(scope).into()), text);
    let id = text(&program.modules()[entry].id);
    let (Some(name), Some(id)) = (name, id) else {
        return Err(Ending::CUT);
    };
    let function = exports
        .call(scope, Export::Exported, &[exported, name, id])
        .map_err(|stop| exports.fail(scope, Failing::Throw, stop))?;
    instance.keep_code(scope);
    Ok((function.cast(), instance))
}

/// Why a module gives nothing.
enum Fault<'s> {
    Stopped(Stop<'s>),
    /// It awaits at its top level what nothing can settle.
    Stalled,
}

impl<'s> From<Stop<'s>> for Fault<'s> {
    fn from(stop: Stop<'s>) -> Self {
        Self::Stopped(stop)
    }
}

impl Instance {
    /// What a module exports, once it has been evaluated.
    fn export_of<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        exports: &Exports,
        place: usize,
        signal: &Signal,
    ) -> Result<Local<'s, Value>, Fault<'s>> {
        if !self.is_es(place) {
            let index = v8::Integer::new(scope, i32::try_from(place).unwrap_or(i32::MAX));
            return Ok(self.ask(scope, "require", index.into())?);
        }
        let promise = self.evaluate(scope, place)?;
        if promise.state() == PromiseState::Pending {
            scope.perform_microtask_checkpoint();
            // V8 does not say that microtasks were cut short.
            let is_cut =
                |scope: &PinScope<'_, '_>| signal.is_raised() || scope.is_execution_terminating();
            while promise.state() == PromiseState::Pending
                && !is_cut(scope)
                && exports.turn(scope, Awaited::Module, signal)
            {}
            if is_cut(scope) {
                return Err(Stop::Terminated.into());
            }
        }
        match promise.state() {
            PromiseState::Pending => Err(Fault::Stalled),
            PromiseState::Rejected => {
                promise.mark_as_handled();
                Err(thrown(promise.result(scope)).into())
            }
            PromiseState::Fulfilled => {
                let module = self.es_module(scope, place);
                let module = module.ok_or(Stop::Terminated)?;
                Ok(module.get_module_namespace())
            }
        }
    }

    /// Tells what stopped the evaluation, and which module that is about.
    fn told<'s>(&self, scope: &mut PinScope<'s, '_>, exports: &Exports, stop: Stop<'s>) -> Ending {
        let Stop::Thrown { exception, .. } = stop else {
            return Ending::CUT;
        };
        if let Some(position) = self.position(scope, exception) {
            let module = &self.module(position.place).id;
            let (line, column) = (position.line, position.column);
            let stop = Stop::Thrown {
                exception,
                line,
                column,
            };
            return exports.fail_in(scope, Failing::Compile, stop, Some(module));
        }
        let place = self.failed_with(scope, Program::ENTRY, exception);
        let culprit = match place {
            Some(place) => Some(self.module(place).id.to_string()),
            None => match self.ask(scope, "culprit", exception) {
                Ok(id) if id.is_string() => Some(id.to_rust_string_lossy(scope)),
                Ok(_) => None,
                Err(_) => return Ending::CUT,
            },
        };
        exports.fail_in(
            scope,
            Failing::Module,
            thrown(exception),
            culprit.as_deref(),
        )
    }
}
