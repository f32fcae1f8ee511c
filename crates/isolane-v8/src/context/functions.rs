//! The functions that a context has loaded.

use std::num::NonZeroUsize;
use std::rc::Rc;
use std::sync::Arc;

use isolane_core::Function;
use isolane_driver::{Deferred, Program};
use lru::LruCache;
use v8::{Global, Local, PinScope};

use crate::context::ending::{Ending, Failing};
use crate::context::exports::Exports;
use crate::context::modules::{self, Instance};
use crate::script::CodeCache;
use crate::script::expression;
use crate::script::source;
use crate::signal::Signal;

/// Functions kept loaded in one context; only functions of one tenant share one.
const LOADED: NonZeroUsize = NonZeroUsize::new(256).expect("256 is not zero");

/// By id; one more than it holds replaces the one that was used least recently.
pub(super) struct Functions(LruCache<u64, Loaded>);

/// A compiled source, or evaluated modules.
enum Loaded {
    /// The function, which keeps what its source set up.
    Function(Global<v8::Function>),
    /// What gives the function anew for each chunk.
    Wrapper(Global<v8::Function>),
    /// The function, and the modules that it comes of.
    Modules(Global<v8::Function>, Rc<Instance>),
}

impl Functions {
    pub(super) fn new() -> Self {
        Self(LruCache::new(LOADED))
    }

    /// Gives the function, compiling its source if this context does not have it. One without state
    /// is evaluated each time: what its source sets up is new. Modules are evaluated once, but for
    /// those that have failed.
    pub(super) fn load<'s>(
        &mut self,
        scope: &mut PinScope<'s, '_>,
        exports: &Exports,
        cache: &CodeCache<u64>,
        function: &Function,
        signal: &Signal,
    ) -> Result<Local<'s, v8::Function>, Ending> {
        match self.0.get(&function.id()) {
            Some(Loaded::Function(loaded)) => return Ok(Local::new(scope, loaded)),
            Some(Loaded::Modules(loaded, instance)) => {
                instance.renew(scope);
                return Ok(Local::new(scope, loaded));
            }
            Some(Loaded::Wrapper(wrapper)) => {
                let wrapper = Local::new(scope, wrapper);
                return evaluate(scope, exports, wrapper);
            }
            None => {}
        }
        if let Some(program) = program_of(function)? {
            let (loaded, instance) = modules::load(scope, exports, &program, signal)?;
            let kept = Loaded::Modules(Global::new(scope, loaded), instance);
            self.0.put(function.id(), kept);
            return Ok(loaded);
        }
        let compiled = expression::compile_function(scope, function, cache)
            .map_err(|stop| exports.fail(scope, Failing::Compile, stop))?;
        let loaded = evaluate(scope, exports, compiled.wrapper)?;
        if !compiled.cached {
            cache.fill(function.id(), || source::code_of(compiled.wrapper));
        }
        let kept = if function.is_stateful() {
            Loaded::Function(Global::new(scope, loaded))
        } else {
            Loaded::Wrapper(Global::new(scope, compiled.wrapper))
        };
        self.0.put(function.id(), kept);
        Ok(loaded)
    }
}

/// What a function is made of, if of modules.
fn program_of(function: &Function) -> Result<Option<Arc<Program>>, Ending> {
    match function.parts::<Deferred>() {
        Some(deferred) => {
            let program = deferred.program();
            program.map(Some).map_err(|fault| Ending::unlinked(&fault))
        }
        None => Ok(function.parts::<Program>()),
    }
}

fn evaluate<'s>(
    scope: &mut PinScope<'s, '_>,
    exports: &Exports,
    wrapper: Local<'s, v8::Function>,
) -> Result<Local<'s, v8::Function>, Ending> {
    let name_helper = exports.name_helper(scope);
    match source::evaluate(scope, wrapper, &[name_helper]) {
        Ok(value) => value.try_cast::<v8::Function>().map_err(|_| {
            let stop = source::not_a_function(scope, value);
            exports.fail(scope, Failing::Compile, stop)
        }),
        Err(stop) => Err(exports.fail(scope, Failing::Evaluate, stop)),
    }
}
