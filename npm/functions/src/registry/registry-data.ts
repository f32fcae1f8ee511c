import type { EventEmitter } from 'node:events'

import type { FunctionOfModules, Pool, SharedValue } from 'isolane'

import { Readers } from '../calls/readers.js'
import { DataCache } from '../data/cache.js'
import type { Data } from '../data/data.js'
import type { DataEvents } from '../data/status.js'
import type { FunctionData } from '../loading/loader.js'
import type { RegistryEvents } from './events.js'

/** The data of a registry: decoded for its warm functions, and its events as the registry's. */
export class RegistryData implements FunctionData {
  readonly cache: DataCache
  readonly readers: Readers
  readonly #isOwn: boolean
  readonly #emitter: EventEmitter<RegistryEvents>
  /** Functions in force that are to be warm. */
  #warm: readonly FunctionOfModules[] = []
  #warming: Promise<unknown> = Promise.resolve()
  readonly #loaded: (name: string, isOther: boolean) => void

  /**
   * @param loaded hears of each load that has ended, and whether the data is another than before
   * @throws {InvalidArgumentError} the cache that is given is closed, or of another pool
   */
  constructor(
    pool: Pool,
    given: DataCache | undefined,
    emitter: EventEmitter<RegistryEvents>,
    loaded: (name: string, isOther: boolean) => void,
  ) {
    this.#loaded = loaded
    given?.checkUsableOn(pool)
    this.cache = given ?? new DataCache(pool)
    this.readers = new Readers(this.cache, pool.queueTimeout)
    this.#isOwn = given === undefined
    this.#emitter = emitter
    this.cache.on('refreshed', this.#refreshed)
    this.cache.on('failed', this.#failed)
    this.cache.readers.add(this.#readersOf)
  }

  /** When the data that is required is there, and decoded for the functions that are to be warm. */
  async ready(): Promise<void> {
    await this.cache.ready
    await this.#warming
  }

  /** Before a function is in force. */
  async warmFor(fn: FunctionOfModules): Promise<void> {
    await Promise.all(this.readers.dataOf(fn).map((data) => data.warmFor(fn)))
  }

  /** What a function reads; `undefined` as long as some of it is not there. */
  sharedFor(fn: FunctionOfModules): readonly SharedValue[] | undefined {
    const data = this.readers.dataOf(fn)
    return data.every(({ isAvailable }) => isAvailable)
      ? data.map(({ shared }) => shared)
      : undefined
  }

  /** Whether a function reads the data of a name. */
  isReadBy(fn: FunctionOfModules, name: string): boolean {
    return this.readers.dataOf(fn).some((data) => data.name === name)
  }

  /** Other functions are to be warm: what was loaded while they were prepared, they decode now. */
  keepWarm(functions: readonly FunctionOfModules[]): void {
    this.#warm = functions
    if (this.cache.generation === 0) return
    for (const data of this.cache.all) data.keepWarm(new Set(this.#readersOf(data)))
    // Calls would tell what goes wrong.
    const runs = functions.map((fn) => this.warmFor(fn))
    this.#warming = Promise.allSettled([this.#warming, ...runs])
  }

  /** What is the registry's own ends with it. */
  async close(): Promise<void> {
    if (this.#isOwn) await this.cache.close()
    else this.keepWarm([])
    this.cache.readers.delete(this.#readersOf)
    this.cache.off('refreshed', this.#refreshed)
    this.cache.off('failed', this.#failed)
  }

  readonly #readersOf = (data: Data) =>
    this.#warm.filter((fn) => this.readers.dataOf(fn).includes(data))

  readonly #refreshed = (...[info]: DataEvents['refreshed']) => {
    this.#loaded(info.name, info.changed)
    this.#emitter.emit('dataRefreshed', info)
  }

  readonly #failed = (...[info]: DataEvents['failed']) => {
    this.#loaded(info.name, false)
    this.#emitter.emit('dataError', info)
  }
}
