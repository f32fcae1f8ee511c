use std::sync::Arc;

use isolane_core::{Engine, Lifeline, StartError};

use crate::isolate::V8Isolate;
use crate::options::V8Options;
use crate::runtime::{self, Unavailable};
use crate::script::CodeCache;

/// Starts isolates for the workers of one pool.
pub struct V8Engine {
    options: V8Options,
    code_cache: Arc<CodeCache<u64>>,
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
