//! Faults on purpose, for the soak: only with the feature `fault-injection`, which no published
//! build has.
//!
//! Each [`Fault`] strikes one time in so many, at random, wherever the pool or an engine asks.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use crate::StartError;

/// What can be made to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Fault {
    /// A worker panics instead of running a chunk.
    Panic,
    /// An isolate cannot be started.
    Start,
    /// A worker is woken late.
    LateWake,
    /// An engine refuses memory.
    Memory,
}

/// One in so many; 0 for never.
static ODDS: [AtomicU32; 4] = [const { AtomicU32::new(0) }; 4];

/// How often each has struck.
static STRUCK: [AtomicU32; 4] = [const { AtomicU32::new(0) }; 4];

/// Has `fault` strike one time in `odds`; never with 0, as at first.
pub fn set(fault: Fault, odds: u32) {
    // Relaxed, here and below: a number that stands for itself.
    ODDS[fault as usize].store(odds, Ordering::Relaxed);
}

/// Whether `fault` strikes now.
pub fn strikes(fault: Fault) -> bool {
    let odds = ODDS[fault as usize].load(Ordering::Relaxed);
    let strikes = odds != 0 && random().is_multiple_of(u64::from(odds));
    if strikes {
        STRUCK[fault as usize].fetch_add(1, Ordering::Relaxed);
    }
    strikes
}

/// How often `fault` has struck since the process began.
pub fn struck(fault: Fault) -> u32 {
    STRUCK[fault as usize].load(Ordering::Relaxed)
}

pub(crate) fn panic() {
    if strikes(Fault::Panic) {
        // Past the panic hook, which would print each.
        std::panic::resume_unwind(Box::new("injected"));
    }
}

pub(crate) fn start() -> Result<(), StartError> {
    if strikes(Fault::Start) {
        return Err(StartError("injected".to_owned()));
    }
    Ok(())
}

pub(crate) fn wake_late() {
    if strikes(Fault::LateWake) {
        thread::sleep(Duration::from_micros(random() % 2000));
    }
}

/// Marsaglia's xorshift64, seeded for each thread.
fn random() -> u64 {
    thread_local! {
        static STATE: Cell<u64> = Cell::new(RandomState::new().hash_one(0) | 1);
    }
    STATE.with(|state| {
        let mut x = state.get();
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        state.set(x);
        x
    })
}
