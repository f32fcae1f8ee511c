/** Errors about arguments: what was expected and what came. */

import { inspect } from 'node:util'
import { InvalidRangeError, InvalidTypeError } from './errors.js'

/** `what` must be `expected` but is `value`. */
export function wrongType(what: string, expected: string, value: unknown): InvalidTypeError {
  return new InvalidTypeError(`${what} must be ${expected}; got ${show(value)}`)
}

/** `what` must be in the range `expected` but is `value`. */
export function outOfRange(what: string, expected: string, value: unknown): InvalidRangeError {
  return new InvalidRangeError(`${what} must be ${expected}; got ${show(value)}`)
}

function show(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 80 })
}
