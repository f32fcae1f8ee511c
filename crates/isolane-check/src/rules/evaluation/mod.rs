//! Text that becomes code.

pub(crate) mod no_eval;
pub(crate) mod no_implied_eval;
pub(crate) mod no_new_func;
pub(crate) mod no_proto;
