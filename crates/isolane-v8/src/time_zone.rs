//! The local time zone, which the host may change by `process.env.TZ` while pools run.
//!
//! ICU keeps one zone for the process, and each isolate what it has made of it. The environment may
//! be read only where nobody writes it meanwhile: so the host's thread, whose code sets the variable,
//! looks at it whenever it hands work over, and has ICU take the new zone. It counts that; isolates
//! compare the count before a call.

use std::cell::RefCell;
use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicU32, Ordering};

/// How often the zone was changed.
static CHANGES: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// What the variable was when ICU was told on this thread. One thread of the process looks, for
    /// good: Node's main thread.
    static KNOWN: RefCell<Option<Option<Box<CStr>>>> = const { RefCell::new(None) };
}

/// Longest name of a zone, in UTF-16.
const LONGEST: usize = 128;

#[cfg(unix)]
unsafe extern "C" {
    fn getenv(name: *const c_char) -> *const c_char;
}

unsafe extern "C" {
    /// ICU's C interface, of the version whose data `runtime` hands over.
    fn ucal_getHostTimeZone_78(result: *mut u16, capacity: i32, error: *mut i32) -> i32;
    fn ucal_setDefaultTimeZone_78(zone: *const u16, error: *mut i32);
}

/// Has isolates compute in the zone of `process.env.TZ` from their next call on. To be called on the
/// thread whose code sets the variable, and no other.
pub fn follow_time_zone() {
    KNOWN.with_borrow_mut(|known| {
        let variable = variable();
        match known {
            Some(known) if known.as_deref() == variable => return,
            _ => {}
        }
        let is_first = known.is_none();
        *known = Some(variable.map(Into::into));
        take_host_zone();
        if !is_first {
            // Release: pairs with the Acquire in `changes`; who sees the count sees ICU's zone, which
            // has a lock of its own besides.
            CHANGES.fetch_add(1, Ordering::Release);
        }
    });
}

/// How often the zone was changed so far.
pub(crate) fn changes() -> u32 {
    // Acquire: pairs with the Release in `follow_time_zone`.
    CHANGES.load(Ordering::Acquire)
}

#[cfg(unix)]
fn variable() -> Option<&'static CStr> {
    // SAFETY: the name ends with NUL. The environment is written by this thread only, as the caller
    // has promised, so what is pointed to stays until this function's caller is done with it.
    unsafe {
        let value = getenv(c"TZ".as_ptr());
        (!value.is_null()).then(|| CStr::from_ptr(value))
    }
}

/// ICU asks the system for the zone there, not the environment.
#[cfg(not(unix))]
fn variable() -> Option<&'static CStr> {
    None
}

/// Makes the zone of the host ICU's.
fn take_host_zone() {
    let mut zone = [0u16; LONGEST + 1];
    let mut error = 0;
    // SAFETY: ICU writes no more than the capacity that it is told. It reads the environment, which
    // this thread alone writes.
    let length =
        unsafe { ucal_getHostTimeZone_78(zone.as_mut_ptr(), LONGEST as i32, &raw mut error) };
    // Positive codes are failures: a zone without a name stays what it was.
    if error > 0 || length <= 0 {
        return;
    }
    let mut error = 0;
    // SAFETY: the text ends with NUL, since the array has one element more than ICU may write. ICU
    // guards its default zone with a lock, and isolates read copies of it.
    unsafe { ucal_setDefaultTimeZone_78(zone.as_ptr(), &raw mut error) };
}
