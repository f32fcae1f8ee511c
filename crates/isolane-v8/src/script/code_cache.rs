//! Compiled code, shared between the isolates of a pool, so that the second isolate to load a
//! function does not compile it from scratch.
//!
//! The bytes never leave the process: V8 trusts them as it trusts machine code.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

/// Functions whose code is kept.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(512).expect("512 is not zero");

pub(crate) struct CodeCache {
    /// `None` while an isolate makes the code.
    entries: Mutex<LruCache<u64, Option<Arc<[u8]>>>>,
}

impl CodeCache {
    pub(crate) fn new() -> Self {
        Self {
            entries: Mutex::new(LruCache::new(CAPACITY)),
        }
    }

    /// Code of the function with that id (one id per content).
    pub(crate) fn get(&self, function: u64) -> Option<Arc<[u8]>> {
        self.lock().get(&function).cloned().flatten()
    }

    /// Keeps what `make` gives, unless there is code of that function or another isolate makes it:
    /// isolates that load a function at the same time would all make the same.
    pub(crate) fn fill(&self, function: u64, make: impl FnOnce() -> Option<Arc<[u8]>>) {
        let mut is_ours = false;
        self.lock().get_or_insert(function, || {
            is_ours = true;
            None
        });
        if !is_ours {
            return;
        }
        match make() {
            Some(code) => self.lock().put(function, Some(code)),
            None => self.lock().pop(&function),
        };
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<u64, Option<Arc<[u8]>>>> {
        // A panic between two operations of the map leaves it whole.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
