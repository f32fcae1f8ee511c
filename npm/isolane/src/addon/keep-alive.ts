/**
 * Keeps the process alive, and what waits for an answer in it. The addon refers to nothing of a
 * pool: one that only its outstanding calls are left of would be collected before they settle.
 */

import { setInterval } from './timers.js'

const waiting = new Set<object>()
let timer: NodeJS.Timeout | undefined

/** Holds on to `waiter`, and keeps the process alive, until {@link letGo}. */
export function holdOn(waiter: object): void {
  waiting.add(waiter)
  if (waiting.size > 1) return
  timer ??= setInterval(nothing, 2 ** 31 - 1)
  timer.ref()
}

/** Ends a {@link holdOn}. */
export function letGo(waiter: object): void {
  waiting.delete(waiter)
  if (waiting.size === 0) timer?.unref()
}

function nothing(): void {}
