import type { Pool, SharedValue, WarmUp, WarmUpError } from 'isolane'

import { FunctionWarmUpError } from '../errors/errors.js'
import type { Linked } from '../link/linked.js'
import type { Samples } from './options.js'

/** What sampling needs to know. */
export interface Sampling {
  readonly pool: Pool
  /** Milliseconds for each sample on each worker. */
  readonly timeout: number
  /** The data that a function reads; `undefined` as long as some of it is not there. */
  readonly sharedFor: (linked: Linked) => readonly SharedValue[] | undefined
}

/** A version whose samples isolates run: those that there are, and those that come. */
export class SampledFunction {
  #warmUp: WarmUp | undefined
  #isDisposed = false
  /** Until the run that is under way has ended. */
  #running: Promise<unknown> = Promise.resolve()
  /** A run that has yet to begin. */
  #next: Promise<void> | undefined
  #failure: FunctionWarmUpError | undefined

  constructor(
    readonly linked: Linked,
    private readonly samples: Required<Samples>,
    private readonly sampling: Sampling,
  ) {}

  /** Whether the samples have run, without a failure. */
  get isWarm(): boolean {
    return this.#warmUp !== undefined
  }

  /** Why they failed last. */
  get failure(): FunctionWarmUpError | undefined {
    return this.#failure
  }

  /** When none of them runs. */
  get idle(): Promise<unknown> {
    return this.#running
  }

  /** Whether the data is there with which they can run. */
  get canRun(): boolean {
    return this.sampling.sharedFor(this.linked) !== undefined
  }

  /**
   * Has isolates run the samples, with the data of now. One run at a time; who asks during one waits for the next.
   *
   * @throws {FunctionWarmUpError}
   */
  run(): Promise<void> {
    if (this.#next !== undefined) return this.#next
    const run = this.#running.then(() => {
      this.#next = undefined
      return this.#runOnce()
    })
    this.#running = run.catch(() => {})
    return (this.#next = run)
  }

  /** Isolates that come from now on do not run them. */
  dispose(): void {
    this.#isDisposed = true
    this.#replace(undefined)
  }

  async #runOnce(): Promise<void> {
    const shared = this.sampling.sharedFor(this.linked)
    if (this.#isDisposed || shared === undefined) return
    const { pool, timeout } = this.sampling
    const { as, inputs } = this.samples
    try {
      const options = { shared, samples: [inputs], as, timeout }
      this.#replace(await pool.warm([this.linked.runnable], options))
      this.#failure = undefined
    } catch (error) {
      // It holds the data that there was before.
      this.#replace(undefined)
      throw (this.#failure = this.#failureOf(error as Error))
    }
  }

  #replace(next: WarmUp | undefined): void {
    this.#warmUp?.dispose()
    this.#warmUp = this.#isDisposed ? undefined : next
    if (this.#isDisposed) next?.dispose()
  }

  /** The first, in place of the error about warming. */
  #failureOf(error: Error): FunctionWarmUpError {
    const [first] = (error as Partial<WarmUpError>).failures ?? []
    const { name, version } = this.linked.record
    return new FunctionWarmUpError(name, version, first?.error ?? error, first?.sample)
  }
}
