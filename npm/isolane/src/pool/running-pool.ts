import { EventEmitterAsyncResource } from 'node:events'
import { ask } from '../addon/failure.js'
import { assertStack, withStack } from '../errors/stack.js'
import { checkCloseOptions, type CloseOptions, type PoolOptions } from '../options/pool.js'
import type { Engine } from '../protocol.js'
import { PoolInternals } from './internals.js'
import { nativeStatus, poolStatus, type PoolStats, type PoolStatus } from './stats.js'

/** @internal What is behind a pool, for the classes of pools only. */
export let internalsOf: (pool: RunningPool) => PoolInternals

/** A pool apart from its calls: its threads, what they do, and its end. */
export abstract class RunningPool extends EventEmitterAsyncResource {
  readonly #internals: PoolInternals

  static {
    internalsOf = (pool) => pool.#internals
  }

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
    assertStack()
    super({ name: 'isolane.Pool' })
    this.#internals = new PoolInternals(this, options)
  }

  /** Number of worker threads; fixed while the pool lives. */
  get threads(): number {
    return this.#internals.threads
  }

  /** What runs its functions: the engine that `'auto'` stood for, if it was that. */
  get engine(): Engine {
    return this.#internals.functions.engine
  }

  /** Default `timeout` of its calls, in milliseconds; `Infinity` for none. */
  get timeout(): number {
    return this.#internals.submission.defaults.timeout
  }

  /** Default `queueTimeout` of its calls, in milliseconds; `Infinity` for none. */
  get queueTimeout(): number {
    return this.#internals.submission.defaults.queueTimeout
  }

  /**
   * What each worker does at the moment, and which calls have not ended. Reads shared memory; disturbs
   * nobody.
   *
   * @returns one entry per worker, also of a closed pool; behind them those that were given up and
   *   replaced and whose threads have not come back (v8 engine). Beside them `running` and `queued`
   */
  status(): PoolStatus {
    return withStack(() => {
      const internals = this.#internals
      // Calls of this turn wait here to be sent.
      internals.channel.flush()
      return poolStatus(nativeStatus(internals.native), (job) => internals.callOf(job))
    })
  }

  /**
   * What the pool has done since its start or the last {@link resetStats}.
   *
   * @returns counts, utilisation, and histograms of run and wait times in milliseconds
   */
  stats(): PoolStats {
    return withStack(() => {
      const stats = ask('tell its statistics', () => this.#internals.native.stats())
      return JSON.parse(stats) as PoolStats
    })
  }

  /** Starts the counts, the utilisation and the histograms anew. */
  resetStats(): void {
    withStack(() => ask('reset its statistics', () => this.#internals.native.resetStats()))
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
    await withStack(() => this.#internals.life.close(force))
  }

  /**
   * Stops running calls and rejects all outstanding ones with {@link PoolClosedError}.
   *
   * @returns when the threads have stopped; code that cannot be interrupted is given up
   *   after five seconds
   */
  async destroy(): Promise<void> {
    await withStack(() => this.#internals.life.destroy())
  }

  /** Same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
