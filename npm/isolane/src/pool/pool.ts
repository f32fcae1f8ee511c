import type { AnyFunction, FunctionSource } from '../functions/source.js'
import type { PoolInternals } from './internals.js'
import type { PublishOptions } from '../options/call.js'
import { checkText } from '../options/check.js'
import {
  checkCloseOptions,
  checkShareOptions,
  type CloseOptions,
  type PoolOptions,
} from '../options/pool.js'
import { internalsOf, PoolCalls } from '../operations/pool-calls.js'
import type { PublishedFunction } from '../functions/published.js'
import { SharedValue, type ShareOptions } from '../values/shared.js'
import { workerStatus, type NativeStatus, type PoolStats, type WorkerStatus } from './stats.js'

/**
 * A pool of isolates, one per thread, inside this process.
 *
 * A pool that is idle does not keep the process alive; one with outstanding calls does. Methods,
 * options and events that piscina also has carry piscina's names. Work is handed out by guided
 * self-scheduling (Polychronopoulos and Kuck, 1987), and idle workers spin, then sleep, after
 * rayon's and tokio's.
 */
export class Pool extends PoolCalls {
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
    super(options)
  }

  get #internals(): PoolInternals {
    return internalsOf(this)
  }

  /** Number of worker threads; fixed while the pool lives. */
  get threads(): number {
    return this.#internals.threads
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
    this.#internals.calls.assertOpen()
    checkText('name', name)
    return new SharedValue(this.#internals.shared, name, value, checkShareOptions(options))
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
    this.#internals.calls.assertOpen()
    checkText('name', name)
    return this.#internals.published.publish(name, fn, options)
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
    return this.#internals.published.find(name)
  }

  /**
   * What each worker does at the moment. Reads shared memory; disturbs nobody.
   *
   * @returns one entry per worker, also of a closed pool
   */
  status(): WorkerStatus[] {
    return (JSON.parse(this.#internals.native.status()) as NativeStatus[]).map(workerStatus)
  }

  /**
   * What the pool has done since its start or the last {@link resetStats}.
   *
   * @returns counts, utilisation, and histograms of run and wait times in milliseconds
   */
  stats(): PoolStats {
    return JSON.parse(this.#internals.native.stats()) as PoolStats
  }

  /** Starts the counts, the utilisation and the histograms anew. */
  resetStats(): void {
    this.#internals.native.resetStats()
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
    await this.#internals.close(force)
  }

  /**
   * Stops running calls and rejects all outstanding ones with {@link PoolClosedError}.
   *
   * @returns when the threads have stopped; code that cannot be interrupted is given up
   *   after five seconds
   */
  async destroy(): Promise<void> {
    await this.#internals.destroy()
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
