import { EventEmitter } from 'node:events'

import type {
  AllOrNothing,
  BatchOptions,
  BatchOutcome,
  CallOptions,
  FilterOptions,
  ForEachOptions,
  Items,
  MapOptions,
  MapOutcome,
  Pool,
  StreamOptions,
} from 'isolane'

import { type DebugEnvelope, debugged } from '../debug/debug.js'
import type { DebugOptions } from '../debug/options.js'
import type { Unsaved } from '../debug/unsaved.js'
import { enveloped, envelopedBatch, type EnvelopeHost } from '../envelope/enveloped-call.js'
import {
  envelopedPatch,
  type EnvelopePatchOptions,
  type NamedTask,
  type PatchEnvelope,
} from '../envelope/patch.js'
import type { BatchEnvelope, Envelope } from '../envelope/envelope.js'
import type { EnvelopeBatchOptions, EnvelopeCallOptions } from '../envelope/options.js'
import type { TellCall } from '../envelope/call-event.js'
import { guarded } from '../errors/guarded.js'
import type { RegistryEvents } from '../registry/events.js'
import type { CallOperation } from '../interceptors/context.js'
import {
  type Interceptor,
  Interceptors,
  patternAndInterceptor,
} from '../interceptors/interceptors.js'
import type { CallLogs } from '../logs/call-logs.js'
import type { LinePrinter } from '../logs/printer.js'
import { namedCall, type PoolCall } from './named-call.js'
import { checkReducers, type NamedReducers } from './reducers.js'
import type { Runnables } from './runnables.js'

/** What calls are made with. */
interface CallHost {
  readonly runnables: Runnables
  /** Texts that are not published. */
  readonly unsaved: Unsaved
  /** What hears the lines of calls; `undefined` for the pool's listeners. */
  readonly logs: CallLogs | undefined
  /** What prints lines that nobody listens to. */
  readonly printer: LinePrinter | undefined
}

/**
 * Calls of functions by name. Each is the pool's call of that name, with the same options, results and errors.
 * A name means the version in force, `name@3` that version; a call, and each item of a stream, keeps to what
 * was in force when it began, with all that it requires.
 */
export abstract class FunctionCalls extends EventEmitter<RegistryEvents> {
  /** @internal */
  protected abstract readonly host: CallHost

  readonly #interceptors = new Interceptors()

  get #pool(): Pool {
    return this.host.runnables.pool
  }

  /** What tells of a call that begins now; `undefined` where nobody listens. */
  get #tell(): TellCall | undefined {
    if (this.listenerCount('call') === 0) return undefined
    return (event) => guarded(() => this.emit('call', event))
  }

  #envelopeHost(): EnvelopeHost {
    const { runnables, logs, printer } = this.host
    return { runnables, logs, printer, interceptors: this.#interceptors, tell: this.#tell }
  }

  /**
   * Has a function run around each call that begins from now on, once for each, whatever the number of its items;
   * those that were added first are outermost.
   *
   * @returns what takes it away again, for calls that begin later
   * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`
   */
  use(interceptor: Interceptor): () => void
  /**
   * Has it run around calls of some functions.
   *
   * @param pattern of the functions' names: a name, or `lib/*`
   * @returns what takes it away again, for calls that begin later
   * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`
   */
  use(pattern: string, interceptor: Interceptor): () => void
  use(...given: unknown[]): () => void {
    return this.#interceptors.add(...patternAndInterceptor(given))
  }

  /**
   * One call, as `pool.run`.
   *
   * @param name of a function, `lib/tax` or `lib/tax@3`
   * @throws {FunctionNotFoundError} `ERR_ISOLANE_FUNCTION_NOT_FOUND`, {@link VersionNotFoundError}
   *   `ERR_ISOLANE_VERSION_NOT_FOUND`: there is none
   * @throws what `pool.run` rejects with
   */
  run<A, R>(name: string, arg?: A, options?: CallOptions): Promise<R> {
    // Not async: the commonest of all calls has one promise less.
    const isPlain = this.#interceptors.isEmpty && this.listenerCount('call') === 0
    if (!isPlain || this.host.logs !== undefined) {
      return this.#around('run', [name], arg, options, ([fn], input, own) =>
        this.#pool.run<A, R>(fn!, input as A, own),
      )
    }
    const fn = this.host.runnables.atOnce(name)
    if (fn === undefined || this.host.runnables.hasData) return this.#runLate(name, arg, options)
    return this.#pool.run(fn, arg, options)
  }

  async #runLate<A, R>(name: string, arg: A, options: CallOptions | undefined): Promise<R> {
    const { runnables } = this.host
    const find = () => runnables.unlessStopped(runnables.find(name), name, options)
    const fn = runnables.atOnce(name) ?? (await find())
    const given = runnables.withData(options, fn)
    return this.#pool.run<A, R>(fn, arg, given instanceof Promise ? await given : given)
  }

  /**
   * One call, as {@link run}, whose envelope tells what it came to. It never rejects for what the function did,
   * nor for what the pool or the store could not do.
   *
   * @param name as of {@link run}
   * @param options see {@link EnvelopeCallOptions}
   * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`: an option or argument is wrong
   * @throws {RegistryClosedError} `ERR_ISOLANE_REGISTRY_CLOSED`
   */
  call<A, R>(name: string, input?: A, options?: EnvelopeCallOptions): Promise<Envelope<R>> {
    return enveloped(this.#envelopeHost(), name, input, options)
  }

  /**
   * All items, as {@link map}, with an envelope as {@link call} has it.
   *
   * @param name as of {@link run}
   * @param options see {@link EnvelopeBatchOptions}
   * @throws what {@link call} rejects with
   */
  callAll<T, Data = any[]>(
    name: string,
    items: Items<T>,
    options?: EnvelopeBatchOptions,
  ): Promise<BatchEnvelope<Data>> {
    return envelopedBatch(this.#envelopeHost(), name, items, options)
  }

  /**
   * One call, as {@link call}, in which nothing of what calls keep is seen, nor touched: all modules are evaluated
   * anew, in a context that goes with the call. Nothing is published.
   *
   * @param name as of {@link run}; with the option `source` a name that may be free yet
   * @param options see {@link DebugOptions}
   * @returns what {@link call} gives, with all lines that were logged
   * @throws what {@link call} rejects with
   */
  debug<A, R>(name: string, input?: A, options?: DebugOptions): Promise<DebugEnvelope<R>> {
    const host = { ...this.#envelopeHost(), unsaved: this.host.unsaved }
    return debugged(host, name, input, options)
  }

  /**
   * Several functions change one value at the same time, each its own copy, as `pool.patch` has it, with an envelope
   * as {@link call} has it.
   *
   * @param target what they change; it is not changed itself
   * @param tasks the functions, by names as of {@link run}, with what each needs
   * @param options see {@link EnvelopePatchOptions}
   * @throws what {@link call} rejects with
   */
  patch<T>(
    target: T,
    tasks: readonly NamedTask[],
    options?: EnvelopePatchOptions,
  ): Promise<PatchEnvelope<T>> {
    return envelopedPatch(this.#envelopeHost(), target, tasks, options)
  }

  /**
   * All items, as `pool.map`.
   *
   * @param name as of {@link run}
   * @throws what {@link run} rejects with
   */
  map<T, R>(
    items: Items<T>,
    name: string,
    options?: Omit<MapOptions, 'into'> & AllOrNothing,
  ): Promise<R[]>
  map<T>(items: Items<T>, name: string, options: MapOptions & AllOrNothing): Promise<ArrayLike<any>>
  map<T, R>(
    items: Items<T>,
    name: string,
    options: Omit<MapOptions, 'into'> & { onError: 'settle' },
  ): Promise<MapOutcome<PromiseSettledResult<R>>>
  map<T, R>(
    items: Items<T>,
    name: string,
    options: Omit<MapOptions, 'into'>,
  ): Promise<MapOutcome<R | T>>
  map<T>(items: Items<T>, name: string, options: MapOptions): Promise<BatchOutcome<ArrayLike<any>>>
  async map(items: Items<unknown>, name: string, options?: MapOptions): Promise<unknown> {
    return this.#around('map', [name], items, options, ([fn], given, own) =>
      this.#pool.map(given as Items<unknown>, fn!, own as MapOptions),
    )
  }

  /**
   * All items, without results, as `pool.forEach`.
   *
   * @param name as of {@link run}
   * @throws what {@link run} rejects with
   */
  forEach<T>(items: Items<T>, name: string, options?: ForEachOptions & AllOrNothing): Promise<void>
  forEach<T>(
    items: Items<T>,
    name: string,
    options: ForEachOptions,
  ): Promise<BatchOutcome<undefined>>
  async forEach(items: Items<unknown>, name: string, options?: ForEachOptions): Promise<unknown> {
    return this.#around('forEach', [name], items, options, ([fn], given, own) =>
      this.#pool.forEach(given as Items<unknown>, fn!, own as ForEachOptions),
    )
  }

  /**
   * The items that a function says yes to, as `pool.filter`.
   *
   * @param name as of {@link run}
   * @throws what {@link run} rejects with
   */
  filter<T>(items: Items<T>, name: string, options?: FilterOptions & AllOrNothing): Promise<T[]>
  filter<T>(items: Items<T>, name: string, options: FilterOptions): Promise<BatchOutcome<T[]>>
  async filter(items: Items<unknown>, name: string, options?: FilterOptions): Promise<unknown> {
    return this.#around('filter', [name], items, options, ([fn], given, own) =>
      this.#pool.filter(given as Items<unknown>, fn!, own as FilterOptions),
    )
  }

  /**
   * One value of all items, as `pool.reduce`.
   *
   * @param reducers names of functions, each as of {@link run}
   * @throws what {@link run} rejects with
   */
  async reduce<T, R = T>(
    items: Items<T>,
    reducers: NamedReducers<R>,
    options?: BatchOptions,
  ): Promise<R> {
    const { reduce, map, ...rest } = checkReducers<R>(reducers)
    // Both of one moment, also where one has to be fetched.
    const names = map === undefined ? [reduce] : [reduce, map]
    return this.#around('reduce', names, items, options, ([folding, mapping], given, own) => {
      const functions = { ...rest, reduce: folding!, ...(mapping ? { map: mapping } : {}) }
      return this.#pool.reduce<T, R>(given as Items<T>, functions as never, own)
    })
  }

  /**
   * What a source gives, as it gives it, as `pool.stream`.
   *
   * @param name as of {@link run}; looked up when the first result is asked for
   * @throws what {@link run} rejects with, from the iterator
   */
  async *stream<T, R>(
    source: Iterable<T> | AsyncIterable<T>,
    name: string,
    options?: StreamOptions,
  ): AsyncGenerator<R, void, void> {
    const results = await this.#around(
      'stream',
      [name],
      source,
      options,
      async ([fn], given, own) =>
        this.#pool.stream<T, R>(given as typeof source, fn!, own as { onError?: 'reject' }),
    )
    yield* results
  }

  /** Options with which the logger hears of a call, if there is one, and nobody else wants to. */
  #heard(options: CallOptions | undefined): CallOptions | undefined {
    if (this.host.logs === undefined || options === null || options?.onLog !== undefined)
      return options
    return { ...options, onLog: this.host.logs.hearing('api') }
  }

  /** Makes a call of the pool's, with what runs around it, and tells of it. */
  async #around<R>(
    operation: CallOperation,
    names: readonly string[],
    input: unknown,
    wanted: CallOptions | undefined,
    call: PoolCall<R>,
  ): Promise<R> {
    const { runnables } = this.host
    const options = this.#heard(wanted)
    const tell = this.#tell
    if (this.#interceptors.isEmpty && tell === undefined) {
      const fns = await runnables.unlessStopped(runnables.findAll(names), names[0]!, options)
      return call(fns, input, await runnables.withData(options, ...fns))
    }
    const host = { runnables, interceptors: this.#interceptors, tell }
    return namedCall(host, operation, names, input, options, call)
  }
}
