//! [`Program`]: a function that is made of modules, linked.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

/// Modules, one of which gives a function. What they ask for is settled: to link is the host's.
pub struct Program {
    modules: Vec<Module>,
    export: Option<Box<str>>,
    is_of_files: bool,
    resolver: Option<Resolver>,
}

/// The place of the module that a specifier means in the module at a place. Is asked by many threads at
/// a time, and anew for the same name.
pub type Resolver = Box<dyn Fn(usize, &str) -> Option<usize> + Send + Sync>;

/// A module of a [`Program`].
#[derive(Debug)]
pub struct Module {
    /// By which others ask for it; its name in stack traces.
    pub id: Box<str>,
    /// How its text is to be read: a [`module_format`](crate::protocol::module_format).
    pub format: u8,
    /// Its text.
    pub text: Arc<Text>,
    /// Places of the modules that it asks for, by specifier.
    pub targets: HashMap<Box<str>, usize>,
    /// Whether it awaits at its top level.
    pub awaits: bool,
    /// Whether it is to find `__name` beside the globals: it refers to that, and does not declare it.
    pub lacks_name_helper: bool,
    /// Places of those that an ES module imports, in the order in which they are evaluated.
    pub imports: Vec<usize>,
}

/// The text of a module, of which there is one in the process.
#[derive(Debug)]
pub struct Text {
    /// Of the text and of how it is read: no other has the same.
    pub hash: [u8; 32],
    /// The text.
    pub source: Box<str>,
}

impl Program {
    /// Of `modules` the first gives the function, as its export of that name or as its main one.
    ///
    /// # Panics
    ///
    /// If there is no module.
    pub fn new(modules: Vec<Module>, export: Option<&str>) -> Self {
        assert!(
            !modules.is_empty(),
            "a function is made of one module at least"
        );
        Self {
            modules,
            export: export.map(Into::into),
            is_of_files: false,
            resolver: None,
        }
    }

    /// Has modules find by `resolver` what they ask for when they run, by a name that is computed.
    #[must_use]
    pub fn with_resolver(mut self, resolver: Resolver) -> Self {
        self.resolver = Some(resolver);
        self
    }

    /// Says that its modules are files, whose ids are their paths. CommonJS modules may require one another
    /// then, as in Node: who comes second finds what the first has exported by then.
    #[must_use]
    pub fn of_files(mut self) -> Self {
        self.is_of_files = true;
        self
    }

    /// Whether its modules are files, by their paths.
    pub fn is_of_files(&self) -> bool {
        self.is_of_files
    }

    /// The place of the module that gives the function.
    pub const ENTRY: usize = 0;

    /// What the function is exported as; none for the main export.
    pub fn export(&self) -> Option<&str> {
        self.export.as_deref()
    }

    /// All modules.
    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// The place of the module that `specifier` means in the module at `from`.
    pub fn resolve(&self, from: usize, specifier: &str) -> Option<usize> {
        let known = self.modules.get(from)?.targets.get(specifier);
        known
            .copied()
            .or_else(|| self.resolver.as_ref()?(from, specifier))
    }

    /// Places of the modules that importing the one at `root` evaluates: each behind those that it
    /// imports, as far as they do not import each other, and `root` last.
    pub fn evaluation_order(&self, root: usize) -> Vec<usize> {
        let mut order = Vec::new();
        let mut met = vec![false; self.modules.len()];
        // A module, and how many of its imports have been gone into.
        let mut path = vec![(root, 0)];
        met[root] = true;
        while let Some((place, next)) = path.last_mut() {
            match self.modules[*place].imports.get(*next) {
                Some(&import) => {
                    *next += 1;
                    if !std::mem::replace(&mut met[import], true) {
                        path.push((import, 0));
                    }
                }
                None => {
                    order.push(*place);
                    path.pop();
                }
            }
        }
        order
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.modules).finish()
    }
}

impl Text {
    /// The text with this hash.
    pub fn shared(hash: [u8; 32], source: &str) -> Arc<Self> {
        // Nothing can panic half-way in a look-up or an insertion.
        let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = texts.by_hash.get(&hash).and_then(Weak::upgrade) {
            return text;
        }
        let text = Arc::new(Self {
            hash,
            source: source.into(),
        });
        texts.insert(&text);
        text
    }
}

static TEXTS: LazyLock<Mutex<Texts>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Texts {
    by_hash: HashMap<[u8; 32], Weak<Text>>,
    /// At how many those are swept out next that nobody holds.
    sweep_at: usize,
}

impl Texts {
    const SWEEP_FLOOR: usize = 64;

    /// Sweeping at twice the survivors makes the cost of an insertion constant on average.
    fn insert(&mut self, text: &Arc<Text>) {
        if self.by_hash.len() >= self.sweep_at {
            self.by_hash.retain(|_, text| text.strong_count() > 0);
            self.sweep_at = (2 * self.by_hash.len()).max(Self::SWEEP_FLOOR);
        }
        self.by_hash.insert(text.hash, Arc::downgrade(text));
    }
}
