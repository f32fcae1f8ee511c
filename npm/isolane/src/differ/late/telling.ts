import type { DiffRefusal, DiffScope, PatchOperation } from '../operation.js'
import { Differ } from './differ.js'
import { Refused } from '../refused.js'

/** What changed from one value to another, or why that cannot be told. */
export function changesOf(
  before: unknown,
  after: unknown,
  scope: DiffScope,
): PatchOperation[] | DiffRefusal {
  const differ = new Differ(scope[0])
  try {
    differ.compareAll(before, after, scope[1])
    return differ.finished()
  } catch (error) {
    if (!Refused.is(error)) throw error
    return { path: error.path, why: error.why }
  }
}
