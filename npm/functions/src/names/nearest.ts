/** Names that may have been meant. */

const MOST = 3

/** Of `names` those that are most like `wanted`, the nearest first. */
export function nearest(wanted: string, names: Iterable<string>): string[] {
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  const letters = new Letters(wanted)
  const last = lastOf(wanted)
  const near: [number, string][] = []
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) > limit) {
      // The same name in another folder.
      if (name.endsWith(last) && lastOf(name) === last) near.push([limit, name])
      continue
    }
    // There may be thousands: most are told apart by this.
    if (letters.apart(name) > limit) continue
    const steps = distance(wanted, name, limit)
    if (steps <= limit) near.push([steps, name])
  }
  near.sort(([one, a], [other, b]) => one - other || (a < b ? -1 : 1))
  return near.slice(0, MOST).map(([, name]) => name)
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** How often a text has each letter. Of those that are not in ASCII some are taken for one. */
class Letters {
  readonly #counts = new Int32Array(128)
  readonly #length: number

  constructor(text: string) {
    this.#length = text.length
    for (let i = 0; i < text.length; i++) this.#counts[text.charCodeAt(i) & 127]!++
  }

  /** So many steps at least lead to another text: letters that only one of them has. */
  apart(other: string): number {
    const counts = this.#counts
    let own = 0
    for (let i = 0; i < other.length; i++) if (counts[other.charCodeAt(i) & 127]!-- <= 0) own++
    for (let i = 0; i < other.length; i++) counts[other.charCodeAt(i) & 127]!++
    return Math.max(own, this.#length - (other.length - own))
  }
}

/** Letters to add, take away or exchange (Levenshtein); more than `limit` where it is more. */
function distance(one: string, other: string, limit: number): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    let least = i
    for (let j = 1; j <= other.length; j++) {
      const changed = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1)
      next[j] = Math.min(changed, row[j]! + 1, next[j - 1]! + 1)
      least = Math.min(least, next[j]!)
    }
    if (least > limit) return limit + 1
    row = next
  }
  return row[other.length]!
}
