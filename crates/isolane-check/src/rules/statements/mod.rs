//! Statements that are better not written.

pub(crate) mod no_debugger;
pub(crate) mod no_labels;
pub(crate) mod no_with;
