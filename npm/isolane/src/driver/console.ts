import { privateArray } from '../codec/shared/primordials.js'
import type { LogLevel } from '../protocol.js'

/** Where lines go. */
export interface LogSink {
  add(level: LogLevel, values: ArrayLike<unknown>): void
}

/**
 * Sends a line to the pool's `'log'` event, its values formatted as `console.log` does. The methods
 * name the level; a plain call has level `info`.
 */
export interface Log {
  (...values: unknown[]): void
  trace(...values: unknown[]): void
  debug(...values: unknown[]): void
  info(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
}

const { assign, freeze } = Object

/** The `log` of a function's context. */
export function makeLog(logs: LogSink): Log {
  return freeze(assign(at(logs, 'info'), levels(logs)))
}

/**
 * A `console` whose lines end up in the pool's `'log'` events. It has the methods that write a
 * line; timers, counters and tables have no terminal to serve here.
 */
export function makeConsole(logs: LogSink): object {
  return {
    log: at(logs, 'info'),
    ...levels(logs),
    dir: (value: unknown) => logs.add('info', [value]),
    assert: (condition: unknown, ...values: unknown[]) => {
      if (!condition) logs.add('error', withFirst('Assertion failed', values))
    },
  }
}

/** Not by a spread: its iterator could be the user's. */
function withFirst(first: unknown, others: readonly unknown[]): unknown[] {
  const all = privateArray<unknown>()
  all[0] = first
  for (let i = 0; i < others.length; i++) all[i + 1] = others[i]
  return all
}

function levels(logs: LogSink) {
  return {
    trace: at(logs, 'trace'),
    debug: at(logs, 'debug'),
    info: at(logs, 'info'),
    warn: at(logs, 'warn'),
    error: at(logs, 'error'),
  }
}

function at(logs: LogSink, level: LogLevel): (...values: unknown[]) => void {
  return (...values) => logs.add(level, values)
}
