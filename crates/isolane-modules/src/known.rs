use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use lru::LruCache;

use crate::{
    hash::{Hash, Hasher},
    module::Format,
    text::{self, Role, Text, TextError},
};

/// Texts of which it is kept what they are.
const TEXTS: NonZeroUsize = NonZeroUsize::new(16_384).expect("16384 is not zero");

/// By text, by the format that was asked for, and by what the module is for.
type Known = LruCache<(Hash, Option<Format>, Role), Arc<Text>>;

static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(|| Mutex::new(LruCache::new(TEXTS)));

/// As [`read`](crate::read), but what many functions are made of is parsed once, and so is a text that is
/// read again in the format that it turned out to have.
///
/// # Errors
///
/// [`TextError`].
pub fn read_once(source: &str, format: Option<Format>, role: Role) -> Result<Arc<Text>, TextError> {
    let hash = Hasher::new().bytes(source.as_bytes()).finish();
    let key = key(hash, format, role);
    // Nothing can panic half-way in a look-up or an insertion.
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = known().get(&key) {
        return Ok(Arc::clone(text));
    }
    let text = Arc::new(text::read(source, format, role)?);
    let mut known = known();
    known.put(self::key(hash, Some(text.format), role), Arc::clone(&text));
    known.put(key, Arc::clone(&text));
    Ok(text)
}

/// What a module is for says how it is to be read only where nothing else does.
fn key(hash: Hash, format: Option<Format>, role: Role) -> (Hash, Option<Format>, Role) {
    let role = if format.is_some() {
        Role::Required
    } else {
        role
    };
    (hash, format, role)
}
