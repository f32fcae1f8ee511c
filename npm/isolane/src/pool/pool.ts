import type { PublishedFunction, Runnable } from '../functions/published.js'
import type { AnyFunction, FunctionSource } from '../functions/source.js'
import type { Mapper, Reducers, Task } from '../functions/types.js'
import { stackError, withStack } from '../errors/stack.js'
import { filter } from '../operations/filter.js'
import { forEach } from '../operations/for-each.js'
import { map } from '../operations/map.js'
import { patch } from '../operations/patch.js'
import { publish } from '../operations/publish.js'
import { reduce } from '../operations/reduce.js'
import { run } from '../operations/run.js'
import { stream } from '../operations/stream.js'
import type {
  BatchOptions,
  CallOptions,
  FilterOptions,
  ForEachOptions,
  MapOptions,
  PublishOptions,
  StreamOptions,
  TimingOptions,
  WarmOptions,
} from '../options/call.js'
import { checkText } from '../options/check.js'
import type { AllOrNothing, BatchOutcome, MapOutcome } from '../options/outcome.js'
import type { PatchOptions, PatchOutcome, PatchTask } from '../patch/task.js'
import { checkShareOptions } from '../options/pool.js'
import type { ElementArray } from '../protocol.js'
import type { Items } from '../values/items.js'
import { SharedValue, type ShareOptions } from '../values/shared.js'
import { warm } from '../warming/warm.js'
import type { WarmUp } from '../warming/warm-up.js'
import type { PoolInternals } from './internals.js'
import { internalsOf, RunningPool } from './running-pool.js'

/**
 * A pool of isolates, one per thread, inside this process.
 *
 * A pool that is idle does not keep the process alive; one with outstanding calls does. Methods,
 * options and events that piscina also has carry piscina's names. Work is handed out by guided
 * self-scheduling (Polychronopoulos and Kuck, 1987), and idle workers spin, then sleep, after
 * rayon's and tokio's.
 */
export class Pool extends RunningPool {
  get #internals(): PoolInternals {
    return internalsOf(this)
  }

  /**
   * `items.map(fn)` on all isolates: results in input order. Holes of an array stay holes.
   *
   * @param items an array, a typed array, or anything array-like or iterable (copied first); not to
   *   be changed before the promise settles. A typed array can be given up: {@link move}
   * @param fn `(item, index, { args, shared, log })`; must be self-contained; may be async
   * @param options limits are in milliseconds; see {@link MapOptions}
   * @returns an array; for a typed array one of the same kind, unless `into` says otherwise. With
   *   `onError` or `onTimeout: 'partial'` a {@link BatchOutcome} that has it as `results`
   * @throws {InvalidTypeError | InvalidRangeError} `ERR_ISOLANE_INVALID_ARGUMENT`: a wrong argument
   *   or option, or a function that cannot run elsewhere. This rejects too: nothing is thrown
   *   synchronously
   * @throws {SourceError} `ERR_ISOLANE_SOURCE`: the function's source does not compile
   * @throws {ModuleLoadError} `ERR_ISOLANE_MODULE`: the function cannot be had from its module, or modules
   * @throws {ModuleCycleError} `ERR_ISOLANE_MODULE_CYCLE`, {@link ModuleNotFoundError}
   *   `ERR_ISOLANE_MODULE_NOT_FOUND`: its modules cannot be linked
   * @throws {FunctionError} `ERR_ISOLANE_FUNCTION`: `fn` threw, for the item `index`; the first
   *   failure ends the call, unless `onError` says otherwise
   * @throws {NeverSettlesError} `ERR_ISOLANE_NEVER_SETTLES`: a promise that nothing can settle
   * @throws {DataCloneError} `ERR_ISOLANE_NOT_CLONEABLE`: an item, `args` or a result cannot cross
   * @throws {TimeoutError} `ERR_ISOLANE_TIMEOUT`, {@link QueueTimeoutError}
   *   `ERR_ISOLANE_QUEUE_TIMEOUT`: a limit in time was met
   * @throws {QueueFullError} `ERR_ISOLANE_QUEUE_FULL`: `maxQueue` calls wait already
   * @throws {AbortError} `ERR_ISOLANE_ABORTED`: the option `signal` was aborted
   * @throws {MemoryLimitError} `ERR_ISOLANE_MEMORY_LIMIT`: an isolate met `memoryLimitMb`
   * @throws {ResultTooLargeError} `ERR_ISOLANE_RESULT_TOO_LARGE`: the results met `maxResultMb`
   * @throws {WorkerLostError} `ERR_ISOLANE_WORKER_LOST`: a worker died with a chunk of the call
   * @throws {PoolClosedError} `ERR_ISOLANE_POOL_CLOSED`: the pool was closed before the call, or
   *   destroyed meanwhile
   * @throws {EngineUnavailableError} `ERR_ISOLANE_ENGINE_UNAVAILABLE`: no worker is left and none
   *   can be made
   */
  map<I extends ElementArray>(
    items: I,
    fn: Runnable<Mapper<I[number], I[number]>>,
    options?: Omit<MapOptions, 'into'> & AllOrNothing,
  ): Promise<I>
  map<T, R>(
    items: Items<T>,
    fn: Runnable<Mapper<T, R>>,
    options?: Omit<MapOptions, 'into'> & AllOrNothing,
  ): Promise<R[]>
  map<T>(
    items: Items<T>,
    fn: Runnable<Mapper<T, unknown>>,
    options: MapOptions & AllOrNothing,
  ): Promise<ArrayLike<any>>
  map<T, R>(
    items: Items<T>,
    fn: Runnable<Mapper<T, R>>,
    options: Omit<MapOptions, 'into'> & { onError: 'settle' },
  ): Promise<MapOutcome<PromiseSettledResult<R>>>
  map<I extends ElementArray>(
    items: I,
    fn: Runnable<Mapper<I[number], I[number]>>,
    options: Omit<MapOptions, 'into'>,
  ): Promise<BatchOutcome<I>>
  map<T, R>(
    items: Items<T>,
    fn: Runnable<Mapper<T, R>>,
    options: Omit<MapOptions, 'into'> & { onError: 'original' },
  ): Promise<MapOutcome<R | T>>
  map<T, R, F>(
    items: Items<T>,
    fn: Runnable<Mapper<T, R>>,
    options: Omit<MapOptions, 'into'> & {
      onError: (item: T, index: number, error: Error) => F
    },
  ): Promise<MapOutcome<R | F>>
  map<T, R>(
    items: Items<T>,
    fn: Runnable<Mapper<T, R>>,
    options: Omit<MapOptions, 'into'> & { onError?: 'reject' | 'omit' },
  ): Promise<MapOutcome<R>>
  map<T>(
    items: Items<T>,
    fn: Runnable<Mapper<T, unknown>>,
    options: MapOptions,
  ): Promise<BatchOutcome<ArrayLike<any>>>
  async map(items: unknown, fn: unknown, options?: unknown): Promise<unknown> {
    return withStack(() => map(this.#internals, items, fn, options))
  }

  /**
   * Calls `fn(item, index, context)` for each item and drops the results.
   *
   * @param items as for {@link map}
   * @param fn as for {@link map}; in no order that could be relied on
   * @param options limits are in milliseconds; see {@link ForEachOptions}
   * @returns nothing, when all items are done; with `onError` or `onTimeout: 'partial'` a
   *   {@link BatchOutcome}
   * @throws what {@link map} rejects with
   */
  forEach<T>(
    items: Items<T>,
    fn: Runnable<Mapper<T, unknown>>,
    options?: ForEachOptions & AllOrNothing,
  ): Promise<void>
  forEach<T>(
    items: Items<T>,
    fn: Runnable<Mapper<T, unknown>>,
    options: ForEachOptions,
  ): Promise<BatchOutcome<undefined>>
  async forEach(items: unknown, fn: unknown, options?: unknown): Promise<unknown> {
    return withStack(() => forEach(this.#internals, items, fn, options))
  }

  /**
   * The items for which `fn(item, index, context)` gives something truthy.
   *
   * @param items as for {@link map}
   * @param fn as for {@link map}; what an async one resolves with counts
   * @param options limits are in milliseconds; see {@link FilterOptions}
   * @returns the same objects, in input order: only one bit per item comes back. A typed array gives
   *   one of its kind. With `onError` or `onTimeout: 'partial'` a {@link BatchOutcome} of them
   * @throws what {@link map} rejects with
   */
  filter<I extends ElementArray>(
    items: I,
    fn: Runnable<Mapper<I[number], unknown>>,
    options?: FilterOptions & AllOrNothing,
  ): Promise<I>
  filter<T>(
    items: Items<T>,
    fn: Runnable<Mapper<T, unknown>>,
    options?: FilterOptions & AllOrNothing,
  ): Promise<T[]>
  filter<I extends ElementArray>(
    items: I,
    fn: Runnable<Mapper<I[number], unknown>>,
    options: FilterOptions,
  ): Promise<BatchOutcome<I>>
  filter<T>(
    items: Items<T>,
    fn: Runnable<Mapper<T, unknown>>,
    options: FilterOptions,
  ): Promise<BatchOutcome<T[]>>
  async filter(items: unknown, fn: unknown, options?: unknown): Promise<unknown> {
    return withStack(() => filter(this.#internals, items, fn, options))
  }

  /**
   * Folds the items: each isolate folds the chunks it takes, and the partial results are folded in
   * input order. So `reduce` must be associative, and takes and gives values of one type; `map`
   * turns items into that type where they are not of it. (rayon's `fold` and `reduce` split the work
   * in the same way.)
   *
   * @param items as for {@link map}
   * @param reducers `reduce(accumulator, value, context)`, `map(item, index, context)` and `initial`,
   *   which stands before the first value and is the result for no items
   * @param options limits are in milliseconds; see {@link ReduceOptions}
   * @returns what `reduce` gave last
   * @throws {InvalidTypeError} `ERR_ISOLANE_INVALID_ARGUMENT`: also for no items without `initial`
   * @throws what {@link map} rejects with
   */
  reduce<T, R = T>(items: Items<T>, reducers: Reducers<T, R>, options?: BatchOptions): Promise<R>
  async reduce(items: unknown, reducers: unknown, options?: unknown): Promise<unknown> {
    return withStack(() => reduce(this.#internals, items, reducers, options))
  }

  /**
   * One call, `fn(arg, context)`.
   *
   * @param fn `(arg, { args, shared, log })`; must be self-contained; may be async
   * @param arg one value; buffers in it can be given up: {@link move}. Default: `undefined`
   * @param options limits are in milliseconds; see {@link RunOptions}
   * @returns what `fn` returned, or its promise resolved with
   * @throws what {@link map} rejects with; the errors' `index` is `undefined`
   */
  run<A, R>(fn: Runnable<Task<A, R>>, arg?: A, options?: CallOptions & TimingOptions): Promise<R>
  run(fn: unknown, arg?: unknown, options?: unknown): Promise<unknown> {
    // Not async: the commonest of all calls has one promise less.
    try {
      return run(this.#internals, fn, arg, options)
    } catch (error) {
      return Promise.reject(stackError(error))
    }
  }

  /**
   * Maps what a source gives, as it gives it: at most `concurrency` items are taken that have not
   * been handed on, so a slow reader slows the source down.
   *
   * @param source an iterable or async iterable; it is read only as far as results are
   * @param fn as for {@link map}; each item is a call of its own
   * @param options limits are in milliseconds and hold per item; see {@link StreamOptions}
   * @returns an async iterator over the results; leaving its loop stops the source and the calls
   * @throws {InvalidTypeError | InvalidRangeError} `ERR_ISOLANE_INVALID_ARGUMENT`, and
   *   {@link PoolClosedError} `ERR_ISOLANE_POOL_CLOSED`: at once, for a wrong argument or option and
   *   on a closed pool
   * @throws what {@link map} rejects with, or what the source threw: from the iterator
   */
  stream<T, R>(
    source: Iterable<T> | AsyncIterable<T>,
    fn: Runnable<Mapper<T, R>>,
    options?: StreamOptions & { onError?: 'reject' | 'omit' },
  ): AsyncGenerator<R, void, void>
  stream<T, R>(
    source: Iterable<T> | AsyncIterable<T>,
    fn: Runnable<Mapper<T, R>>,
    options: StreamOptions & { onError: 'settle' },
  ): AsyncGenerator<PromiseSettledResult<R>, void, void>
  stream<T, R>(
    source: Iterable<T> | AsyncIterable<T>,
    fn: Runnable<Mapper<T, R>>,
    options: StreamOptions & { onError: 'original' },
  ): AsyncGenerator<R | T, void, void>
  stream<T, R, F>(
    source: Iterable<T> | AsyncIterable<T>,
    fn: Runnable<Mapper<T, R>>,
    options: StreamOptions & { onError: (item: T, index: number, error: Error) => F },
  ): AsyncGenerator<R | F, void, void>
  stream<T>(
    source: Iterable<T> | AsyncIterable<T>,
    fn: Runnable<Mapper<T, unknown>>,
    options?: StreamOptions,
  ): AsyncGenerator<unknown, void, void> {
    return withStack(() => stream(this.#internals, source, fn, options))
  }

  /**
   * Several functions change one value at the same time: each its own copy. What they changed is told
   * node by node, and merged in the order in which they return; see `mergePatches`.
   *
   * @param target crosses once; not to be changed before the promise settles, and not changed by this
   * @param tasks the functions, with what each needs; see {@link PatchTask}
   * @param options limits are in milliseconds and hold for each task; see {@link PatchOptions}
   * @throws {PatchConflictError} `ERR_ISOLANE_PATCH_CONFLICT`: with `onConflict: 'reject'`
   * @throws what {@link map} rejects with: for the call as a whole, and for tasks if options say so
   */
  async patch<T>(
    target: T,
    tasks: readonly PatchTask<T>[],
    options?: PatchOptions,
  ): Promise<PatchOutcome<T>> {
    return withStack(() => patch(this.#internals, target, tasks, options))
  }

  /**
   * Makes a value resident in the isolates: encoded now, decoded once per isolate at first use and
   * frozen there for functions that may write to it.
   *
   * @param name by which functions find it: `shared.<name>`
   * @param value anything that can cross, to be left alone until the promise has resolved; later
   *   changes to it are not seen, see {@link SharedValue.update}
   * @param options see {@link ShareOptions}
   * @returns what the option `shared` of calls takes
   * @throws {DataCloneError} `ERR_ISOLANE_NOT_CLONEABLE`: the value cannot cross
   * @throws {InvalidTypeError | InvalidRangeError} `ERR_ISOLANE_INVALID_ARGUMENT`: a wrong name or
   *   option
   * @throws {PoolClosedError} `ERR_ISOLANE_POOL_CLOSED`: the pool is closed
   */
  async share(name: string, value: unknown, options?: ShareOptions): Promise<SharedValue> {
    const { life, shared: host } = this.#internals
    life.assertOpen()
    checkText('name', name)
    const checked = checkShareOptions(options)
    return withStack(() => SharedValue.of(host, name, value, checked))
  }

  /**
   * Puts a function under a name that calls may use in place of the function. It is checked first: a
   * worker compiles the source, and evaluates it to see that it gives a function, or imports the
   * module. The check calls nothing, but is a call of its own: it waits for a worker, and the pool's
   * limits hold for it.
   *
   * @param name by which calls find it; free again once the function is disposed of
   * @param fn a function, `{ source }` or `{ filename, name }`
   * @param options limits of the check; see {@link PublishOptions}
   * @returns version 1; {@link PublishedFunction.update} replaces it
   * @throws {InvalidTypeError | InvalidRangeError} `ERR_ISOLANE_INVALID_ARGUMENT`: a wrong name or
   *   option, a name that is taken, or a function that cannot run elsewhere
   * @throws {SourceError} `ERR_ISOLANE_SOURCE`: the source does not compile, or gives no function
   * @throws {FunctionError} `ERR_ISOLANE_FUNCTION`: evaluating the source threw
   * @throws {ModuleLoadError} `ERR_ISOLANE_MODULE`: the module or its export cannot be had
   * @throws {PoolClosedError} `ERR_ISOLANE_POOL_CLOSED`: the pool is closed
   * @throws the errors of limits that {@link map} rejects with
   */
  async publish<F extends AnyFunction>(
    name: string,
    fn: FunctionSource<F>,
    options?: PublishOptions,
  ): Promise<PublishedFunction<F>> {
    return withStack(() => publish(this.#internals, name, fn, options))
  }

  /**
   * Makes each worker ready for functions before calls come: it compiles and evaluates them, decodes the
   * shared values, and runs the samples. Workers that are busy do so when they next become free; once there have
   * been calls, half of the workers at a time, while the others take calls. Whatever isolate replaces another
   * does the same before it takes calls, until this is taken back.
   *
   * @param functions as `fn` of {@link map}; of published ones the version in force is meant
   * @param options `timeout` holds for each function on each worker; see {@link WarmOptions}
   * @returns when all workers are ready: what takes it back
   * @throws {WarmUpError} `ERR_ISOLANE_WARM_UP`: a function failed on a worker; nothing is kept then
   * @throws {InvalidTypeError | InvalidRangeError} `ERR_ISOLANE_INVALID_ARGUMENT`: a wrong argument or
   *   option
   * @throws {DataCloneError} `ERR_ISOLANE_NOT_CLONEABLE`: a sample or `args` cannot cross
   * @throws {AbortError} `ERR_ISOLANE_ABORTED`, {@link PoolClosedError} `ERR_ISOLANE_POOL_CLOSED`,
   *   {@link EngineUnavailableError} `ERR_ISOLANE_ENGINE_UNAVAILABLE`: as of any call
   */
  async warm(functions: readonly Runnable<AnyFunction>[], options?: WarmOptions): Promise<WarmUp> {
    return withStack(() => warm(this.#internals, functions, options))
  }

  /**
   * The function that is published under a name.
   *
   * @param name as {@link publish} took it
   * @returns `undefined` where there is none
   * @throws {InvalidTypeError} `ERR_ISOLANE_INVALID_ARGUMENT`: the name is no text
   */
  published(name: string): PublishedFunction | undefined {
    checkText('name', name)
    return this.#internals.names.find(name)
  }
}
