//! What the driver asks about the modules of a function: `ModuleHost` in
//! `npm/isolane/src/driver/module-host.ts`.
//!
//! None unwinds into V8: see `shielded`. A bad call is answered with nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use v8::{FunctionCallbackArguments as Arguments, Local, PinScope, ReturnValue, Value};

use super::Instance;
use super::es::coded;
use super::registry::Registry;
use crate::context::exports::number;
use crate::script::source::Stop;

type Native = for<'s> fn(&mut PinScope<'s, '_>, &Arguments<'s>, &Rc<Instance>) -> Answer<'s>;
/// Nothing where there is nothing to give, or an exception is on its way.
type Answer<'s> = Option<Local<'s, Value>>;

macro_rules! natives {
    ($($name:literal => $native:ident),+ $(,)?) => {
        /// The object of all of it, for the instance with this number.
        pub(super) fn host<'s>(
            scope: &mut PinScope<'s, '_>,
            instance: u32,
            allows_cycles: bool,
        ) -> Option<Local<'s, v8::Object>> {
            let host = v8::Object::new(scope);
            let instance = number(scope, instance.into());
            $({
                fn shielded<'s>(
                    scope: &mut PinScope<'s, '_>,
                    arguments: Arguments<'s>,
                    result: ReturnValue<'_>,
                ) {
                    answer(scope, &arguments, result, $native);
                }
                let function = v8::Function::builder(shielded).data(instance).build(scope)?;
                let name = v8::String::new(scope, $name)?;
                host.create_data_property(scope, name.into(), function.into())?;
            })+
            let name = v8::String::new(scope, "allowsCycles")?;
            let allows_cycles = v8::Boolean::new(scope, allows_cycles);
            host.create_data_property(scope, name.into(), allows_cycles.into())?;
            Some(host)
        }
    };
}

natives! {
    "compile" => compile,
    "text" => text,
    "resolve" => resolve,
    "importNow" => import_now,
}

/// A panic ends here, since the caller is C++.
fn answer<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    mut result: ReturnValue<'_>,
    native: Native,
) {
    let call = AssertUnwindSafe(|| {
        let instance = u32::try_from(arguments.data().integer_value(scope)?).ok()?;
        let Some(instance) = Registry::current(scope).get(instance) else {
            throw(scope, "The function whose module this is has been unloaded");
            return None;
        };
        native(scope, arguments, &instance)
    });
    if let Ok(Some(value)) = catch_unwind(call) {
        result.set(value);
    }
}

/// `(index)`.
fn compile<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    instance: &Rc<Instance>,
) -> Answer<'s> {
    let place = place(scope, arguments, instance)?;
    let compiled = instance.compile(scope, place);
    passed_on(scope, compiled.map(Into::into))
}

/// `(index)`.
fn text<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    instance: &Rc<Instance>,
) -> Answer<'s> {
    let place = place(scope, arguments, instance)?;
    let text = v8::String::new(scope, &instance.module(place).text.source);
    if text.is_none() {
        throw(scope, "The text of a module is longer than a string can be");
    }
    text.map(Into::into)
}

/// `(index, specifier)`.
fn resolve<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    instance: &Rc<Instance>,
) -> Answer<'s> {
    let from = place(scope, arguments, instance)?;
    let specifier = arguments.get(1).to_rust_string_lossy(scope);
    let found = instance.program.resolve(from, &specifier);
    let found = found
        .and_then(|place| i32::try_from(place).ok())
        .unwrap_or(-1);
    Some(v8::Integer::new(scope, found).into())
}

/// `(index)`.
fn import_now<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: &Arguments<'s>,
    instance: &Rc<Instance>,
) -> Answer<'s> {
    let place = place(scope, arguments, instance)?;
    let namespace = instance.import_now(scope, place);
    passed_on(scope, namespace)
}

fn place(
    scope: &PinScope<'_, '_>,
    arguments: &Arguments<'_>,
    instance: &Instance,
) -> Option<usize> {
    let place = usize::try_from(arguments.get(0).integer_value(scope)?).ok()?;
    (place < instance.program.modules().len()).then_some(place)
}

/// What a native gives for `result`, where an exception goes on its way.
fn passed_on<'s>(
    scope: &PinScope<'s, '_>,
    result: Result<Local<'s, Value>, Stop<'s>>,
) -> Answer<'s> {
    result.inspect_err(|stop| pass_on(scope, stop)).ok()
}

/// Has what asked end by `stop` too.
pub(super) fn pass_on(scope: &PinScope<'_, '_>, stop: &Stop<'_>) {
    match stop {
        Stop::Thrown { exception, .. } => {
            scope.throw_exception(*exception);
        }
        // V8 does not always remember.
        Stop::Terminated => {
            scope.terminate_execution();
        }
    }
}

pub(super) fn throw(scope: &PinScope<'_, '_>, text: &str) {
    if let Some(error) = coded(scope, text, "ERR_ISOLANE_MODULE") {
        scope.throw_exception(error);
    }
}
