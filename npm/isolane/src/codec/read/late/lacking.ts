/** Values that this engine is too old to make: where they stand in what else a payload holds. */

import { DataCloneError, type Lacking } from '../../shared/errors.js'
import { SafeSet } from '../../shared/primordials.js'
import { Search } from '../../write/late/path.js'

/** By what stands in for it. */
export type StandIns = Map<unknown, Lacking>

/** Is told which elements of an array hold something that the engine lacks. */
export type Refuse = (index: number, error: DataCloneError) => void

/** The error of a value with stand-ins, which is called `root`. */
export function lackingError(value: unknown, standIns: StandIns, root: string): DataCloneError {
  const found = new Search((part) => standIns.has(part)).find(value, root)
  return new DataCloneError(found?.path ?? root, standIns.get(found?.value)?.text ?? 'a value')
}

/**
 * Tells the elements [start, end) of `list` that hold stand-ins. Each object is looked at once: one that
 * shares an object with an element that was refused before it is refused itself.
 */
export function refuseLacking(
  list: readonly unknown[],
  start: number,
  end: number,
  standIns: StandIns,
  root: string,
  refuse: Refuse,
): void {
  const tainted = new SafeSet<unknown>()
  const search = new Search((part) => standIns.has(part) || tainted.has(part))
  const clean = (search.clean = new SafeSet<unknown>())
  let what = ''
  for (let i = start; i < end; i++) {
    const seen = (search.seen = new SafeSet<unknown>())
    const found = search.find(list[i], `${root}[${i}]`)
    const into = found === undefined ? clean : tainted
    seen.forEach((object) => into.add(object))
    if (found === undefined) continue
    what = standIns.get(found.value)?.text ?? what
    refuse(i, new DataCloneError(found.path, what))
  }
}
