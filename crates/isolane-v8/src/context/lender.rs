//! [`Lenders`]: contexts in which shared values are made that others borrow.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use isolane_core::Shared;
use lru::LruCache;
use v8::{Global, Local, PinScope, Value};

use crate::context::driver::Driver;
use crate::context::ending::Ending;
use crate::options::V8Options;

/// From so many encoded bytes on a value is lent. Below, a copy costs less than a further context.
const LENT_FROM: usize = 64 << 10;

/// The lenders of an isolate: one for those who trust each other, as tenants do.
pub(crate) struct Lenders {
    lenders: LruCache<u64, Lender>,
    options: V8Options,
}

/// A value of another context.
pub(super) struct Loan<'s> {
    /// The value; frozen, as all is that can be reached from it.
    pub(super) value: Local<'s, Value>,
    /// Prototypes of its context, in an array, by which the borrower knows what it is.
    pub(super) prototypes: Local<'s, Value>,
    /// That of its context, so that stack traces go on where the functions of its built-ins are called.
    pub(super) token: Local<'s, Value>,
}

impl Lenders {
    pub(crate) fn new(options: &V8Options) -> Self {
        Self {
            lenders: LruCache::new(options.max_contexts),
            // No user code asks for them, and so none are frozen.
            options: V8Options {
                globals: false,
                ..*options
            },
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lenders.is_empty()
    }

    /// Lets go of all lenders but that of those who trust `trust`, which keeps `values`.
    pub(crate) fn keep_only(&mut self, trust: u64, values: &[Arc<Shared>]) {
        let kept = self.lenders.pop(&trust);
        self.lenders.clear();
        if let Some(mut kept) = kept {
            let is_kept = |id: u64| values.iter().any(|value| value.id() == id);
            kept.values.retain(|&id, _| is_kept(id));
            if !kept.values.is_empty() {
                self.lenders.put(trust, kept);
            }
        }
    }

    /// Lets go of values that the host has disposed of.
    pub(crate) fn forget_disposed(&mut self) {
        for (_, lender) in &mut self.lenders {
            lender.forget_disposed();
        }
    }

    /// Lends a value that is frozen in the context of `scope`; none where that must have its own copy.
    pub(super) fn lend<'s>(
        &mut self,
        scope: &mut PinScope<'s, '_>,
        trust: u64,
        value: &Arc<Shared>,
    ) -> Result<Option<Loan<'s>>, Ending> {
        if value.bytes().len() < LENT_FROM {
            return Ok(None);
        }
        if !self.lenders.contains(&trust) {
            // As any context it can only fail by being terminated, or for want of memory.
            let lender = Lender::new(scope, &self.options).map_err(|_| Ending::CUT)?;
            self.lenders.put(trust, lender);
        }
        let Some(lender) = self.lenders.get_mut(&trust) else {
            return Ok(None);
        };
        let lent = lender.lend(scope, value);
        if lent.is_err() {
            // It was stopped in the middle of something.
            self.lenders.pop(&trust);
        }
        lent
    }
}

struct Lender {
    context: Global<v8::Context>,
    driver: Driver,
    prototypes: Global<Value>,
    /// By id.
    values: HashMap<u64, Made>,
}

/// A value, as far as it can be lent.
struct Made {
    of: Weak<Shared>,
    value: Option<Global<Value>>,
}

impl Lender {
    fn new(scope: &mut PinScope<'_, '_>, options: &V8Options) -> Result<Self, String> {
        let context = v8::Context::new(scope, v8::ContextOptions::default());
        let handle = Global::new(scope, context);
        let scope = &mut v8::ContextScope::new(scope, context);
        context.set_allow_generation_from_strings(false);
        let driver = Driver::load(scope, options)?;
        let prototypes = driver
            .become_lender(scope)
            .map_err(|_| "the built-ins cannot be frozen")?;
        Ok(Self {
            context: handle,
            driver,
            prototypes: Global::new(scope, prototypes),
            values: HashMap::new(),
        })
    }

    fn lend<'s>(
        &mut self,
        scope: &mut PinScope<'s, '_>,
        value: &Arc<Shared>,
    ) -> Result<Option<Loan<'s>>, Ending> {
        if !self.values.contains_key(&value.id()) {
            // Before there are more: a worker that is never at rest would keep all versions of a value.
            self.forget_disposed();
            let made = Made {
                of: Arc::downgrade(value),
                value: self.make(scope, value)?,
            };
            self.values.insert(value.id(), made);
        }
        let made = self
            .values
            .get(&value.id())
            .and_then(|it| it.value.as_ref());
        Ok(made.map(|made| Loan {
            value: Local::new(scope, made),
            prototypes: Local::new(scope, &self.prototypes),
            token: Local::new(scope, &self.context).get_security_token(scope),
        }))
    }

    fn make(
        &mut self,
        scope: &mut PinScope<'_, '_>,
        value: &Arc<Shared>,
    ) -> Result<Option<Global<Value>>, Ending> {
        let context = Local::new(scope, &self.context);
        let scope = &mut v8::ContextScope::new(scope, context);
        let made = self.driver.lendable(scope, value)?;
        Ok(made.map(|made| Global::new(scope, made)))
    }

    fn forget_disposed(&mut self) {
        self.values.retain(|_, made| made.of.strong_count() > 0);
    }
}
