import type { AsyncResource } from 'node:async_hooks'
import type { WireEvent } from './inbox.js'
import type { LogEntry, LogPlace } from './log-entry.js'

/** What a call is known by. */
export interface CallName {
  /** As the call was given it, or made for it: those in the order of their text are in that of the calls. */
  readonly callId: string
  /** Name of the function; of a published one with its version. */
  readonly function: string
  /** On whose behalf it runs; `undefined` for nobody's. */
  readonly tenant: string | undefined
}

/** What tells where a place in a script came from: that of its author. */
export interface AuthorMaps {
  placeOf(script: string, line: number, column: number): LogPlace | undefined
}

/** A call, for those who tell of it. */
export interface WatchedCall extends CallName {
  /** Where the caller was, if somebody may listen. */
  readonly context: AsyncResource | undefined
  /** Who has asked for its lines. */
  readonly onLog: ((entry: LogEntry) => void) | undefined
  /** What prints lines that nobody listens to, in place of the host's console. */
  readonly print: ((entry: LogEntry) => void) | undefined
  /** If somebody has asked how long it takes. */
  readonly timer: CallTimer | undefined
  /** Of what it runs. */
  readonly maps: AuthorMaps | undefined
}

/** What takes the time of a call. */
export interface CallTimer {
  /** Does what writes for workers. */
  encoding<T>(work: () => T): T
  /** Does what reads what they gave. */
  decoding<T>(work: () => T): T
  /** The pool says how long it has waited and run. */
  ran(event: WireEvent): void
}
