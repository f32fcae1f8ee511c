import { InvalidTypeError } from '../errors/errors.js'
import { wrongType } from '../errors/invalid.js'
import { changed, NO_OPTIONS } from '../options/check.js'
import type { Reducers } from '../functions/types.js'

const REDUCER_KEYS = ['reduce', 'map', 'initial']

/**
 * Checks what `pool.reduce` folds with, and reads it once.
 *
 * @throws {InvalidTypeError} where it is no object, or holds what no reducer is
 */
export function checkReducers<T, R>(reducers: Reducers<T, R>) {
  if (typeof reducers !== 'object' || reducers === null) {
    throw wrongType('reducers', 'an object { reduce, map?, initial? }', reducers)
  }
  for (const key of Object.keys(reducers)) {
    if (!REDUCER_KEYS.includes(key)) {
      throw new InvalidTypeError(
        `There is no reducer '${key}'; there are ${REDUCER_KEYS.join(', ')}`,
      )
    }
  }
  const { reduce, map, initial } = changed(NO_OPTIONS, reducers)
  return { reduce, map, initial, hasInitial: Object.hasOwn(reducers, 'initial') }
}
