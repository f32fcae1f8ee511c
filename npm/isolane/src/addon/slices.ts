/**
 * Long work on the event loop, in slices: encoding of inputs and decoding of results of all pools
 * together take one slice a turn, so that the service's own events are served in between.
 */

import { now, setImmediate } from './timers.js'

/** Milliseconds that isolane takes of the event loop in one turn, unless a pool says otherwise. */
export const DEFAULT_SLICE_MS = 4

/** Does a little work; returns whether more is left. One that throws is not called again. */
export type Step = () => boolean

interface Waiting {
  readonly step: Step
  readonly sliceMs: number
}

const waiting: Waiting[] = []
let scheduled = false

/**
 * Runs `step` again and again, taking turns with others, until it returns false. A turn lasts
 * `sliceMs`, or what another one that waits wants, if that is less.
 */
export function inSlices(step: Step, sliceMs: number): void {
  waiting.push({ step, sliceMs })
  if (!scheduled) schedule()
}

function schedule(): void {
  scheduled = true
  setImmediate(runSlice)
}

/** At least one step, however short the slice. */
function runSlice(): void {
  scheduled = false
  const length = waiting.reduce((least, { sliceMs }) => Math.min(least, sliceMs), Infinity)
  const end = now() + length
  try {
    for (let steps = 0; waiting.length > 0 && (steps === 0 || now() < end); steps++) {
      const next = waiting.shift()!
      if (next.step()) waiting.push(next)
    }
  } finally {
    // A step may have made something wait, and so scheduled the next slice already.
    if (waiting.length > 0 && !scheduled) schedule()
  }
}
