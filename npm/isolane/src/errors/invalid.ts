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

/**
 * Whether `value` is an array.
 *
 * @throws {InvalidTypeError} where nobody can say: it is a Proxy that has been revoked
 */
export function isArray(what: string, value: unknown): value is unknown[] {
  try {
    return Array.isArray(value)
  } catch {
    throw new InvalidTypeError(`${what} is a Proxy that has been revoked`)
  }
}

/**
 * Checks that one can look at `value`.
 *
 * @throws {InvalidTypeError} where it is a Proxy that has been revoked
 */
export function refuseRevoked(what: string, value: unknown): void {
  isArray(what, value)
}

/** None of the value's own code says how: it may do anything. */
function show(value: unknown): string {
  try {
    return inspect(value, {
      depth: 0,
      breakLength: Infinity,
      maxStringLength: 80,
      customInspect: false,
    })
  } catch {
    return `a value (${typeof value}) that cannot be shown`
  }
}
