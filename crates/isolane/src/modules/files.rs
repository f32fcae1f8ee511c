//! Functions that are in files: read by the first worker that needs them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use isolane_core::{Function, FunctionText, Functions, Parts, Scope};
use isolane_driver::protocol::function_form;
use isolane_driver::{Deferred, Program};
use isolane_files::{Map, Stamp};
use isolane_modules::{Cycles, Position};

use crate::modules::{self, Fault, Outside};

/// Tells each reading of files from others: what is in them may be another each time.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// The authors' places of what was printed anew, by the path of the file, as it was last read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Authors(Arc<Mutex<HashMap<String, Map>>>);

/// Of the files that a function was read from, empty before that.
#[derive(Debug, Default)]
struct Stamps(Mutex<Vec<Stamp>>);

/// Where a function is.
pub(crate) struct Address {
    pub(crate) path: PathBuf,
    pub(crate) export: Option<String>,
}

impl Authors {
    /// The author's place of a printed one.
    pub(crate) fn place(&self, path: &str, printed: Position) -> Option<Position> {
        lock(&self.0).get(path)?.author(printed)
    }

    /// The function at an address, which has not been read.
    pub(crate) fn function(
        &self,
        functions: &Functions,
        name: &str,
        address: Address,
        scope: Scope<'_>,
    ) -> Arc<Function> {
        let stamps = Arc::new(Stamps::default());
        let authors = self.clone();
        // Relaxed: only uniqueness matters.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let identity = format!("{number} {}", address.path.display());
        let make = {
            let stamps = Arc::clone(&stamps);
            move || {
                authors
                    .read(&address, &stamps)
                    .map_err(|fault| serde_json::to_string(&fault).unwrap_or_default())
            }
        };
        let parts = Parts::new(Arc::new(Deferred::new(stamps, Box::new(make))));
        let text = FunctionText {
            name,
            source: &identity,
            preamble: "",
            form: function_form::FILES,
        };
        functions.intern_made_of(text, Some(parts), scope)
    }

    fn read(&self, address: &Address, stamps: &Stamps) -> Result<Program, Fault> {
        let files = isolane_files::read(&address.path)?;
        lock(&self.0).extend(files.maps);
        let export = address.export.as_deref();
        let linked = modules::link(
            &files.entry,
            files.modules,
            export,
            Outside::default(),
            Cycles::Allowed,
        )?;
        *lock(&stamps.0) = files.stamps;
        Ok(linked.into_program())
    }
}

/// Whether a file has changed that the function was read from.
pub(crate) fn is_stale(function: &Function) -> bool {
    let deferred = function.parts::<Deferred>();
    let stamps = deferred.and_then(|deferred| deferred.about::<Stamps>());
    stamps.is_some_and(|stamps| lock(&stamps.0).iter().any(Stamp::is_stale))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Each change leaves it whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
