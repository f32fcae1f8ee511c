import type { Path, PatchOperation } from '../differ/operation.js'

/** One operation of one patch. */
export interface PatchChange {
  /** Index of the patch, as they were given. */
  readonly patch: number
  readonly operation: PatchOperation
}

/** Two patches that change the same node, each in its own way. */
export interface PatchConflict {
  /** Of the later operation. */
  readonly path: Path
  readonly earlier: PatchChange
  readonly later: PatchChange
  /** Which of them is in force. */
  readonly kept: 'earlier' | 'later'
}

/**
 * Which of two conflicting operations is kept: `'last'` (default), `'first'`, or what a function says.
 * `'reject'` has the call fail with a {@link PatchConflictError}.
 */
export type OnConflict =
  | 'last'
  | 'first'
  | 'reject'
  | ((conflict: Omit<PatchConflict, 'kept'>) => 'last' | 'first')
