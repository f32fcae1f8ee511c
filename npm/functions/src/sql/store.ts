import { StoreConflictError, StoreCorruptError } from '../errors/errors.js'
import type { Connections } from '../remote/connections.js'
import type { Hints } from '../remote/hints.js'
import { changesOf, parsed, recordsOf, textsOf } from '../remote/texts.js'
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
} from '../store/store.js'
import type { Dialect } from './dialect.js'

/** How often what was contended, or found no table, is done again. */
const MOST_TRIES = 20

/** A log in the tables of a database. */
export class SqlStore<C> implements FunctionStore {
  readonly #connections: Connections<C>
  readonly #dialect: Dialect<C>
  readonly #hints: Hints
  /** The tables are there, and known to us. */
  #isReady = false

  constructor(connections: Connections<C>, dialect: Dialect<C>, hints: Hints) {
    this.#connections = connections
    this.#dialect = dialect
    this.#hints = hints
  }

  head(): Promise<Head> {
    return this.#use((client) => this.#headBy(client))
  }

  async read(since: Head = EMPTY): Promise<Reading> {
    const rows = await this.#use((client) => this.#dialect.read(client, since))
    const [first] = rows
    if (first === undefined) throw this.#headless()
    const entries = rows
      .filter(({ body }) => body !== null)
      .map(({ body }) => parsed<EntryInForce>(body, 'an entry'))
    const head = { revision: Number(first.head), id: first.id }
    return { head, entries, full: Number(first.since) === 0 }
  }

  async records(refs: readonly VersionRef[]): Promise<(FunctionRecord | undefined)[]> {
    const rows = await this.#use((client) => this.#dialect.records(client, refs))
    return recordsOf(rows, refs)
  }

  async commit(change: Change, expect: Head): Promise<Head> {
    const next = { revision: expect.revision + 1, id: change.id }
    const texts = textsOf(change, next.revision)
    await this.#use(async (client) => {
      if (await this.#dialect.append(client, { expect, next, texts })) return
      // Our own change may be there, and its answer was lost.
      const [there] = await this.#dialect.idAt(client, next.revision)
      if (there?.id !== next.id) throw new StoreConflictError(expect, await this.#headBy(client))
    })
    this.#hints.tell?.(next)
    return next
  }

  async history(query: HistoryQuery = {}): Promise<ChangeInfo[]> {
    const { name, since = 0, until = Infinity, limit = 100, newestFirst = false } = query
    const range = { name, since, until, limit, newestFirst }
    const rows = await this.#use((client) => this.#dialect.history(client, range))
    return changesOf(rows.map(({ body }) => body))
  }

  watch(hint: (head?: Head) => void): Promise<Unwatch> {
    return this.#hints.add(hint)
  }

  async close(): Promise<void> {
    await Promise.all([this.#hints.close(), this.#connections.close()])
  }

  async #headBy(client: C): Promise<Head> {
    const [row] = await this.#dialect.head(client)
    if (row === undefined) throw this.#headless()
    return { revision: Number(row.revision), id: row.id }
  }

  #use<T>(work: (client: C) => Promise<T>): Promise<T> {
    return this.#connections.use(async (client) => {
      for (let tries = 1; ; tries++) {
        try {
          if (!this.#isReady) await this.#prepare(client)
          return await work(client)
        } catch (error) {
          const isMissing = this.#dialect.isMissingTable(error)
          const isOver = tries === MOST_TRIES || !(isMissing || this.#dialect.isContended(error))
          if (isOver) throw error
          if (isMissing) this.#isReady = false
        }
      }
    })
  }

  /** Makes the tables where they are not there, for which alone the right to make tables is needed. */
  async #prepare(client: C): Promise<void> {
    const { title, layout: known } = this.#dialect
    const layout = await this.#layout(client)
    if (layout === undefined) await this.#dialect.create(client)
    else if (layout > known) {
      throw new StoreCorruptError(
        `The tables in ${title} are of layout ${layout}, and this version of ` +
          `@isolane/functions knows ${known} at most: update it`,
      )
    }
    this.#isReady = true
  }

  async #layout(client: C): Promise<number | undefined> {
    try {
      return await this.#dialect.layoutOf(client)
    } catch (error) {
      if (this.#dialect.isMissingTable(error)) return undefined
      throw error
    }
  }

  #headless(): StoreCorruptError {
    const { title } = this.#dialect
    return new StoreCorruptError(`The head of the log in ${title} is missing: its table has no row`)
  }
}
