import type { ElementKeys, PatchOperation, Path } from '../differ/operation.js'
import type { Runnable } from '../functions/published.js'
import type { Task } from '../functions/types.js'
import type { CallOptions } from '../options/call.js'
import type { ItemFailure } from '../options/outcome.js'
import type { OnConflict, PatchConflict } from './conflicts.js'

/** One of the functions that `pool.patch` calls. */
export interface PatchTask<T = any> {
  /** `(copy, { args, shared, log })`: changes its copy of the target, or returns another value for it. */
  fn: Runnable<Task<T, T | void>>
  /** What it finds as `args`. Default: the option of the call. */
  args?: unknown
  /** Only changes at these paths of the target and below them are looked for. Default: all. */
  paths?: readonly Path[]
}

/** Options of `pool.patch`. Limits hold for each task. */
export interface PatchOptions extends CallOptions {
  /** By which property elements of arrays are told; see `DiffOptions`. Default: by index. */
  key?: ElementKeys
  /** Which of two changes of one node is kept. Default: `'last'`, of the task that returned later. */
  onConflict?: OnConflict
  /** `'reject'`: a task that fails fails the call. Default: `'omit'`, it changes nothing and is in `failures`. */
  onError?: 'omit' | 'reject'
  /** `'reject'`: a task that runs longer than `timeout` fails the call. Default: `'partial'`, it changes nothing and is in `failures`. */
  onTimeout?: 'partial' | 'reject'
}

/** What `pool.patch` gives. */
export interface PatchOutcome<T> {
  /** The target with all changes; what has none below it is part of both. */
  value: T
  /** What was changed: `applyPatch(target, applied)` gives `value`. */
  applied: PatchOperation[]
  /** Changes of one node by two tasks; `patch` is the index of the task. */
  conflicts: PatchConflict[]
  /** Tasks that failed or ran out of time, by their indexes: they have changed nothing. */
  failures: ItemFailure[]
}
