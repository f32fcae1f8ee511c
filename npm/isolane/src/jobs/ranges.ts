import type { IndexRange } from '../options/outcome.js'

/** A set of indices, as ranges that come in any order. */
export class Ranges {
  #ranges: IndexRange[] = []
  #isSorted = true

  add(start: number, end: number): void {
    if (start === end) return
    const last = this.#ranges.at(-1)
    if (last !== undefined && last[1] === start) last[1] = end
    else this.#ranges.push([start, end])
    this.#isSorted = false
  }

  /** How many indices they have. */
  get size(): number {
    const end = this.#ranges.reduce((last, range) => Math.max(last, range[1]), 0)
    return end - sizeOf(this.missing(end))
  }

  /** The ranges of [0, total) that are not in here, in order. */
  missing(total: number): IndexRange[] {
    this.#sort()
    const gaps: IndexRange[] = []
    let next = 0
    for (const [start, end] of this.#ranges) {
      if (start > next) gaps.push([next, start])
      next = Math.max(next, end)
    }
    if (next < total) gaps.push([next, total])
    return gaps
  }

  #sort(): void {
    if (this.#isSorted) return
    this.#ranges.sort((a, b) => a[0] - b[0])
    this.#isSorted = true
  }
}

/** How many indices the ranges have. */
export function sizeOf(ranges: readonly IndexRange[]): number {
  return ranges.reduce((sum, [start, end]) => sum + end - start, 0)
}
