//! How a pool is made, as the host says it.

use std::num::{NonZeroU32, NonZeroUsize};

use isolane_core::PoolOptions;
use napi_derive::napi;

use crate::engines::Engine;
use isolane_wire::number::whole;

/// How a pool is made; the host has checked the values. `NativeOptions` in
/// `npm/isolane/src/addon/native.ts`.
#[napi(object)]
pub struct NativeOptions {
    /// What runs the functions.
    pub engine: Engine,
    /// Worker threads.
    pub threads: u32,
    /// Memory of each isolate, in bytes.
    pub memory_limit: f64,
    /// Contexts that an isolate keeps.
    pub max_contexts: u32,
    /// Whether text may become code in an isolate.
    pub eval: bool,
    /// Whether isolates have `WebAssembly`.
    pub wasm: bool,
    /// Whether isolates have globals of the web.
    pub globals: bool,
    /// Calls that a Node Worker may run at once.
    pub concurrency: u32,
    /// Calls that may wait.
    pub max_queue: Option<u32>,
    /// Lost workers that are replaced.
    pub max_lost_workers: Option<u32>,
    /// Chunks after which an isolate is replaced.
    pub recycle_after_tasks: Option<u32>,
    /// Bytes in use above which an isolate is replaced.
    pub recycle_above: Option<f64>,
    /// Bytes of all results of a call.
    pub max_result: Option<f64>,
    /// Log records of a chunk.
    pub max_log_records: u32,
    /// Characters of a chunk's log records.
    pub max_log_size: u32,
    /// Bytes of an error.
    pub max_error_size: u32,
    /// The least level whose log records say where they were logged.
    pub place_level: u32,
    /// How much nicer than the host's threads workers are.
    pub nice_increment: u8,
    /// Whether the host's thread is the one whose code sets the environment.
    pub owns_environment: bool,
    /// Shown in thread names.
    pub name: String,
}

impl NativeOptions {
    /// What the v8 engine is told.
    #[cfg(feature = "engine-v8")]
    pub(crate) fn v8(&self) -> isolane_v8::V8Options {
        isolane_v8::V8Options {
            memory_limit: usize::try_from(whole(self.memory_limit)).unwrap_or(usize::MAX),
            max_contexts: nonzero(self.max_contexts),
            eval: self.eval,
            wasm: self.wasm,
            globals: self.globals,
            max_log_records: self.max_log_records,
            max_log_size: self.max_log_size,
            max_error_size: self.max_error_size,
            place_level: self.place_level,
        }
    }

    /// What the node engine is told.
    pub(crate) fn lanes(&self) -> NonZeroUsize {
        nonzero(self.concurrency)
    }
}

/// What the pool itself is told.
impl From<NativeOptions> for PoolOptions {
    fn from(options: NativeOptions) -> Self {
        Self {
            threads: nonzero(options.threads),
            max_queue: options.max_queue.map(|limit| limit as usize),
            max_lost_workers: options.max_lost_workers,
            recycle_after_tasks: options.recycle_after_tasks.and_then(NonZeroU32::new),
            recycle_above: options.recycle_above.map(whole),
            max_result: options.max_result.map(whole),
            nice_increment: options.nice_increment,
            name: options.name,
        }
    }
}

fn nonzero(count: u32) -> NonZeroUsize {
    NonZeroUsize::new(count as usize).unwrap_or(NonZeroUsize::MIN)
}
