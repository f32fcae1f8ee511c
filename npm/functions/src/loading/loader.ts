import type { FunctionOfModules, Pool, WarmUp } from 'isolane'

import { keyOf, type Linked, loadingOf } from '../link/linked.js'
import type { Samples } from '../warming/samples.js'
import { inTurns } from './in-turns.js'

/** Identities that are known to load, for functions that come back. */
const MOST_KNOWN = 10_000
/** As many as are loaded in one context. */
const TOGETHER = 64
/** Items for which no function is called: an isolate loads it, and that is all. */
const HOLE: readonly unknown[] = new Array(1)

/** The data that functions read. */
export interface FunctionData {
  /** Has isolates decode it for a function. */
  warmFor(fn: FunctionOfModules): Promise<void>
}

/** Has isolates load functions before calls meet them. */
export class Loader {
  readonly #pool: Pool | undefined
  readonly #timeout: number
  readonly #data: FunctionData | undefined
  readonly #samples: Samples | undefined
  readonly #isWarm: (name: string) => boolean
  /** Identities that have been loaded; the last used are the last. */
  readonly #known = new Set<string>()
  /** By names and identities. */
  readonly #warmUps = new Map<string, WarmUp>()

  /** @param timeout milliseconds for loading one */
  constructor(
    pool: Pool | undefined,
    isWarm: (name: string) => boolean,
    timeout: number,
    data: FunctionData | undefined,
    samples: Samples | undefined,
  ) {
    this.#pool = pool
    this.#data = data
    this.#timeout = timeout
    this.#isWarm = isWarm
    this.#samples = samples
  }

  /**
   * Loads functions, some at a time.
   *
   * @returns why those cannot be loaded that cannot
   */
  async load(functions: readonly Linked[]): Promise<Map<string, Error>> {
    const failures = new Map<string, Error>()
    if (this.#pool === undefined) return failures
    const left = functions.filter((linked) => !this.#isLoaded(linked))
    const alone = await this.#loadTogether(this.#pool, left)
    await inTurns(alone.values(), 2 * this.#pool.threads, async (linked) => {
      try {
        await this.#loadOne(this.#pool!, linked)
      } catch (error) {
        failures.set(linked.record.name, error as Error)
      }
    })
    return failures
  }

  /**
   * Loads many in one context: to make one for each costs more than to evaluate them.
   *
   * @returns those that have to be loaded by themselves: to be warm, or to know which of them has failed
   */
  async #loadTogether(pool: Pool, functions: readonly Linked[]): Promise<Linked[]> {
    const alone = functions.filter(({ record }) => this.#isWarm(record.name))
    const others = functions.filter(({ record }) => !this.#isWarm(record.name))
    const batches = Array.from({ length: Math.ceil(others.length / TOGETHER) }, (_, i) =>
      others.slice(i * TOGETHER, (i + 1) * TOGETHER),
    )
    await inTurns(batches.values(), 2 * pool.threads, async (batch) => {
      if (batch.length === 1) return void alone.push(...batch)
      try {
        await pool.map(HOLE, loadingOf(batch), { timeout: this.#timeout })
        batch.forEach((linked) => this.#remember(linked))
      } catch {
        alone.push(...batch)
      }
    })
    return alone
  }

  /** Isolates that come from now on are warmed with these functions only. */
  keepWarm(functions: Iterable<Linked>): void {
    this.#samples?.keep(functions)
    if (this.#warmUps.size === 0) return
    const kept = new Set([...functions].map(keyOf))
    for (const [key, warmUp] of this.#warmUps) {
      if (kept.has(key)) continue
      warmUp.dispose()
      this.#warmUps.delete(key)
    }
  }

  /** Those that are to be warm. */
  warmOnes(functions: Iterable<Linked>): Linked[] {
    return [...functions].filter(({ record }) => this.#isWarm(record.name))
  }

  #isLoaded(linked: Linked): boolean {
    if (this.#isWarm(linked.record.name)) return this.#warmUps.has(keyOf(linked))
    return this.#known.has(linked.linkHash)
  }

  async #loadOne(pool: Pool, linked: Linked): Promise<void> {
    await this.#evaluate(pool, linked)
    if (this.#isWarm(linked.record.name)) await this.#samples?.run(linked)
    this.#remember(linked)
  }

  async #evaluate(pool: Pool, linked: Linked): Promise<void> {
    const limit = { timeout: this.#timeout }
    try {
      if (this.#isWarm(linked.record.name)) {
        this.#warmUps.set(keyOf(linked), await warmed(pool, linked, limit))
        await this.#data?.warmFor(linked.runnable)
      } else {
        await pool.map(HOLE, linked.runnable, limit)
      }
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_ISOLANE_MODULE') throw error
      // It may be one that others require, and gives no function itself.
      await pool.map(HOLE, loadingOf([linked]), limit)
    }
  }

  #remember({ linkHash }: Linked): void {
    this.#known.delete(linkHash)
    this.#known.add(linkHash)
    if (this.#known.size > MOST_KNOWN) this.#known.delete(this.#known.values().next().value!)
  }
}

/** @throws what the first function failed with, in place of the error about warming */
async function warmed(pool: Pool, linked: Linked, limit: { timeout: number }): Promise<WarmUp> {
  try {
    return await pool.warm([linked.runnable], limit)
  } catch (error) {
    const [failure] = (error as { failures?: { error: Error }[] }).failures ?? []
    throw failure?.error ?? error
  }
}
