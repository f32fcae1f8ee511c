/** What an engine and its drivers agree on. */

/**
 * Words of 32 bits that the two exchange around a call, in memory that user code never sees. Rust has
 * the same numbers (`crates/isolane-driver/src/protocol.rs`).
 */
export const Control = {
  /** Out: a `Status`. */
  Status: 0,
  /** Out: 1 when log records wait to be taken. */
  Logs: 1,
  /** Out: log records that were shortened or dropped; the engine sets it back. */
  CutLogs: 2,
  /** Out: errors that were shortened. */
  CutErrors: 3,
  /** Out: buffers that the output of a call refers to. */
  Attachments: 4,
  /** Out: 1 when the call has left something behind that the engine ends: timers, or an error that nobody has caught. */
  Turns: 5,
  /** In: operation, input kind and output kind, a byte each from the lowest; `SALVAGE` and `PLACES`. */
  Kind: 6,
  /** In: bytes of the encoded arguments; 0 for none. */
  ArgsLength: 7,
  /** In: index of the first item in the whole input. A double, of two words. */
  First: 8,
  /** In: items of the chunk. */
  Count: 10,
  /** In: parts that the items come in. */
  Parts: 11,
  /** In: failures of single items that are told in full; with 0 the first one ends the call. */
  MaxFailures: 12,
  Length: 14,
} as const

/** Bounds what is awaited, on a platform whose functions may wait for timers and I/O. */
export interface AwaitLimit {
  /** A promise is to be awaited. Returns whether no more may be, for now. */
  await(): boolean
  /** A promise has settled, or is not awaited any more; `count` of them. */
  settled(count: number): void
  /** Whether the call that runs is to stop. */
  isInterrupted(): boolean
  /** Adds to the context that functions get. */
  extendContext(context: object): void
}

/** Stands at the end of a text that was cut. */
export const MARKER = '… [truncated]'
