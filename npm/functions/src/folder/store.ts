import { join, resolve } from 'node:path'

import { StoreUnavailableError, wrong } from '../errors/errors.js'
import { checkKeys } from '../errors/options.js'
import { StoreConflictError } from '../errors/store-errors.js'
import { NAME_RULE } from '../names/name.js'
import { inTurns } from '../loading/in-turns.js'
import {
  EMPTY,
  type Change,
  type ChangeInfo,
  type Edit,
  type FunctionRecord,
  type FunctionStore,
  type Head,
  type HistoryQuery,
  type Reading,
  type Unwatch,
  type VersionRef,
} from '../store/store.js'
import { FunctionFiles } from './files.js'
import { checkFiles, ENDING, isNested } from './names-as-files.js'
import { FolderLog } from './log.js'
import { Edits } from './edits.js'
import { Intents } from './intents.js'
import { Refusals } from './refusals.js'
import { keyOf, LogIndex } from './log-index.js'
import { Watching } from './watching.js'

/** Options of a folder. */
export interface FolderOptions {
  /**
   * Whether files that somebody edits are published. Default: `true`.
   */
  watch?: boolean
  /**
   * Milliseconds after which the folder is looked through, whatever the file system has told. Default: 2000; longer
   * where that would take more than a twentieth of the time.
   */
  scanInterval?: number
}

/** Files that are written, or read, at once. */
const AT_ONCE = 16
/** Where the log is, in the folder. */
const LOG = '.isolane'
/** In that. */
const INTENTS = 'intents'

/**
 * A store that is a folder: `lib/tax.js` is the function `lib/tax`, as it is in force. Several processes of a
 * machine may share it. The log is in `.isolane`, a file a change.
 *
 * @param path of the folder, which is made where there is none
 * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`
 */
export function folder(path: string, options: FolderOptions = {}): FunctionStore {
  if (typeof path !== 'string' || path === '') throw wrong('path', 'the path of a folder', path)
  checkKeys(options, ['watch', 'scanInterval'])
  const { watch = true, scanInterval = 2000 } = options
  if (typeof watch !== 'boolean') throw wrong('options.watch', 'a boolean', watch)
  if (!(typeof scanInterval === 'number' && scanInterval > 0 && scanInterval < 2 ** 31)) {
    throw wrong('options.scanInterval', 'a number of milliseconds greater than 0', scanInterval)
  }
  return new FolderStore(resolve(path), watch, scanInterval)
}

class FolderStore implements FunctionStore {
  readonly #log: FolderLog
  readonly #files: FunctionFiles
  readonly #intents: Intents
  readonly #watching: Watching
  readonly #isWatched: boolean
  readonly #index = new LogIndex()
  /** One reads the log at a time; who asks meanwhile waits for one that begins later. */
  #lastReading: Promise<unknown> = Promise.resolve()
  #nextReading: Promise<void> | undefined
  /** Files are written one change after the other. */
  #writing: Promise<void> = Promise.resolve()
  /** Why files are not what is in force, by names. */
  readonly #unwritten = new Map<string, Error>()
  /** What tells of these. */
  readonly #tellers = new Set<() => void>()

  constructor(path: string, isWatched: boolean, scanInterval: number) {
    const log = join(path, LOG)
    this.#log = new FolderLog(log)
    this.#intents = new Intents(join(log, INTENTS))
    this.#files = new FunctionFiles(path)
    this.#watching = new Watching(scanInterval)
    this.#isWatched = isWatched
  }

  async head(): Promise<Head> {
    await this.#catchUp()
    return { ...this.#log.head }
  }

  async read(since: Head = EMPTY): Promise<Reading> {
    await this.#catchUp()
    const full = since.revision === 0 || !this.#log.has(since)
    const entries = [...this.#index.entries]
      .filter(({ revision }) => full || revision > since.revision)
      .map((entry) => structuredClone(entry))
    return { head: { ...this.#log.head }, entries, full }
  }

  async records(refs: readonly VersionRef[]): Promise<(FunctionRecord | undefined)[]> {
    await this.#catchUp()
    const found = new Map<string, FunctionRecord | undefined>()
    for (const ref of refs) found.set(keyOf(ref), undefined)
    const revisions = new Set(refs.flatMap((ref) => this.#index.revisionOf(ref) ?? []))
    await inTurns(revisions.values(), AT_ONCE, async (revision) => {
      const change = await this.#log.read(revision)
      for (const record of change?.records ?? []) {
        if (found.has(keyOf(record))) found.set(keyOf(record), record)
      }
    })
    return refs.map((ref) => found.get(keyOf(ref)))
  }

  async commit(change: Change, expect: Head): Promise<Head> {
    // What is given may be changed while the disk is busy.
    const own = JSON.parse(JSON.stringify(change)) as Change
    await this.#catchUp()
    const { head } = this.#log
    if (head.revision !== expect.revision || head.id !== expect.id) {
      throw new StoreConflictError(expect, head)
    }
    this.#checkFiles(own)
    const names = own.entries.map(({ name }) => name)
    const intent = await this.#intents.tell(names)
    try {
      await this.#log.append(own, expect)
    } catch (error) {
      await this.#intents.end(intent, () => false)
      throw error
    }
    // The change is made; files that cannot be written now are tried again.
    await this.#write(names)
    await this.#intents.end(intent, this.#isUnwritten).catch(() => {})
    for (const tell of this.#tellers) tell()
    return { revision: expect.revision + 1, id: own.id }
  }

  async history(query: HistoryQuery = {}): Promise<ChangeInfo[]> {
    await this.#catchUp()
    const { name, since = 0, until = Infinity, limit = 100, newestFirst = false } = query
    const end = Math.min(until, this.#log.head.revision)
    const found: ChangeInfo[] = []
    for (let i = since + 1; i <= end && found.length < limit; i++) {
      const change = await this.#log.read(newestFirst ? end - (i - since - 1) : i)
      if (change === undefined) break
      const { records: _, ...told } = change
      const isMeant = name === undefined || told.entries.some((each) => each.name === name)
      if (isMeant) found.push(told)
    }
    return found
  }

  async watch(hint: (head?: Head) => void): Promise<Unwatch> {
    await this.#catchUp()
    let told = this.#log.head
    return this.#watching.add({
      folders: () => [this.#files.folder, this.#log.folder],
      look: async () => {
        await this.#catchUp()
        const { head } = this.#log
        if (head.id === told.id) return
        told = head
        hint({ ...head })
      },
    })
  }

  async edits(
    found: (edits: readonly Edit[]) => void,
    refused: (name: string, reason: Error) => void = () => {},
  ): Promise<Unwatch> {
    await this.#mend()
    const refusals = new Refusals(refused)
    const tell = () => refusals.now(this.#faults())
    tell()
    this.#tellers.add(tell)
    const unwatch = this.#isWatched ? this.#lookForEdits(found, tell) : async () => {}
    return async () => {
      this.#tellers.delete(tell)
      await unwatch()
    }
  }

  #lookForEdits(found: (edits: readonly Edit[]) => void, tell: () => void): Unwatch {
    const edits = new Edits(this.#files, this.#intents, {
      head: () => this.head(),
      names: () => this.#index.names,
      digestOf: (name) => this.#index.digestOf(name),
    })
    return this.#watching.add({
      folders: () => [...this.#files.folders, this.#log.folder, this.#intents.folder],
      hint: (path) => edits.hint(path),
      look: async () => {
        await this.#writeLeft()
        const list = await edits.find()
        if (list.length > 0) found(list)
        tell()
      },
    })
  }

  async close(): Promise<void> {
    await this.#watching.close()
    await this.#writing
  }

  /** Reads what has been appended before this call. */
  #catchUp(): Promise<void> {
    if (this.#nextReading !== undefined) return this.#nextReading
    const reading = this.#lastReading.then(() => {
      this.#nextReading = undefined
      return this.#readOn()
    })
    this.#nextReading = reading
    this.#lastReading = reading.catch(() => {})
    return reading
  }

  async #readOn(): Promise<void> {
    if (!(await this.#log.isIntact())) {
      this.#log.restart()
      this.#index.clear()
    }
    for await (const change of this.#log.news()) this.#index.add(change)
  }

  /** @throws {InvalidArgumentError} a name that is to be in force cannot have a file */
  #checkFiles({ entries }: Change): void {
    const coming = entries.filter(({ version }) => version !== null).map(({ name }) => name)
    const changed = new Map(entries.map(({ name, version }) => [name, version !== null]))
    const isThere = (name: string) => changed.get(name) ?? this.#index.versionOf(name) !== null
    const nested = [...this.#index.names, ...coming].filter(
      (name) => isNested(name) && isThere(name),
    )
    checkFiles(coming, nested, isThere)
  }

  readonly #isUnwritten = (name: string): boolean => this.#unwritten.has(name)

  /** What is not as it should be: files that could not be written, and that are none for their names. */
  #faults(): Map<string, Error> {
    const misnamed = this.#isWatched ? this.#files.misnamed : []
    const told = misnamed.map((file) => {
      const name = file.slice(0, -ENDING.length)
      return [name, wrong(`The name of the file ${file}`, NAME_RULE, name)] as const
    })
    return new Map<string, Error>([...this.#unwritten, ...told])
  }

  /** Writes files of what is in force, whoever has brought it; those that it cannot are unwritten. */
  #write(names: readonly string[]): Promise<void> {
    this.#writing = this.#writing
      .then(() => this.#writeEach(names))
      .catch((error: Error) => names.forEach((name) => this.#fail(name, error)))
    return this.#writing
  }

  #fail(name: string, cause: Error): void {
    const message = `${name}${ENDING} is not what is in force: it could not be written (${cause.message})`
    this.#unwritten.set(name, new StoreUnavailableError(message, { cause }))
  }

  async #writeEach(names: readonly string[]): Promise<void> {
    const versionOf = (name: string) => this.#index.versionOf(name)
    await this.#catchUp()
    for (let left = names; left.length > 0;) {
      const written = new Map(left.map((name) => [name, versionOf(name)]))
      await this.#writeFiles(written)
      await this.#catchUp()
      // Somebody else may have brought another version, and have written it before this.
      left = left.filter((name) => versionOf(name) !== written.get(name))
    }
  }

  async #writeFiles(versions: ReadonlyMap<string, number | null>): Promise<void> {
    const refs = [...versions].flatMap(([name, version]) =>
      version === null ? [] : [{ name, version }],
    )
    const records = await this.records(refs)
    const sources = new Map(refs.map(({ name }, i) => [name, records[i]?.source]))
    const write = (name: string) => this.#writeFile(name, sources.get(name))
    // What goes may be in the way of what comes.
    const gone = [...versions.keys()].filter((name) => versions.get(name) === null)
    await inTurns(gone.values(), AT_ONCE, write)
    await inTurns(sources.keys(), AT_ONCE, write)
  }

  async #writeFile(name: string, source: string | undefined): Promise<void> {
    try {
      await this.#files.write(name, source)
      this.#unwritten.delete(name)
    } catch (error) {
      this.#fail(name, error as Error)
    }
  }

  /** Writes what others could not write to its end, and files that are not there. */
  async #mend(): Promise<void> {
    await this.#catchUp()
    await this.#writeLeft()
    const there = await this.#files.list()
    await this.#write(this.#index.names.filter((name) => !there.has(name)))
  }

  /** Writes what could not be written to its end. */
  async #writeLeft(): Promise<void> {
    const { left } = await this.#intents.now()
    if (left.length === 0) return
    await this.#write(left.flatMap(({ names }) => names))
    for (const intent of left) {
      const isSame = intent.names.length > 0 && intent.names.every(this.#isUnwritten)
      if (!isSame) await this.#intents.end(intent, this.#isUnwritten)
    }
  }
}
