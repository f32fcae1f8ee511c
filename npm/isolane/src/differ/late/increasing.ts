import { privateArray } from '../../codec/shared/primordials.js'

/**
 * Indexes of a longest increasing subsequence of `values`, which differ from each other, in order.
 * Patience sorting: for each length the subsequence of the smallest end is kept.
 */
export function longestIncreasing(values: readonly number[]): number[] {
  /** Index of the last element of the best subsequence of each length. */
  const ends = privateArray<number>()
  const previous = privateArray<number>()
  for (let i = 0; i < values.length; i++) {
    const length = shorterThan(values, ends, values[i]!)
    previous[i] = length === 0 ? -1 : ends[length - 1]!
    ends[length] = i
  }
  const chosen = privateArray<number>()
  let at = ends.length === 0 ? -1 : ends[ends.length - 1]!
  for (let i = ends.length - 1; i >= 0; i--) {
    chosen[i] = at
    at = previous[at]!
  }
  return chosen
}

/** How many of the subsequences end below `value`. */
function shorterThan(values: readonly number[], ends: readonly number[], value: number): number {
  let low = 0
  let high = ends.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[ends[middle]!]! < value) low = middle + 1
    else high = middle
  }
  return low
}
