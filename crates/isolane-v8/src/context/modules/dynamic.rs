//! `import()` and `import.meta` of modules. Functions that are mere text have neither.

use std::path::Path;
use std::rc::Rc;

use url::Url;
use v8::{Local, PinScope, Value};

use super::Instance;
use super::es::coded;
use super::natives::pass_on;
use super::registry::Registry;
use crate::context::exports::number;

/// Prepares an isolate.
pub(crate) fn install(isolate: &mut v8::OwnedIsolate) {
    isolate.set_host_import_module_dynamically_callback(import);
    isolate.set_host_initialize_import_meta_object_callback(describe);
}

/// `import()`. Does not panic.
fn import<'s, 'i>(
    scope: &mut PinScope<'s, 'i>,
    options: Local<'s, v8::Data>,
    _resource: Local<'s, Value>,
    specifier: Local<'s, v8::String>,
    _attributes: Local<'s, v8::FixedArray>,
) -> Option<Local<'s, v8::Promise>> {
    let start = v8::PromiseResolver::new(scope)?;
    let promise = start.get_promise(scope);
    let specifier = specifier.to_rust_string_lossy(scope);
    let reason = match origin(scope, options) {
        None => "A function that is one text has nothing to import: make it of modules".to_owned(),
        Some((instance, from)) => match instance.program.resolve(from, &specifier) {
            Some(place) => {
                // In a microtask: a module must not be evaluated while another is.
                let place = u32::try_from(place).unwrap_or(u32::MAX);
                let [instance, place] =
                    [instance.number, place].map(|it| number(scope, u64::from(it)));
                let data = v8::Array::new_with_elements(scope, &[instance, place]);
                let evaluate = v8::Function::builder(evaluate)
                    .data(data.into())
                    .build(scope)?;
                let undefined = v8::undefined(scope).into();
                start.resolve(scope, undefined)?;
                return promise.then(scope, evaluate);
            }
            None => {
                let id = &instance.module(from).id;
                format!("Cannot find module '{specifier}', which '{id}' imports")
            }
        },
    };
    let exception = coded(scope, &reason, "ERR_ISOLANE_MODULE_NOT_FOUND")?;
    start.reject(scope, exception)?;
    Some(promise)
}

/// The module that a script is, by what it was compiled with.
fn origin(scope: &PinScope<'_, '_>, options: Local<'_, v8::Data>) -> Option<(Rc<Instance>, usize)> {
    let options = options.try_cast::<v8::FixedArray>().ok()?;
    let number = |at| {
        let number = options.get(scope, at)?.try_cast::<Value>().ok()?;
        number.uint32_value(scope)
    };
    if options.length() != 2 {
        return None;
    }
    let instance = Registry::current(scope).get(number(0)?)?;
    Some((instance, number(1)? as usize))
}

/// Evaluates what is imported, and gives a promise of its namespace. Does not panic.
fn evaluate<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: v8::FunctionCallbackArguments<'s>,
    mut result: v8::ReturnValue<'_>,
) {
    if let Some(namespace) = namespace(scope, &arguments) {
        result.set(namespace.into());
    }
}

fn namespace<'s>(
    scope: &mut PinScope<'s, '_>,
    arguments: &v8::FunctionCallbackArguments<'s>,
) -> Option<Local<'s, v8::Promise>> {
    let data = arguments.data().try_cast::<v8::Array>().ok()?;
    let instance = data.get_index(scope, 0)?.uint32_value(scope)?;
    let place = data.get_index(scope, 1)?.uint32_value(scope)? as usize;
    let instance = Registry::current(scope).get(instance)?;
    match instance.evaluate(scope, place) {
        Ok(promise) => {
            let namespace = instance.es_module(scope, place)?.get_module_namespace();
            let give = v8::Function::builder(give).data(namespace).build(scope)?;
            promise.then(scope, give)
        }
        Err(stop) => {
            pass_on(scope, &stop);
            None
        }
    }
}

/// Gives what it was made with.
fn give<'s>(
    _scope: &mut PinScope<'s, '_>,
    arguments: v8::FunctionCallbackArguments<'s>,
    mut result: v8::ReturnValue<'_>,
) {
    result.set(arguments.data());
}

/// `import.meta`: of a file what Node has there, of other modules their id as `url`. Does not panic.
///
/// # Safety
///
/// Called by V8, in a context, with handles that live as long as the call.
unsafe extern "C" fn describe(
    context: Local<'_, v8::Context>,
    module: Local<'_, v8::Module>,
    meta: Local<'_, v8::Object>,
) {
    v8::callback_scope!(unsafe scope, context);
    v8::scope!(let scope, scope);
    let Some((instance, place)) = Registry::current(scope).owner(scope, module) else {
        return;
    };
    let id = &*instance.module(place).id;
    let file = instance
        .program
        .is_of_files()
        .then(|| Url::from_file_path(id).ok())
        .flatten();
    let Some(file) = file else {
        return set(scope, meta, "url", id);
    };
    // In the order that they have in Node.
    if let Some(folder) = Path::new(id).parent().and_then(Path::to_str) {
        set(scope, meta, "dirname", folder);
    }
    set(scope, meta, "filename", id);
    set(scope, meta, "url", file.as_str());
}

fn set(scope: &PinScope<'_, '_>, meta: Local<'_, v8::Object>, key: &str, value: &str) {
    let text = |text| v8::String::new(scope, text);
    if let (Some(key), Some(value)) = (text(key), text(value)) {
        meta.create_data_property(scope, key.into(), value.into());
    }
}
