//! [`Function`]: source text with an identity, and [`Functions`], which interns it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Source of [`Function::id`]; 0 is never given out, so that it can mean "none".
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// A function as source text.
///
/// Two functions with the same name, source and form from one [`Functions`] are the same `Function`, so
/// engines can cache what they compiled by [`id`](Self::id).
#[derive(Debug)]
pub struct Function {
    id: u64,
    name: Box<str>,
    source: Box<str>,
    form: u8,
    cost: AtomicU64,
}

impl Function {
    fn new(name: &str, source: &str, form: u8) -> Self {
        Self {
            // Relaxed: only uniqueness matters.
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            name: name.into(),
            source: source.into(),
            form,
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

    /// Nanoseconds per item, a moving average over all jobs; `None` until it has been measured.
    pub fn cost(&self) -> Option<u64> {
        // Relaxed: an estimate, published with nothing else.
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

/// Interns functions by content: name, source and form.
///
/// It keeps no function alive: what no job and no caller holds any more is freed, and its measured
/// cost with it.
#[derive(Debug, Default)]
pub struct Functions {
    hasher: RandomState,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// Functions by the hash of their content; a bucket has more than one on a collision only.
    buckets: HashMap<u64, Vec<Weak<Function>>>,
    /// Buckets at which dead entries are swept out next.
    sweep_at: usize,
}

impl Functions {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// The function with this name and source, made if no one holds it. Its form is 0.
    pub fn intern(&self, name: &str, source: &str) -> Arc<Function> {
        self.intern_as(name, source, 0)
    }

    /// The function with this name, source and form, made if no one holds it.
    pub fn intern_as(&self, name: &str, source: &str, form: u8) -> Arc<Function> {
        let hash = self.hasher.hash_one((name, source, form));
        // Poisoning is passed over: nothing in here can panic half-way.
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = table.find(hash, name, source, form) {
            return found;
        }
        let function = Arc::new(Function::new(name, source, form));
        table.insert(hash, &function);
        function
    }
}

impl Table {
    const SWEEP_FLOOR: usize = 64;

    fn find(&self, hash: u64, name: &str, source: &str, form: u8) -> Option<Arc<Function>> {
        self.buckets
            .get(&hash)?
            .iter()
            .filter_map(Weak::upgrade)
            .find(|function| {
                function.name() == name && function.source() == source && function.form() == form
            })
    }

    fn insert(&mut self, hash: u64, function: &Arc<Function>) {
        if self.buckets.len() >= self.sweep_at {
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
        self.sweep_at = (2 * self.buckets.len()).max(Self::SWEEP_FLOOR);
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
        let function = Function::new("f", "", 0);
        assert_eq!(function.cost(), None);
        function.record_cost(8_000, 8);
        assert_eq!(function.cost(), Some(1_000));
        function.record_cost(0, 8);
        assert_eq!(function.cost(), Some(500));
        function.record_cost(4_500, 1);
        assert_eq!(function.cost(), Some(1_000));
    }
}
