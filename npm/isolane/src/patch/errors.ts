import type { Path } from '../differ/operation.js'
import { textOfPath } from '../differ/path.js'
import { IsolaneError } from '../errors/errors.js'
import type { PatchConflict } from './conflicts.js'

/** A value has no difference that can be told, or an operation does not fit the value. */
export class PatchError extends IsolaneError {
  override name = 'PatchError'
  readonly code = 'ERR_ISOLANE_PATCH'

  /** @internal */
  constructor(
    message: string,
    /** Where in the value. */
    readonly path: Path,
  ) {
    super(message)
  }
}

/** Patches change the same nodes, each in its own way, and `onConflict` is `'reject'`. */
export class PatchConflictError extends IsolaneError {
  override name = 'PatchConflictError'
  readonly code = 'ERR_ISOLANE_PATCH_CONFLICT'

  /** @internal */
  constructor(
    message: string,
    /** All of them. */
    readonly conflicts: readonly PatchConflict[],
  ) {
    super(message)
  }
}

/** @param why the end of a sentence that begins with the path */
export function patchError(path: Path, why: string): PatchError {
  return new PatchError(`${textOfPath(path)} ${why}`, path)
}

/** @param conflicts at least one */
export function conflictError(conflicts: readonly PatchConflict[]): PatchConflictError {
  const { path, earlier, later } = conflicts[0]!
  const others = conflicts.length > 1 ? ` (there are ${conflicts.length - 1} more)` : ''
  const message = `Patches ${earlier.patch} and ${later.patch} both change ${textOfPath(path)}, each in its own way`
  return new PatchConflictError(message + others, conflicts)
}
