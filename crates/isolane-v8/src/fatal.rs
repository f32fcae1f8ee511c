//! Where V8 can only abort the process.
//!
//! It announces that first, on the thread concerned, in one of three ways. On a worker's thread the
//! announcement does not return: the worker is reported lost and replaced; its thread and isolate
//! stay behind. The trick is isolated-vm's. Elsewhere, as on V8's own background threads, V8 goes
//! on to abort.
//!
//! | V8 says | through |
//! | --- | --- |
//! | out of memory | the isolate's handler, [`out_of_memory`] |
//! | a fatal error, also a failed check | the handler of the process, [`fatal_error`] |
//! | a size that no object can have, as in `'a'.repeat(2e8).split('')` | nothing but the hook by which it prints the native stack, [`about_to_abort`] |

use std::cell::RefCell;
use std::ffi::c_char;
use std::sync::Arc;

use isolane_core::{Lifeline, LostReason};

thread_local! {
    /// Whom to tell on this thread: V8's announcements carry no data.
    static LIFELINE: RefCell<Option<Arc<dyn Lifeline>>> = const { RefCell::new(None) };
}

/// Takes V8's announcements for the process. V8 has been initialised.
pub(crate) fn watch_process() {
    v8::V8::set_fatal_error_handler(fatal_error);
    #[cfg(unix)]
    // SAFETY: it stores the pointer, which V8 calls without arguments before it aborts.
    unsafe {
        set_print_stack_trace(Some(about_to_abort));
    }
}

/// Takes V8's announcements for the isolate of this thread.
pub(crate) fn watch_isolate(isolate: &mut v8::OwnedIsolate, worker: &Arc<dyn Lifeline>) {
    isolate.set_oom_error_handler(out_of_memory);
    LIFELINE.with(|lifeline| *lifeline.borrow_mut() = Some(Arc::clone(worker)));
}

#[cfg(unix)]
unsafe extern "C" {
    /// `v8::base::SetPrintStackTrace`. V8's embedders reach it through their platform's
    /// `GetStackTracePrinter`, which the crate does not let one override. The crate's version is
    /// pinned, and a test dies if the hook is not called.
    #[link_name = "_ZN2v84base18SetPrintStackTraceEPFvvE"]
    fn set_print_stack_trace(hook: Option<unsafe extern "C" fn()>);
}

/// # Safety
///
/// Called by V8, on the isolate's thread. Touches no V8 object.
unsafe extern "C" fn out_of_memory(_location: *const c_char, _details: &v8::OomDetails) {
    give_up(|| LostReason::Memory);
}

/// Called by V8 for a failed check, or anything else that it cannot go on from.
fn fatal_error(_file: &str, _line: i32, message: &str) {
    give_up(|| LostReason::Other(format!("V8 stopped with a fatal error: {message}")));
}

/// Called by V8 once it has said why it will abort. Only sizes come here: fatal errors go to their
/// handler first.
///
/// # Safety
///
/// Called by V8. Touches no V8 object.
#[cfg(unix)]
unsafe extern "C" fn about_to_abort() {
    give_up(|| LostReason::Memory);
}

/// Reports the worker of this thread as lost and never returns; returns at once on a thread that is
/// no worker's.
fn give_up(reason: impl FnOnce() -> LostReason + std::panic::UnwindSafe) {
    // Nothing may unwind into V8's frames.
    let told = std::panic::catch_unwind(|| {
        LIFELINE.with(|lifeline| {
            let Ok(lifeline) = lifeline.try_borrow() else {
                return false;
            };
            lifeline
                .as_ref()
                .map(|worker| worker.lost(reason()))
                .is_some()
        })
    });
    if !told.unwrap_or(false) {
        return;
    }
    loop {
        std::thread::park();
    }
}
