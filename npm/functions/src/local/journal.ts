import { readFile } from 'node:fs/promises'

import type { Publication } from '../changes/publications.js'
import { StoreUnavailableError } from '../errors/errors.js'
import { StoreCorruptError } from '../errors/store-errors.js'
import { writeAtomically } from './atomic-file.js'

/** A publish that waits for the store. */
export interface JournalEntry {
  /** When it was asked for, in milliseconds since 1970. */
  readonly at: number
  /** Each with the version that it was made for, as `ifVersion`. */
  readonly functions: readonly Publication[]
  /** Names whose `ifVersion` the caller has given: what waits before them is a conflict. */
  readonly exact?: readonly string[]
  readonly remove: readonly string[]
  readonly note?: string
  readonly author?: string
}

/** Where publishing an entry has led. */
export interface Moves {
  readonly revision: number
  /** The version that was in force before, and after, by name; 0 for none. */
  readonly versions: ReadonlyMap<string, { readonly from: number; readonly to: number }>
}

/** What becomes of an entry. */
export interface JournalHost {
  /** Publishes it. @throws why that cannot be */
  forward(entry: JournalEntry): Promise<Moves>
  /** Whether a failure only says that the store is still away. */
  isAway(error: unknown): boolean
  /** It will never be published; it is in the file of the refused. */
  refuse(entry: JournalEntry, reason: Error): void
}

/** Publishes that were made while the store was away, in a file, until they are made or refused. */
export class Journal {
  readonly #path: string
  readonly #host: JournalHost
  #entries: JournalEntry[] | undefined
  /** Of what was forwarded last. */
  #moves: Moves[] = []
  /** One reads, writes or forwards at a time. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(path: string, host: JournalHost) {
    this.#path = path
    this.#host = host
  }

  /** How many wait. */
  get length(): number {
    return this.#entries?.length ?? 0
  }

  /** When what has been begun is done: nothing of it touches the file any more. */
  async done(): Promise<void> {
    await this.#last
  }

  /** What waits of these names. */
  waiting(names: readonly string[]): readonly JournalEntry[] {
    return (this.#entries ?? []).filter((entry) => names.some((name) => isAbout(entry, name)))
  }

  /** Reads the file, so that {@link length} tells what it has. @throws {Error} it cannot be read, or is no journal */
  open(): Promise<void> {
    return this.#inTurn(async () => void (await this.#read()))
  }

  /**
   * Keeps an entry; it is on the disk when this resolves.
   *
   * @param revision at which it was made: what has been forwarded since then goes before it too
   * @returns those that wait before it
   * @throws {StoreUnavailableError} it was not kept
   */
  keep(entry: JournalEntry, revision: number): Promise<readonly JournalEntry[]> {
    return this.#inTurn(async () => {
      try {
        const before = await this.#read()
        const since = this.#moves.filter((moves) => moves.revision > revision)
        await this.#write([...before, since.reduce(following, entry)])
        return before
      } catch (error) {
        const { message } = error as Error
        throw new StoreUnavailableError(`The journal could not keep the publish: ${message}`, {
          cause: error,
        })
      }
    })
  }

  /** Publishes what waits, in its order, as far as the store is there. */
  forward(): Promise<void> {
    return this.#inTurn(async () => {
      this.#moves = []
      for (let entries = await this.#read(); entries.length > 0;) {
        const left = await this.#forwarded(entries[0]!, entries.slice(1))
        if (left === undefined) return
        await this.#write(left)
        entries = left
      }
    })
  }

  /** @returns what waits then, of `rest`; `undefined` where the store is away */
  async #forwarded(entry: JournalEntry, rest: JournalEntry[]): Promise<JournalEntry[] | undefined> {
    try {
      const moves = await this.#host.forward(entry)
      this.#moves.push(moves)
      return rest.map((each) => following(each, moves))
    } catch (error) {
      if (this.#host.isAway(error)) return undefined
      await this.#append(`${this.#path}.refused`, entry)
      this.#host.refuse(entry, error as Error)
      return rest
    }
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task)
    this.#last = turn.catch(() => {})
    return turn
  }

  async #read(): Promise<JournalEntry[]> {
    return (this.#entries ??= await linesOf(this.#path))
  }

  async #write(entries: JournalEntry[]): Promise<void> {
    await writeAtomically(this.#path, textOf(entries), true)
    this.#entries = entries
  }

  async #append(path: string, entry: JournalEntry): Promise<void> {
    await writeAtomically(path, textOf([...(await linesOf(path)), entry]), true)
  }
}

/** Whether an entry publishes a name, or frees it. */
export function isAbout({ functions, remove }: JournalEntry, name: string): boolean {
  return functions.some((each) => each.name === name) || remove.includes(name)
}

/** An entry that was made for the same versions as one that has been published, as it goes on from that. */
function following(entry: JournalEntry, { versions }: Moves): JournalEntry {
  const functions = entry.functions.map((each) => {
    const move = versions.get(each.name)
    const follows = move?.from === each.ifVersion && entry.exact?.includes(each.name) !== true
    return move !== undefined && follows ? { ...each, ifVersion: move.to } : each
  })
  return { ...entry, functions }
}

function textOf(entries: readonly JournalEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
}

async function linesOf(path: string): Promise<JournalEntry[]> {
  try {
    const text = await readFile(path, 'utf8')
    return text
      .split('\n')
      .flatMap((line, i) => (line === '' ? [] : [entryOf(line, `${path}:${i + 1}`)]))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** @throws {StoreCorruptError} */
function entryOf(line: string, place: string): JournalEntry {
  try {
    const entry = JSON.parse(line) as JournalEntry
    const isEntry = entry.functions.every(({ name, source }) => isText(name) && isText(source))
    if (isEntry && entry.remove.every(isText)) return entry
  } catch {
    // Told below.
  }
  throw new StoreCorruptError(
    `${place} is no publish that waits; restore the journal, or move it away and give another path`,
  )
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}
