/** Stacks of what functions throw: which of their frames are the function's. */

import { dirname } from 'node:path'
import { withoutFunctionPaths } from '../functions/files.js'
import { PRELUDE_NAME } from '../protocol.js'

const FRAME = /^\s+at /
/** The folder that this package is built into. */
const OWN_FOLDER = dirname(__dirname)
/** Not as a part of some path. */
const PRELUDE_FRAME = new RegExp(`^\\s+at (?:.*[ (])?${PRELUDE_NAME}:\\d+:\\d+`)

/** Frames of this package, on either engine, and what is below them: they are not the function's. */
function isOurs(line: string): boolean {
  return PRELUDE_FRAME.test(line) || (FRAME.test(line) && line.includes(OWN_FOLDER))
}

/**
 * Leaves the function's own frames in a stack.
 *
 * @param functionPaths what the paths of inline functions begin with; undefined where they have none
 */
export function cutStack(error: Error, functionPaths: string | undefined): void {
  if (typeof error.stack !== 'string') return
  const stack =
    functionPaths === undefined ? error.stack : withoutFunctionPaths(error.stack, functionPaths)
  const all = stack.split('\n')
  const end = all.findIndex((line) => FRAME.test(line) && line.includes(OWN_FOLDER))
  const lines = (end < 0 ? all : all.slice(0, end)).filter((line) => !isOurs(line))
  if (lines.length === all.length && stack === error.stack) return
  const value = lines.join('\n')
  const property = { __proto__: null, value, writable: true, configurable: true, enumerable: false }
  Object.defineProperty(error, 'stack', property as PropertyDescriptor)
}
