//! The one V8 of the process. Initialised by the first pool, never disposed: V8 cannot start twice,
//! and at exit the isolates of a busy pool may still run.

use std::sync::{Mutex, OnceLock};
use std::{io, thread};

use crate::fatal;

/// V8 cannot run in this process.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(String);

/// Background threads for garbage collection and optimising compilation, for all isolates together.
const PLATFORM_THREADS: u32 = 2;

/// * Memory protection keys belong to the thread that initialises V8 and its descendants. An addon
///   can be loaded first in a Node Worker and grow a pool from the main thread later, which then
///   dies with SIGSEGV (rusty_v8 #1381): hence this flag and the unprotected platform.
/// * Loop unrolling drops the stack check of some loops, such as `for (;;) new Array(1000).fill({})`,
///   and with it the only place where a termination is noticed: seen in V8 15.2, tests in
///   `__test__/limits/timeout.test.mjs`.
const FLAGS: &str = "--no-memory-protection-keys --no-turboshaft-loop-unrolling";

/// Address space that V8's cages need before it can start; with less it aborts the process.
#[cfg(target_os = "linux")]
const ADDRESS_SPACE_NEEDED: u64 = 64 << 30;

static PLATFORM: OnceLock<Result<v8::SharedRef<v8::Platform>, Unavailable>> = OnceLock::new();

/// Version of the embedded V8.
#[must_use]
pub fn version() -> &'static str {
    v8::VERSION_STRING
}

/// Starts V8 if no pool has before.
pub(crate) fn initialize() -> Result<&'static v8::SharedRef<v8::Platform>, Unavailable> {
    PLATFORM
        .get_or_init(|| {
            check_address_space()?;
            check_threads()?;
            // Without ICU data `new Intl.DateTimeFormat()` aborts the process. An archive that
            // carries its own data does not mind.
            match v8::icu::set_common_data_78(deno_core_icudata::ICU_DATA) {
                // Negative codes are warnings: the archive already had data.
                Err(code) if code > 0 => {
                    return Err(Unavailable(format!(
                        "ICU refused its data (UErrorCode {code})"
                    )));
                }
                _ => {}
            }
            v8::V8::set_flags_from_string(FLAGS);
            // Otherwise each isolate opens and buffers /dev/urandom, three times.
            v8::V8::set_entropy_source(|bytes| getrandom::fill(bytes).is_ok());
            let platform =
                v8::new_unprotected_default_platform(PLATFORM_THREADS, false).make_shared();
            v8::V8::initialize_platform(platform.clone());
            v8::V8::initialize();
            fatal::watch_process();
            Ok(platform)
        })
        .as_ref()
        .map_err(Clone::clone)
}

/// Runs what V8 has posted for the isolate's thread, such as finalization callbacks. They are user
/// code: call this only where an interrupt can stop it.
pub(crate) fn run_platform_tasks(isolate: &v8::Isolate) {
    if let Some(Ok(platform)) = PLATFORM.get() {
        while v8::Platform::pump_message_loop(platform, isolate, false) {}
    }
}

/// Under a low `ulimit -v` V8 aborts while it reserves its cages, which cannot be caught.
#[cfg(target_os = "linux")]
fn check_address_space() -> Result<(), Unavailable> {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let soft_limit = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max address space"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|limit| limit.parse::<u64>().ok());
    match soft_limit {
        Some(limit) if limit < ADDRESS_SPACE_NEEDED => Err(Unavailable(format!(
            "the process may use {} GiB of address space (`ulimit -v`) and V8 reserves more than that \
             to start; raise the limit to at least {} GiB or remove it",
            limit >> 30,
            ADDRESS_SPACE_NEEDED >> 30,
        ))),
        _ => Ok(()),
    }
}

/// V8's platform aborts where one of its threads does not start, as under a container's limit of
/// pids. So as many are had here first, at the same time, and have ended before V8 asks for its own.
fn check_threads() -> Result<(), Unavailable> {
    let gate = Mutex::new(());
    thread::scope(|scope| {
        let closed = gate.lock();
        let started: io::Result<Vec<_>> = (0..PLATFORM_THREADS)
            .map(|_| thread::Builder::new().spawn_scoped(scope, || drop(gate.lock())))
            .collect();
        drop(closed);
        let threads = started.map_err(|error| {
            Unavailable(format!(
                "the system refuses a thread ({error}) and V8 needs {PLATFORM_THREADS} of its own; \
                 raise the limit of threads (`ulimit -u`, or the pids of a container)"
            ))
        })?;
        for thread in threads {
            // It holds nothing that it could panic over.
            let _ = thread.join();
        }
        Ok(())
    })
}

#[cfg(not(target_os = "linux"))]
fn check_address_space() -> Result<(), Unavailable> {
    Ok(())
}
