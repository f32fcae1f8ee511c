import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { StoreConflictError, StoreCorruptError } from '../errors/store-errors.js'
import { EMPTY, type Change, type Head } from '../store/store.js'

/** A change with its place in the log. */
export interface LoggedChange extends Change {
  readonly revision: number
}

/** Digits of a revision in a file's name, so that names sort as revisions do. */
const DIGITS = 10
/** Changes that are read at once, where there are so many. */
const AT_ONCE = 32
/** A file that was changed so long ago would show it by its times if it were changed again: those may be rough. */
const TIMES_TELL_MS = 3_000

/**
 * A log as a folder: a file for each change, written once and never changed. A change is made by giving its file
 * the next number, which the file system does for one writer only.
 */
export class FolderLog {
  /** Ids of the changes that have been read. */
  readonly #ids: string[] = []
  #begun: Promise<void> | undefined
  /** The last change that has been read, and the state of its file when it was seen to be that. */
  #intact: { id: string; state: string } | undefined

  constructor(readonly folder: string) {}

  /** The end, as far as it has been read. */
  get head(): Head {
    const revision = this.#ids.length
    return revision === 0 ? EMPTY : { revision, id: this.#ids[revision - 1]! }
  }

  /** Whether the log has that point. */
  has({ revision, id }: Head): boolean {
    return revision === 0 ? id === '' : this.#ids[revision - 1] === id
  }

  /**
   * Reads changes that have not been read yet, in their order.
   *
   * @throws {StoreCorruptError} one cannot be read
   */
  async *news(): AsyncGenerator<LoggedChange, void, void> {
    // Most often there is one or none.
    for (let atOnce = 1; ; atOnce = Math.min(2 * atOnce, AT_ONCE)) {
      const first = this.#ids.length + 1
      const reading = Array.from({ length: atOnce }, (_, i) => this.read(first + i))
      for (const outcome of await Promise.allSettled(reading)) {
        if (outcome.status === 'rejected') throw outcome.reason
        if (outcome.value === undefined) return
        this.#ids.push(outcome.value.id)
        yield outcome.value
      }
    }
  }

  /** A change; `undefined` where there is none yet. */
  async read(revision: number): Promise<LoggedChange | undefined> {
    const path = this.#pathOf(revision)
    let text
    try {
      text = await readFile(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    try {
      const change = JSON.parse(text) as LoggedChange
      if (change.revision === revision && typeof change.id === 'string') return change
    } catch {
      // Told below.
    }
    throw new StoreCorruptError(`${path} holds no change; restore it from a backup, or from git`)
  }

  /** Whether what has been read is still there: a checkout of an older state takes changes away. */
  async isIntact(): Promise<boolean> {
    const { revision, id } = this.head
    if (revision === 0) return true
    const state = await stateOf(this.#pathOf(revision))
    if (this.#intact?.id === id && this.#intact.state === state) return true
    if ((await this.read(revision).catch(() => undefined))?.id !== id) return false
    this.#intact = state === undefined ? undefined : { id, state }
    return true
  }

  /** Forgets what has been read. */
  restart(): void {
    this.#ids.length = 0
  }

  /**
   * Appends a change, where the log ends as it has been read.
   *
   * @throws {StoreConflictError} somebody else was quicker
   */
  async append(change: Change, expect: Head): Promise<LoggedChange> {
    await (this.#begun ??= this.#begin())
    const logged = { ...change, revision: expect.revision + 1 }
    const beside = join(this.folder, `.${randomBytes(8).toString('hex')}.tmp`)
    try {
      await writeSynced(beside, `${JSON.stringify(logged, null, 1)}\n`)
      await link(beside, this.#pathOf(logged.revision))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const other = await this.read(logged.revision)
      throw new StoreConflictError(expect, { revision: logged.revision, id: other?.id ?? '' })
    } finally {
      await rm(beside, { force: true })
    }
    return logged
  }

  async #begin(): Promise<void> {
    try {
      await mkdir(this.folder, { recursive: true })
    } catch (error) {
      // The next change tries again.
      this.#begun = undefined
      throw error
    }
  }

  #pathOf(revision: number): string {
    return join(this.folder, `${String(revision).padStart(DIGITS, '0')}.json`)
  }
}

/** By which a file that is changed is known; `undefined` where it has been changed just now. */
async function stateOf(path: string): Promise<string | undefined> {
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined || Date.now() - stats.ctimeMs < TIMES_TELL_MS) return undefined
  const { ino, size, mtimeMs, ctimeMs } = stats
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`
}

/** What a crash leaves is the whole file, or none. */
async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}
