import { makeConsole } from '../driver/console.js'
import { nextTick } from '../addon/timers.js'
import type { LogBuffer } from '../driver/log.js'
import type { LogLevel } from '../protocol.js'

/**
 * Sends what functions print to the log of the call that prints it: `console` as on the v8 engine,
 * and what is written to the standard streams line by line.
 *
 * @param logs the log of the call that runs
 */
export function captureOutput(logs: () => LogBuffer): void {
  // Methods that it lacks (tables, timers, counters) stay Node's, which write to the streams.
  // Where built-ins are frozen all of them do.
  const methods = makeConsole({ add: (level, values) => logs().add(level, values) })
  for (const [name, method] of Object.entries(methods)) Reflect.set(console, name, method)
  capture(process.stdout, 'info', logs)
  capture(process.stderr, 'error', logs)
}

/** Lines that have been begun, to be taken when the call ends. */
const begun: Array<() => void> = []

/** Ends lines that lack their end. */
export function endLines(): void {
  for (let i = 0; i < begun.length; i++) begun[i]!()
}

function capture(stream: NodeJS.WriteStream, level: LogLevel, logs: () => LogBuffer): void {
  let line = ''
  begun.push(() => {
    if (line !== '') logs().add(level, ['%s', line])
    line = ''
  })
  const write = (chunk: unknown, encoding?: unknown, done?: unknown): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString()
    const lines = (line + text).split('\n')
    line = lines.pop()!
    for (const whole of lines) logs().add(level, ['%s', whole])
    const callback = typeof encoding === 'function' ? encoding : done
    if (typeof callback === 'function') nextTick(callback)
    return true
  }
  Object.defineProperty(stream, 'write', {
    __proto__: null,
    value: write,
    writable: true,
    configurable: true,
  } as PropertyDescriptor)
}
