import { patchError } from './errors.js'
import { checkDiffOptions, uncovered } from './options.js'
import { Differ } from '../differ/late/differ.js'
import { Refused } from '../differ/refused.js'
import type { ElementKeys, Path, PatchOperation } from '../differ/operation.js'

/** Options of {@link diff}. */
export interface DiffOptions {
  /**
   * By which property elements of arrays are told. A name: in each array all of whose elements have a
   * string, number, bigint or boolean of their own there; others are compared by index. Or names by
   * path, properties with dots between them and `*` for any element or entry (`{ 'rooms': 'id',
   * 'rooms.*.rates': 'code' }`): there, an element without one is an error. Default: by index.
   */
  key?: ElementKeys
  /** Compares what is at these paths only, and what is below them. Default: everything. */
  paths?: readonly Path[]
}

/**
 * What is to be done to `before` to get `after`. The operations are not the fewest possible; equal values
 * give none. Values that are no arrays, plain objects, Maps or Sets are compared as a whole: primitives as
 * `Object.is` does, Dates, RegExps, typed arrays and buffers by what they hold. Neither value is changed;
 * operations hold parts of `after`, not copies of them.
 *
 * @throws {PatchError} a value has a cycle or is nested deeper than 1,000 levels, an object that changed is
 *   to be found by two paths, or an element lacks the key that `options` names
 */
export function diff(before: unknown, after: unknown, options?: DiffOptions): PatchOperation[] {
  const { key, paths } = checkDiffOptions(options)
  return refusing(() => {
    const differ = new Differ(key)
    differ.compareAll(before, after, paths && uncovered(paths))
    return [...differ.finished()]
  })
}

/** Whether {@link diff} finds nothing. */
export function areEqual(a: unknown, b: unknown): boolean {
  return refusing(() => new Differ(undefined).areEqual(a, b))
}

function refusing<T>(compare: () => T): T {
  try {
    return compare()
  } catch (error) {
    if (Refused.is(error)) throw patchError(error.path, error.why)
    throw error
  }
}
