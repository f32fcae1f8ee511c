//! The compiled code of the prelude's scripts: each is compiled once for all contexts of an isolate, and
//! takes its code from what the first isolate of the process has compiled.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use isolane_driver::protocol::PRELUDE_NAME;
use v8::{Global, Isolate, Local, OwnedIsolate, PinScope, UnboundScript};

use super::source::{self, Stop};

/// What runs in a context, each in a script of its own.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    /// At the start of each context.
    Driver,
    /// When a call needs it, or at rest: in the start it would be a quarter of that.
    Codec,
    /// When a function asks for a global of the web.
    Globals,
}

const PARTS: usize = 3;
/// Parts that each process runs.
const USUAL_PARTS: usize = 2;

/// Built from `npm/isolane/src`, in ASCII; `npm run build` renews them, `npm run lint` finds them
/// stale.
const TEXTS: [&str; PARTS] = [
    include_str!("../prelude.js"),
    include_str!("../codec.js"),
    include_str!("../globals.js"),
];
const _: () = assert!(
    TEXTS[0].is_ascii() && TEXTS[1].is_ascii() && TEXTS[2].is_ascii(),
    "V8 reads the texts as Latin-1"
);
/// Compiled code of the parts that each process runs.
type Code = [Box<[u8]>; USUAL_PARTS];

/// For all isolates of the process.
static CODE: Mutex<Option<Arc<Code>>> = Mutex::new(None);

/// Of the globals, whose functions are all in it: who is first has no sample to run.
static CODE_OF_GLOBALS: OnceLock<Box<[u8]>> = OnceLock::new();

/// The scripts of one isolate, kept in a slot of it.
#[derive(Default)]
struct Prelude {
    /// From the first context that needs it on: further contexts compile nothing.
    scripts: [Option<Global<UnboundScript>>; PARTS],
    code: Option<Arc<Code>>,
}

/// The first time that the process runs the prelude. Isolates that start meanwhile wait for its
/// code, so that they do not all compile it.
pub(crate) struct First(MutexGuard<'static, Option<Arc<Code>>>);

/// Prepares an isolate for [`function`].
pub(crate) fn install(isolate: &mut OwnedIsolate) {
    isolate.set_slot(Prelude::default());
}

/// Has the isolate use what others have compiled, or be the first.
pub(crate) fn share_code(isolate: &mut Isolate) -> Option<First> {
    let prelude = of_mut(isolate);
    if prelude.code.is_some() {
        return None;
    }
    let code = CODE.lock().unwrap_or_else(PoisonError::into_inner);
    prelude.code.clone_from(&code);
    prelude.code.is_none().then_some(First(code))
}

/// The function that the script of `part` gives, in the current context.
pub(crate) fn function<'s>(
    scope: &mut PinScope<'s, '_>,
    part: Part,
) -> Result<Local<'s, v8::Function>, Stop<'s>> {
    let script = match of(scope).scripts[part as usize].as_ref() {
        Some(script) => Local::new(scope, script),
        None => compile(scope, part)?,
    };
    let function = source::run_script(scope, script)?;
    function
        .try_cast()
        .map_err(|_| source::not_a_function(scope, function))
}

fn compile<'s>(
    scope: &mut PinScope<'s, '_>,
    part: Part,
) -> Result<Local<'s, UnboundScript>, Stop<'s>> {
    let is_usual = (part as usize) < USUAL_PARTS;
    let usual = of(scope).code.clone();
    let code = if is_usual {
        usual.as_ref().map(|code| &*code[part as usize])
    } else {
        CODE_OF_GLOBALS.get().map(|code| &**code)
    };
    // All isolates refer to this one text.
    let text = v8::String::new_external_onebyte_static(scope, TEXTS[part as usize].as_bytes());
    let script = source::compile_script(scope, text, PRELUDE_NAME, code, !is_usual)?;
    if !is_usual
        && code.is_none()
        && let Some(code) = script.create_code_cache()
    {
        // Others may have been first meanwhile.
        let _ = CODE_OF_GLOBALS.set(Box::from(&**code));
    }
    let kept = Global::new(scope, script);
    of_mut(scope).scripts[part as usize] = Some(kept);
    Ok(script)
}

impl First {
    /// Keeps the code of all that has run by now, in whichever context of the isolate.
    pub(crate) fn keep_code(mut self, scope: &PinScope<'_, '_>) {
        let scripts = &of(scope).scripts;
        let code = scripts.each_ref().map(|script| {
            let code = Local::new(scope, script.as_ref()?).create_code_cache()?;
            Some(Box::from(&**code))
        });
        // Without one of them the next isolate is the first.
        if let [Some(driver), Some(codec), _] = code {
            *self.0 = Some(Arc::new([driver, codec]));
        }
    }
}

fn of(isolate: &Isolate) -> &Prelude {
    isolate.get_slot().expect("installed at the start")
}

fn of_mut(isolate: &mut Isolate) -> &mut Prelude {
    isolate.get_slot_mut().expect("installed at the start")
}
