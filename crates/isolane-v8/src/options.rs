use std::num::NonZeroUsize;

/// Limits of each isolate of a pool, and what its code may do.
#[derive(Clone, Copy, Debug)]
pub struct V8Options {
    /// Memory of one isolate, in bytes: heap, array buffers, WebAssembly memory. A job that needs
    /// more ends with a memory-limit error. Default: 512 MiB.
    pub memory_limit: usize,
    /// Contexts that one isolate keeps; one more replaces the one that was used least recently.
    /// Default: 128.
    pub max_contexts: NonZeroUsize,
    /// Whether text may become code: `eval`, `Function` and the like. Default: true.
    pub eval: bool,
    /// Whether there is `WebAssembly`. Default: true.
    pub wasm: bool,
    /// Whether there are globals of the web: `URL`, `TextEncoder`, timers and so on. Default: true.
    pub globals: bool,
    /// Log records of a chunk; what is above is cut off, marked and counted, here and below.
    /// Default: 1000.
    pub max_log_records: u32,
    /// Characters of a chunk's log records in all. Default: 1 Mi.
    pub max_log_size: u32,
    /// Bytes of an encoded error. Default: 64 KiB.
    pub max_error_size: u32,
    /// The least level, as a number from 0, whose log records say where they were logged. Default: 3,
    /// which is that of warnings.
    pub place_level: u32,
}

impl Default for V8Options {
    fn default() -> Self {
        Self {
            memory_limit: 512 << 20,
            max_contexts: NonZeroUsize::new(128).expect("128 is not zero"),
            eval: true,
            wasm: true,
            globals: true,
            max_log_records: 1000,
            max_log_size: 1 << 20,
            max_error_size: 64 << 10,
            place_level: 3,
        }
    }
}
