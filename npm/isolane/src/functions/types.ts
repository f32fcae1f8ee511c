import type { Log } from '../driver/console.js'
import type { Runnable } from './published.js'

export type { Log } from '../driver/console.js'

/** What a function finds in its last parameter. */
export interface Context {
  /** The option `args`, a copy per chunk; `undefined` without one. */
  readonly args: any
  /** The values of the option `shared`, by name; frozen where the function may write to them. */
  readonly shared: Readonly<Record<string, any>>
  /** As `console`, which functions have too. */
  readonly log: Log
  /** Engine `'node'`: aborted when the call has ended before the function: timeout, abort, a failure elsewhere. */
  readonly signal?: AbortSignal
}

/** A function over one item. */
export type Mapper<T, R> = (item: T, index: number, context: Context) => R | PromiseLike<R>

/** A function of one argument. */
export type Task<A, R> = (arg: A, context: Context) => R | PromiseLike<R>

/** What `pool.reduce` folds with. */
export interface Reducers<T, R> {
  /** Must be associative and synchronous. */
  reduce: Runnable<(accumulator: R, value: R, context: Context) => R>
  /** Turns an item into a value that `reduce` takes. Default: the item itself. */
  map?: Runnable<Mapper<T, R>>
  /** Stands before the first value. */
  initial?: R
}
