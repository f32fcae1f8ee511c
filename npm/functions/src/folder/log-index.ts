import { sha256 } from '../store/hash.js'
import type { EntryInForce, VersionRef } from '../store/store.js'
import type { LoggedChange } from './log.js'

/** Where a version's text is, and what. */
interface Place {
  /** The change that brought it. */
  readonly revision: number
  /** Of the text alone; as UTF-8, so that it is that of the file too. */
  readonly digest: string
}

/** What a log says, as far as it has been read: what is in force, and where the texts are. */
export class LogIndex {
  readonly #inForce = new Map<string, EntryInForce>()
  readonly #places = new Map<string, Place>()

  add({ revision, entries, records }: LoggedChange): void {
    for (const entry of entries) this.#inForce.set(entry.name, { ...entry, revision })
    for (const record of records) {
      this.#places.set(keyOf(record), { revision, digest: sha256(record.source) })
    }
  }

  clear(): void {
    this.#inForce.clear()
    this.#places.clear()
  }

  /** The last entry of each name, free names included. */
  get entries(): IterableIterator<EntryInForce> {
    return this.#inForce.values()
  }

  /** Names in force. */
  get names(): string[] {
    const inForce = [...this.#inForce.values()].filter(({ version }) => version !== null)
    return inForce.map(({ name }) => name)
  }

  /** The version of a name that is in force; `null` for none. */
  versionOf(name: string): number | null {
    return this.#inForce.get(name)?.version ?? null
  }

  /** The change that brought a version. */
  revisionOf(ref: VersionRef): number | undefined {
    return this.#places.get(keyOf(ref))?.revision
  }

  /** The SHA-256 of the text of a name that is in force. */
  digestOf(name: string): string | undefined {
    const version = this.versionOf(name)
    return version === null ? undefined : this.#places.get(keyOf({ name, version }))?.digest
  }
}

/** No name has a space. */
export function keyOf({ name, version }: VersionRef): string {
  return `${version} ${name}`
}
