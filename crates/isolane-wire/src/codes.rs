//! The numbers of commands, events and steps, as `npm/isolane/src/addon/codes.ts` has them. Places
//! are those of words of 32 bits. A test compares the two (`__test__/package/numbers.test.mjs`).

use isolane_driver::protocol::ALIGNMENT;

/// What a command asks for; the lowest byte of its tag.
pub mod op_code {
    pub const OPEN: u32 = 1;
    pub const APPEND: u32 = 2;
    pub const SEAL: u32 = 3;
    pub const CANCEL: u32 = 4;
}

/// Bits of a command's tag. The priority stands above them.
pub mod tag_bit {
    pub const SEALED: u32 = 1 << 8;
    pub const SALVAGE: u32 = 1 << 9;
    pub const CONTINUES: u32 = 1 << 10;
    /// The items are to be found in a text of the input kind, which the parts are pieces of.
    pub const SOUGHT: u32 = 1 << 11;
    /// The results are joined to one text of the output kind.
    pub const JOINED: u32 = 1 << 12;
    /// No chunk is told of but the last.
    pub const QUIET: u32 = 1 << 13;
    /// Every worker is to run the items.
    pub const WARM_UP: u32 = 1 << 14;
    /// How long the job takes is told.
    pub const TIMED: u32 = 1 << 15;
}

/// Values of the priority.
pub mod priorities {
    pub const LOW: u32 = 0;
    pub const NORMAL: u32 = 1;
    pub const HIGH: u32 = 2;
}

/// How far up the priority stands in a command's tag.
pub const PRIORITY_SHIFT: u32 = 16;

/// Places in the header of any command.
pub mod command_word {
    pub const TAG: usize = 0;
    /// Bytes of the command.
    pub const LENGTH: usize = 1;
    pub const JOB: usize = 2;
    /// Length of the shortest header.
    pub const END: usize = 4;
}

/// Places in the header of `OPEN`. Behind it stand the keys of shared values, the arguments and the
/// first part.
pub mod open_word {
    pub const FUNCTION: usize = 3;
    /// Key of the second function plus 1; 0 for none.
    pub const SECOND: usize = 4;
    pub const KIND: usize = 5;
    pub const CHUNK_SIZE: usize = 6;
    /// Number of shared values.
    pub const SHARED: usize = 7;
    /// Milliseconds, a double.
    pub const TIMEOUT: usize = 8;
    /// Milliseconds, a double.
    pub const QUEUE_TIMEOUT: usize = 10;
    /// Bytes of the arguments.
    pub const ARGS: usize = 12;
    pub const MAX_FAILURES: usize = 13;
    /// Bytes per item where results go to memory of the host's; 0 for none.
    pub const TARGET: usize = 14;
    /// The first part, see `part_word`.
    pub const PART: usize = 15;
    pub const END: usize = 18;
}

/// Places in the header of `APPEND`. Behind it stands the part.
pub mod append_word {
    /// See `part_word`.
    pub const PART: usize = 3;
    pub const END: usize = 6;
}

/// Places in what a header says of a part.
pub mod part_word {
    /// Bytes.
    pub const LENGTH: usize = 0;
    /// Items; 0 for no part.
    pub const COUNT: usize = 1;
    /// How many of the next attachments belong to it.
    pub const ATTACHMENTS: usize = 2;
}

/// Places in what `NativeSplitter` tells of a piece. Where no item ends in it, those of items are left
/// as they are.
pub mod found {
    /// Items that end in it.
    pub const COUNT: usize = 0;
    /// Where the first of these begins.
    pub const START: usize = 1;
    pub const LINE: usize = 2;
    pub const COLUMN: usize = 3;
    /// Where the last of these ends.
    pub const END: usize = 4;
    /// Where an item begins that has not ended; -1 for none.
    pub const BEGUN: usize = 5;
    pub const FAULT_OFFSET: usize = 6;
    pub const FAULT_LINE: usize = 7;
    pub const FAULT_COLUMN: usize = 8;
    pub const FAULT_INDEX: usize = 9;
    pub const LENGTH: usize = 10;
}

/// What an event is about, or how a job ended.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum EventCode {
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
    Warmed = 22,
    Timed = 23,
}

/// Places in the header of an event. Behind it stands the payload.
pub mod event_word {
    pub const CODE: usize = 0;
    /// Job, worker or slot.
    pub const SUBJECT: usize = 1;
    /// Items in the chunk.
    pub const COUNT: usize = 2;
    /// Bytes of the payload.
    pub const LENGTH: usize = 3;
    /// Place of the payload in the externals, from 1; 0 where it stands behind the header.
    pub const EXTERNAL: usize = 4;
    /// Milliseconds since the job's start, a float.
    pub const RAN: usize = 5;
    /// A double; what it means depends on the code.
    pub const NUMBER: usize = 6;
    /// Number of attachments.
    pub const ATTACHMENTS: usize = 8;
    /// Place of the first attachment in the externals, from 0.
    pub const FIRST_ATTACHMENT: usize = 9;
    pub const END: usize = 10;
}

/// What a Node Worker does next.
pub mod step {
    /// Waits in its event loop.
    pub const NOTHING: u32 = 0;
    /// Runs the call that its frame describes.
    pub const RUN: u32 = 1;
    /// Does its housekeeping, then looks again.
    pub const REST: u32 = 2;
    /// Ends.
    pub const LEAVE: u32 = 3;
}

/// Places in the doubles that describe a call to a Node Worker: its frame.
pub mod frame {
    pub const LANE: usize = 0;
    pub const KIND: usize = 1;
    pub const FUNCTION: usize = 2;
    /// 0 for none.
    pub const SECOND: usize = 3;
    pub const FIRST: usize = 4;
    pub const COUNT: usize = 5;
    pub const PARTS: usize = 6;
    pub const ARGS_LENGTH: usize = 7;
    /// Bytes of the input.
    pub const SIZE: usize = 8;
    /// Whether the call sees other shared values than the one before it.
    pub const SELECTS: usize = 9;
    pub const MAX_FAILURES: usize = 10;
    pub const ATTACHMENTS: usize = 11;
    /// Whether shared values are to be frozen.
    pub const GUARDS: usize = 12;
    pub const LENGTH: usize = 13;
}

/// Payloads start at multiples of [`ALIGNMENT`].
pub fn padded(length: usize) -> usize {
    length.next_multiple_of(ALIGNMENT)
}
