//! Jobs: what the host has submitted, from the moment it is let in until it has ended.

pub(crate) mod admission;
pub(crate) mod chunking;
pub(crate) mod course;
pub(crate) mod cursor;
pub(crate) mod job;
pub(crate) mod registry;
pub(crate) mod table;
