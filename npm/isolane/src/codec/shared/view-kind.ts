import { VIEW_KINDS } from './format.js'
import { TypedArrayTag } from './primordials.js'

/** The index of a view's class in VIEW_KINDS, or -1 for a DataView. */
export function viewKind(view: object): number {
  const tag = TypedArrayTag(view)
  if (tag === undefined) return -1
  for (let i = 0; i < VIEW_KINDS.length; i++) if (VIEW_KINDS[i] === tag) return i
  return -1
}
