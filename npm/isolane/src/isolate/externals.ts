/**
 * Calls the function of the codec's script with what it takes from this one, `codec/errors.ts` and
 * `codec/primordials.ts`: both must mean the same by it, and only this one runs before user code. The
 * bundler (`scripts/lib/lending.mjs`) writes this module anew, with each name as an argument: a
 * module's namespace would cost a getter for each.
 */
export function lend<T>(_borrow: (...lent: unknown[]) => T): T {
  throw new Error('the bundler has not written lend.ts')
}
