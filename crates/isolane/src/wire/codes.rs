//! The numbers of commands, events and steps, as `npm/isolane/src/addon/codes.ts` has them. Places
//! are those of words of 32 bits. A test compares the two (`__test__/package/numbers.test.mjs`).

use isolane_driver::protocol::ALIGNMENT;

/// What a command asks for; the lowest byte of its tag.
pub(super) mod op_code {
    pub(crate) const OPEN: u32 = 1;
    pub(crate) const APPEND: u32 = 2;
    pub(crate) const SEAL: u32 = 3;
    pub(crate) const CANCEL: u32 = 4;
}

/// Bits of a command's tag. The priority stands above them.
pub(super) mod tag_bit {
    pub(crate) const SEALED: u32 = 1 << 8;
    pub(crate) const SALVAGE: u32 = 1 << 9;
    pub(crate) const CONTINUES: u32 = 1 << 10;
}

/// Values of the priority.
pub(super) mod priorities {
    pub(crate) const LOW: u32 = 0;
    pub(crate) const NORMAL: u32 = 1;
    pub(crate) const HIGH: u32 = 2;
}

/// How far up the priority stands in a command's tag.
pub(super) const PRIORITY_SHIFT: u32 = 16;

/// Places in the header of any command.
pub(super) mod command_word {
    pub(crate) const TAG: usize = 0;
    /// Bytes of the command.
    pub(crate) const LENGTH: usize = 1;
    pub(crate) const JOB: usize = 2;
    /// Length of the shortest header.
    pub(crate) const END: usize = 4;
}

/// Places in the header of `OPEN`. Behind it stand the keys of shared values, the arguments and the
/// first part.
pub(super) mod open_word {
    pub(crate) const FUNCTION: usize = 3;
    /// Key of the second function plus 1; 0 for none.
    pub(crate) const SECOND: usize = 4;
    pub(crate) const KIND: usize = 5;
    pub(crate) const CHUNK_SIZE: usize = 6;
    /// Number of shared values.
    pub(crate) const SHARED: usize = 7;
    /// Milliseconds, a double.
    pub(crate) const TIMEOUT: usize = 8;
    /// Milliseconds, a double.
    pub(crate) const QUEUE_TIMEOUT: usize = 10;
    /// Bytes of the arguments.
    pub(crate) const ARGS: usize = 12;
    pub(crate) const MAX_FAILURES: usize = 13;
    /// Bytes per item where results go to memory of the host's; 0 for none.
    pub(crate) const TARGET: usize = 14;
    /// The first part, see `part_word`.
    pub(crate) const PART: usize = 15;
    pub(crate) const END: usize = 18;
}

/// Places in the header of `APPEND`. Behind it stands the part.
pub(super) mod append_word {
    /// See `part_word`.
    pub(crate) const PART: usize = 3;
    pub(crate) const END: usize = 6;
}

/// Places in what a header says of a part.
pub(super) mod part_word {
    /// Bytes.
    pub(crate) const LENGTH: usize = 0;
    /// Items; 0 for no part.
    pub(crate) const COUNT: usize = 1;
    /// How many of the next attachments belong to it.
    pub(crate) const ATTACHMENTS: usize = 2;
}

/// What an event is about, or how a job ended.
#[repr(u32)]
#[derive(Clone, Copy)]
pub(super) enum EventCode {
    Chunk = 1,
    LastChunk = 2,
    Done = 3,
    Failed = 4,
    TimedOut = 5,
    QueueTimedOut = 6,
    Cancelled = 7,
    QueueFull = 8,
    MemoryLimit = 9,
    WorkerLost = 10,
    Unavailable = 11,
    Closed = 12,
    ResultTooLarge = 13,
    Salvaged = 14,
    Log = 15,
    WorkerCreated = 16,
    WorkerDestroyed = 17,
    Stopped = 18,
    WorkerWanted = 19,
    WorkerUnwanted = 20,
    WorkerFailed = 21,
}

/// Places in the header of an event. Behind it stands the payload.
pub(super) mod event_word {
    pub(crate) const CODE: usize = 0;
    /// Job, worker or slot.
    pub(crate) const SUBJECT: usize = 1;
    /// Items in the chunk.
    pub(crate) const COUNT: usize = 2;
    /// Bytes of the payload.
    pub(crate) const LENGTH: usize = 3;
    /// Place of the payload in the externals, from 1; 0 where it stands behind the header.
    pub(crate) const EXTERNAL: usize = 4;
    /// Milliseconds since the job's start, a float.
    pub(crate) const RAN: usize = 5;
    /// A double; what it means depends on the code.
    pub(crate) const NUMBER: usize = 6;
    /// Number of attachments.
    pub(crate) const ATTACHMENTS: usize = 8;
    /// Place of the first attachment in the externals, from 0.
    pub(crate) const FIRST_ATTACHMENT: usize = 9;
    pub(crate) const END: usize = 10;
}

/// What a Node Worker does next.
pub(crate) mod step {
    /// Waits in its event loop.
    pub(crate) const NOTHING: u32 = 0;
    /// Runs the call that its frame describes.
    pub(crate) const RUN: u32 = 1;
    /// Does its housekeeping, then looks again.
    pub(crate) const REST: u32 = 2;
    /// Ends.
    pub(crate) const LEAVE: u32 = 3;
}

/// Places in the doubles that describe a call to a Node Worker: its frame.
pub(crate) mod frame {
    pub(crate) const LANE: usize = 0;
    pub(crate) const KIND: usize = 1;
    pub(crate) const FUNCTION: usize = 2;
    /// 0 for none.
    pub(crate) const SECOND: usize = 3;
    pub(crate) const FIRST: usize = 4;
    pub(crate) const COUNT: usize = 5;
    pub(crate) const PARTS: usize = 6;
    pub(crate) const ARGS_LENGTH: usize = 7;
    /// Bytes of the input.
    pub(crate) const SIZE: usize = 8;
    /// Whether the call sees other shared values than the one before it.
    pub(crate) const SELECTS: usize = 9;
    pub(crate) const MAX_FAILURES: usize = 10;
    pub(crate) const ATTACHMENTS: usize = 11;
    pub(crate) const LENGTH: usize = 12;
}

/// Payloads start at multiples of [`ALIGNMENT`].
pub(super) fn padded(length: usize) -> usize {
    length.next_multiple_of(ALIGNMENT)
}
