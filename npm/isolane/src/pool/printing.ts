import type { LogEntry } from '../addon/log-entry.js'
import type { LogLevel, LogRecord } from '../protocol.js'

/**
 * By level, the method of the host's console whose stream is that of the function's: `console.trace`
 * itself would print where the host is.
 */
const METHODS = {
  trace: 'warn',
  debug: 'debug',
  info: 'log',
  warn: 'warn',
  error: 'error',
} as const satisfies Record<LogLevel, keyof Console>

/**
 * Prints what a function has logged and nobody listens to, by whatever is the host's console now: a test
 * runner puts its own there. What that throws is not told, as Node's tells of no stream that fails.
 */
export function print(fn: string, records: readonly LogRecord[]): void {
  const name = inOneLine(fn)
  for (const [level, message] of withoutNotes(records)) {
    try {
      // One text: it is no format.
      console[METHODS[level]](`[${name}] ${message}`)
    } catch {
      // Nobody has asked for the line.
    }
  }
}

/** Has lines that nobody listens to printed by what a function has for that. */
export function printBy(own: (entry: LogEntry) => void, entries: readonly LogEntry[]): void {
  for (const entry of entries) {
    try {
      own(entry)
    } catch {
      // Nobody has asked for the line.
    }
  }
}

/** Records that a function has logged: with the others the pool explains itself. */
export function withoutNotes(records: readonly LogRecord[]): LogRecord[] {
  return records.filter(([, , , , , isNote]) => isNote !== true)
}

/** What ends a line, moves the cursor or turns the direction of a text. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/** A name as it can stand in a line of a log: whoever has given it forges no other. */
function inOneLine(name: string): string {
  return name.replace(
    CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

type Method = (typeof METHODS)[LogLevel]

/** By method, what was looked at last, and whether it is Node's own. */
const looked: Partial<Record<Method, { method: unknown; isNodes: boolean }>> = {}

/** Whether the host's console is as it came: then nothing that it calls asks for anybody's stores. */
export function isConsoleOfNode(): boolean {
  try {
    return isNodes('log') && isNodes('warn') && isNodes('error') && isNodes('debug')
  } catch {
    // There is none, or its getters throw.
    return true
  }
}

function isNodes(name: Method): boolean {
  const method: unknown = console[name]
  const last = looked[name]
  if (last !== undefined && last.method === method) return last.isNodes
  const isNative = typeof method === 'function' && toText.call(method).endsWith('{ [native code] }')
  looked[name] = { method, isNodes: isNative }
  return isNative
}

const { toString: toText } = Function.prototype
