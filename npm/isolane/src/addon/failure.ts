/** The addon throws Node-API's errors, and what has become of panics: nobody outside shall meet those. */

import { EngineUnavailableError } from '../errors/errors.js'
import { stackError } from '../errors/stack.js'
import { textOfError } from '../errors/text.js'

/** The library's error for what the addon threw when it was to do `what`. */
export function addonError(what: string, cause: unknown): unknown {
  const error = stackError(cause)
  if (error !== cause) return error
  return new EngineUnavailableError(`The addon failed to ${what}: ${textOfError(cause)}`, { cause })
}

/**
 * Asks the addon to do `what`.
 *
 * @throws {EngineUnavailableError} whose cause is what the addon threw
 * @throws {StackOverflowError} where there is little stack left
 */
export function ask<T>(what: string, question: () => T): T {
  try {
    return question()
  } catch (error) {
    throw addonError(what, error)
  }
}
