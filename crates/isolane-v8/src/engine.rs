use std::num::NonZeroUsize;
use std::sync::Arc;

use isolane_core::{Engine, Lifeline, StartError};

use crate::code_cache::CodeCache;
use crate::isolate::V8Isolate;
use crate::runtime::{self, Unavailable};

/// Limits of each isolate of a pool, and what its code may do.
#[derive(Debug, Clone, Copy)]
pub struct V8Options {
    /// Memory of one isolate, in bytes: heap, array buffers, WebAssembly memory. A job that needs
    /// more ends with a memory-limit error.
    pub memory_limit: usize,
    /// Contexts that one isolate keeps; one more replaces the one that was used least recently.
    pub max_contexts: NonZeroUsize,
    /// Whether text may become code: `eval`, `Function` and the like.
    pub eval: bool,
    /// Whether there is `WebAssembly`.
    pub wasm: bool,
    /// Caps on what a chunk tells beside its results.
    pub caps: Caps,
}

/// How much a chunk may tell beside its results; what is above is cut off, marked and counted.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// Log records of a chunk. Default: 1000.
    pub log_records: u32,
    /// Characters of a chunk's log records in all. Default: 1 Mi.
    pub log_size: u32,
    /// Bytes of an encoded error. Default: 64 KiB.
    pub error_size: u32,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            log_records: 1000,
            log_size: 1 << 20,
            error_size: 64 << 10,
        }
    }
}

/// Starts isolates for the workers of one pool.
pub struct V8Engine {
    options: V8Options,
    code_cache: Arc<CodeCache>,
}

impl V8Engine {
    /// Stack of a worker thread. V8 takes the first 984 KiB for JavaScript; the rest is for the
    /// native code that it calls at full depth.
    const STACK_SIZE: usize = 4 << 20;

    /// Initialises V8 if this is the first pool of the process.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] where V8 could only abort, as under a low address-space limit.
    pub fn new(options: V8Options) -> Result<Self, Unavailable> {
        runtime::initialize()?;
        Ok(Self {
            options,
            code_cache: Arc::new(CodeCache::new()),
        })
    }
}

impl Engine for V8Engine {
    type Isolate = V8Isolate;

    fn start(&self, worker: &Arc<dyn Lifeline>) -> Result<V8Isolate, StartError> {
        V8Isolate::new(self.options, Arc::clone(&self.code_cache), worker)
    }

    fn stack_size(&self) -> usize {
        Self::STACK_SIZE
    }
}
