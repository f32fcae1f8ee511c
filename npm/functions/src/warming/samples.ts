import type { Pool } from 'isolane'

import type { FunctionWarmUpError } from '../errors/errors.js'
import { keyOf, type Linked } from '../link/linked.js'
import type { WarmSettings } from './options.js'
import { SampledFunction, type Sampling } from './sampled-function.js'

/** Has isolates run the samples of functions: before these are in force, and when their data is another. */
export class Samples {
  readonly #settings: WarmSettings
  readonly #sampling: Sampling
  readonly #failed: (error: FunctionWarmUpError) => void
  /** By names and identities: of functions in force, and of those that are about to be. */
  readonly #functions = new Map<string, SampledFunction>()
  /** Those of them that are in force. */
  #inForce = new Set<SampledFunction>()

  /** @param failed hears of functions in force whose samples failed */
  constructor(
    pool: Pool,
    settings: WarmSettings,
    {
      timeout,
      sharedFor,
      failed,
    }: Omit<Sampling, 'pool'> & {
      readonly failed: (error: FunctionWarmUpError) => void
    },
  ) {
    this.#settings = settings
    this.#sampling = { pool, timeout, sharedFor }
    this.#failed = failed
  }

  /**
   * Runs those of a function before it is in force. Where its data is not there yet, they run later.
   *
   * @throws {FunctionWarmUpError} one failed, and none may
   */
  async run(linked: Linked): Promise<void> {
    const samples = this.#settings.samples.get(linked.record.name)
    if (samples === undefined) return
    const key = keyOf(linked)
    const made = this.#functions.get(key) ?? new SampledFunction(linked, samples, this.#sampling)
    this.#functions.set(key, made)
    try {
      await made.run()
    } catch (error) {
      // Where it may be in force even so, that is told when it is.
      if (this.#settings.isRequired) throw error
    }
  }

  /** These are in force, and no others. */
  keep(functions: Iterable<Linked>): void {
    if (this.#functions.size === 0) return
    const keys = new Set([...functions].map(keyOf))
    const before = this.#inForce
    this.#inForce = new Set()
    for (const [key, each] of this.#functions) {
      if (keys.has(key)) {
        this.#inForce.add(each)
        if (!before.has(each) && each.failure !== undefined) this.#failed(each.failure)
      } else {
        each.dispose()
        this.#functions.delete(key)
      }
    }
  }

  /** Data has another value: who reads it runs with that. */
  dataChanged(reads: (linked: Linked) => boolean): void {
    for (const each of this.#functions.values()) {
      if (reads(each.linked)) void this.#runInForce(each)
    }
  }

  /** When the samples of all functions in force have run, or failed, as far as their data is there. */
  async haveRun(): Promise<void> {
    const ends = Array.from(this.#inForce, async (each) => {
      await each.idle
      const isLeft = each.failure === undefined || this.#settings.isRequired
      if (!each.isWarm && isLeft && each.canRun) await this.#runInForce(each)
    })
    await Promise.all(ends)
  }

  /** Why samples of functions in force failed last. */
  get failures(): FunctionWarmUpError[] {
    return [...this.#inForce].flatMap(({ failure }) => failure ?? [])
  }

  async #runInForce(each: SampledFunction): Promise<void> {
    try {
      await each.run()
    } catch (error) {
      if (this.#inForce.has(each)) this.#failed(error as FunctionWarmUpError)
    }
  }
}
