import { EventEmitterAsyncResource } from 'node:events'
import { Calls, type CallDefaults } from './calls.js'
import { Channel, type PoolListener } from './channel.js'
import { chooseEngine } from './engines.js'
import { EngineUnavailableError, InvalidTypeError, WorkerLostError } from './errors.js'
import { wrongType } from './invalid.js'
import { textOf } from './failures.js'
import { forgotten } from './forgotten.js'
import { functionPathStart } from './function-files.js'
import { expressionOf, type AnyFunction, type FunctionSource } from './function-source.js'
import { Functions } from './functions.js'
import { itemList, outputKind, type Items } from './items.js'
import { logEntries, type LogEntry } from './logs.js'
import { binding, type NativeOptions, type NativePool } from './native.js'
import {
  checkBatchOptions,
  checkCallOptions,
  checkCloseOptions,
  checkFilterOptions,
  checkForEachOptions,
  checkMapOptions,
  checkPoolOptions,
  checkShareOptions,
  checkStreamOptions,
  checkText,
  changed,
  NO_OPTIONS,
  type BatchOptions,
  type CallOptions,
  type CloseOptions,
  type FilterOptions,
  type ForEachOptions,
  type MapOptions,
  type PoolOptions,
  type PublishOptions,
  type SandboxOptions,
  type StreamOptions,
} from './options.js'
import type { BatchOutcome, MapOutcome } from './outcome.js'
import { Publications, type PublishedFunction, type Runnable } from './published.js'
import { CODEC, Operation, type Caps, type ElementArray, type LogRecord } from './protocol.js'
import {
  ArrayResults,
  ElementResults,
  FilterResults,
  NoResults,
  PartialResults,
  type Partials,
  type Results,
} from './results.js'
import { DEFAULT_SLICE_MS } from './slices.js'
import { SharedBuffers } from './shared-buffers.js'
import { SharedValue, type SharedHost, type ShareOptions } from './shared.js'
import { workerStatus, type NativeStatus, type PoolStats, type WorkerStatus } from './stats.js'
import { itemRemedy, iteratorOf, stream } from './stream.js'
import type { Context, Mapper, Reducers, Task } from './types.js'
import { EventCode, type WireEvent } from './wire.js'
import { checkedFolder, Workforce } from './workforce.js'

const DEFAULT_MEMORY_LIMIT_MB = 512
const DEFAULT_MAX_CONTEXTS = 128
/** With as many workers as CPUs it takes a third off what a call costs the event loop; more gains little. */
const DEFAULT_NICE_INCREMENT = 5
const DEFAULT_MAX_RESULT_MB = 1024
const DEFAULT_MAX_ERROR_KB = 64
const DEFAULT_MAX_LOG_RECORDS = 1000
const DEFAULT_MAX_LOG_KB = 1024
const KIB = 1 << 10
const MIB = 1 << 20

/** Events of a {@link Pool}, by name, with what listeners get. All come on the event loop. */
export interface PoolEvents {
  /** The last outstanding call has ended, well or not. */
  drain: []
  /** A worker has its isolate and takes work: at the start, or in place of one that was destroyed. */
  workerCreate: [worker: { id: number }]
  /** A worker's isolate is gone. `reason` is set where it did not end with its pool. */
  workerDestroy: [worker: { id: number; reason: string | undefined }]
  /** A function logged a line. Without a listener lines are dropped. */
  log: [entry: LogEntry]
  /** A worker was lost or could not start. Without a listener it is dropped: it ends no process. */
  error: [error: WorkerLostError]
}

/**
 * A pool of isolates, one per thread, inside this process.
 *
 * A pool that is idle does not keep the process alive; one with outstanding calls does. Methods,
 * options and events that piscina also has carry piscina's names. Work is handed out by guided
 * self-scheduling (Polychronopoulos and Kuck, 1987), and idle workers spin, then sleep, after
 * rayon's and tokio's.
 */
export class Pool extends EventEmitterAsyncResource {
  readonly #native: NativePool
  readonly #channel: Channel
  readonly #calls: Calls
  readonly #shared: SharedHost
  readonly #published: Publications
  readonly #threads: number
  readonly #workforce: Workforce
  readonly #buffers: SharedBuffers | undefined
  #stopped: Promise<void>
  #onStopped!: () => void

  /**
   * Starts the threads; does not wait for their isolates.
   *
   * @param options all have defaults; see {@link PoolOptions}
   * @throws {InvalidTypeError} `ERR_ISOLANE_INVALID_ARGUMENT`: an option that does not exist, or of
   *   the wrong type
   * @throws {InvalidRangeError} `ERR_ISOLANE_INVALID_ARGUMENT`: a value out of range
   * @throws {EngineUnavailableError} `ERR_ISOLANE_ENGINE_UNAVAILABLE`: this build lacks the engine,
   *   or the machine cannot start it
   */
  constructor(options: PoolOptions = {}) {
    super({ name: 'isolane.Pool' })
    const checked = checkPoolOptions(options)
    const engine = chooseEngine(checked)
    const resolveFrom = checkedFolder(checked.resolveFrom)
    const concurrency = checked.concurrency ?? 1
    const { NativePool, parallelism } = binding()
    const defaults: CallDefaults = {
      pool: checked.name ?? 'isolane',
      threads: checked.threads ?? parallelism(),
      memoryLimitMb: checked.memoryLimitMb ?? DEFAULT_MEMORY_LIMIT_MB,
      functionPaths: engine === 'node' ? functionPathStart(resolveFrom) : undefined,
      timeout: checked.timeout ?? Infinity,
      queueTimeout: checked.queueTimeout ?? Infinity,
      sliceMs: checked.sliceMs ?? DEFAULT_SLICE_MS,
    }
    const lanes = engine === 'node' ? { concurrency } : {}
    const caps: Caps = {
      maxLogRecords: checked.maxLogRecords ?? DEFAULT_MAX_LOG_RECORDS,
      maxLogSize: (checked.maxLogKb ?? DEFAULT_MAX_LOG_KB) * KIB,
      maxErrorSize: (checked.maxErrorKb ?? DEFAULT_MAX_ERROR_KB) * KIB,
    }
    const notify = Pool.#receiver(new WeakRef(this))
    this.#native = startNative(NativePool, defaults, checked, { ...caps, ...lanes }, notify)
    this.#threads = defaults.threads
    const native = this.#native
    const buffers = engine === 'node' ? new SharedBuffers() : undefined
    const channel = new Channel(native, this.#listener(), defaults.sliceMs, buffers)
    this.#channel = channel
    this.#buffers = buffers
    this.#workforce = new Workforce(native, {
      name: defaults.pool,
      concurrency,
      resolveFrom,
      memoryLimitMb: defaults.memoryLimitMb,
      spares: checked.spareWorkers ?? 0,
      caps,
      buffers,
    })
    this.#shared = {
      publish: (name, value, mode) => {
        this.#calls.assertOpen()
        const encode = () => this.#calls.encodeShared(value, name, mode)
        const hand = (payload: Uint8Array) => native.share(name, payload)
        return buffers === undefined ? hand(encode()) : buffers.pin(encode, hand)
      },
      withdraw: (key) => {
        // Calls that name the key may still wait to be sent.
        channel.flush()
        native.releaseShared(key)
        buffers?.unpin(key)
      },
    }
    this.#published = new Publications({
      read: (fn) => expressionOf(fn, { engine, resolveFrom }),
      load: (version, limits) => this.#calls.load(functions.handleOfKnown(version), limits),
      inParts: (parts) => this.#calls.inParts(parts),
    })
    const functions = new Functions(native, engine, resolveFrom, this.#published)
    this.#calls = new Calls(channel, functions, this.#shared, defaults, buffers, () =>
      this.emit('drain'),
    )
    this.#stopped = new Promise((resolve) => (this.#onStopped = resolve))
    forgotten.register(this, { native, workforce: this.#workforce }, this)
    // Workers are asked for by now: the sooner they start the better. Not here: others may be up
    // already, and nobody can listen yet.
    queueMicrotask(() => channel.receive())
  }

  /**
   * What the addon calls when events wait. It holds that for ever, and a function holds all that
   * those around it refer to: this one has none around it.
   */
  static #receiver(self: WeakRef<Pool>): () => void {
    return () => {
      const pool = self.deref()
      if (pool !== undefined) pool.#channel.receive()
    }
  }

  /** Number of worker threads; fixed while the pool lives. */
  get threads(): number {
    return this.#threads
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
    return this.#calls.inParts(async () => {
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
    const { concurrency = this.#threads * 4, ordered = true, onError = 'reject', ...call } = checked
    this.#calls.assertOpen()
    const handle = this.#calls.functionOf(fn, checked)
    const remedy = itemRemedy(onError)
    const start = (item: T, index: number, signal: AbortSignal) =>
      remedy(
        this.#calls.single(Operation.Item, handle, [item, index], changed(call, { signal })),
        item,
        index,
      )
    return stream(iteratorOf(source), start, { concurrency, ordered, signal: checked.signal })
  }

  /**
   * Makes a value resident in the isolates: encoded now, decoded once per isolate at first use and
   * deeply frozen there.
   *
   * @param name by which functions find it: `shared.<name>`
   * @param value anything that can cross; later changes to it are not seen, see
   *   {@link SharedValue.update}
   * @param options see {@link ShareOptions}
   * @returns what the option `shared` of calls takes
   * @throws {DataCloneError} `ERR_ISOLANE_NOT_CLONEABLE`: the value cannot cross
   * @throws {InvalidTypeError | InvalidRangeError} `ERR_ISOLANE_INVALID_ARGUMENT`: a wrong name or
   *   option
   * @throws {PoolClosedError} `ERR_ISOLANE_POOL_CLOSED`: the pool is closed
   */
  async share(name: string, value: unknown, options?: ShareOptions): Promise<SharedValue> {
    this.#calls.assertOpen()
    checkText('name', name)
    return new SharedValue(this.#shared, name, value, checkShareOptions(options))
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
    this.#calls.assertOpen()
    checkText('name', name)
    return this.#published.publish(name, fn, options)
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
    return this.#published.find(name)
  }

  /**
   * What each worker does at the moment. Reads shared memory; disturbs nobody.
   *
   * @returns one entry per worker, also of a closed pool
   */
  status(): WorkerStatus[] {
    return (JSON.parse(this.#native.status()) as NativeStatus[]).map(workerStatus)
  }

  /**
   * What the pool has done since its start or the last {@link resetStats}.
   *
   * @returns counts, utilisation, and histograms of run and wait times in milliseconds
   */
  stats(): PoolStats {
    return JSON.parse(this.#native.stats()) as PoolStats
  }

  /** Starts the counts, the utilisation and the histograms anew. */
  resetStats(): void {
    this.#native.resetStats()
  }

  /**
   * Takes no more calls, and resolves when those that were made have ended and the threads have
   * stopped. Closing twice does no harm.
   *
   * @param options see {@link CloseOptions}
   * @throws {InvalidTypeError} `ERR_ISOLANE_INVALID_ARGUMENT`: a wrong option; the pool stays open
   */
  async close(options?: CloseOptions): Promise<void> {
    const { force = false } = checkCloseOptions(options)
    this.#calls.close()
    const stopped = this.#whenStopped()
    if (!force) await this.#calls.partsEnded()
    this.#channel.flush()
    this.#native.close(force)
    await stopped
  }

  /**
   * Stops running calls and rejects all outstanding ones with {@link PoolClosedError}.
   *
   * @returns when the threads have stopped; code that cannot be interrupted is given up
   *   after five seconds
   */
  async destroy(): Promise<void> {
    this.#calls.close()
    this.#channel.flush()
    this.#native.destroy()
    await this.#whenStopped()
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #whenStopped(): Promise<void> {
    this.#channel.hold()
    await this.#stopped
    await this.#workforce.close()
    this.#buffers?.close()
    forgotten.unregister(this)
    this.#channel.release()
  }

  #listener(): PoolListener {
    let loggedBy = ''
    return {
      event: (event) => {
        if (event.code === EventCode.Log && event.count === 0) loggedBy = textOf(event)
        else this.#event(event, loggedBy)
      },
      drained: () => this.emit('drain'),
    }
  }

  #event(event: WireEvent, loggedBy: string): void {
    const { code, subject: id, bytes, offset, length, number } = event
    if (code === EventCode.Log) {
      if (this.listenerCount('log') === 0) return
      const records = this.#calls.decode(bytes, offset, length) as LogRecord[]
      for (const entry of logEntries(records, loggedBy, id)) this.emit('log', entry)
    } else if (code === EventCode.WorkerCreated) {
      this.emit('workerCreate', { id })
    } else if (code === EventCode.WorkerDestroyed) {
      const reason = length === 0 ? undefined : textOf(event)
      this.emit('workerDestroy', { id, reason })
      if (reason !== undefined) this.#report(new WorkerLostError(`Worker ${id}`, reason))
    } else if (code === EventCode.WorkerWanted) {
      this.#workforce.bring({ slot: id, generation: number })
    } else if (code === EventCode.WorkerUnwanted) {
      this.#workforce.dismiss({ slot: id, generation: number })
    } else if (code === EventCode.Stopped) {
      this.#onStopped()
    }
  }

  /** An `'error'` that nobody listens to would end the process; the calls concerned were rejected. */
  #report(error: Error): void {
    if (this.listenerCount('error') > 0) this.emit('error', error)
  }
}

/** Options by which a call gives all its results or rejects. */
export interface AllOrNothing {
  onTimeout?: 'reject'
  onError?: 'reject'
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

function startNative(
  NativePool: ReturnType<typeof binding>['NativePool'],
  { pool, threads, memoryLimitMb }: CallDefaults,
  options: PoolOptions,
  others: Caps & { concurrency?: number },
  notify: () => void,
): NativePool {
  const { maxQueue, recycleAfterTasks, recycleAboveMb = Infinity } = options
  const {
    niceIncrement = DEFAULT_NICE_INCREMENT,
    maxResultMb = DEFAULT_MAX_RESULT_MB,
    maxContexts = DEFAULT_MAX_CONTEXTS,
  } = options
  const native: NativeOptions = changed(NO_OPTIONS, {
    threads,
    name: pool,
    memoryLimit: memoryLimitMb * MIB,
    maxContexts,
    niceIncrement,
    ...capabilities(options.sandbox),
    ...others,
    ...limited('maxLostWorkers', options.maxLostWorkers),
    ...limited('maxQueue', maxQueue),
    ...limited('recycleAfterTasks', recycleAfterTasks),
    ...limited('recycleAbove', recycleAboveMb * MIB),
    ...limited('maxResult', maxResultMb * MIB),
  })
  try {
    return new NativePool(native, notify)
  } catch (error) {
    throw new EngineUnavailableError(`The engine could not start: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** What code in an isolate may do beyond plain JavaScript. */
function capabilities(sandbox: PoolOptions['sandbox']): { eval: boolean; wasm: boolean } {
  const own: SandboxOptions = Object.assign(Object.create(null), sandbox)
  const { eval: mayEval = true, wasm = true } = own
  return { eval: mayEval, wasm }
}

/** An option of the addon that is left away where there is no limit. */
function limited(name: keyof NativeOptions, limit: number | undefined): Partial<NativeOptions> {
  return limit === undefined || limit === Infinity ? {} : { [name]: limit }
}

const REDUCER_KEYS = ['reduce', 'map', 'initial']

function checkReducers<T, R>(reducers: Reducers<T, R>) {
  if (typeof reducers !== 'object' || reducers === null) {
    throw wrongType('reducers', 'an object { reduce, map?, initial? }', reducers)
  }
  for (const key of Object.keys(reducers)) {
    if (!REDUCER_KEYS.includes(key)) {
      throw new InvalidTypeError(
        `There is no reducer '${key}'; there are ${REDUCER_KEYS.join(', ')}`,
      )
    }
  }
  const { reduce, map, initial } = changed(NO_OPTIONS, reducers)
  return { reduce, map, initial, hasInitial: Object.hasOwn(reducers, 'initial') }
}

export type { Context }
