import type { LogEntry } from 'isolane'

import type { Trigger } from '../envelope/envelope.js'

/** Levels of lines, the least first. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const

export type Level = (typeof LEVELS)[number]

/** What a line is about. */
export interface LogRecord {
  /** Name of the function that was called. */
  function: string
  version: number
  callId: string | undefined
  tenant: string | undefined
  trigger: Trigger
  /** Id of the worker. */
  worker: number
  /** The item that it was logged for, in a call over items. */
  item: number | undefined
  /** Where it was logged, from the pool's `logPlaces` on: the file, or `name@version`. */
  file: string | undefined
  /** From 1. */
  line: number | undefined
}

/** What takes lines: pino, or anything with its methods. Time and level are its own to add. */
export type Logger = Record<Level, (record: LogRecord, message: string) => unknown>

/** What a line is about, of what the pool tells. */
export function recordOf(entry: LogEntry, trigger: Trigger): LogRecord {
  const { callId, tenant, worker, item, place } = entry
  const at = entry.function.lastIndexOf('@')
  const name = entry.function.slice(0, at)
  return {
    function: name,
    version: Number(entry.function.slice(at + 1)),
    callId,
    tenant,
    trigger,
    worker,
    item,
    file: place?.file,
    line: place?.line,
  }
}
