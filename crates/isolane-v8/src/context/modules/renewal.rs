//! ES modules that a call found to fail, or to wait for what has ended with it: the next call evaluates
//! them anew, as it does CommonJS modules.

use v8::{Global, Local, ModuleStatus, PinScope, PromiseState};

use super::Instance;

impl Instance {
    /// Notes that the module at `root` has been asked for, unless it has been evaluated.
    pub(super) fn note_unsettled(
        &self,
        scope: &PinScope<'_, '_>,
        root: usize,
        promise: Local<'_, v8::Promise>,
    ) {
        if promise.state() != PromiseState::Fulfilled {
            let promise = Global::new(scope, promise);
            self.unsettled.borrow_mut().insert(root, promise);
        }
    }

    /// Lets go of the ES modules that have come to nothing in calls before, and of those that import
    /// them. Others stay, with their state.
    pub(crate) fn renew(&self, scope: &PinScope<'_, '_>) {
        let unsettled = self.unsettled.take();
        let mut fruitless = Vec::new();
        for (root, promise) in unsettled {
            if Local::new(scope, &promise).state() != PromiseState::Fulfilled {
                fruitless.extend(self.program.evaluation_order(root));
            }
        }
        fruitless.retain(|&place| self.is_fruitless(scope, place));
        if !fruitless.is_empty() {
            self.let_go(fruitless);
        }
    }

    /// Whether a module has failed, or has begun and not come to its end.
    fn is_fruitless(&self, scope: &PinScope<'_, '_>, place: usize) -> bool {
        let Some(module) = self.es_module(scope, place) else {
            return false;
        };
        match module.get_status() {
            ModuleStatus::Errored => true,
            // V8 calls one evaluated that still awaits. Asked again it gives the promise of that.
            ModuleStatus::Evaluated if module.is_graph_async() => {
                let promise = module.evaluate(scope);
                let promise = promise.and_then(|it| it.try_cast::<v8::Promise>().ok());
                promise.is_none_or(|promise| promise.state() != PromiseState::Fulfilled)
            }
            _ => false,
        }
    }

    /// Forgets these and all that import them, by whatever way.
    fn let_go(&self, mut places: Vec<usize>) {
        let modules = self.program.modules();
        let mut importers = vec![Vec::new(); modules.len()];
        for (place, module) in modules.iter().enumerate() {
            for &import in &module.imports {
                importers[import].push(place);
            }
        }
        let mut is_gone = vec![false; modules.len()];
        while let Some(place) = places.pop() {
            if !std::mem::replace(&mut is_gone[place], true) {
                places.append(&mut importers[place]);
            }
        }
        self.forget(&is_gone);
    }
}
