/**
 * Calls from the depth of a recursion. Code that has no stack left may go on when it has caught V8's
 * RangeError, and so must the pool: what has begun must come to its end.
 */

import { isStackOverflow } from '../codec/shared/primordials.js'
import { DEEP_CALLS, hasStack } from '../codec/shared/stack.js'
import { StackOverflowError } from './errors.js'

/**
 * More than any operation needs, of its own code, until it has done all that belongs together: 38 KiB. Where it is
 * interpreted still, `reduce` needs 24.
 */
const CALLS = 160

/** For where not even an error can be made: to compile what makes it takes more stack than is left. */
const READY = new StackOverflowError(undefined)

function overflow(cause: unknown): StackOverflowError {
  try {
    return new StackOverflowError(cause)
  } catch {
    return READY
  }
}

/**
 * Throws now what would else be thrown in the middle of something.
 *
 * @throws {StackOverflowError} where there is little stack left
 */
export function assertStack(): void {
  if (!hasStack(CALLS)) throw overflow(undefined)
}

/** What a call throws for `error`: another one where that is V8's, for want of stack, and not the doing of a value. */
export function stackError(error: unknown): unknown {
  return isStackOverflow(error) && !hasStack(DEEP_CALLS) ? overflow(error) : error
}

/** Does what must be done as a whole. */
export function withStack<T>(operation: () => T): T {
  assertStack()
  try {
    return operation()
  } catch (error) {
    throw stackError(error)
  }
}
