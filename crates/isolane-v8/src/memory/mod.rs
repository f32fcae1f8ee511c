//! The memory of an isolate: what it may use and who watches that, and what crosses its border.
//!
//! | module | noun |
//! | --- | --- |
//! | `budget` | memory of array buffers: the allocator that counts it |
//! | `mappings` | memory mappings of the process, which isolates share |
//! | `pages` | pages of freed memory, for the system |
//! | `heap` | the memory limit: near-limit callback, and what is outside of the heap |
//! | `buffers` | memory that crosses: written, lent, given, taken over |

mod budget;
mod buffers;
mod heap;
mod mappings;
mod pages;

pub(crate) use budget::{Budget, Charge};
pub(crate) use buffers::{Memory, adopted, copy_out, lent, take_out};
pub(crate) use heap::HeapGuard;
pub(crate) use pages::trim;
