//! [`Function`]: source text with an identity and a place to run, and [`Functions`], which interns it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use crate::sync::{Mutex, lock};

/// Source of [`Function::id`] and [`Function::context`]; 0 is never given out, so that it can mean
/// "none".
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

fn next_id() -> u64 {
    // Relaxed: only uniqueness matters.
    NEXT_ID.fetch_add(1, Ordering::Relaxed)
}

/// Whose state a function sees, and what it keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope<'a> {
    /// On whose behalf it runs. Nothing that runs for one tenant is seen by another.
    pub tenant: Option<&'a str>,
    /// Whether it keeps its own state from call to call, and shares a context with the other
    /// stateful functions of its tenant.
    pub stateful: bool,
}

/// A tenant that some function runs for.
#[derive(Debug)]
struct Tenant {
    name: Box<str>,
    context: u64,
}

/// A function as source text.
///
/// Two functions with the same name, source, form and [`Scope`] from one [`Functions`] are the same
/// `Function`, so engines can cache what they compiled by [`id`](Self::id).
#[derive(Debug)]
pub struct Function {
    id: u64,
    name: Box<str>,
    source: Box<str>,
    form: u8,
    tenant: Option<Arc<Tenant>>,
    stateful: bool,
    /// Nanoseconds per item, 0 for none yet. Written by workers, read by those who take chunks, Relaxed.
    cost: AtomicU64,
}

impl Function {
    fn new(
        name: &str,
        source: &str,
        form: u8,
        tenant: Option<Arc<Tenant>>,
        stateful: bool,
    ) -> Self {
        Self {
            id: next_id(),
            name: name.into(),
            source: source.into(),
            form,
            tenant,
            stateful,
            cost: AtomicU64::new(0),
        }
    }

    /// Unique within the process; never 0.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The name, for messages and `status()`; may be empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The source text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How the source text is to be read: a number whose meaning belongs to the engine and the
    /// host.
    pub fn form(&self) -> u8 {
        self.form
    }

    /// Names the context that it runs in: functions with the same one may see each other's state,
    /// others must not. Never 0.
    pub fn context(&self) -> u64 {
        match &self.tenant {
            Some(tenant) if self.stateful => tenant.context,
            _ => self.id,
        }
    }

    /// Whether what its source sets up is kept from call to call, or made anew.
    pub fn is_stateful(&self) -> bool {
        self.stateful
    }

    fn is(&self, name: &str, source: &str, form: u8, scope: Scope<'_>) -> bool {
        let tenant = self.tenant.as_ref().map(|tenant| &*tenant.name);
        *self.name == *name
            && *self.source == *source
            && self.form == form
            && self.stateful == scope.stateful
            && tenant == scope.tenant
    }

    /// Nanoseconds per item, a moving average over all jobs; `None` until it has been measured.
    pub fn cost(&self) -> Option<u64> {
        // Relaxed: an estimate; nothing else goes by it.
        match self.cost.load(Ordering::Relaxed) {
            0 => None,
            cost => Some(cost),
        }
    }

    /// Takes a measurement into the average: `nanos` for `items` items.
    ///
    /// What makes a sample too high is common (compiling, decoding shared values, a preempted
    /// thread); nothing makes one too low. So the average follows a lower sample at once by half
    /// and a higher one only by an eighth.
    pub(crate) fn record_cost(&self, nanos: u64, items: u32) {
        let sample = (nanos / u64::from(items.max(1))).max(1);
        let cost = match self.cost() {
            None => sample,
            Some(old) if sample < old => old.midpoint(sample),
            Some(old) => old + (sample - old).div_ceil(8),
        };
        // Relaxed, and not a read-modify-write: an update lost to another worker costs one sample.
        self.cost.store(cost.max(1), Ordering::Relaxed);
    }
}

/// Interns functions by content: name, source, form and scope.
///
/// It keeps no function alive: what no job and no caller holds any more is freed, and its measured
/// cost with it.
#[derive(Debug, Default)]
pub struct Functions {
    hasher: RandomState,
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

impl Functions {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// The function with this name and source for no tenant and without state, made if no one
    /// holds it. Its form is 0.
    pub fn intern(&self, name: &str, source: &str) -> Arc<Function> {
        self.intern_in(name, source, 0, Scope::default())
    }

    /// The function with this name, source and form in a scope, made if no one holds it.
    pub fn intern_in(&self, name: &str, source: &str, form: u8, scope: Scope<'_>) -> Arc<Function> {
        let hash = self.hasher.hash_one((name, source, form, scope));
        // Poisoning is passed over: nothing in here can panic half-way.
        let mut table = lock(&self.table);
        if let Some(found) = table.find(hash, name, source, form, scope) {
            return found;
        }
        let tenant = scope.tenant.map(|name| table.tenant(name));
        let function = Arc::new(Function::new(name, source, form, tenant, scope.stateful));
        table.insert(hash, &function);
        function
    }
}

impl Table {
    const SWEEP_FLOOR: usize = 64;

    fn find(
        &self,
        hash: u64,
        name: &str,
        source: &str,
        form: u8,
        scope: Scope<'_>,
    ) -> Option<Arc<Function>> {
        self.buckets
            .get(&hash)?
            .iter()
            .filter_map(Weak::upgrade)
            .find(|function| function.is(name, source, form, scope))
    }

    fn tenant(&mut self, name: &str) -> Arc<Tenant> {
        if let Some(tenant) = self.tenants.get(name).and_then(Weak::upgrade) {
            return tenant;
        }
        let tenant = Arc::new(Tenant {
            name: name.into(),
            context: next_id(),
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

    #[test]
    fn the_same_content_is_the_same_function() {
        let functions = Functions::new();
        let a = functions.intern("f", "x => x");
        assert!(Arc::ptr_eq(&a, &functions.intern("f", "x => x")));
        assert_ne!(a.id(), functions.intern("g", "x => x").id());
        assert_ne!(a.id(), functions.intern("f", "x => x + 1").id());
    }

    #[test]
    fn only_stateful_functions_of_one_tenant_share_a_context() {
        let functions = Functions::new();
        let intern = |name, tenant, stateful| {
            functions.intern_in(name, "x => x", 0, Scope { tenant, stateful })
        };
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
    fn the_cost_follows_low_samples_fast_and_high_ones_slowly() {
        let function = Function::new("f", "", 0, None, false);
        assert_eq!(function.cost(), None);
        function.record_cost(8_000, 8);
        assert_eq!(function.cost(), Some(1_000));
        function.record_cost(0, 8);
        assert_eq!(function.cost(), Some(500));
        function.record_cost(4_500, 1);
        assert_eq!(function.cost(), Some(1_000));
    }
}
