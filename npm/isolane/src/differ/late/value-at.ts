import type { Path } from '../operation.js'
import { childOf } from './child.js'

/** What is at a path of a value; `undefined` where nothing is. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value
  for (let i = 0; i < path.length; i++) {
    if (typeof at !== 'object' || at === null) return undefined
    at = childOf(at, path[i]!)?.value
  }
  return at
}
