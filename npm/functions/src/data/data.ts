import type { Pool, SharedValue } from 'isolane'

import { DataLoadError, DataUnavailableError, errorFrom } from '../errors/errors.js'
import { Age } from './age.js'
import type { Clock } from './clock.js'
import { type Content, contentOf } from './content.js'
import { load, type Loading, standIn } from './loading.js'
import { type DataSettings, UNCHANGED } from './options.js'
import { Paced } from './paced.js'
import { type Reader, Resident } from './resident.js'
import type { DataStatus, LoadInfo, Tell } from './status.js'
import { failurePause, regularPause } from './timing.js'

/** What data needs of where it is defined. */
export interface DataHost {
  readonly pool: Pool
  readonly clock: Clock
  readonly tell: Tell
  /** Functions that are to have it decoded. */
  readers(data: Data<unknown>): readonly Reader[]
  /** It has changed at its source, as far as is known here. */
  changed(data: Data<unknown>): void
  /** The name is free. */
  gone(data: Data<unknown>): void
}

/** Milliseconds between loads for which others ask. */
const HINTS_MS = 250

/** Data that stays warm: loaded again and again, in all isolates, under one name. */
export class Data<T = unknown> implements Disposable {
  readonly #host: DataHost
  readonly #settings: DataSettings<T>
  readonly #resident: Resident
  readonly #age: Age
  readonly #hints: Paced
  #value: T | undefined
  #content: Content | undefined
  #version = 0
  #isFallback = false
  /** Why nothing stands in. */
  #fallbackError: Error | undefined
  #loading: Promise<boolean> | undefined
  #stop = new AbortController()
  #isDisposed = false
  /** What a load that is under way may have read before it changed. */
  #isOutdated = false
  #lastLoad: LoadInfo | undefined
  #late = 0
  #takeBack = () => {}
  #nextAt: number | undefined

  /** @internal Begins the first load. */
  constructor(
    /** By which functions find it, as `shared.<name>`. */
    readonly name: string,
    settings: DataSettings<T>,
    host: DataHost,
  ) {
    this.#host = host
    this.#settings = settings
    this.#age = new Age(settings, host.clock)
    this.#hints = new Paced(host.clock, HINTS_MS, () => this.#outdate())
    const failed = (error: Error) => this.#tellFailed(error)
    const readers = () => host.readers(this as Data<unknown>)
    this.#resident = new Resident(host.pool, name, settings, host.clock, readers, failed)
    this.#begin()
  }

  /** For `data.clear` and `data.refresh`. */
  get namespace(): string | undefined {
    return this.#settings.namespace
  }

  /** Whether `ready` waits for it. */
  get isRequired(): boolean {
    return this.#settings.required
  }

  /**
   * What calls take in their option `shared`, always the same: a call gets the version of the moment at which it
   * begins. Where it is stale, it is loaded again behind the scenes.
   *
   * @throws {DataUnavailableError} `ERR_ISOLANE_DATA_UNAVAILABLE`: there is none, or it is too old
   */
  get shared(): SharedValue {
    if (this.#isDisposed) throw this.#disposed()
    const shared = this.isAvailable ? this.#resident.shared : undefined
    if (this.#age.isStale && !this.#isPausing) this.#begin()
    if (shared === undefined) throw this.#unavailable()
    return shared
  }

  /**
   * When calls can use it: at once, or after the load that is under way.
   *
   * @throws {DataUnavailableError} `ERR_ISOLANE_DATA_UNAVAILABLE`: that has failed, and more are made; or it has
   *   been disposed of
   */
  get ready(): Promise<void> {
    if (this.isAvailable) return Promise.resolve()
    if (!this.#isPausing) this.#begin()
    return this.#afterLoad()
  }

  async #afterLoad(): Promise<void> {
    await this.#loading?.catch(() => {})
    if (!this.isAvailable) throw this.#unavailable()
  }

  /**
   * Loads it now, or joins the load that is under way. Resolves when what it gave is in use. Where that is another
   * value than before, it has changed at its source.
   *
   * @throws {Error} why it failed; what there was is used on
   */
  async refresh(): Promise<void> {
    if (this.#isDisposed) throw this.#disposed()
    const isFirst = this.#version === 0
    const isOther = await this.#begin()
    if (isOther && !isFirst) this.#host.changed(this as Data<unknown>)
  }

  /**
   * It has changed at its source: it is stale, and loaded now, and once more after a load that is under way. So it
   * is in other processes, where the cache has a bus.
   */
  invalidate(): void {
    if (this.#isDisposed) return
    this.#outdate()
    this.#host.changed(this as Data<unknown>)
  }

  /** @internal Somebody else says that it has changed: for that it is loaded a few times a second at most. */
  hint(): void {
    if (!this.#isDisposed) this.#hints.ask()
  }

  /** The value in use, as `load` gave it; `undefined` for none. */
  peek(): T | undefined {
    return this.#value
  }

  /** How it is. */
  status(): DataStatus {
    const { age, isStale, failures } = this.#age
    const isThere = this.#version > 0 && this.#resident.shared !== undefined
    const kind = this.#isFallback ? 'fallback' : isStale ? 'stale' : 'load'
    return {
      name: this.name,
      namespace: this.namespace,
      version: this.#version,
      bytes: isThere ? (this.#content?.bytes ?? 0) : 0,
      age: isThere ? age : undefined,
      source: isThere ? kind : 'none',
      available: this.isAvailable,
      loading: this.#loading !== undefined,
      lastLoad: this.#lastLoad,
      failures,
      late: this.#late,
      nextLoad: this.#nextAt === undefined ? undefined : new Date(this.#nextAt),
    }
  }

  /** @internal Has one more function decode what is in use. */
  warmFor(reader: Reader): Promise<void> {
    return this.#resident.warmFor(reader)
  }

  /** @internal Isolates that come from now on decode it for these functions only. */
  keepWarm(readers: ReadonlySet<Reader>): void {
    this.#resident.keepWarm(readers)
  }

  /** Forgets the value, as if there had never been one, and loads it anew. Calls that run keep it. */
  clear(): void {
    if (this.#isDisposed) return
    this.#forget()
    this.#age.reset()
    this.#loadAnew()
    this.#host.changed(this as Data<unknown>)
  }

  /** Ends loading, and lets the value go; its name is free. Calls that run keep it. */
  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#takeBack()
    this.#hints.stop()
    this.#nextAt = undefined
    this.#stop.abort(this.#disposed())
    this.#forget()
    this.#host.gone(this as Data<unknown>)
  }

  /** Same as {@link dispose}. */
  [Symbol.dispose](): void {
    this.dispose()
  }

  /** Whether calls can use it. */
  get isAvailable(): boolean {
    if (this.#resident.shared === undefined) return false
    return this.#isFallback || this.#age.isUsable
  }

  /** After a failure nothing is loaded for a while, however many calls ask. */
  get #isPausing(): boolean {
    return this.#isDisposed || (this.#loading === undefined && this.#age.failures > 0)
  }

  #outdate(): void {
    this.#age.invalidate()
    this.#loadAnew()
  }

  /** Now, and once more after a load that is under way: that may have read what was there before. */
  #loadAnew(): void {
    if (this.#loading === undefined) this.#begin()
    else this.#isOutdated = true
  }

  #forget(): void {
    this.#resident.drop()
    this.#value = this.#content = undefined
    this.#isFallback = false
  }

  /** One load at a time: whether it gave another value. Who waits for it is told how it ends, and others need not be. */
  #begin(): Promise<boolean> {
    if (this.#loading !== undefined) return this.#loading
    this.#takeBack()
    this.#nextAt = undefined
    this.#isOutdated = false
    const loading = this.#run().finally(() => {
      this.#loading = undefined
      this.#goOn()
    })
    loading.catch(() => {})
    return (this.#loading = loading)
  }

  /** What comes after a load. */
  #goOn(): void {
    if (this.#isDisposed) return
    if (this.#isOutdated) return void this.#begin()
    const { failures } = this.#age
    const { clock } = this.#host
    const regular = regularPause(this.#settings, clock.date())
    const pause =
      failures === 0 ? regular : Math.min(regular, failurePause(this.#settings, failures))
    if (pause === Infinity) return
    this.#nextAt = clock.date() + pause
    this.#takeBack = clock.after(pause, () => void this.#begin(), false)
  }

  async #run(): Promise<boolean> {
    const { clock, tell } = this.#host
    const start = clock.now()
    const at = new Date(clock.date())
    const ended = (error?: Error) => {
      const ms = clock.now() - start
      this.#lastLoad = { at, ms, ok: error === undefined, error }
      return ms
    }
    try {
      const changed = await this.#loadOnce()
      const ms = ended()
      this.#age.loaded(this.#isOutdated)
      tell('refreshed', {
        name: this.name,
        version: this.#version,
        bytes: this.#content!.bytes,
        ms,
        changed,
      })
      return changed
    } catch (error) {
      const reason = errorFrom(error)
      if (this.#isDisposed) throw reason
      ended(reason)
      this.#age.failed()
      this.#tellFailed(reason)
      if ((error as { code?: unknown }).code === 'ERR_ISOLANE_POOL_CLOSED') this.dispose()
      else await this.#standIn()
      throw reason
    }
  }

  /** @returns whether the value is another */
  async #loadOnce(): Promise<boolean> {
    const given = await load(this.#asLoading())
    if (given !== UNCHANGED) return this.#use(given, false)
    // It may have been cleared meanwhile.
    if (this.#resident.shared !== undefined) return false
    throw new DataLoadError(this.name, 'load says that it is unchanged, and there is none any more')
  }

  #asLoading(): Loading<T> {
    return {
      name: this.name,
      settings: this.#settings,
      clock: this.#host.clock,
      previous: this.#isFallback ? undefined : this.#value,
      signal: this.#stop.signal,
      late: () => void this.#late++,
    }
  }

  /** Has isolates decode a value, unless it is the one that they have. */
  async #use(value: T, isFallback: boolean): Promise<boolean> {
    const { signal } = this.#stop
    const { from } = this.#settings.share
    const giver = isFallback ? 'fallback' : 'load'
    const content = await contentOf(this.name, value, from, this.#settings.maxBytes, giver)
    signal.throwIfAborted()
    const { hash } = content
    const isOther =
      hash === undefined || hash !== this.#content?.hash || this.#resident.shared === undefined
    if (isOther) {
      await this.#resident.push(value, signal)
      this.#version++
    }
    this.#value = value
    this.#content = content
    this.#isFallback = isFallback
    return isOther
  }

  /** Until the first load succeeds. */
  async #standIn(): Promise<void> {
    const { fallback } = this.#settings
    if (fallback === undefined || this.#age.age !== undefined || this.#isFallback) return
    this.#fallbackError = undefined
    try {
      await this.#use(await standIn(this.#asLoading(), fallback), true)
    } catch (error) {
      if (this.#isDisposed) return
      this.#fallbackError = errorFrom(error)
      this.#tellFailed(this.#fallbackError)
    }
  }

  #tellFailed(error: Error): void {
    this.#host.tell('failed', { name: this.name, error, failures: this.#age.failures })
  }

  #unavailable(): DataUnavailableError {
    const cause = this.#lastLoad?.error
    if (this.#isDisposed) {
      return new DataUnavailableError(this.name, cause, 'It has been disposed of; define it anew')
    }
    return new DataUnavailableError(this.name, cause, `It is loaded again${this.#ofFallback}`)
  }

  /** What there is to say of what stands in until the first load has succeeded. */
  get #ofFallback(): string {
    if (this.#age.age !== undefined) return ''
    if (this.#settings.fallback === undefined) return '; fallback would stand in for it'
    if (this.#fallbackError === undefined) return ''
    return `; fallback cannot stand in for it: ${this.#fallbackError.message}`
  }

  #disposed(): DataLoadError {
    return new DataLoadError(this.name, 'it has been disposed of')
  }
}
