//! [`Functions`], which interns [`Function`]s.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Weak};

use super::{Function, FunctionText, Parts, Scope, Tenant, next_id};
use crate::sync::{Mutex, lock};

/// Interns functions by content: text and scope.
///
/// It keeps no function alive: what no job and no caller holds any more is freed, and its measured
/// cost with it.
#[derive(Debug)]
pub struct Functions {
    hasher: RandomState,
    /// The common context of those that run for no tenant.
    untenanted: u64,
    /// Written and read by whoever interns a function.
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// Functions by the hash of their content; a bucket has more than one on a collision only.
    buckets: HashMap<u64, Vec<Weak<Function>>>,
    tenants: HashMap<Box<str>, Weak<Tenant>>,
    /// Buckets or tenants at which dead entries are swept out next.
    sweep_at: usize,
}

impl Default for Functions {
    fn default() -> Self {
        Self {
            hasher: RandomState::default(),
            untenanted: next_id(),
            table: Mutex::default(),
        }
    }
}

impl Functions {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// The function with this name and source for no tenant and without state, made if no one
    /// holds it. Its form is 0.
    pub fn intern(&self, name: &str, source: &str) -> Arc<Function> {
        let text = FunctionText {
            name,
            source,
            ..FunctionText::default()
        };
        self.intern_in(text, Scope::default())
    }

    /// The function with this text in a scope, made if no one holds it.
    pub fn intern_in(&self, text: FunctionText<'_>, scope: Scope<'_>) -> Arc<Function> {
        self.intern_made_of(text, None, scope)
    }

    /// The same of a function that consists of `parts`, which the source identifies: others have
    /// another one.
    pub fn intern_made_of(
        &self,
        text: FunctionText<'_>,
        parts: Option<Parts>,
        scope: Scope<'_>,
    ) -> Arc<Function> {
        let hash = self.hasher.hash_one((text, scope));
        // Poisoning is passed over: nothing in here can panic half-way.
        let mut table = lock(&self.table);
        if let Some(found) = table.find(hash, text, scope) {
            return found;
        }
        let tenant = scope.tenant.map(|name| table.tenant(name));
        let function = Function::new(text, parts, tenant, scope, self.untenanted);
        let function = Arc::new(function);
        table.insert(hash, &function);
        function
    }
}

impl Table {
    const SWEEP_FLOOR: usize = 64;

    fn find(&self, hash: u64, text: FunctionText<'_>, scope: Scope<'_>) -> Option<Arc<Function>> {
        self.buckets
            .get(&hash)?
            .iter()
            .filter_map(Weak::upgrade)
            .find(|function| function.is(text, scope))
    }

    fn tenant(&mut self, name: &str) -> Arc<Tenant> {
        if let Some(tenant) = self.tenants.get(name).and_then(Weak::upgrade) {
            return tenant;
        }
        let tenant = Arc::new(Tenant {
            name: name.into(),
            context: next_id(),
            common: next_id(),
        });
        self.tenants.insert(name.into(), Arc::downgrade(&tenant));
        tenant
    }

    fn insert(&mut self, hash: u64, function: &Arc<Function>) {
        if self.buckets.len().max(self.tenants.len()) >= self.sweep_at {
            self.sweep();
        }
        let bucket = self.buckets.entry(hash).or_default();
        bucket.retain(|entry| entry.strong_count() > 0);
        bucket.push(Arc::downgrade(function));
    }

    /// Sweeping at twice the survivors makes the cost of an insertion constant on average.
    fn sweep(&mut self) {
        self.buckets
            .retain(|_, bucket| bucket.iter().any(|entry| entry.strong_count() > 0));
        self.tenants.retain(|_, tenant| tenant.strong_count() > 0);
        let survivors = self.buckets.len().max(self.tenants.len());
        self.sweep_at = (2 * survivors).max(Self::SWEEP_FLOOR);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str) -> FunctionText<'_> {
        let source = "x => x";
        FunctionText {
            name,
            source,
            ..FunctionText::default()
        }
    }

    fn scope(tenant: Option<&str>, stateful: bool) -> Scope<'_> {
        Scope {
            tenant,
            stateful,
            fresh: false,
        }
    }

    #[test]
    fn the_same_content_is_the_same_function() {
        let functions = Functions::new();
        let a = functions.intern("f", "x => x");
        assert!(Arc::ptr_eq(&a, &functions.intern("f", "x => x")));
        assert_ne!(a.id(), functions.intern("g", "x => x").id());
        assert_ne!(a.id(), functions.intern("f", "x => x + 1").id());
        let text = text("f");
        let compiled = FunctionText {
            preamble: "let x;",
            ..text
        };
        assert_ne!(a.id(), functions.intern_in(compiled, Scope::default()).id());
    }

    #[test]
    fn only_stateful_functions_of_one_tenant_share_a_context() {
        let functions = Functions::new();
        let intern =
            |name, tenant, stateful| functions.intern_in(text(name), scope(tenant, stateful));
        let (a, b) = (intern("a", Some("t"), true), intern("b", Some("t"), true));
        assert_eq!(a.context(), b.context());
        assert!(Arc::ptr_eq(&a, &intern("a", Some("t"), true)));
        let others = [
            intern("a", Some("t"), false),
            intern("b", Some("t"), false),
            intern("a", Some("u"), true),
            intern("a", None, true),
            intern("a", None, false),
        ];
        for (index, other) in others.iter().enumerate() {
            assert_ne!(other.context(), a.context());
            assert!(
                others[..index]
                    .iter()
                    .all(|one| one.context() != other.context())
            );
        }
    }

    #[test]
    fn a_fresh_function_is_another_and_shares_no_context() {
        let functions = Functions::new();
        let fresh = Scope {
            fresh: true,
            ..Scope::default()
        };
        let kept = functions.intern_in(text("a"), Scope::default());
        let one = functions.intern_in(text("a"), fresh);
        assert!(one.is_fresh() && !kept.is_fresh());
        assert_ne!(one.id(), kept.id());
        assert_ne!(one.context(), kept.context());
        assert_eq!(one.common_context(), None);
        assert!(Arc::ptr_eq(&one, &functions.intern_in(text("a"), fresh)));
    }

    #[test]
    fn a_function_nobody_holds_is_freed_and_swept() {
        let functions = Functions::new();
        let first = functions.intern("f", "x => x").id();
        assert_ne!(first, functions.intern("f", "x => x").id());
        for n in 0..10_000 {
            functions.intern("f", &n.to_string());
        }
        assert!(functions.table.lock().expect("not poisoned").buckets.len() <= Table::SWEEP_FLOOR);
    }

    #[test]
    fn functions_without_state_have_a_common_context_for_each_tenant() {
        let functions = Functions::new();
        let intern =
            |name, tenant, stateful| functions.intern_in(text(name), scope(tenant, stateful));
        // A tenant is one for as long as a function of its is held.
        let _held = [intern("c", Some("t"), false), intern("c", Some("u"), false)];
        let common = |tenant| intern("a", tenant, false).common_context();
        for tenant in [None, Some("t")] {
            assert_eq!(common(tenant), intern("b", tenant, false).common_context());
            assert_eq!(intern("a", tenant, true).common_context(), None);
        }
        let all = [
            common(None),
            common(Some("t")),
            common(Some("u")),
            Functions::new().intern("a", "x => x").common_context(),
            Some(intern("a", Some("t"), true).context()),
            Some(intern("a", None, false).context()),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one));
        }
    }
}
