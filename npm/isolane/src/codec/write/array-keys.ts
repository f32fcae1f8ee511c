import type { Platform } from '../shared/platform.js'
import { ObjectHasOwn, ObjectKeys, privateArray } from '../shared/primordials.js'

/** Arrays at least this long are worth a call to the platform. */
export const ASK_PLATFORM = 1024
/** Holes visited one by one before the array's keys are asked for. */
const SHORT_RUN = 64

/**
 * The names of an array's properties that are no elements, or undefined if it has none.
 *
 * No engine tells this without listing the elements too, so only `exact` does that. Otherwise the
 * platform answers for long arrays, and short ones are believed to be plain unless they look like
 * the result of a regular expression, which is the common kind.
 */
export function namedKeys(
  array: readonly unknown[],
  platform: Platform,
  exact: boolean,
): string[] | undefined {
  const { length } = array
  if (!exact) {
    if (platform.hasNamedKeys !== undefined && length >= ASK_PLATFORM) {
      if (!platform.hasNamedKeys(array)) return undefined
    } else if ((array as { index?: unknown }).index === undefined) {
      return undefined
    }
  }
  const keys = ObjectKeys(array)
  let first = keys.length
  while (first > 0 && !isIndex(keys[first - 1]!)) first--
  if (first === keys.length) return undefined
  const names = privateArray<string>()
  for (let i = first; i < keys.length; i++) names[i - first] = keys[i]!
  return names
}

function isIndex(key: string): boolean {
  const number = +key
  return number >>> 0 === number && number !== 0xffffffff && `${number}` === key
}

/** The first index after the hole at `hole` that is no hole, or `end`. */
export function nextIndex(array: readonly unknown[], hole: number, end: number): number {
  let index = hole + 1
  while (index < end && index - hole < SHORT_RUN) {
    if (ObjectHasOwn(array, index)) return index
    index++
  }
  return index === end ? end : nextKey(array, index, end)
}

/** The same from the list of keys, which has the indices first and in order. */
function nextKey(array: readonly unknown[], from: number, end: number): number {
  const keys = ObjectKeys(array)
  let low = 0
  let high = keys.length
  while (high > 0 && !isIndex(keys[high - 1]!)) high--
  while (low < high) {
    const middle = (low + high) >> 1
    if (+keys[middle]! < from) low = middle + 1
    else high = middle
  }
  return low < keys.length && +keys[low]! < end ? +keys[low]! : end
}
