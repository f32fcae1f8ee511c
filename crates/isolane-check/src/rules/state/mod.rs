//! What is kept from one call to the next.

mod changes;
mod collections;
pub(crate) mod no_module_state;
pub(crate) mod no_mutate_shared;
pub(crate) mod no_nondeterminism;
pub(crate) mod no_this_at_top;
mod shared;
