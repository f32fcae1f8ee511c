//! [`SharedValues`].

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use isolane_core::Shared;

/// The shared values that a driver holds decoded, and those that its next call sees.
#[derive(Debug, Default)]
pub struct SharedValues {
    /// By id.
    held: HashMap<u64, Weak<Shared>>,
    /// Ids, in the order of the call that selected them.
    selected: Vec<u64>,
}

impl SharedValues {
    /// Whether the next call would see exactly `values`.
    pub fn selects(&self, values: &[Arc<Shared>]) -> bool {
        let ids = values.iter().map(|value| value.id());
        self.selected.iter().copied().eq(ids)
    }

    /// The driver has selected `values`, or will.
    pub fn select(&mut self, values: &[Arc<Shared>]) {
        self.selected.clear();
        self.selected.extend(values.iter().map(|value| value.id()));
    }

    /// Which values the next call would see is not known, or none.
    pub fn unselect(&mut self) {
        self.selected.clear();
    }

    /// Whether the driver has `value`.
    pub fn holds(&self, value: &Shared) -> bool {
        self.held.contains_key(&value.id())
    }

    /// The driver has decoded `value`, or will.
    pub fn hold(&mut self, value: &Arc<Shared>) {
        self.held.insert(value.id(), Arc::downgrade(value));
    }

    /// Ids of the values that the driver may let go, once: the host has disposed of them.
    pub fn take_disposed(&mut self) -> Vec<u64> {
        let mut disposed = Vec::new();
        self.held.retain(|id, value| {
            let alive = value.strong_count() > 0;
            if !alive {
                disposed.push(*id);
            }
            alive
        });
        if !disposed.is_empty() {
            self.selected.clear();
        }
        disposed
    }
}
