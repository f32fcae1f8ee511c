/**
 * The numbers of commands and events, as `crates/isolane/src/wire/{commands,events}.rs` have
 * them.
 */

export const OpCode = { Open: 1, Append: 2, Seal: 3, Cancel: 4 } as const
export const FLAG_SEALED = 1 << 8
export const FLAG_SALVAGE = 1 << 9
export const FLAG_CONTINUES = 1 << 10
export const OPEN_HEADER = 80
export const SHORT_HEADER = 32

/** What an event is about. */
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
} as const

export const EVENT_HEADER = 40

/** Payloads start at multiples of 8. */
export function pad(length: number): number {
  return (length + 7) & ~7
}
