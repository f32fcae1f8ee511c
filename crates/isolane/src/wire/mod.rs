//! Commands and events as bytes, as `npm/isolane/src/addon/wire.ts` has them.

pub(crate) mod codes;
pub(crate) mod commands;
pub(crate) mod events;
