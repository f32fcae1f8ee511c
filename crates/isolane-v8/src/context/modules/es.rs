//! ES modules: compiled, linked, evaluated.

use v8::{Global, Local, ModuleStatus, PinScope, PromiseState, Value};

use super::Instance;
use super::instance::Compilable;
use super::natives::throw;
use super::registry::Registry;
use crate::script::MODULE_CODE;
use crate::script::source::{self, Stop};

impl Instance {
    /// Evaluates a module that is imported, and gives the promise of that.
    pub(super) fn evaluate<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        root: usize,
    ) -> Result<Local<'s, v8::Promise>, Stop<'s>> {
        let order = self.program.evaluation_order(root);
        self.prepare(scope, &order)?;
        let module = self.linked(scope, root)?;
        v8::tc_scope!(let scope, scope);
        let promise = module.evaluate(scope);
        match promise.and_then(|promise| promise.try_cast::<v8::Promise>().ok()) {
            Some(promise) => {
                self.note_unsettled(scope, root, promise);
                Ok(promise)
            }
            None => Err(source::stop(scope)),
        }
    }

    /// The namespace of an ES module, evaluated at once.
    pub(super) fn import_now<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        root: usize,
    ) -> Result<Local<'s, Value>, Stop<'s>> {
        let order = self.program.evaluation_order(root);
        self.prepare(scope, &order)?;
        let module = self.linked(scope, root)?;
        let evaluates = |place: &usize| {
            let module = self.es_module(scope, *place);
            module.is_some_and(|module| module.get_status() == ModuleStatus::Evaluating)
        };
        // V8 aborts over a module that is evaluated while it is evaluated.
        if order.iter().any(evaluates) {
            return Err(self.refusal(scope, root, "is still being evaluated", CYCLE));
        }
        if module.is_graph_async() && module.get_status() != ModuleStatus::Errored {
            let reason = "awaits at its top level, and so cannot be required: import it";
            return Err(self.refusal(scope, root, reason, ASYNC));
        }
        let promise = self.evaluate(scope, root)?;
        if promise.state() == PromiseState::Rejected {
            promise.mark_as_handled();
            return Err(thrown(promise.result(scope)));
        }
        Ok(module.get_module_namespace())
    }

    /// Compiles those of `order` that are ES modules, and evaluates the others.
    fn prepare<'s>(&self, scope: &mut PinScope<'s, '_>, order: &[usize]) -> Result<(), Stop<'s>> {
        for &place in order {
            if self.es_module(scope, place).is_some() {
                continue;
            }
            let module = if self.is_es(place) {
                let compiled = self.compile_es(scope, place);
                compiled.map_err(|stop| self.note(scope, place, stop))?
            } else {
                self.stand_in(scope, place)?
            };
            self.keep(scope, place, module);
        }
        Ok(())
    }

    fn compile_es<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        place: usize,
    ) -> Result<Local<'s, v8::Module>, Stop<'s>> {
        let Compilable {
            module,
            origin,
            code,
        } = self.compilable(scope, place)?;
        source::compile_module(scope, &module.text.source, origin, code.as_deref())
    }

    /// What stands for a CommonJS module where one imports it.
    fn stand_in<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        place: usize,
    ) -> Result<Local<'s, v8::Module>, Stop<'s>> {
        let index = v8::Integer::new(scope, i32::try_from(place).unwrap_or(i32::MAX));
        let namespace = self
            .ask(scope, "namespace", index.into())?
            .cast::<v8::Object>();
        // What it evaluated may have imported it, and so have made it.
        if let Some(made) = self.es_module(scope, place) {
            return Ok(made);
        }
        let names = namespace.get_own_property_names(
            scope,
            v8::GetPropertyNamesArgsBuilder::new()
                .key_conversion(v8::KeyConversionMode::ConvertToString)
                .build(),
        );
        let names = names.ok_or(Stop::Terminated)?;
        let names = (0..names.length())
            .filter_map(|at| names.get_index(scope, at)?.try_cast::<v8::String>().ok())
            .collect::<Vec<_>>();
        let id = v8::String::new(scope, &self.module(place).id).ok_or(Stop::Terminated)?;
        let module = v8::Module::create_synthetic_module(scope, id, &names, fill);
        self.namespaces
            .borrow_mut()
            .insert(place, Global::new(scope, namespace));
        Ok(module)
    }

    /// A module whose imports are bound.
    fn linked<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        place: usize,
    ) -> Result<Local<'s, v8::Module>, Stop<'s>> {
        let module = self.es_module(scope, place).ok_or(Stop::Terminated)?;
        if module.get_status() == ModuleStatus::Uninstantiated {
            v8::tc_scope!(let scope, scope);
            if module.instantiate_module(scope, imported) != Some(true) {
                return Err(source::stop(scope));
            }
        }
        Ok(module)
    }

    /// Keeps the code of ES modules that have none yet.
    pub(super) fn keep_es_code(&self, scope: &PinScope<'_, '_>) {
        for (place, module) in self.es.borrow().iter().enumerate() {
            let Some(module) = module else { continue };
            let module = Local::new(scope, module);
            if module.is_source_text_module() && module.get_status() == ModuleStatus::Evaluated {
                MODULE_CODE.fill(self.module(place).text.hash, || {
                    let code = module.get_unbound_module_script(scope).create_code_cache();
                    code.map(|code| (**code).into())
                });
            }
        }
    }

    /// The first module of those that importing `root` evaluates that has failed, with `exception`.
    pub(super) fn failed_with(
        &self,
        scope: &PinScope<'_, '_>,
        root: usize,
        exception: Local<'_, Value>,
    ) -> Option<usize> {
        self.program
            .evaluation_order(root)
            .into_iter()
            .find(|place| {
                self.es_module(scope, *place).is_some_and(|module| {
                    module.get_status() == ModuleStatus::Errored
                        && module.get_exception().strict_equals(exception)
                })
            })
    }

    fn refusal<'s>(
        &self,
        scope: &PinScope<'s, '_>,
        place: usize,
        reason: &str,
        code: &str,
    ) -> Stop<'s> {
        let text = format!("Module '{}' {reason}", self.module(place).id);
        coded(scope, &text, code).map_or(Stop::Terminated, thrown)
    }
}

const CYCLE: &str = "ERR_ISOLANE_MODULE_CYCLE";
const ASYNC: &str = "ERR_REQUIRE_ASYNC_MODULE";

/// An Error with a `code`.
pub(super) fn coded<'s>(
    scope: &PinScope<'s, '_>,
    text: &str,
    code: &str,
) -> Option<Local<'s, Value>> {
    let text = v8::String::new(scope, text)?;
    let key = v8::String::new(scope, "code")?;
    let code = v8::String::new(scope, code)?;
    let error = v8::Exception::error(scope, text);
    error
        .try_cast::<v8::Object>()
        .ok()?
        .create_data_property(scope, key.into(), code.into())?;
    Some(error)
}

pub(super) fn thrown(exception: Local<'_, Value>) -> Stop<'_> {
    Stop::Thrown {
        exception,
        line: 0,
        column: 0,
    }
}

/// The module that another imports. Does not panic.
fn imported<'s>(
    context: Local<'s, v8::Context>,
    specifier: Local<'s, v8::String>,
    _attributes: Local<'s, v8::FixedArray>,
    referrer: Local<'s, v8::Module>,
) -> Option<Local<'s, v8::Module>> {
    v8::callback_scope!(unsafe scope, context);
    let specifier = specifier.to_rust_string_lossy(scope);
    let found = Registry::current(scope)
        .owner(scope, referrer)
        .and_then(|(instance, from)| {
            let place = instance.program.resolve(from, &specifier)?;
            instance.es_module(scope, place)
        });
    // Linked before, so there is one; V8 asks for an exception where there is none.
    if found.is_none() {
        throw_unloaded(scope);
    }
    found
}

fn throw_unloaded(scope: &PinScope<'_, '_>) {
    throw(
        scope,
        "The module to be imported has been unloaded, since a call of its function failed",
    );
}

/// Gives a stand-in its exports. Does not panic.
fn fill<'s>(
    context: Local<'s, v8::Context>,
    module: Local<'s, v8::Module>,
) -> Option<Local<'s, Value>> {
    v8::callback_scope!(unsafe scope, context);
    let owner = Registry::current(scope).owner(scope, module);
    let namespace = owner
        .and_then(|(instance, place)| instance.namespaces.borrow_mut().remove(&place))
        .map(|namespace| Local::new(scope, namespace));
    let Some(namespace) = namespace else {
        // V8 asks for an exception where there is nothing.
        throw_unloaded(scope);
        return None;
    };
    let names = namespace.get_own_property_names(
        scope,
        v8::GetPropertyNamesArgsBuilder::new()
            .key_conversion(v8::KeyConversionMode::ConvertToString)
            .build(),
    )?;
    for at in 0..names.length() {
        let name = names.get_index(scope, at)?.try_cast::<v8::String>().ok()?;
        let value = namespace.get(scope, name.into())?;
        module.set_synthetic_module_export(scope, name, value)?;
    }
    let resolver = v8::PromiseResolver::new(scope)?;
    let undefined = v8::undefined(scope);
    resolver.resolve(scope, undefined.into())?;
    Some(resolver.get_promise(scope).into())
}
