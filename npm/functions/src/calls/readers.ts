import type { CallOptions, FunctionOfModules } from 'isolane'

import type { DataCache } from '../data/cache.js'
import type { Data } from '../data/data.js'
import { DataUnavailableError, wrong } from '../errors/errors.js'
import { LATE, STOPPED, whileWaiting } from './waiting.js'

/** Which data functions read: that whose name stands in a text of theirs that speaks of `shared`. */
export class Readers {
  readonly #cache: DataCache
  /** Of the data that is defined now. */
  #found = new WeakMap<FunctionOfModules, readonly Data[]>()
  #foundIn = 0
  #words: RegExp | undefined
  readonly #queueTimeout: number

  /** @param queueTimeout of calls that name none, in milliseconds */
  constructor(cache: DataCache, queueTimeout: number) {
    this.#cache = cache
    this.#queueTimeout = queueTimeout
  }

  /** Whether data has ever been defined. */
  get hasData(): boolean {
    return this.#cache.generation > 0
  }

  /** The data that a function reads. */
  dataOf(fn: FunctionOfModules): readonly Data[] {
    const { generation } = this.#cache
    if (generation !== this.#foundIn) {
      this.#foundIn = generation
      this.#found = new WeakMap()
      this.#words = wordsOf(this.#cache.names)
    }
    let data = this.#found.get(fn)
    if (data === undefined) this.#found.set(fn, (data = this.#find(fn)))
    return data
  }

  #find({ modules }: FunctionOfModules): readonly Data[] {
    const names = new Set<string>()
    for (const { source } of modules) {
      if (this.#words === undefined || !source.includes('shared')) continue
      for (const [name] of source.matchAll(this.#words)) names.add(name)
    }
    return [...names].map((name) => this.#cache.get(name)!)
  }

  /**
   * Options with the data that functions read; what a caller shares under the same name goes before. Data that is
   * not there is waited for, as long as its load is under way, the call's `queueTimeout` has not passed, and its
   * signal has not stopped it: then these are its options as they were, with which the pool refuses it.
   *
   * @throws {DataUnavailableError} `ERR_ISOLANE_DATA_UNAVAILABLE`, also as what the promise rejects with
   */
  withData<O extends CallOptions>(
    functions: readonly FunctionOfModules[],
    options: O | undefined,
  ): O | undefined | Promise<O> {
    const all = new Set(functions.flatMap((fn) => this.dataOf(fn)))
    // What are no options, the pool refuses.
    if (all.size === 0 || !areOptions(options)) return options
    const given = sharedOf(options)
    const data = [...all].filter(({ name }) => !given.some((each) => each.name === name))
    const together = (): O => {
      const shared = [...given, ...data.map((each) => each.shared)]
      return { ...(options as O), shared }
    }
    return data.every(({ isAvailable }) => isAvailable)
      ? together()
      : this.#whenReady(data, options, together)
  }

  async #whenReady<O extends CallOptions>(
    data: readonly Data[],
    options: O | undefined,
    together: () => O,
  ): Promise<O> {
    // Own options only.
    const { signal, queueTimeout = this.#queueTimeout }: CallOptions = { ...options }
    const ready = Promise.all(data.map((each) => each.ready))
    const end = await whileWaiting(ready, signal, queueTimeout)
    if (end === STOPPED) return options!
    if (end !== LATE) return together()
    const { name } = data.find(({ isAvailable }) => !isAvailable) ?? data[0]!
    const reason = `its load has not ended within the call's queueTimeout of ${queueTimeout} ms`
    const outlook = 'It is still being loaded; call again, or with a longer queueTimeout'
    throw new DataUnavailableError(name, new Error(reason), outlook)
  }
}

function areOptions(value: unknown): boolean {
  return (
    value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value))
  )
}

function sharedOf(options: CallOptions | undefined): NonNullable<CallOptions['shared']> {
  if (options === undefined || !Object.hasOwn(options, 'shared')) return []
  const shared: unknown = options.shared
  if (shared === undefined) return []
  if (!Array.isArray(shared)) throw wrong('options.shared', 'an array of shared values', shared)
  return shared as NonNullable<CallOptions['shared']>
}

/** Names as whole words, the longest first, since one may begin another. */
function wordsOf(names: readonly string[]): RegExp | undefined {
  if (names.length === 0) return undefined
  const longestFirst = [...names].sort((a, b) => b.length - a.length)
  const escaped = longestFirst.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`(?<![\\w$])(?:${escaped.join('|')})(?![\\w$])`, 'g')
}
