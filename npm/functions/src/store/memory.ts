import { StoreConflictError } from '../errors/store-errors.js'
import {
  EMPTY,
  type Change,
  type ChangeInfo,
  type EntryInForce,
  type FunctionRecord,
  type FunctionStore,
  type Head,
  type HistoryQuery,
  type Reading,
  type Unwatch,
  type VersionRef,
} from './store.js'

/**
 * A store that lives as long as the process: for tests, and for services that publish at their start. Several
 * registries may share one.
 */
export function memory(): FunctionStore {
  return new MemoryStore()
}

class MemoryStore implements FunctionStore {
  /** As JSON: nobody else's object is kept, and nobody gets one of ours. */
  readonly #changes: string[] = []
  readonly #ids: string[] = []
  readonly #inForce = new Map<string, EntryInForce>()
  readonly #records = new Map<string, string>()
  readonly #hints = new Set<(head: Head) => void>()

  async head(): Promise<Head> {
    return this.#head()
  }

  async read(since: Head = EMPTY): Promise<Reading> {
    const full = since.revision === 0 || this.#ids[since.revision - 1] !== since.id
    const entries = [...this.#inForce.values()]
      .filter(({ revision }) => full || revision > since.revision)
      .map((entry) => ({ ...entry }))
    return { head: this.#head(), entries, full }
  }

  async records(refs: readonly VersionRef[]): Promise<(FunctionRecord | undefined)[]> {
    return refs.map((ref) => {
      const text = this.#records.get(keyOf(ref))
      return text === undefined ? undefined : (JSON.parse(text) as FunctionRecord)
    })
  }

  async commit({ records, ...change }: Change, expect: Head): Promise<Head> {
    const head = this.#head()
    if (head.revision !== expect.revision || head.id !== expect.id) {
      throw new StoreConflictError(expect, head)
    }
    const revision = head.revision + 1
    // First what can fail.
    const text = JSON.stringify({ ...change, revision })
    const texts = records.map((record) => [keyOf(record), JSON.stringify(record)] as const)
    for (const [key, record] of texts) this.#records.set(key, record)
    for (const entry of (JSON.parse(text) as ChangeInfo).entries) {
      this.#inForce.set(entry.name, { ...entry, revision })
    }
    this.#changes.push(text)
    this.#ids.push(change.id)
    const next = this.#head()
    for (const hint of this.#hints) queueMicrotask(() => hint(next))
    return next
  }

  async history(query: HistoryQuery = {}): Promise<ChangeInfo[]> {
    const { name, since = 0, until = Infinity, limit = 100, newestFirst = false } = query
    const changes = this.#changes
      .slice(since, Math.min(until, this.#changes.length))
      .map((text) => JSON.parse(text) as ChangeInfo)
      .filter(({ entries }) => name === undefined || entries.some((each) => each.name === name))
    return (newestFirst ? changes.toReversed() : changes).slice(0, limit)
  }

  async watch(hint: (head?: Head) => void): Promise<Unwatch> {
    this.#hints.add(hint)
    return async () => {
      this.#hints.delete(hint)
    }
  }

  #head(): Head {
    const revision = this.#ids.length
    return revision === 0 ? EMPTY : { revision, id: this.#ids[revision - 1]! }
  }
}

/** No name has a line break. */
function keyOf({ name, version }: VersionRef): string {
  return `${version}\n${name}`
}
