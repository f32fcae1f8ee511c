//! Workers: the threads that run chunks, and what runs on them.

pub(crate) mod adopted;
pub(crate) mod crew;
pub(crate) mod niceness;
pub(crate) mod running;
pub(crate) mod thread;
pub(crate) mod worker;
