import * as errors from '../codec/errors.js'
import * as primordials from '../codec/primordials.js'

/**
 * What the codec's script takes from this one, by name: both must mean the same by it, and only this
 * one runs before user code. `scripts/lib/lending.mjs` writes it out as one literal, since a module's
 * namespace costs a getter for each name.
 */
export function lend(): object {
  return { ...errors, ...primordials }
}
