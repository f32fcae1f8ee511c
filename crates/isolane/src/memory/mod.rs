//! The host's memory: what the commands of a batch refer to, and what jobs have borrowed.

pub(crate) mod attachments;
pub(crate) mod loans;
