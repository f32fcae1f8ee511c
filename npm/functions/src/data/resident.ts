import type { FunctionOfModules, FunctionText, Pool, SharedValue, WarmUp } from 'isolane'

import type { Clock } from './clock.js'
import type { DataSettings } from './options.js'

/** Who decodes data in a context of its own. */
export type Reader = FunctionText | FunctionOfModules

/** Reads no data: its isolates decode what the call has, and that is all. */
const DECODE: Reader = { name: 'data', source: '() => 0' }

/** Data as isolates have it: one shared value, whose versions are decoded everywhere before calls meet them. */
export class Resident {
  #shared: SharedValue | undefined
  /** Of the version in use, by who has decoded it. */
  #warmUps = new Map<Reader, WarmUp>()
  /** Of the version in use. */
  #generation = 0

  /**
   * @param readers functions that are to have it decoded
   * @param failed hears what goes wrong where nobody waits any more
   */
  constructor(
    private readonly pool: Pool,
    private readonly name: string,
    private readonly settings: Pick<DataSettings<unknown>, 'share' | 'timeout'>,
    private readonly clock: Clock,
    private readonly readers: () => readonly Reader[],
    private readonly failed: (error: Error) => void,
  ) {}

  /** What calls take; the same object from version to version. */
  get shared(): SharedValue | undefined {
    return this.#shared
  }

  /**
   * Puts a version in use, once each isolate has decoded it; where some are busy for too long, they decode it
   * when they next use it.
   *
   * @throws what `pool.share` rejects with, or why isolates could not decode it; what there was stays
   */
  async push(value: unknown, signal: AbortSignal): Promise<void> {
    const next = await this.pool.share(this.name, value, this.settings.share)
    const warm = this.#warmAll(next)
    let warmUps: Map<Reader, WarmUp> | undefined
    try {
      warmUps = await this.#unlessBusy(warm, signal)
      signal.throwIfAborted()
    } catch (error) {
      next.dispose()
      warm.then(disposeAll, () => {})
      throw error
    }
    if (this.#shared === undefined) this.#shared = next
    else await this.#shared.update(next)
    disposeAll(this.#warmUps)
    this.#warmUps = warmUps ?? new Map()
    const generation = ++this.#generation
    if (warmUps === undefined) void this.#keepLater(warm, generation)
  }

  /** Lets it go. Calls that run have it until they end. */
  drop(): void {
    this.#generation++
    disposeAll(this.#warmUps)
    this.#warmUps = new Map()
    this.#shared?.dispose()
    this.#shared = undefined
  }

  /**
   * Has one more function decode what is in use.
   *
   * @throws why an isolate could not
   */
  async warmFor(reader: Reader): Promise<void> {
    while (this.#shared !== undefined && !this.#warmUps.has(reader)) {
      const generation = this.#generation
      const warmUp = await this.#warm(reader, this.#shared)
      if (generation === this.#generation && !this.#warmUps.has(reader)) {
        this.#warmUps.set(reader, warmUp)
      } else warmUp.dispose()
    }
  }

  /** Isolates that come from now on decode it for these functions only. */
  keepWarm(readers: ReadonlySet<Reader>): void {
    for (const [reader, warmUp] of this.#warmUps) {
      if (readers.has(reader) || (reader === DECODE && readers.size === 0)) continue
      warmUp.dispose()
      this.#warmUps.delete(reader)
    }
  }

  /** In the contexts of its readers; in one, at least, to see that it can be decoded. */
  async #warmAll(next: SharedValue): Promise<Map<Reader, WarmUp>> {
    const readers = this.readers()
    const all = readers.length === 0 ? [DECODE] : readers
    const warmUps = new Map<Reader, WarmUp>()
    const runs = all.map(async (each) => warmUps.set(each, await this.#warm(each, next)))
    const failure = (await Promise.allSettled(runs)).find(({ status }) => status === 'rejected')
    if (failure === undefined) return warmUps
    disposeAll(warmUps)
    throw (failure as PromiseRejectedResult).reason
  }

  /** @throws what the first isolate failed with, in place of the error about warming */
  async #warm(reader: Reader, shared: SharedValue): Promise<WarmUp> {
    try {
      return await this.pool.warm([reader], { shared: [shared], timeout: this.settings.timeout })
    } catch (error) {
      const [failure] = (error as { failures?: { error: Error }[] }).failures ?? []
      throw failure?.error ?? error
    }
  }

  /** A worker may be busy for hours, and the others need not wait for it. They decode by halves: in up to three turns. */
  async #unlessBusy<T>(warm: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    let end = () => {}
    const late = new Promise<undefined>((resolve) => (end = () => resolve(undefined)))
    signal.addEventListener('abort', end)
    const takeBack = this.clock.after(4 * this.settings.timeout, end, true)
    try {
      return await Promise.race([warm, late])
    } finally {
      takeBack()
      signal.removeEventListener('abort', end)
    }
  }

  async #keepLater(warm: Promise<Map<Reader, WarmUp>>, generation: number): Promise<void> {
    try {
      const warmUps = await warm
      if (generation !== this.#generation) return disposeAll(warmUps)
      disposeAll(this.#warmUps)
      this.#warmUps = warmUps
    } catch (error) {
      if (generation === this.#generation) this.failed(error as Error)
    }
  }
}

function disposeAll(warmUps: ReadonlyMap<Reader, WarmUp>): void {
  for (const warmUp of warmUps.values()) warmUp.dispose()
}
