//! [`SharedValues`].

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use isolane_core::Shared;

/// The shared values that a driver holds decoded, and those that its next call sees.
#[derive(Debug)]
pub struct SharedValues {
    /// By id.
    held: HashMap<u64, Weak<Shared>>,
    /// Ids, in the order of the call that selected them. None where the driver is to be told anew.
    selected: Option<Vec<u64>>,
}

impl Default for SharedValues {
    /// A driver begins with none, and knows it.
    fn default() -> Self {
        Self {
            held: HashMap::new(),
            selected: Some(Vec::new()),
        }
    }
}

impl SharedValues {
    /// Whether the next call would see exactly `values`.
    pub fn selects(&self, values: &[Arc<Shared>]) -> bool {
        let ids = values.iter().map(|value| value.id());
        self.selected
            .as_ref()
            .is_some_and(|selected| selected.iter().copied().eq(ids))
    }

    /// The driver has selected `values`, or will.
    pub fn select(&mut self, values: &[Arc<Shared>]) {
        let selected = self.selected.get_or_insert_default();
        selected.clear();
        selected.extend(values.iter().map(|value| value.id()));
    }

    /// Which values the next call would see is not known any more.
    pub fn unselect(&mut self) {
        self.selected = None;
    }

    /// Whether the driver has `value`.
    pub fn holds(&self, value: &Shared) -> bool {
        self.held.contains_key(&value.id())
    }

    /// The driver has decoded `value`, or will.
    pub fn hold(&mut self, value: &Arc<Shared>) {
        self.held.insert(value.id(), Arc::downgrade(value));
    }

    /// Whether the driver has values that are not among `values`.
    pub fn holds_others(&self, values: &[Arc<Shared>]) -> bool {
        self.held.keys().any(|&id| !has(values, id))
    }

    /// Ids of the values that the driver may let go, once: the host has disposed of them.
    pub fn take_disposed(&mut self) -> Vec<u64> {
        self.take(|_, value| value.strong_count() == 0)
    }

    /// Ids of the values that are not among `values`, for the driver to let go.
    pub fn take_others(&mut self, values: &[Arc<Shared>]) -> Vec<u64> {
        self.take(|id, _| !has(values, id))
    }

    fn take(&mut self, goes: impl Fn(u64, &Weak<Shared>) -> bool) -> Vec<u64> {
        let going = self.held.extract_if(|&id, value| goes(id, value));
        let taken: Vec<_> = going.map(|(id, _)| id).collect();
        // Also of the values that the driver still has selected.
        if !taken.is_empty() {
            self.unselect();
        }
        taken
    }
}

fn has(values: &[Arc<Shared>], id: u64) -> bool {
    values.iter().any(|value| value.id() == id)
}
