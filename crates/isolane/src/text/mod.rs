//! Items that are JSON text, and results that are put together as such.

mod joiner;
mod pieces;
mod source;

pub(crate) use joiner::Joiner;
pub(crate) use source::TextSource;
