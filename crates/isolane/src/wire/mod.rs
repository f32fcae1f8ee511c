//! Commands and events between the host and the pool. `isolane-wire` reads the bytes of commands.

pub(crate) mod commands;
pub(crate) mod events;
