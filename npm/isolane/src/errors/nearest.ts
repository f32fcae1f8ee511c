/** The nearest of the names there are to one that was mistyped, if it is near. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const begun = name.length < SHORT ? undefined : names.find((each) => isBegun(name, each))
  if (begun !== undefined) return begun
  // What is longer by far is none of them, and would take long to compare.
  const near = names.filter((each) => Math.abs(each.length - name.length) <= reach(name))
  const ranked = near.map((each) => ({ each, far: distance(name, each) }))
  const [best] = ranked.sort((one, other) => one.far - other.far)
  return best === undefined || best.far > reach(name) ? undefined : best.each
}

/** A hint for a name that was mistyped; empty where none is near. */
export function nearestHint(name: string, names: readonly string[], prefix = ''): string {
  const best = nearest(name, names)
  return best === undefined ? '' : `Did you mean ${prefix}${best}?`
}

/** Of so few letters nobody can say. */
const SHORT = 4

/** Whether one goes on as the other begins, such as `warning` and `warn`. */
function isBegun(name: string, other: string): boolean {
  return other.length >= SHORT && (name.startsWith(other) || other.startsWith(name))
}

function reach(name: string): number {
  return Math.max(1, name.length / 3)
}

/** Letters to insert, delete, replace, or swap with their neighbour (Damerau and Levenshtein). */
function distance(from: string, to: string): number {
  const first = Array.from({ length: to.length + 1 }, (_, index) => index)
  const rows = [first]
  for (let i = 1; i <= from.length; i++) {
    const [above, row] = [rows[i - 1]!, [i]]
    for (let j = 1; j <= to.length; j++) {
      const replaced = above[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const swapped = isSwapped ? rows[i - 2]![j - 2]! + 1 : Infinity
      row[j] = Math.min(replaced, swapped, above[j]! + 1, row[j - 1]! + 1)
    }
    rows.push(row)
  }
  return rows.at(-1)!.at(-1)!
}
