import * as errors from '../codec/errors.js'
import * as primordials from '../codec/primordials.js'

/**
 * Calls the function of the codec's script with what it takes from this one: both must mean the same
 * by it, and only this one runs before user code. `scripts/lib/lending.mjs` writes the arguments out,
 * since a module's namespace costs a getter for each name.
 */
export function lend<T>(borrow: (...lent: unknown[]) => T): T {
  return borrow(...Object.values(errors), ...Object.values(primordials))
}
