import { VersionNotFoundError, wrong } from '../errors/errors.js'
import { asked, Deadline } from '../store/guarded.js'
import type {
  ChangeInfo,
  Entry,
  FunctionRecord,
  FunctionStore,
  HistoryQuery,
} from '../store/store.js'
import { fetchRecords } from '../loading/records.js'
import { unifiedDiff } from './text-diff.js'

/** Changes that are read at once. */
const AT_ONCE = 1000

/** What was, as the store's log tells it. */
export class Past {
  readonly #store: FunctionStore
  readonly #timeout: number

  constructor(store: FunctionStore, timeout: number) {
    this.#store = store
    this.#timeout = timeout
  }

  /** A version, in force or not. @throws {VersionNotFoundError | StoreCorruptError} */
  async record(name: string, version: number, latest: number): Promise<FunctionRecord> {
    if (version < 1 || version > latest) throw new VersionNotFoundError(name, version, latest)
    const wanted = [{ name, version }]
    const [found] = await fetchRecords(this.#store, wanted, this.#deadline())
    if (found instanceof Error) throw found
    return found!
  }

  /** Versions down from the latest. @throws {StoreCorruptError} */
  async records(name: string, latest: number, limit: number): Promise<FunctionRecord[]> {
    const count = Math.min(latest, limit)
    const wanted = Array.from({ length: count }, (_, i) => ({ name, version: latest - i }))
    const found = await fetchRecords(this.#store, wanted, this.#deadline())
    for (const each of found) if (each instanceof Error) throw each
    return found as FunctionRecord[]
  }

  async diff(name: string, one: number, other: number, latest: number): Promise<string> {
    const [before, after] = await Promise.all(
      [one, other].map((version) => this.record(name, version, latest)),
    )
    return unifiedDiff(before!.source, after!.source, `${name}@${one}`, `${name}@${other}`)
  }

  changes(query: HistoryQuery): Promise<ChangeInfo[]> {
    return asked('tell its history', this.#deadline(), () => this.#store.history(query))
  }

  /** What was in force at a revision, by names. @throws {InvalidArgumentError} there has not been this revision */
  async at(revision: number): Promise<Map<string, Entry & { version: number }>> {
    const inForce = new Map<string, Entry & { version: number }>()
    for (let since = 0; since < revision;) {
      const changes = await this.changes({ since, until: revision, limit: AT_ONCE })
      if (changes.length === 0) {
        throw wrong('revision', `one that there has been; the last is ${since}`, revision)
      }
      for (const { entries } of changes) {
        for (const entry of entries) {
          const { name, version } = entry
          if (version === null) inForce.delete(name)
          else inForce.set(name, { ...entry, version })
        }
      }
      since = changes.at(-1)!.revision
    }
    return inForce
  }

  #deadline(): Deadline {
    return new Deadline(this.#timeout)
  }
}
