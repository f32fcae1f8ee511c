//! The engines of this build. Each is a crate and a cargo feature of its own; a pool is the same
//! over all of them.

use isolane_core::Pool;
use napi::{Error, Result};
use napi_derive::napi;

use crate::options::NativeOptions;

/// What runs a pool's functions; `Engine` in `npm/isolane/src/protocol.ts`.
#[napi(string_enum = "lowercase")]
#[derive(Clone, Copy)]
pub enum Engine {
    /// Isolates of an embedded V8.
    V8,
    /// Node's Workers, which the host starts.
    Node,
}

/// Engines that this build has, the one that `auto` prefers first.
pub(crate) const AVAILABLE: &[Engine] = &[
    #[cfg(feature = "engine-v8")]
    Engine::V8,
    Engine::Node,
];

/// Version of the embedded V8, if there is one.
pub(crate) fn v8_version() -> Option<&'static str> {
    #[cfg(feature = "engine-v8")]
    return Some(isolane_v8::version());
    #[cfg(not(feature = "engine-v8"))]
    None
}

/// Starts a pool on the engine that `options` name.
pub(crate) fn start(
    options: NativeOptions,
    notify: impl Fn() + Send + Sync + 'static,
) -> Result<Pool> {
    match options.engine {
        Engine::V8 => start_v8(options, notify),
        Engine::Node => {
            let terms = isolane_node::terms(options.lanes());
            Pool::start_adopting(terms, options.into(), notify)
                .map_err(|error| Error::from_reason(error.to_string()))
        }
    }
}

/// Has isolates follow the host's time zone. Only for the thread whose code sets the environment.
pub(crate) fn follow_time_zone() {
    #[cfg(feature = "engine-v8")]
    isolane_v8::follow_time_zone();
}

#[cfg(feature = "engine-v8")]
fn start_v8(options: NativeOptions, notify: impl Fn() + Send + Sync + 'static) -> Result<Pool> {
    let engine = isolane_v8::V8Engine::new(options.v8())
        .map_err(|unavailable| Error::from_reason(unavailable.to_string()))?;
    Pool::start(engine, options.into(), notify)
        .map_err(|error| Error::from_reason(format!("could not start the threads: {error}")))
}

/// The host asks which engines there are first, so this is for a host of another version.
#[cfg(not(feature = "engine-v8"))]
fn start_v8(_options: NativeOptions, _notify: impl Fn() + Send + Sync + 'static) -> Result<Pool> {
    Err(Error::from_reason("this build has no v8 engine"))
}
