import type { LogLevel } from '../protocol.js'

/** A place in a script, or in what its author wrote. */
export interface LogPlace {
  /** As stacks name it: a file, the id of a module, or `isolane:` and the name of a function. */
  file: string
  /** From 1. */
  line: number
  /** From 1. */
  column: number
}

/** A line that a function logged; what the pool's `'log'` event and the option `onLog` carry. */
export interface LogEntry {
  level: LogLevel
  /** The line, formatted as `console.log` does. */
  message: string
  /** When it was logged. */
  time: Date
  /** Name of the function; of a published one with its version. */
  function: string
  /** The call that it was logged for; `undefined` where that had ended (node engine). */
  callId: string | undefined
  /** The call's tenant, where it has one. */
  tenant: string | undefined
  /** Id of the worker. */
  worker: number
  /**
   * The item that it was logged for: its index in the whole input. `undefined` outside of items, and for what an
   * async function logs once it has waited.
   */
  item: number | undefined
  /** Where it was logged; `undefined` below the pool's `logPlaces`, but for calls with `fresh: true`. */
  place: LogPlace | undefined
}
