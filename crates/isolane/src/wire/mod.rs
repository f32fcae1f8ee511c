//! Commands and events as bytes, as `npm/isolane/src/addon/{outbox,inbox}.ts` have them.

pub(crate) mod codes;
pub(crate) mod commands;
pub(crate) mod events;
