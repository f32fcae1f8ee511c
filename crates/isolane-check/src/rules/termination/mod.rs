//! What may not end.

mod backtracking;
mod every_path;
mod exits;
pub(crate) mod no_infinite_loop;
pub(crate) mod no_super_linear_regex;
pub(crate) mod no_unbounded_recursion;
