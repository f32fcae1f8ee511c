/**
 * The numbers of commands, events and steps, as `crates/isolane-wire/src/codes.rs` has them. Places are
 * those of words of 32 bits.
 */

/** What a command asks for; the lowest byte of its tag. */
export const OpCode = { Open: 1, Append: 2, Seal: 3, Cancel: 4 } as const

/** Bits of a command's tag. The priority stands above them. */
export const TagBit = {
  Sealed: 1 << 8,
  Salvage: 1 << 9,
  Continues: 1 << 10,
  /** The items are to be found in a text of the input kind, which the parts are pieces of. */
  Sought: 1 << 11,
  /** The results are joined to one text of the output kind. */
  Joined: 1 << 12,
  /** No chunk is told of but the last. */
  Quiet: 1 << 13,
  /** Every worker is to run the items. */
  WarmUp: 1 << 14,
  /** How long the job takes is told. */
  Timed: 1 << 15,
} as const

/** How far up the priority stands in a command's tag. */
export const PRIORITY_SHIFT = 16

/** Places in the header of any command. */
export const CommandWord = {
  Tag: 0,
  /** Bytes of the command. */
  Length: 1,
  Job: 2,
  /** Length of the shortest header. */
  End: 4,
} as const

/** Places in the header of `Open`. Behind it stand the keys of shared values, the arguments and the first part. */
export const OpenWord = {
  Function: 3,
  /** Key of the second function plus 1; 0 for none. */
  Second: 4,
  Kind: 5,
  ChunkSize: 6,
  /** Number of shared values. */
  Shared: 7,
  /** Milliseconds, a double. */
  Timeout: 8,
  /** Milliseconds, a double. */
  QueueTimeout: 10,
  /** Bytes of the arguments. */
  Args: 12,
  MaxFailures: 13,
  /** Bytes per item where results go to memory of the host's; 0 for none. */
  Target: 14,
  /** The first part, see {@link PartWord}. */
  Part: 15,
  End: 18,
} as const

/**
 * Places in what a `NativeSplitter` tells of a piece. Where no item ends in it, those of items are left as
 * they are.
 */
export const Found = {
  /** Items that end in it. */
  Count: 0,
  /** Where the first of these begins. */
  Start: 1,
  Line: 2,
  Column: 3,
  /** Where the last of these ends. */
  End: 4,
  /** Where an item begins that has not ended; -1 for none. */
  Begun: 5,
  FaultOffset: 6,
  FaultLine: 7,
  FaultColumn: 8,
  FaultIndex: 9,
  Length: 10,
} as const

/** Places in the header of `Append`. Behind it stands the part. */
export const AppendWord = {
  /** See {@link PartWord}. */
  Part: 3,
  End: 6,
} as const

/** Places in what a header says of a part. */
export const PartWord = {
  /** Bytes. */
  Length: 0,
  /** Items; 0 for no part. */
  Count: 1,
  /** How many of the next attachments belong to it. */
  Attachments: 2,
} as const

/** What an event is about, or how a job ended. */
export const EventCode = {
  Chunk: 1,
  LastChunk: 2,
  Done: 3,
  Failed: 4,
  TimedOut: 5,
  QueueTimedOut: 6,
  Cancelled: 7,
  QueueFull: 8,
  MemoryLimit: 9,
  WorkerLost: 10,
  Unavailable: 11,
  Closed: 12,
  ResultTooLarge: 13,
  Salvaged: 14,
  Log: 15,
  WorkerCreated: 16,
  WorkerDestroyed: 17,
  Stopped: 18,
  WorkerWanted: 19,
  WorkerUnwanted: 20,
  WorkerFailed: 21,
  Warmed: 22,
  Timed: 23,
} as const

/** Places in the header of an event. Behind it stands the payload. */
export const EventWord = {
  Code: 0,
  /** Job, worker or slot. */
  Subject: 1,
  /** Items in the chunk. */
  Count: 2,
  /** Bytes of the payload. */
  Length: 3,
  /** Place of the payload in the externals, from 1; 0 where it stands behind the header. */
  External: 4,
  /** Milliseconds since the job's start, a float. */
  Ran: 5,
  /** A double; what it means depends on the code. */
  Number: 6,
  /** Number of attachments. */
  Attachments: 8,
  /** Place of the first attachment in the externals, from 0. */
  FirstAttachment: 9,
  End: 10,
} as const

/** What a Node Worker does next. */
export const Step = {
  /** Waits in its event loop. */
  Nothing: 0,
  /** Runs the call that its frame describes. */
  Run: 1,
  /** Does its housekeeping, then looks again. */
  Rest: 2,
  /** Ends. */
  Leave: 3,
} as const

/** Places in the doubles that describe a call to a Node Worker: its frame. */
export const Frame = {
  Lane: 0,
  Kind: 1,
  Function: 2,
  /** 0 for none. */
  Second: 3,
  First: 4,
  Count: 5,
  Parts: 6,
  ArgsLength: 7,
  /** Bytes of the input. */
  Size: 8,
  /** Whether the call sees other shared values than the one before it. */
  Selects: 9,
  MaxFailures: 10,
  Attachments: 11,
  /** Whether shared values are to be frozen. */
  Guards: 12,
  Length: 13,
} as const
