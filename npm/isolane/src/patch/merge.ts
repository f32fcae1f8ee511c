import { conflictError } from './errors.js'
import { ChangeTree } from './change-tree.js'
import type { OnConflict, PatchConflict } from './conflicts.js'
import type { PatchOperation } from '../differ/operation.js'
import { checkMergeOptions, checkOperations } from './options.js'
import { isArray, wrongType } from '../errors/invalid.js'

/** Options of {@link mergePatches}. */
export interface MergeOptions {
  /** Default: `'last'`. */
  onConflict?: OnConflict
}

/** What {@link mergePatches} gives. */
export interface MergedPatches {
  /** At most one change for each node; see `applyPatch`. */
  operations: PatchOperation[]
  /** Operations of different patches that change the same node, each in its own way. */
  conflicts: PatchConflict[]
}

/**
 * Several patches of one value as one, in their order: to apply it is to apply them one after the other,
 * except that what one patch has deleted is there for the next, which knew nothing of that.
 *
 * - Different nodes never disturb one another.
 * - Of two changes of the same node the later is kept.
 * - A node that is set or deleted covers earlier changes below it.
 * - A change below a node that was set before is made to the new value, if that has such a node.
 * - A change below a node that was deleted before, or is not in the new value, brings the original back.
 * - Two patches that insert or delete elements of one array by index: those of the later are kept.
 *
 * What an operation loses to another one is in `conflicts`, unless both do the same.
 *
 * @throws {InvalidTypeError} what is no patch
 * @throws {PatchConflictError} there are conflicts, with `onConflict: 'reject'`
 */
export function mergePatches(
  patches: readonly (readonly PatchOperation[])[],
  options?: MergeOptions,
): MergedPatches {
  const { onConflict = 'last' } = checkMergeOptions(options)
  if (!isArray('patches', patches)) throw wrongType('patches', 'an array of patches', patches)
  const tree = mergedTree(
    patches.map((patch, i) => checkOperations(`patches[${i}]`, patch)),
    onConflict,
  )
  return { operations: tree.operations(), conflicts: tree.conflicts }
}

/** @throws {PatchConflictError} */
function mergedTree(
  patches: readonly (readonly PatchOperation[])[],
  onConflict: OnConflict,
): ChangeTree {
  const tree = new ChangeTree(onConflict === 'reject' ? 'last' : onConflict)
  for (let i = 0; i < patches.length; i++) tree.add(patches[i]!, i)
  if (onConflict === 'reject' && tree.conflicts.length > 0) {
    throw conflictError(tree.conflicts)
  }
  return tree
}
