//! How a pool is made, as the host says it.

use std::num::{NonZeroU32, NonZeroUsize};

use isolane_core::PoolOptions;
use napi_derive::napi;

use crate::engines::V8Settings;
use crate::number::whole;

/// How a pool is made; the host has checked the values.
#[napi(object)]
pub struct NativeOptions {
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
    /// How much nicer than the host's threads workers are.
    pub nice_increment: u8,
    /// Shown in thread names.
    pub name: String,
    /// Calls that a Node Worker may run at once; absent for the v8 engine.
    pub concurrency: Option<u32>,
}

impl NativeOptions {
    /// What the v8 engine is told.
    pub(crate) fn v8_settings(&self) -> V8Settings {
        V8Settings {
            memory_limit: usize::try_from(whole(self.memory_limit)).unwrap_or(usize::MAX),
            max_contexts: nonzero(self.max_contexts),
            eval: self.eval,
            wasm: self.wasm,
            log_records: self.max_log_records,
            log_size: self.max_log_size,
            error_size: self.max_error_size,
        }
    }

    /// Calls that a Node Worker may run at once; none for the v8 engine.
    pub(crate) fn lanes(&self) -> Option<NonZeroUsize> {
        NonZeroUsize::new(self.concurrency? as usize)
    }

    /// What the pool itself is told.
    pub(crate) fn into_pool_options(self) -> PoolOptions {
        PoolOptions {
            threads: nonzero(self.threads),
            max_queue: self.max_queue.map(|limit| limit as usize),
            max_lost_workers: self.max_lost_workers,
            recycle_after_tasks: self.recycle_after_tasks.and_then(NonZeroU32::new),
            recycle_above: self.recycle_above.map(whole),
            max_result: self.max_result.map(whole),
            nice_increment: self.nice_increment,
            name: self.name,
        }
    }
}

fn nonzero(count: u32) -> NonZeroUsize {
    NonZeroUsize::new(count as usize).unwrap_or(NonZeroUsize::MIN)
}
