//! The engines of this build. Each is a crate and a cargo feature of its own; a pool is the same
//! over all of them.

use std::num::NonZeroUsize;

use isolane_core::{Pool, PoolOptions};
use napi::{Error, Result};

/// Names of the engines that this build has, the one that `auto` prefers first.
pub(crate) const NAMES: &[&str] = &[
    #[cfg(feature = "engine-v8")]
    "v8",
    "node",
];

/// Version of the embedded V8, if there is one.
pub(crate) fn v8_version() -> Option<&'static str> {
    #[cfg(feature = "engine-v8")]
    return Some(isolane_v8::version());
    #[cfg(not(feature = "engine-v8"))]
    None
}

/// What the host has chosen for embedded isolates, as `V8Options` of their crate.
#[cfg_attr(
    not(feature = "engine-v8"),
    expect(dead_code, reason = "read by the engine only")
)]
pub(crate) struct V8Settings {
    pub(crate) memory_limit: usize,
    pub(crate) max_contexts: NonZeroUsize,
    pub(crate) eval: bool,
    pub(crate) wasm: bool,
    pub(crate) log_records: u32,
    /// Characters.
    pub(crate) log_size: u32,
    /// Bytes.
    pub(crate) error_size: u32,
}

/// Starts a pool of embedded isolates.
#[cfg(feature = "engine-v8")]
pub(crate) fn start_v8(
    settings: &V8Settings,
    options: PoolOptions,
    notify: impl Fn() + Send + Sync + 'static,
) -> Result<Pool> {
    let engine = isolane_v8::V8Engine::new(isolane_v8::V8Options {
        memory_limit: settings.memory_limit,
        max_contexts: settings.max_contexts,
        eval: settings.eval,
        wasm: settings.wasm,
        caps: isolane_v8::Caps {
            log_records: settings.log_records,
            log_size: settings.log_size,
            error_size: settings.error_size,
        },
    })
    .map_err(|unavailable| Error::from_reason(unavailable.to_string()))?;
    Pool::start(engine, options, notify)
        .map_err(|error| Error::from_reason(format!("could not start the threads: {error}")))
}

/// The host asks for the names first, so this is for a host of another version.
#[cfg(not(feature = "engine-v8"))]
pub(crate) fn start_v8(
    _settings: &V8Settings,
    _options: PoolOptions,
    _notify: impl Fn() + Send + Sync + 'static,
) -> Result<Pool> {
    Err(Error::from_reason("this build has no v8 engine"))
}

/// Starts a pool of Node Workers, which the host brings. Each may run
/// `concurrency` calls at once.
pub(crate) fn start_node(
    concurrency: NonZeroUsize,
    options: PoolOptions,
    notify: impl Fn() + Send + Sync + 'static,
) -> Result<Pool> {
    Pool::start_adopting(isolane_node::terms(concurrency), options, notify)
        .map_err(|error| Error::from_reason(error.to_string()))
}
