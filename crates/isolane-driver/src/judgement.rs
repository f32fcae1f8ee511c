//! [`judge`].

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroUsize;
use std::sync::{LazyLock, Mutex, PoisonError};

use isolane_check::{Finding, ReadOnly, read_only};
use isolane_core::{Function, MayWrite};
use lru::LruCache;

use crate::protocol::{FIRST_PROPERTY, function_form};

/// What keeps a function from being trusted with values that others see: the first thing in its text
/// that may write to what it did not make. It is found out once for each text, in whichever mode it
/// runs: what is proven is so in both.
pub fn judge(function: &Function) -> Option<MayWrite> {
    if matches!(
        function.form(),
        function_form::MODULE | function_form::MODULES | function_form::FILES
    ) {
        let reason = match function.form() {
            function_form::MODULES => "the function is made of modules, which are not looked at",
            _ => "the function is in a module, which is not looked at",
        };
        return Some(MayWrite {
            line: 1,
            column: 1,
            reason: reason.into(),
        });
    }
    // Other functions of the same text are most often those of other tenants.
    let key = KNOWN.key(function.source());
    if let Some(known) = KNOWN.get(key) {
        return known;
    }
    let found = look_at(function.source());
    KNOWN.put(key, found.clone());
    found
}

fn look_at(source: &str) -> Option<MayWrite> {
    match read_only(source) {
        ReadOnly::Proven => None,
        ReadOnly::Unproven(findings) => Some(told(findings.into_iter().next(), source)),
    }
}

fn told(finding: Option<Finding>, source: &str) -> MayWrite {
    let Some(Finding { start, message, .. }) = finding else {
        return MayWrite {
            line: 1,
            column: 1,
            reason: "the text could not be looked at".into(),
        };
    };
    // Of a method the user knows the text alone: one brace follows what was put in front.
    let before = match source.strip_prefix(FIRST_PROPERTY) {
        Some(method) if start.line == 1 && method.starts_with("({") => FIRST_PROPERTY.len() + 2,
        _ => 0,
    };
    MayWrite {
        line: start.line,
        column: start
            .column
            .saturating_sub(u32::try_from(before).unwrap_or(0))
            .max(1),
        reason: message.into(),
    }
}

static KNOWN: LazyLock<Known> = LazyLock::new(Known::new);

/// What was found of the texts asked for last, by two hashes of them: 128 bits with keys that nobody
/// can know, so that no two texts are taken for one.
struct Known {
    hashers: [RandomState; 2],
    found: Mutex<LruCache<[u64; 2], Option<MayWrite>>>,
}

impl Known {
    const TEXTS: NonZeroUsize = NonZeroUsize::new(1024).expect("1024 is not zero");

    fn new() -> Self {
        Self {
            hashers: [RandomState::new(), RandomState::new()],
            found: Mutex::new(LruCache::new(Self::TEXTS)),
        }
    }

    fn key(&self, text: &str) -> [u64; 2] {
        [0, 1].map(|index: usize| self.hashers[index].hash_one((index, text)))
    }

    fn get(&self, key: [u64; 2]) -> Option<Option<MayWrite>> {
        // Nothing can panic half-way in a look-up or an insertion; the same below.
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.get(&key).cloned()
    }

    fn put(&self, key: [u64; 2], value: Option<MayWrite>) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.put(key, value);
    }
}
