//! [`Instance`].

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use isolane_driver::protocol::{function_form, module_format};
use isolane_driver::{Module, Program};
use v8::{Global, Local, PinScope, Value};

use super::natives;
use super::registry::Registry;
use crate::context::exports::{Export, Exports, number};
use crate::script::expression::{self, Expression};
use crate::script::source::{self, Compiled, Stop};
use crate::script::{MODULE_CODE, TextLimit};

/// What a CommonJS module finds besides the globals, in the order in which the driver passes it.
const NAMES: [&str; 6] = [
    "exports",
    "require",
    "module",
    "__filename",
    "__dirname",
    "__name",
];

/// The last is only for modules that lack it: others may declare one of their own.
fn names_for(module: &Module) -> &'static [&'static str] {
    let count = NAMES.len() - usize::from(!module.lacks_name_helper);
    &NAMES[..count]
}

/// The modules of one function in one context.
pub(crate) struct Instance {
    pub(super) number: u32,
    pub(super) program: Arc<Program>,
    /// The driver's `ModuleInstances`.
    driver: OnceCell<Global<v8::Object>>,
    /// By place: modules of V8's, whose exports an ES module imports.
    pub(super) es: RefCell<Vec<Option<Global<v8::Module>>>>,
    /// Places by identity hash.
    places: RefCell<HashMap<i32, Vec<usize>>>,
    /// By place: what CommonJS modules give to those that import them, until they do.
    pub(super) namespaces: RefCell<HashMap<usize, Global<v8::Object>>>,
    /// Wrappers of CommonJS modules whose code is to be kept, with their places.
    pub(super) compiled: RefCell<Vec<(usize, Global<v8::Function>)>>,
    /// What stopped the last text that does not compile, and where that is.
    unparsed: RefCell<Option<Unparsed>>,
    /// By place: of ES modules that were asked for and had not come to their end then, the promise of
    /// that.
    pub(super) unsettled: RefCell<BTreeMap<usize, Global<v8::Promise>>>,
}

/// What a module is compiled with.
pub(super) struct Compilable<'s, 'a> {
    pub(super) module: &'a Module,
    pub(super) origin: source::Origin<'a, 's>,
    pub(super) code: Option<Arc<[u8]>>,
}

/// A text that does not compile.
struct Unparsed {
    place: usize,
    exception: Global<Value>,
    line: i32,
    column: i32,
}

/// Where a module's text stops making sense.
pub(super) struct Position {
    pub(super) place: usize,
    pub(super) line: i32,
    pub(super) column: i32,
}

impl Instance {
    /// Nothing is evaluated yet.
    pub(super) fn new<'s>(
        scope: &mut PinScope<'s, '_>,
        exports: &Exports,
        program: &Arc<Program>,
    ) -> Result<Rc<Self>, Stop<'s>> {
        let instance = Registry::current(scope).add(|number| Self {
            number,
            program: Arc::clone(program),
            driver: OnceCell::new(),
            es: RefCell::new(vec![None; program.modules().len()]),
            places: RefCell::default(),
            namespaces: RefCell::default(),
            compiled: RefCell::default(),
            unparsed: RefCell::default(),
            unsettled: RefCell::default(),
        });
        let host =
            natives::host(scope, instance.number, program.is_of_files()).ok_or(Stop::Terminated)?;
        let modules = program.modules().iter();
        let ids = modules
            .clone()
            .map(|module| v8::String::new(scope, &module.id).map(Into::into))
            .collect::<Option<Vec<Local<'_, Value>>>>()
            .ok_or(Stop::Terminated)?;
        let formats: Vec<_> = modules
            .map(|module| number(scope, module.format.into()))
            .collect();
        let ids = v8::Array::new_with_elements(scope, &ids).into();
        let formats = v8::Array::new_with_elements(scope, &formats).into();
        let driver = exports.call(scope, Export::Modules, &[host.into(), ids, formats])?;
        let driver = driver.cast::<v8::Object>();
        // Set here alone.
        let _ = instance.driver.set(Global::new(scope, driver));
        Ok(instance)
    }

    pub(super) fn module(&self, place: usize) -> &Module {
        &self.program.modules()[place]
    }

    pub(super) fn is_es(&self, place: usize) -> bool {
        self.module(place).format == module_format::MODULE
    }

    /// Calls a method of the driver's `ModuleInstances`.
    pub(super) fn ask<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        method: &str,
        argument: Local<'s, Value>,
    ) -> Result<Local<'s, Value>, Stop<'s>> {
        let driver = self.driver.get().ok_or(Stop::Terminated)?;
        let driver = Local::new(scope, driver);
        let name = v8::String::new(scope, method).ok_or(Stop::Terminated)?;
        let function = driver
            .get(scope, name.into())
            .and_then(|function| function.try_cast::<v8::Function>().ok())
            .ok_or(Stop::Terminated)?;
        source::call(scope, function, driver.into(), &[argument])
    }

    /// Compiles a CommonJS module, or one that is an expression.
    pub(super) fn compile<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        place: usize,
    ) -> Result<Local<'s, v8::Function>, Stop<'s>> {
        let compiled = self.compile_body(scope, place);
        let Compiled { wrapper, cached } =
            compiled.map_err(|stop| self.note(scope, place, stop))?;
        if !cached {
            self.compiled
                .borrow_mut()
                .push((place, Global::new(scope, wrapper)));
        }
        Ok(wrapper)
    }

    fn compile_body<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        place: usize,
    ) -> Result<Compiled<'s>, Stop<'s>> {
        let Compilable {
            module,
            origin,
            code,
        } = self.compilable(scope, place)?;
        if module.format == module_format::EXPRESSION {
            let text = Expression {
                text: &module.text.source,
                preamble: "",
                form: function_form::SOURCE,
            };
            return expression::compile(scope, text, names_for(module), origin, code.as_deref());
        }
        let text = v8::String::new(scope, &module.text.source);
        source::compile_body(scope, text, origin, 0, names_for(module), code.as_deref())
    }

    /// What a module is compiled with, unless its text is too long.
    pub(super) fn compilable<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        place: usize,
    ) -> Result<Compilable<'s, '_>, Stop<'s>> {
        let module = self.module(place);
        TextLimit::check_source(scope, &module.text.source)
            .map_err(|reason| source::range_error(scope, &reason))?;
        let options = self.options(scope, place);
        let origin = source::Origin {
            resource: &module.id,
            options: Some(options),
        };
        let code = MODULE_CODE.get(&module.text.hash);
        Ok(Compilable {
            module,
            origin,
            code,
        })
    }

    /// What tells V8's callbacks which module a script is.
    pub(super) fn options<'s>(
        &self,
        scope: &PinScope<'s, '_>,
        place: usize,
    ) -> Local<'s, v8::Data> {
        let options = v8::PrimitiveArray::new(scope, 2);
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        options.set(
            scope,
            0,
            v8::Integer::new_from_unsigned(scope, self.number).into(),
        );
        options.set(
            scope,
            1,
            v8::Integer::new_from_unsigned(scope, place).into(),
        );
        options.into()
    }

    /// Notes where a text does not compile.
    pub(super) fn note<'s>(
        &self,
        scope: &PinScope<'s, '_>,
        place: usize,
        stop: Stop<'s>,
    ) -> Stop<'s> {
        if let Stop::Thrown {
            exception,
            line,
            column,
        } = stop
        {
            // V8 places a stack overflow where its caller is, which is the driver.
            let is_placed = exception.try_cast::<v8::Object>().is_ok_and(|it| {
                it.get_constructor_name().to_rust_string_lossy(scope) == "SyntaxError"
            });
            let (line, column) = if is_placed { (line, column) } else { (0, 0) };
            let exception = Global::new(scope, exception);
            *self.unparsed.borrow_mut() = Some(Unparsed {
                place,
                exception,
                line,
                column,
            });
        }
        stop
    }

    /// Where a text does not compile, if `exception` says so.
    pub(super) fn position(
        &self,
        scope: &PinScope<'_, '_>,
        exception: Local<'_, Value>,
    ) -> Option<Position> {
        let unparsed = self.unparsed.take()?;
        let Unparsed {
            place,
            line,
            column,
            ..
        } = unparsed;
        let is_it = Local::new(scope, unparsed.exception).strict_equals(exception);
        is_it.then_some(Position {
            place,
            line,
            column,
        })
    }

    /// Keeps a module of V8's, unless there is one: V8 may know the first already.
    pub(super) fn keep(
        &self,
        scope: &PinScope<'_, '_>,
        place: usize,
        module: Local<'_, v8::Module>,
    ) {
        let mut es = self.es.borrow_mut();
        if es[place].is_some() {
            return;
        }
        es[place] = Some(Global::new(scope, module));
        let hash = module.get_identity_hash().get();
        self.places
            .borrow_mut()
            .entry(hash)
            .or_default()
            .push(place);
    }

    /// Lets go of modules of V8's: whoever asks for one next has it made anew.
    pub(super) fn forget(&self, is_gone: &[bool]) {
        for (module, is_gone) in self.es.borrow_mut().iter_mut().zip(is_gone) {
            if *is_gone {
                *module = None;
            }
        }
        self.places.borrow_mut().retain(|_, places| {
            places.retain(|&place| !is_gone[place]);
            !places.is_empty()
        });
        let mut namespaces = self.namespaces.borrow_mut();
        namespaces.retain(|&place, _| !is_gone[place]);
    }

    /// The module of V8's at a place.
    pub(super) fn es_module<'s>(
        &self,
        scope: &PinScope<'s, '_>,
        place: usize,
    ) -> Option<Local<'s, v8::Module>> {
        let es = self.es.borrow();
        es.get(place)?
            .as_ref()
            .map(|module| Local::new(scope, module))
    }

    /// The place of a module of V8's, if it is one of these.
    pub(super) fn place_of(
        &self,
        scope: &PinScope<'_, '_>,
        module: Local<'_, v8::Module>,
    ) -> Option<usize> {
        let places = self.places.borrow();
        let places = places.get(&module.get_identity_hash().get())?;
        let is_it = |place: &usize| self.es_module(scope, *place) == Some(module);
        places.iter().copied().find(is_it)
    }

    /// Keeps the code of what has been compiled, for other contexts and isolates.
    pub(super) fn keep_code(&self, scope: &PinScope<'_, '_>) {
        for (place, wrapper) in self.compiled.take() {
            let hash = self.module(place).text.hash;
            let wrapper = Local::new(scope, wrapper);
            MODULE_CODE.fill(hash, || source::code_of(wrapper));
        }
        self.keep_es_code(scope);
    }
}
