import type { BatchOutcome, FunctionOfModules, MapOptions, Pool, RunOptions } from 'isolane'

import type { InRevision, Runnables } from '../calls/runnables.js'
import { errorFrom } from '../errors/errors.js'
import { AttemptTimes } from './attempt-times.js'
import { allCompleted, type ItemCounts } from './envelope.js'
import { isRefusal } from './faults.js'
import type { EnvelopeSettings } from './options.js'
import { withRetries } from './retries.js'

/** What a function gave. */
export interface Given {
  readonly data: unknown
  /** What became of its items, or of its one input. */
  readonly counts: ItemCounts
}

/** Looks for what a call runs. */
export type Look = () => Promise<InRevision>

/** The attempts of one call. All of them run what the first has found. */
export abstract class Attempts {
  readonly #runnables: Runnables
  readonly #look: (options: MapOptions) => Promise<InRevision>
  readonly #settings: EnvelopeSettings
  /** Of those that are timed. */
  readonly times = new AttemptTimes()
  #found: InRevision | undefined
  #unfound: unknown
  #made = 0
  #failure: Error | undefined

  /** @param name of what is run, for errors of calls that have not found it */
  constructor(runnables: Runnables, name: string, look: Look, settings: EnvelopeSettings) {
    this.#runnables = runnables
    this.#look = (options) => runnables.unlessStopped(look(), name, options)
    this.#settings = settings
  }

  /** How often the pool was asked. */
  get made(): number {
    return this.#made
  }

  /** What the last of them failed with. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** What is run, once it is known. */
  get found(): InRevision | undefined {
    return this.#found
  }

  /** Looks for the functions. Where there are none, the first attempt tells. */
  async find(): Promise<void> {
    try {
      this.#found = await this.#look(this.#settings.pool)
    } catch (error) {
      if (isRefusal(error)) throw error
      this.#unfound = error
    }
  }

  /** @throws what the last attempt failed with */
  async make(input: unknown, options: MapOptions): Promise<Given> {
    try {
      return await withRetries(this.#settings.retries, options.signal, async () => {
        const { linked } = (this.#found ??= await this.#findAgain(options))
        this.#made++
        const fns = linked.map(({ runnable }) => runnable)
        const given = (await this.#runnables.withData(options, ...fns))!
        return this.run(this.#runnables.pool, fns, input, given)
      })
    } catch (thrown) {
      this.#failure = errorFrom(thrown)
      throw this.#failure
    }
  }

  #findAgain(options: MapOptions): Promise<InRevision> {
    const unfound = this.#unfound
    this.#unfound = undefined
    if (unfound !== undefined) throw unfound
    return this.#look(options)
  }

  /** Whether the last of them was refused. */
  get isRefused(): boolean {
    return isRefusal(this.#failure)
  }

  protected abstract run(
    pool: Pool,
    fns: readonly FunctionOfModules[],
    input: unknown,
    options: MapOptions,
  ): Promise<Given>
}

/** Of a call for one input. */
export class SingleAttempts extends Attempts {
  protected override async run(
    pool: Pool,
    fns: readonly FunctionOfModules[],
    input: unknown,
    options: MapOptions,
  ): Promise<Given> {
    const timed = this.times.asking(options)
    const data = await pool.run(fns[0]!, input, timed as RunOptions)
    return { data, counts: allCompleted(1) }
  }
}

/** Of a call in which nothing of what calls keep is seen, nor touched. */
export class DebugAttempts extends SingleAttempts {
  protected override run(
    pool: Pool,
    fns: readonly FunctionOfModules[],
    input: unknown,
    options: MapOptions,
  ): Promise<Given> {
    return super.run(pool, fns, input, { ...options, fresh: true })
  }
}

/** Of a call over items. */
export class BatchAttempts extends Attempts {
  protected override async run(
    pool: Pool,
    fns: readonly FunctionOfModules[],
    items: unknown,
    options: MapOptions,
  ): Promise<Given> {
    let completed = 0
    const { onProgress } = options
    const counting: MapOptions['onProgress'] = (progress) => {
      completed = progress.done
      onProgress?.(progress)
    }
    // What is no function, the pool refuses.
    const isHeard = onProgress === undefined || typeof onProgress === 'function'
    const counted = this.times.asking(isHeard ? { ...options, onProgress: counting } : options)
    const given = await pool.map<unknown, unknown>(items as never, fns[0]!, counted as never)
    if (!givesOutcome(options)) return { data: given, counts: allCompleted(completed) }
    const { results, ...counts } = given as unknown as BatchOutcome<unknown>
    return { data: results, counts }
  }
}

/** Whether the pool gives an outcome: where items may fail, or be missing. */
export function givesOutcome({ onError = 'reject', onTimeout = 'reject' }: MapOptions): boolean {
  return onError !== 'reject' || onTimeout !== 'reject'
}
