//! Modules that are read on a thread beside Node's, for whoever links them next: what a text holds is known
//! from then on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use isolane_modules::Cycles;
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Result, Task};
use napi_derive::napi;

use crate::modules::{self, Outside};

/// Modules on their way to that thread.
pub struct Reading {
    entry: String,
    texts: Vec<String>,
    outside: Outside,
}

impl Task for Reading {
    type Output = ();
    type JsValue = ();

    /// What is wrong with them is told when they are linked.
    fn compute(&mut self) -> Result<()> {
        let texts = std::mem::take(&mut self.texts);
        let outside = std::mem::take(&mut self.outside);
        let read = AssertUnwindSafe(|| {
            let table = modules::table(texts)?;
            modules::link(&self.entry, table, None, outside, Cycles::Refused).ok()
        });
        // Whoever called is C.
        let _ = catch_unwind(read);
        Ok(())
    }

    fn resolve(&mut self, _: Env, (): ()) -> Result<()> {
        Ok(())
    }
}

/// Reads modules, of which `texts` has what `NativePool.defineModules` takes. The promise resolves when that
/// is done, however it went.
#[napi(catch_unwind)]
pub fn read_modules(
    entry: String,
    texts: Vec<String>,
    builtins: Vec<String>,
    packages: Option<String>,
) -> AsyncTask<Reading> {
    AsyncTask::new(Reading {
        entry,
        texts,
        outside: Outside { builtins, packages },
    })
}
