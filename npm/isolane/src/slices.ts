/**
 * Long work on the event loop, in slices: encoding of inputs and decoding of results take at most
 * {@link SLICE_MS} a turn together, so that the service's own events are served in between.
 */

import { performance } from 'node:perf_hooks'

/** Time that isolane takes of the event loop in one turn, in milliseconds. */
export const SLICE_MS = 4

/** Does a little work; returns whether more is left. One that throws is not called again. */
export type Step = () => boolean

const waiting: Step[] = []
let scheduled = false

/** Runs `step` again and again, taking turns with others, until it returns false. */
export function inSlices(step: Step): void {
  waiting.push(step)
  if (!scheduled) schedule()
}

function schedule(): void {
  scheduled = true
  setImmediate(runSlice)
}

function runSlice(): void {
  scheduled = false
  const end = performance.now() + SLICE_MS
  try {
    while (waiting.length > 0 && performance.now() < end) {
      const step = waiting.shift()!
      if (step()) waiting.push(step)
    }
  } finally {
    if (waiting.length > 0) schedule()
  }
}
