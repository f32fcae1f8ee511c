//! [`Function`]: source text with an identity and a place to run, and [`Functions`], which interns it.

mod functions;

use std::any::Any;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::shared::MayWrite;

pub use functions::Functions;

/// Source of [`Function::id`] and of the names of contexts; 0 is never given out, so that it can mean
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
    /// Whether each of its calls gets a context in which nothing has run, and nothing else will. Not
    /// where it is stateful.
    pub fresh: bool,
}

/// What a function is made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FunctionText<'a> {
    /// For messages and `status()`; may be empty.
    pub name: &'a str,
    /// The source text.
    pub source: &'a str,
    /// What the source finds around it, in one line; may be empty.
    pub preamble: &'a str,
    /// How the source text is to be read: a number whose meaning belongs to the engine and the host.
    pub form: u8,
}

/// A tenant that some function runs for.
#[derive(Debug)]
struct Tenant {
    name: Box<str>,
    /// Of its stateful functions.
    context: u64,
    /// Of those that leave no trace.
    common: u64,
}

/// A function as source text.
///
/// Two functions with the same [text](FunctionText) and [`Scope`] from one [`Functions`] are the same
/// `Function`, so engines can cache what they compiled by [`id`](Self::id).
#[derive(Debug)]
pub struct Function {
    id: u64,
    name: Box<str>,
    source: Box<str>,
    preamble: Box<str>,
    parts: Option<Parts>,
    form: u8,
    tenant: Option<Arc<Tenant>>,
    stateful: bool,
    fresh: bool,
    /// Of its tenant, or of all functions that run for none.
    common: u64,
    /// Nanoseconds per item, 0 for none yet. Written by workers, read by those who take chunks, Relaxed.
    cost: AtomicU64,
    /// By the first worker that asks; none is a proof.
    may_write: OnceLock<Option<MayWrite>>,
    /// Swapped by workers, Relaxed: it orders nothing else.
    told_may_write: AtomicBool,
}

/// What a function consists of where that is more than a text: a value of the engine's and the
/// host's.
#[derive(Clone, Debug)]
pub struct Parts(Arc<dyn Any + Send + Sync>);

impl Parts {
    /// Takes whatever the engine will ask for.
    pub fn new(parts: Arc<dyn Any + Send + Sync>) -> Self {
        Self(parts)
    }
}

impl Function {
    fn new(
        text: FunctionText<'_>,
        parts: Option<Parts>,
        tenant: Option<Arc<Tenant>>,
        scope: Scope<'_>,
        untenanted: u64,
    ) -> Self {
        let common = tenant.as_ref().map_or(untenanted, |tenant| tenant.common);
        Self {
            id: next_id(),
            name: text.name.into(),
            source: text.source.into(),
            preamble: text.preamble.into(),
            parts,
            form: text.form,
            tenant,
            stateful: scope.stateful,
            fresh: scope.fresh,
            common,
            cost: AtomicU64::new(0),
            may_write: OnceLock::new(),
            told_may_write: AtomicBool::new(false),
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

    /// What the source finds around it: text of the host's, in one line.
    pub fn preamble(&self) -> &str {
        &self.preamble
    }

    /// What it consists of, if that is a `T`: its source text only identifies that then.
    pub fn parts<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let parts = self.parts.as_ref()?;
        Arc::clone(&parts.0).downcast().ok()
    }

    /// How the source text is to be read.
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

    /// Names the context that it may run in together with others of its tenant (all that have none, for
    /// one without) where none of them leaves a trace. None for a stateful one: what it keeps is one; and
    /// none for one whose calls are to have a context each.
    pub fn common_context(&self) -> Option<u64> {
        (!self.stateful && !self.fresh).then_some(self.common)
    }

    /// Names those who trust it: the functions of its tenant, or all that have none.
    pub fn trust(&self) -> u64 {
        self.common
    }

    /// Whether what its source sets up is kept from call to call, or made anew.
    pub fn is_stateful(&self) -> bool {
        self.stateful
    }

    /// Whether each of its calls is to have a context made for it, which goes with it.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// What keeps the function from being trusted with values that others see; none where it is
    /// proven to leave them as they are. `judge` finds out, once: who asks meanwhile waits.
    pub fn may_write(&self, judge: impl FnOnce(&Self) -> Option<MayWrite>) -> Option<&MayWrite> {
        self.may_write.get_or_init(|| judge(self)).as_ref()
    }

    /// What [`may_write`](Self::may_write) has found, for the first who asks after that.
    pub fn take_may_write(&self) -> Option<&MayWrite> {
        let found = self.may_write.get()?.as_ref()?;
        // Relaxed: who tells it does not matter.
        (!self.told_may_write.swap(true, Ordering::Relaxed)).then_some(found)
    }

    fn is(&self, text: FunctionText<'_>, scope: Scope<'_>) -> bool {
        let own = FunctionText {
            name: &self.name,
            source: &self.source,
            preamble: &self.preamble,
            form: self.form,
        };
        let own_scope = Scope {
            tenant: self.tenant.as_ref().map(|tenant| &*tenant.name),
            stateful: self.stateful,
            fresh: self.fresh,
        };
        own == text && own_scope == scope
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_may_write_is_found_out_once_and_told_once() {
        let found = MayWrite {
            line: 1,
            column: 2,
            reason: "it writes".into(),
        };
        let function = Function::new(FunctionText::default(), None, None, Scope::default(), 1);
        assert_eq!(function.take_may_write(), None);
        assert_eq!(function.may_write(|_| Some(found.clone())), Some(&found));
        assert_eq!(function.may_write(|_| None), Some(&found));
        assert_eq!(function.take_may_write(), Some(&found));
        assert_eq!(function.take_may_write(), None);
        let proven = Function::new(FunctionText::default(), None, None, Scope::default(), 1);
        assert_eq!(proven.may_write(|_| None), None);
        assert_eq!(proven.take_may_write(), None);
    }

    #[test]
    fn the_cost_follows_low_samples_fast_and_high_ones_slowly() {
        let function = Function::new(FunctionText::default(), None, None, Scope::default(), 1);
        assert_eq!(function.cost(), None);
        function.record_cost(8_000, 8);
        assert_eq!(function.cost(), Some(1_000));
        function.record_cost(0, 8);
        assert_eq!(function.cost(), Some(500));
        function.record_cost(4_500, 1);
        assert_eq!(function.cost(), Some(1_000));
    }
}
