//! What a text requires, and what it gives.

pub(crate) mod no_cycle;
pub(crate) mod no_dynamic_import;
pub(crate) mod no_dynamic_require;
pub(crate) mod no_module_syntax;
pub(crate) mod no_unresolved;
mod published;
pub(crate) mod require_export;
