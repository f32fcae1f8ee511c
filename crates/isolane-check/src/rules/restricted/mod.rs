//! What the options forbid.

mod entry;
mod estree;
pub(crate) mod no_restricted_globals;
pub(crate) mod no_restricted_modules;
pub(crate) mod no_restricted_properties;
pub(crate) mod no_restricted_syntax;
mod pattern;
mod selector;
