/**
 * Node's timers and clocks as they were when the package was loaded. Tests and services replace those
 * of the global object, and of `node:timers` too, by ones that stand still until somebody advances them.
 */

import { performance } from 'node:perf_hooks'
import * as timers from 'node:timers'
import { PromiseThen } from '../codec/shared/primordials.js'

export const { setImmediate, setInterval, setTimeout, clearInterval, clearTimeout } = timers

export const nextTick = process.nextTick.bind(process)

/** Milliseconds on a clock that only goes forward. */
export const now: () => number = performance.now.bind(performance)

/** Milliseconds since the epoch. */
export const timestamp: () => number = Date.now

/** The class of real dates. */
export const RealDate = Date

const resolved = Promise.resolve()
const nothing = (): void => {}

/** Runs `callback` when the code that runs now has ended. A promise does it, since nobody can replace what that uses. */
export function inMicrotask(callback: () => void): void {
  PromiseThen(resolved, callback, nothing)
}

/** Hands what was thrown by code of the user's that nobody waits for to the process, as an uncaught exception. */
export function raise(error: unknown): void {
  setImmediate(() => {
    throw error
  })
}

/** Runs code of the user's that nobody waits for; see {@link raise}. */
export function guarded(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    raise(error)
  }
}
