import { wrong } from '../errors/errors.js'
import { checkKeys, checkMilliseconds } from '../errors/options.js'
import { checkStore } from './check.js'
import { faultOf } from './fault.js'
import { Deadline, asked } from './guarded.js'
import type { Change, Entry, FunctionRecord, FunctionStore, Head, VersionRef } from './store.js'

/** A cache: anything with these two, such as a `Map` or a Keyv. */
export interface Cache {
  get(key: string): unknown
  set(key: string, value: string): unknown
}

/** What {@link tiered} is made of. */
export interface Tiers {
  /** What is true. */
  readonly origin: FunctionStore
  /** Asked in this order before the origin, for texts. */
  readonly caches: readonly Cache[]
  /** Milliseconds that a cache may take. Default: 500. */
  readonly timeout?: number
  /** What caches fail with. Default: nobody is told. */
  readonly onCacheError?: (error: Error) => void
}

/**
 * A store whose texts are kept in caches before it. What is in force is the origin's to say, and so is every
 * commit; of a text only its hash counts, so that a cache which is old or lies is passed over.
 *
 * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`
 */
export function tiered(tiers: Tiers): FunctionStore {
  checkKeys(tiers, ['origin', 'caches', 'timeout', 'onCacheError'])
  const { origin, caches, timeout = 500, onCacheError = () => {} } = tiers
  checkStore('origin', origin)
  checkMilliseconds('timeout', timeout)
  if (typeof onCacheError !== 'function') throw wrong('onCacheError', 'a function', onCacheError)
  const isCache = (each: Partial<Cache> | null | undefined) =>
    typeof each?.get === 'function' && typeof each.set === 'function'
  if (!Array.isArray(caches) || !caches.every(isCache)) {
    throw wrong('caches', 'an array of caches, each with get and set', caches)
  }
  const store = new TieredStore(origin, caches, timeout, onCacheError)
  const { watch, edits } = origin
  return {
    head: () => origin.head(),
    read: async (since) => store.heard(await origin.read(since)),
    records: (refs) => store.records(refs),
    commit: (change, expect) => store.commit(change, expect),
    history: (query) => origin.history(query),
    ...(watch === undefined ? {} : { watch: (hint) => watch.call(origin, hint) }),
    ...(edits === undefined ? {} : { edits: (...heard) => edits.call(origin, ...heard) }),
    close: async () => origin.close?.(),
  }
}

class TieredStore {
  readonly #origin: FunctionStore
  readonly #caches: readonly Cache[]
  readonly #timeout: number
  readonly #onCacheError: (error: Error) => void
  /** Of each name the version in force, and its hash, as the origin tells them. */
  readonly #inForce = new Map<string, VersionRef & { readonly hash: string }>()

  constructor(
    origin: FunctionStore,
    caches: readonly Cache[],
    timeout: number,
    onCacheError: (error: Error) => void,
  ) {
    this.#origin = origin
    this.#caches = caches
    this.#timeout = timeout
    this.#onCacheError = onCacheError
  }

  /** Notes what the origin says of versions. */
  heard<T extends { entries: readonly Entry[] }>(reading: T): T {
    for (const { name, version, hash } of reading.entries) {
      if (version === null || hash === null) this.#inForce.delete(name)
      else this.#inForce.set(name, { name, version, hash })
    }
    return reading
  }

  async records(refs: readonly VersionRef[]): Promise<(FunctionRecord | undefined)[]> {
    const found: (FunctionRecord | undefined)[] = Array.from(refs, () => undefined)
    for (const cache of this.#caches) {
      const missing = refs.flatMap((ref, i) => (found[i] === undefined ? [{ ref, i }] : []))
      await Promise.all(
        missing.map(async ({ ref, i }) => {
          found[i] = await this.#from(cache, ref)
        }),
      )
    }
    const missing = refs.flatMap((ref, i) => (found[i] === undefined ? [{ ref, i }] : []))
    if (missing.length > 0) {
      const records = await this.#origin.records(missing.map(({ ref }) => ref))
      missing.forEach(({ i }, at) => (found[i] = records[at]))
      this.#fill(records.filter((each) => each !== undefined))
    }
    return found
  }

  async commit(change: Change, expect: Head): Promise<Head> {
    // What is given may be changed meanwhile.
    const { entries, records } = JSON.parse(JSON.stringify(change)) as Change
    const head = await this.#origin.commit(change, expect)
    this.heard({ entries })
    this.#fill(records)
    return head
  }

  /** Nobody waits for it. */
  #fill(records: readonly FunctionRecord[]): void {
    for (const cache of this.#caches) {
      for (const record of records) {
        void this.#try(async () => cache.set(keyOf(record), JSON.stringify(record)))
      }
    }
  }

  /** Without a hash from the origin nobody can say whether a cache is right. */
  async #from(cache: Cache, ref: VersionRef): Promise<FunctionRecord | undefined> {
    const known = this.#inForce.get(ref.name)
    if (known?.version !== ref.version) return undefined
    const { hash } = known
    const text = await this.#try(async () => cache.get(keyOf({ ...ref, hash })))
    const record = typeof text === 'string' ? parsed(text) : undefined
    return faultOf({ ...ref, hash }, record) === undefined ? record : undefined
  }

  async #try<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await asked('answer as a cache', new Deadline(this.#timeout), ask)
    } catch (error) {
      this.#onCacheError(error as Error)
      return undefined
    }
  }
}

function keyOf({ name, version, hash }: VersionRef & { hash: string }): string {
  return `isolane:${hash}:${name}@${version}`
}

function parsed(text: string): FunctionRecord | undefined {
  try {
    return JSON.parse(text) as FunctionRecord
  } catch {
    return undefined
  }
}
