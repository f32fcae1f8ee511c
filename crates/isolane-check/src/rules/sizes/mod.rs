//! How much there may be.

pub(crate) mod complexity;
pub(crate) mod max_functions;
pub(crate) mod max_nesting;
pub(crate) mod max_source_bytes;
