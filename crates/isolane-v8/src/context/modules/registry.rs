//! [`Registry`].

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use v8::{Local, PinScope};

use super::Instance;

/// The instances of one context, kept in a slot of it. Weakly: what is in a slot lives as long as the
/// context, which lives as long as anything of it is referred to.
#[derive(Default)]
pub(super) struct Registry {
    last: Cell<u32>,
    instances: RefCell<HashMap<u32, Weak<Instance>>>,
}

impl Registry {
    /// That of the current context.
    pub(super) fn current(scope: &PinScope<'_, '_>) -> Rc<Self> {
        let context = scope.get_current_context();
        context.get_slot().unwrap_or_else(|| {
            let registry = Rc::new(Self::default());
            context.set_slot(Rc::clone(&registry));
            registry
        })
    }

    /// Makes an instance, which is told its number.
    pub(super) fn add(&self, make: impl FnOnce(u32) -> Instance) -> Rc<Instance> {
        let number = self.last.get() + 1;
        self.last.set(number);
        let instance = Rc::new(make(number));
        let mut instances = self.instances.borrow_mut();
        instances.retain(|_, instance| instance.strong_count() > 0);
        instances.insert(number, Rc::downgrade(&instance));
        instance
    }

    /// The instance with this number, if it is still loaded.
    pub(super) fn get(&self, number: u32) -> Option<Rc<Instance>> {
        self.instances.borrow().get(&number)?.upgrade()
    }

    /// Whose module this is, and its place there.
    pub(super) fn owner(
        &self,
        scope: &PinScope<'_, '_>,
        module: Local<'_, v8::Module>,
    ) -> Option<(Rc<Instance>, usize)> {
        let instances = self.instances.borrow();
        instances.values().find_map(|instance| {
            let instance = instance.upgrade()?;
            let place = instance.place_of(scope, module)?;
            Some((instance, place))
        })
    }
}
