import { EventEmitterAsyncResource } from 'node:events'
import type { Calls } from '../jobs/submission.js'
import { InvalidTypeError } from '../errors/errors.js'
import { itemList, outputKind, type Items } from '../values/items.js'
import { PoolInternals } from '../pool/internals.js'
import {
  checkBatchOptions,
  checkCallOptions,
  checkFilterOptions,
  checkForEachOptions,
  checkMapOptions,
  checkStreamOptions,
  type BatchOptions,
  type CallOptions,
  type FilterOptions,
  type ForEachOptions,
  type MapOptions,
  type StreamOptions,
} from '../options/call.js'
import { changed } from '../options/check.js'
import type { PoolOptions } from '../options/pool.js'
import type { AllOrNothing, BatchOutcome, MapOutcome } from '../options/outcome.js'
import { CODEC, Operation, type ElementArray } from '../protocol.js'
import type { Runnable } from '../functions/published.js'
import { checkReducers } from './reducers.js'
import {
  ArrayResults,
  ElementResults,
  FilterResults,
  NoResults,
  PartialResults,
  type Partials,
} from './results.js'
import type { Results } from '../jobs/results.js'
import { itemPolicy, iteratorOf, stream } from './stream.js'
import type { Mapper, Reducers, Task } from '../functions/types.js'

/** What is behind a pool: for the class of pools only, and so no member that others would see. */
export let internalsOf: (pool: PoolCalls) => PoolInternals

/** The calls of a pool. */
export class PoolCalls extends EventEmitterAsyncResource {
  readonly #internals: PoolInternals
  readonly #calls: Calls

  static {
    internalsOf = (pool) => pool.#internals
  }

  /** @internal */
  constructor(options: PoolOptions) {
    super({ name: 'isolane.Pool' })
    this.#internals = new PoolInternals(this, options)
    this.#calls = this.#internals.calls
  }

  /**
   * `items.map(fn)` on all isolates: results in input order. Holes of an array stay holes.
   *
   * @param items an array, a typed array, or anything array-like or iterable (copied first); not to
   *   be changed before the promise settles. A typed array can be given up: {@link move}
   * @param fn `(item, index, { args, shared, log })`; refers to nothing outside itself; may be async
   * @param options limits are in milliseconds; see {@link MapOptions}
   * @returns an array; for a typed array one of the same kind, unless `into` says otherwise. With
   *   `onError` or `onTimeout: 'partial'` a {@link BatchOutcome} that has it as `results`
   * @throws {InvalidTypeError | InvalidRangeError} `ERR_ISOLANE_INVALID_ARGUMENT`: a wrong argument
   *   or option, or a function that cannot run elsewhere. This rejects too: nothing is thrown
   *   synchronously
   * @throws {SourceError} `ERR_ISOLANE_SOURCE`: the function's source does not compile
   * @throws {FunctionError} `ERR_ISOLANE_FUNCTION`: `fn` threw, for the item `index`; the first
   *   failure ends the call, unless `onError` says otherwise
   * @throws {NeverSettlesError} `ERR_ISOLANE_NEVER_SETTLES`: a promise that nothing can settle
   * @throws {DataCloneError} `ERR_ISOLANE_NOT_CLONEABLE`: an item, `args` or a result cannot cross
   * @throws {TimeoutError} `ERR_ISOLANE_TIMEOUT`, {@link QueueTimeoutError}
   *   `ERR_ISOLANE_QUEUE_TIMEOUT`: a limit in time was met
   * @throws {QueueFullError} `ERR_ISOLANE_QUEUE_FULL`: `maxQueue` calls wait already
   * @throws {AbortError} `ERR_ISOLANE_ABORTED`: the option `signal` was aborted
   * @throws {MemoryLimitError} `ERR_ISOLANE_MEMORY_LIMIT`: an isolate met `memoryLimitMb`
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
    const checked = checkMapOptions(options)
    const input = itemList(items)
    const kind = mapKind(checked, input.kind)
    return this.#calls.batch<unknown>({
      operation: Operation.Map,
      fn: this.#calls.functionOf(fn, checked),
      items: input,
      outputKind: kind,
      options: checked,
      results: (decoder): Results<unknown> =>
        kind === CODEC
          ? new ArrayResults(decoder, input.list.length)
          : new ElementResults(kind, input.list.length),
    })
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
    const checked = checkForEachOptions(options)
    return this.#calls.batch<undefined>({
      operation: Operation.ForEach,
      options: checked,
      fn: this.#calls.functionOf(fn, checked),
      items: itemList(items),
      results: () => new NoResults(),
    })
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
    const input = itemList(items)
    const checked = checkFilterOptions(options)
    return this.#calls.batch<unknown>({
      operation: Operation.Filter,
      options: checked,
      fn: this.#calls.functionOf(fn, checked),
      items: input,
      results: () => new FilterResults(input),
    })
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
   * @param options limits are in milliseconds; see {@link BatchOptions}
   * @returns what `reduce` gave last
   * @throws {InvalidTypeError} `ERR_ISOLANE_INVALID_ARGUMENT`: also for no items without `initial`
   * @throws what {@link map} rejects with
   */
  async reduce<T, R = T>(
    items: Items<T>,
    reducers: Reducers<T, R>,
    options?: BatchOptions,
  ): Promise<R> {
    const checked = checkBatchOptions(options)
    const input = itemList(items)
    const { reduce, map, hasInitial, initial } = checkReducers(reducers)
    const reducer = this.#calls.functionOf(reduce, checked)
    const mapper = map === undefined ? undefined : this.#calls.functionOf(map, checked)
    return this.#calls.inPhases(async () => {
      const partials = (await this.#calls.batch<Partials>({
        operation: Operation.Reduce,
        fn: reducer,
        second: mapper,
        items: input,
        options: checked,
        results: () => new PartialResults(),
      })) as Partials
      // A chunk of holes has no partial result.
      const parts = partials.parts.filter(({ length }) => length > 0)
      if (hasInitial) parts.unshift(this.#calls.encodeOne(initial, 'initial'))
      if (parts.length === 0) {
        throw new InvalidTypeError('reduce of no items needs an initial value; pass { initial }')
      }
      return (await this.#calls.combine(reducer, parts, checked, partials.ran)) as R
    })
  }

  /**
   * One call, `fn(arg, context)`.
   *
   * @param fn `(arg, { args, shared, log })`; refers to nothing outside itself; may be async
   * @param arg one value; buffers in it can be given up: {@link move}. Default: `undefined`
   * @param options limits are in milliseconds; see {@link CallOptions}
   * @returns what `fn` returned, or its promise resolved with
   * @throws what {@link map} rejects with; the errors' `index` is `undefined`
   */
  run<A, R>(fn: Runnable<Task<A, R>>, arg?: A, options?: CallOptions): Promise<R> {
    try {
      if (options === undefined) {
        return this.#calls.plain(this.#calls.functionOf(fn), arg) as Promise<R>
      }
      const checked = checkCallOptions(options)
      const handle = this.#calls.functionOf(fn, checked)
      return this.#calls.single(Operation.Run, handle, arg, checked) as Promise<R>
    } catch (error) {
      return Promise.reject(error)
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
    const checked = checkStreamOptions(options)
    const {
      concurrency = this.#internals.threads * 4,
      ordered = true,
      onError = 'reject',
      ...call
    } = checked
    this.#calls.assertOpen()
    const handle = this.#calls.functionOf(fn, checked)
    const policy = itemPolicy(onError)
    const start = (item: T, index: number, signal: AbortSignal) =>
      policy(
        this.#calls.single(Operation.Item, handle, [item, index], changed(call, { signal })),
        item,
        index,
      )
    return stream(iteratorOf(source), start, { concurrency, ordered, signal: checked.signal })
  }
}

/** The kind of what a map's results are put into. */
function mapKind({ into, onError = 'reject' }: MapOptions, inputKind: number): number {
  // Each item's outcome is an object.
  const settles = onError === 'settle'
  const kind = outputKind(into, settles ? CODEC : inputKind)
  if (kind === CODEC || onError === 'reject' || onError === 'omit') return kind
  if (settles || (onError === 'original' && kind !== inputKind)) {
    throw new InvalidTypeError(
      `options.into cannot be '${into}' with onError: '${onError as string}', which puts ` +
        `${settles ? 'objects' : 'the items themselves'} among the results`,
    )
  }
  return kind
}
