//! Faults on purpose, for the soak.

use isolane_core::faults::{Fault, set, struck};
use napi_derive::napi;

/// A number for each fault.
#[napi(object)]
pub struct Faults {
    /// Workers that panic.
    pub panic: u32,
    /// Isolates that do not start.
    pub start: u32,
    /// Workers that are woken late.
    pub late_wake: u32,
    /// Refusals of memory.
    pub memory: u32,
}

/// Has each fault strike one time in so many; 0 for never.
#[napi(catch_unwind)]
pub fn set_faults(odds: Faults) {
    set(Fault::Panic, odds.panic);
    set(Fault::Start, odds.start);
    set(Fault::LateWake, odds.late_wake);
    set(Fault::Memory, odds.memory);
}

/// How often each fault has struck.
#[napi(catch_unwind)]
pub fn struck_faults() -> Faults {
    Faults {
        panic: struck(Fault::Panic),
        start: struck(Fault::Start),
        late_wake: struck(Fault::LateWake),
        memory: struck(Fault::Memory),
    }
}
