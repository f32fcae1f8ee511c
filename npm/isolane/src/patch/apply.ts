import { applyTree } from './apply-tree.js'
import { ChangeTree } from './change-tree.js'
import { checkOperations } from './options.js'
import type { PatchOperation } from '../differ/operation.js'

/**
 * `target` with `operations` made, in their order; see {@link PatchOperation} for what each does. `target` is not
 * changed: what has no change below it is part of both. Paths refer to `target` as it is, except that an
 * operation below a node that an earlier one has set changes what was set.
 *
 * @throws {InvalidTypeError} what is no operation
 * @throws {PatchError} an operation has a path that is not there, or is none of what is there
 */
export function applyPatch<T>(target: T, operations: readonly PatchOperation[]): T {
  const tree = new ChangeTree('last')
  tree.add(checkOperations('operations', operations), 0)
  return applyTree(target, tree.root) as T
}
