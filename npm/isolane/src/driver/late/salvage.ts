import type { Platform } from '../../codec/index.js'
import { ArrayBufferIsView, DateNow } from '../../codec/shared/primordials.js'
import { Operation } from '../../protocol.js'
import { addResults, type Results } from '../results.js'
import { Inertness, prototypesAreInert } from './inert.js'
import type { Outcome } from './outcome.js'
import type { Settling } from './settling.js'

/** How long results may be looked through, in milliseconds. */
const PATIENCE_MS = 50

/** A chunk that was stopped, as far as it had come. */
export interface Stopped {
  readonly operation: number
  readonly results: Results
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
 */
export function salvage(
  stopped: Stopped,
  outcome: Outcome,
  isOpaque: NonNullable<Platform['isOpaque']>,
): Uint8Array {
  if (prototypesAreInert()) addRuns(stopped, outcome, isOpaque)
  return outcome.encode()
}

/** Adds each run of items that have been finished. */
function addRuns(
  stopped: Stopped,
  outcome: Outcome,
  isOpaque: NonNullable<Platform['isOpaque']>,
): void {
  const { operation, results, settling } = stopped
  const end = DateNow() + PATIENCE_MS
  const inertness = new Inertness(isOpaque, () => DateNow() < end)
  const mustBeInert = operation === Operation.Map && !ArrayBufferIsView(results)
  const isCarried = (index: number): boolean =>
    !mustBeInert || inertness.holds((results as unknown[])[index])
  const count = finished(stopped)
  let start = 0
  for (let i = 0; i <= count; i++) {
    if (i < count && settling?.lacks(i) !== true && isCarried(i)) continue
    if (i > start) addResults(operation, results, outcome, start, i)
    start = i + 1
  }
}

/** How many items have been gone through. */
function finished({ results, at, passed }: Stopped): number {
  if (at < 0) return passed
  // The last one may have been stored, and the loop not gone on.
  return !ArrayBufferIsView(results) && at in results ? at + 1 : at
}
