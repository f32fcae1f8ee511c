//! The prelude's compiled code: one script for all realms of an isolate, whose code comes from what
//! the first isolate of the process has compiled.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use v8::{Global, Local, PinScope, UnboundScript};

use crate::source;

/// Built from `npm/isolane/src/prelude`, in ASCII; `npm run build` renews it, `npm run lint` finds it stale.
const TEXT: &str = include_str!("prelude.js");
const _: () = assert!(TEXT.is_ascii(), "V8 reads the text as Latin-1");
/// As `PRELUDE_NAME` in `protocol.ts`.
const NAME: &str = "isolane/prelude";

/// Code of the prelude, for all isolates of the process.
static CODE: Mutex<Option<Arc<[u8]>>> = Mutex::new(None);

/// The prelude of one isolate.
#[derive(Default)]
pub(crate) struct Prelude {
    /// From the first realm on: further realms compile nothing.
    script: Option<Global<UnboundScript>>,
}

/// The first time that the process runs the prelude. Isolates that start meanwhile wait for its
/// code, so that they do not all compile it.
pub(crate) struct First<'s> {
    script: Local<'s, UnboundScript>,
    code: MutexGuard<'static, Option<Arc<[u8]>>>,
}

impl Prelude {
    /// The prelude's function, in the current context.
    pub(crate) fn function<'s>(
        &mut self,
        scope: &mut PinScope<'s, '_>,
    ) -> Result<(Local<'s, v8::Function>, Option<First<'s>>), String> {
        let (script, first) = match &self.script {
            Some(script) => (Local::new(scope, script), None),
            None => self.compile(scope)?,
        };
        let function = source::run_script(scope, script)
            .map_err(|stop| stop.describe(scope))?
            .try_cast::<v8::Function>()
            .map_err(|_| "the prelude is no function")?;
        Ok((function, first))
    }

    fn compile<'s>(
        &mut self,
        scope: &mut PinScope<'s, '_>,
    ) -> Result<(Local<'s, UnboundScript>, Option<First<'s>>), String> {
        let code = CODE.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = code.clone();
        let code = cached.is_none().then_some(code);
        // All isolates refer to this one text.
        let text = v8::String::new_external_onebyte_static(scope, TEXT.as_bytes());
        let script = source::compile_script(scope, text, NAME, cached.as_deref())
            .map_err(|stop| stop.describe(scope))?;
        self.script = Some(Global::new(scope, script));
        Ok((script, code.map(|code| First { script, code })))
    }
}

impl First<'_> {
    /// Keeps the code of all that has run by now.
    pub(crate) fn keep_code(mut self) {
        *self.code = self
            .script
            .create_code_cache()
            .map(|code| Arc::from(&**code));
    }
}
