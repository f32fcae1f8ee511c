import { createHash } from 'node:crypto'

import { InvalidArgumentError, wrong } from '../errors/errors.js'
import { type Level, LEVELS } from './logger.js'

/** By level, the share of calls whose lines are told: from 0, none, to 1, all. */
export type Sample = { readonly [L in Level]?: number }

const RANGE = 2 ** 32

/**
 * Whether the lines of a call are told, by level. The `callId` decides: all lines of a level are told or none, a call
 * whose lines of one level are told has those of every level with a greater share, and every process decides alike.
 */
export class SampledCall {
  readonly #sample: Sample
  #position: number | undefined

  constructor(sample: Sample) {
    this.#sample = sample
  }

  /** @param callId of the call; `undefined` for what was logged when that had ended */
  takes(level: Level, callId: string | undefined): boolean {
    const { [level]: share = 1 } = this.#sample
    if (share === 1 || share === 0) return share === 1
    return (this.#position ??= positionOf(callId)) < share
  }
}

/** Where a call stands from 0 to 1: evenly spread, whatever ids are like. */
function positionOf(callId = ''): number {
  return createHash('sha256').update(callId).digest().readUInt32BE() / RANGE
}

/** @throws {InvalidArgumentError} */
export function checkSample(sample: unknown): Sample | undefined {
  if (sample === undefined) return undefined
  if (typeof sample !== 'object' || sample === null || Array.isArray(sample)) {
    throw wrong('options.sample', 'an object of shares by level, such as { debug: 0.01 }', sample)
  }
  const shares = Object.entries(sample)
  for (const [level, share] of shares) {
    if (!LEVELS.includes(level as Level)) {
      throw new InvalidArgumentError(
        `There is no level '${level}' for options.sample; the levels are ${LEVELS.join(', ')}`,
      )
    }
    if (share !== undefined && !(typeof share === 'number' && share >= 0 && share <= 1)) {
      throw wrong(`options.sample.${level}`, 'a number from 0 to 1', share)
    }
  }
  // A copy: the caller may change his.
  return Object.assign(Object.create(null) as object, Object.fromEntries(shares))
}
