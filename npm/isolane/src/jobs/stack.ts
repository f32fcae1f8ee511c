/** Stacks of what functions throw: which of their frames are the function's. */

import { dirname } from 'node:path'
import type { Call } from '../calls/call.js'
import { withAuthorsPlaces, withNames } from '../calls/places.js'
import { PRELUDE_NAME } from '../protocol.js'

const FRAME = /^\s+at /
/** The folder that this package is built into. */
const OWN_FOLDER = dirname(__dirname)
/** Not as a part of some path. */
const PRELUDE_FRAME = new RegExp(`^\\s+at (?:.*[ (])?${PRELUDE_NAME}:\\d+:\\d+`)

/** Frames of Node's own, which stand around those of this package. */
const NODES_FRAME = /^\s+at (?:.*[ (])?node:/

/** Frames of this package, on either engine: they are not the function's. */
function isOurs(line: string): boolean {
  return PRELUDE_FRAME.test(line) || (FRAME.test(line) && line.includes(OWN_FOLDER))
}

/** Errors that are looked at, of an error and those that it came of. */
const MOST_ERRORS = 20

/**
 * Leaves the function's own frames in the stacks of an error and those that it came of, with the places that its
 * author knows.
 *
 * @returns the error's stack with the places of what ran
 */
export function cutStacks(error: Error, call: Call): string | undefined {
  const all = new Set([error])
  for (const each of all) {
    for (const other of causesOf(each)) if (all.size < MOST_ERRORS) all.add(other)
  }
  const [stack] = Array.from(all, (each) => cutStack(each, call))
  return stack
}

/** What an error came of. It was decoded: nothing of it is computed. */
function causesOf(error: Error & { errors?: unknown }): Error[] {
  const cause = Object.hasOwn(error, 'cause') ? error.cause : undefined
  const errors = Object.hasOwn(error, 'errors') ? error.errors : undefined
  const all: unknown[] = Array.isArray(errors) ? [cause, ...(errors as unknown[])] : [cause]
  return all.filter((each) => each instanceof Error)
}

function cutStack(error: Error, { pool, maps }: Call): string | undefined {
  if (typeof error.stack !== 'string') return undefined
  const all = withNames(error.stack, pool).split('\n')
  const end = all.findIndex((line) => FRAME.test(line) && line.includes(OWN_FOLDER))
  const isNodes = (line: string, at: number) => end >= 0 && at >= end - 1 && NODES_FRAME.test(line)
  const own = all.filter((line, at) => !isOurs(line) && !isNodes(line, at)).join('\n')
  const value = withAuthorsPlaces(own, pool.authorPlace, maps)
  if (value === error.stack) return own
  const property = { __proto__: null, value, writable: true, configurable: true, enumerable: false }
  Object.defineProperty(error, 'stack', property as PropertyDescriptor)
  return own
}
