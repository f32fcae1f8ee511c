import type { Runnable } from './function-source.js'

/** A line to the pool's `'log'` event; plain calls have level `info`. */
export interface Log {
  (...values: unknown[]): void
  trace(...values: unknown[]): void
  debug(...values: unknown[]): void
  info(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
}

/** What a function finds in its last parameter. */
export interface Context {
  /** The option `args`. */
  readonly args: any
  /** The shared values of the call, by name, deeply frozen. */
  readonly shared: Readonly<Record<string, any>>
  readonly log: Log
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
