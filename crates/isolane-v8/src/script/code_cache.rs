//! Compiled code, shared between isolates, so that the second isolate to load a text does not compile
//! it from scratch.
//!
//! The bytes never leave the process: V8 trusts them as it trusts machine code.

use std::hash::Hash;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use lru::LruCache;

/// Texts whose code is kept.
const MAX_TEXTS: usize = 4096;
/// Bytes of code that are kept, unless one text alone has more.
const MAX_BYTES: usize = 64 << 20;

/// Code of modules, by the hash of their texts, for all pools: what many functions require is
/// compiled once.
pub(crate) static MODULE_CODE: LazyLock<CodeCache<[u8; 32]>> = LazyLock::new(CodeCache::new);

/// By what tells texts apart.
pub(crate) struct CodeCache<K: Hash + Eq>(Mutex<Entries<K>>);

struct Entries<K: Hash + Eq> {
    /// `None` while an isolate makes the code.
    by_key: LruCache<K, Option<Arc<[u8]>>>,
    bytes: usize,
}

impl<K: Hash + Eq> CodeCache<K> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Entries {
            by_key: LruCache::unbounded(),
            bytes: 0,
        }))
    }

    pub(crate) fn get(&self, key: &K) -> Option<Arc<[u8]>> {
        self.lock().by_key.get(key).cloned().flatten()
    }

    /// Keeps what `make` gives, unless there is code of that text or another isolate makes it:
    /// isolates that load a text at the same time would all make the same.
    pub(crate) fn fill(&self, key: K, make: impl FnOnce() -> Option<Arc<[u8]>>)
    where
        K: Clone,
    {
        let mut is_ours = false;
        self.lock().by_key.get_or_insert(key.clone(), || {
            is_ours = true;
            None
        });
        if !is_ours {
            return;
        }
        match make() {
            Some(code) => self.lock().put(key, code),
            None => {
                self.lock().by_key.pop(&key);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries<K>> {
        // A panic between two operations of the map leaves it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq> Entries<K> {
    /// Lets the code go that was used least recently, where there is too much.
    fn put(&mut self, key: K, code: Arc<[u8]>) {
        self.bytes += code.len();
        self.by_key.put(key, Some(code));
        while self.by_key.len() > 1 && (self.by_key.len() > MAX_TEXTS || self.bytes > MAX_BYTES) {
            let oldest = self.by_key.pop_lru().and_then(|(_, code)| code);
            self.bytes -= oldest.map_or(0, |code| code.len());
        }
    }
}
