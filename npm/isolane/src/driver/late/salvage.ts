import type { Platform } from '../../codec/index.js'
import { ArrayBufferIsView, DateNow } from '../../codec/shared/primordials.js'
import { Operation } from '../../protocol.js'
import { addResults, type Computed } from '../results.js'
import { Inertness, prototypesAreInert } from './inert.js'
import type { Outcome } from './outcome.js'
import type { Settling } from './settling.js'

/** How long results may be looked through, in milliseconds. */
const PATIENCE_MS = 50

/** A chunk that was stopped, as far as it had come. */
export interface Stopped extends Computed {
  /** Items that had been gone through. */
  readonly passed: number
  /** Index of the item that was being computed; -1 outside of items. */
  readonly at: number
  /** What was awaited. */
  readonly settling: Settling | undefined
}

/**
 * Adds what a stopped chunk has finished to an outcome, and encodes that. Nothing of the user's
 * runs: results that could make it run are left out.
 *
 * @param lent frozen prototypes of the context that shared values were borrowed from
 */
export function salvage(
  stopped: Stopped,
  outcome: Outcome,
  isOpaque: NonNullable<Platform['isOpaque']>,
  lent: readonly object[],
): Uint8Array {
  if (prototypesAreInert()) addRuns(stopped, outcome, isOpaque, lent)
  return outcome.encode()
}

/** Adds each run of items that have been finished. */
function addRuns(
  stopped: Stopped,
  outcome: Outcome,
  isOpaque: NonNullable<Platform['isOpaque']>,
  lent: readonly object[],
): void {
  const { operation, results, settling, text, items } = stopped
  const end = DateNow() + PATIENCE_MS
  const inertness = new Inertness(isOpaque, lent, text !== undefined, () => DateNow() < end)
  // Of a filter that gives text, the items are read.
  const read = operation === Operation.Filter && text !== undefined ? items : results
  const mustBeInert = (operation === Operation.Map || read === items) && !ArrayBufferIsView(results)
  const isCarried = (index: number): boolean =>
    !mustBeInert || inertness.holds((read as readonly unknown[])[index])
  const count = finished(stopped)
  let start = 0
  for (let i = 0; i <= count; i++) {
    if (i < count && settling?.lacks(i) !== true && isCarried(i)) continue
    if (i > start) addResults(stopped, outcome, start, i)
    start = i + 1
  }
}

/** How many items have been gone through. */
function finished({ results, at, passed }: Stopped): number {
  if (at < 0) return passed
  // The last one may have been stored, and the loop not gone on.
  return !ArrayBufferIsView(results) && at in results ? at + 1 : at
}
