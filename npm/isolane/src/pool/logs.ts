import { RealDate } from '../addon/timers.js'
import type { LogLevel, LogRecord } from '../protocol.js'

/** A line that a function logged; what the pool's `'log'` event carries. */
export interface LogEntry {
  level: LogLevel
  /** The line, formatted as `console.log` does. */
  message: string
  /** When it was logged. */
  time: Date
  /** Name of the function. */
  function: string
  /** Id of the worker. */
  worker: number
}

/** Entries of the records that one chunk logged. */
export function logEntries(records: LogRecord[], fn: string, worker: number): LogEntry[] {
  return records.map(([level, message, time]) => ({
    level,
    message,
    time: new RealDate(time),
    function: fn,
    worker,
  }))
}
