//! The memory of an isolate: what it may use and who watches that, and what crosses its border.

mod budget;
mod buffers;
mod heap;
mod pages;

pub(crate) use budget::Budget;
pub(crate) use buffers::{Memory, adopted, copy_out, lent, take_out};
pub(crate) use heap::HeapGuard;
