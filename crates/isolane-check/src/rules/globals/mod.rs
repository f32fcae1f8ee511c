//! Names that the text does not declare.

pub(crate) mod known;
pub(crate) mod no_extend_native;
pub(crate) mod no_global_assign;
pub(crate) mod no_implicit_globals;
pub(crate) mod no_process_exit;
pub(crate) mod no_unavailable_global;
pub(crate) mod no_undef;

pub(crate) use no_extend_native::changed;
