//! What JavaScript asks about this build.

use isolane_core::default_threads;
use napi_derive::napi;

use crate::engines::{self, Engine};

/// Names the wire that this build speaks (`build.rs`): JavaScript of another build is to refuse it.
#[napi(catch_unwind)]
pub fn wire_id() -> &'static str {
    env!("ISOLANE_WIRE_ID")
}

/// Engines that this build has.
#[napi(catch_unwind)]
pub fn engines() -> Vec<Engine> {
    engines::AVAILABLE.to_vec()
}

/// Version of the embedded V8; none in a build without it.
#[napi(catch_unwind)]
pub fn v8_version() -> Option<&'static str> {
    engines::v8_version()
}

/// The default number of threads.
#[napi(catch_unwind)]
pub fn parallelism() -> u32 {
    u32::try_from(default_threads().get()).unwrap_or(u32::MAX)
}
