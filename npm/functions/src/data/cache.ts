import { EventEmitter } from 'node:events'

import type { Pool, SharedValue } from 'isolane'

import { InvalidArgumentError, wrong } from '../errors/errors.js'
import { guarded } from '../errors/guarded.js'
import { checkKeys } from '../errors/options.js'
import { nearest } from '../names/nearest.js'
import { checkBus, type DataBus } from './bus.js'
import { checkClock, type Clock, systemClock } from './clock.js'
import { Data } from './data.js'
import { OtherCaches } from './other-caches.js'
import type { Reader } from './resident.js'
import { checkDataName, checkDataOptions, type DataOptions } from './options.js'
import type { DataEvents, DataStatus } from './status.js'

/** Options of a cache. */
export interface DataCacheOptions {
  /** For tests: what tells the time, and calls back after some. Default: the process's. */
  clock?: Clock
  /** Tells caches of other processes what has changed, and hears it of them; ends with the cache. Default: none. */
  bus?: DataBus
}

/**
 * Data that stays warm: tables, rules, prices that functions read as `shared.<name>`. Each is loaded by a function
 * of yours, again and again, and is decoded in all isolates before calls get it.
 */
export class DataCache extends EventEmitter<DataEvents> implements AsyncDisposable {
  readonly #pool: Pool
  readonly #clock: Clock
  readonly #others: OtherCaches | undefined
  readonly #all = new Map<string, Data<any>>()
  /** @internal Give the functions that are to have data decoded. */
  readonly readers = new Set<(data: Data) => readonly Reader[]>()
  #isClosed = false
  #generation = 0

  /**
   * @param pool whose isolates have the data; it is not closed with the cache
   * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`
   */
  constructor(pool: Pool, options: DataCacheOptions = {}) {
    super()
    if (typeof (pool as Partial<Pool> | null)?.share !== 'function') {
      throw wrong('pool', 'a Pool of isolane', pool)
    }
    checkKeys(options, ['clock', 'bus'])
    const { clock = systemClock } = options
    checkClock(clock)
    this.#pool = pool
    this.#clock = clock
    this.#others = this.#joined(options.bus)
  }

  /**
   * Defines data, and begins to load it.
   *
   * @param name by which functions find it, as `shared.<name>`
   * @param options see {@link DataOptions}
   * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`: also where the name is taken
   */
  define<T>(name: string, options: DataOptions<T>): Data<T> {
    checkDataName(name)
    const settings = checkDataOptions(options, this.#clock.date())
    if (this.#isClosed) throw closed()
    if (this.#all.has(name)) {
      throw new InvalidArgumentError(
        `There is data named '${name}' already; dispose of it first, or take another name`,
      )
    }
    const made: Data<T> = new Data<T>(name, settings, {
      pool: this.#pool,
      clock: this.#clock,
      tell: (event, ...args) => this.#tell(event, ...args),
      changed: (data) => this.#others?.tell(data.name),
      readers: (data) => [...this.readers].flatMap((of) => of(data)),
      gone: (gone) => {
        if (this.#all.get(name) !== gone) return
        this.#all.delete(name)
        this.#generation++
      },
    })
    this.#all.set(name, made)
    this.#generation++
    return made
  }

  /** Data that is defined; `undefined` where there is none of this name. */
  get(name: string): Data<unknown> | undefined {
    return this.#all.get(name)
  }

  /**
   * @internal
   * @throws {InvalidArgumentError} functions of a pool cannot use it
   */
  checkUsableOn(pool: Pool): void {
    if (this.#isClosed) throw closed()
    if (this.#pool !== pool) {
      throw new InvalidArgumentError(
        'options.data must be a DataCache of the same pool: new DataCache(pool)',
      )
    }
  }

  /** @internal Another with each change of what is defined; 0 where nothing has ever been. */
  get generation(): number {
    return this.#generation
  }

  /** @internal All that is defined. */
  get all(): readonly Data[] {
    return [...this.#all.values()]
  }

  /** All names. */
  get names(): string[] {
    return [...this.#all.keys()]
  }

  /**
   * What a call takes as its option `shared`.
   *
   * @throws {DataUnavailableError} `ERR_ISOLANE_DATA_UNAVAILABLE`: one has never been loaded, or is too old
   * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`: there is none of this name
   */
  shared(...names: string[]): SharedValue[] {
    return names.map((name) => this.#find(name).shared)
  }

  /**
   * When calls can use all data that is `required`.
   *
   * @throws {DataUnavailableError} `ERR_ISOLANE_DATA_UNAVAILABLE`: a load of one has failed, and there is no
   *   fallback. It is loaded again: ask anew
   * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`: the cache has been closed
   */
  get ready(): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed())
    const required = [...this.#all.values()].filter(({ isRequired }) => isRequired)
    return allOf(required.map(({ ready }) => ready))
  }

  /** Whether calls can use all data that is `required`. */
  get isReady(): boolean {
    return [...this.#all.values()].every((data) => data.isAvailable || !data.isRequired)
  }

  /**
   * With a bus: when other processes are heard, or the first attempt has failed. Data that is defined before is
   * loaded once more then, since it may have changed unheard.
   */
  get connected(): Promise<void> {
    return this.#others?.connected ?? Promise.resolve()
  }

  /** How all data is. */
  status(): DataStatus[] {
    return [...this.#all.values()].map((data) => data.status())
  }

  /** See {@link Data.invalidate}. Returns whether there is data of this name. */
  invalidate(name: string): boolean {
    const data = this.#all.get(name)
    data?.invalidate()
    return data !== undefined
  }

  /** Forgets the values of a namespace, or all, and loads them anew. */
  clear(namespace?: string): void {
    for (const data of this.#in(namespace)) data.clear()
  }

  /**
   * Loads all of a namespace, or all. Resolves when that is in use.
   *
   * @throws {Error} why the first failed that did; the others are in use
   * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`: the cache has been closed
   */
  async refresh(namespace?: string): Promise<void> {
    if (this.#isClosed) throw closed()
    const ends = await Promise.allSettled(this.#in(namespace).map((data) => data.refresh()))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }

  /** Ends loading, and lets all data go. Loads that come back afterwards are not heard. Calls that run go on. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const data of this.#all.values()) data.dispose()
    await this.#others?.close()
  }

  /** Same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #joined(bus: unknown): OtherCaches | undefined {
    if (bus === undefined) return undefined
    checkBus(bus)
    return new OtherCaches(bus, this.#clock, {
      changed: (name) => this.#all.get(name)?.hint(),
      missed: () => {
        for (const data of this.#all.values()) data.hint()
      },
      failed: (error, name) => this.#tell('busError', { name, error }),
    })
  }

  #find(name: string): Data<any> {
    const data = this.#all.get(name)
    if (data !== undefined) return data
    const meant = nearest(String(name), this.#all.keys())
    const hint = meant.length === 0 ? '' : `; did you mean '${meant.join("' or '")}'?`
    throw new InvalidArgumentError(`There is no data named '${String(name)}'${hint}`)
  }

  #in(namespace: string | undefined): Data<any>[] {
    const all = [...this.#all.values()]
    if (namespace === undefined) return all
    if (typeof namespace !== 'string') throw wrong('namespace', 'a string', namespace)
    return all.filter((data) => data.namespace === namespace)
  }

  #tell<K extends keyof DataEvents>(event: K, ...args: DataEvents[K]): void {
    guarded(() => this.emit(event, ...(args as never)))
  }
}

function closed(): InvalidArgumentError {
  return new InvalidArgumentError('This cache of data has been closed')
}

async function allOf(promises: Promise<void>[]): Promise<void> {
  await Promise.all(promises)
}
