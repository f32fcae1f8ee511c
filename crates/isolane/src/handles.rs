//! What JavaScript holds of a pool, by the keys it knows it by.

use std::sync::Arc;

use isolane_core::{Function, Shared};
use napi::{Error, Result, Status};
use slab::Slab;

/// Functions and shared values. A job keeps those it was submitted with.
#[derive(Default)]
pub(crate) struct Handles {
    functions: Slab<Arc<Function>>,
    shared: Slab<Arc<Shared>>,
}

impl Handles {
    /// Returns the function's key.
    pub(crate) fn add_function(&mut self, function: Arc<Function>) -> Result<u32> {
        key(self.functions.insert(function))
    }

    /// Returns the value's key.
    pub(crate) fn add_shared(&mut self, shared: Shared) -> Result<u32> {
        key(self.shared.insert(Arc::new(shared)))
    }

    pub(crate) fn function(&self, key: u32) -> Result<Arc<Function>> {
        let function = self.functions.get(key as usize);
        function.cloned().ok_or_else(|| unknown("function", key))
    }

    pub(crate) fn shared(&self, key: u32) -> Result<Arc<Shared>> {
        let shared = self.shared.get(key as usize);
        shared.cloned().ok_or_else(|| unknown("shared value", key))
    }

    pub(crate) fn release_function(&mut self, key: u32) {
        self.functions.try_remove(key as usize);
    }

    pub(crate) fn release_shared(&mut self, key: u32) {
        self.shared.try_remove(key as usize);
    }
}

fn key(key: usize) -> Result<u32> {
    u32::try_from(key).map_err(|_| Error::from_reason("too many handles"))
}

fn unknown(kind: &str, key: u32) -> Error {
    Error::new(Status::InvalidArg, format!("there is no {kind} {key}"))
}
