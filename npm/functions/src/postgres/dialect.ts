import type { Appending, Dialect, Range } from '../sql/dialect.js'
import type { Head, VersionRef } from '../store/store.js'
import type { Client } from './connector.js'
import { LAYOUT, type Statements } from './statements.js'

/** The largest `bigint`: after every revision. */
const LAST = '9223372036854775807'
/** `undefined_table`: nobody has made the tables yet, or somebody has dropped them. */
const NO_TABLE = '42P01'
/** `serialization_failure`: a database may ask for more isolation than is needed. */
const CONTENDED = '40001'

/** A log in PostgreSQL; `statements.ts` says how it lies there. */
export class PostgresDialect implements Dialect<Client> {
  readonly title = 'PostgreSQL'
  readonly layout = LAYOUT
  readonly #statements: Statements
  readonly #channel: string

  constructor(statements: Statements, channel: string) {
    this.#statements = statements
    this.#channel = channel
  }

  isMissingTable(error: unknown): boolean {
    return (error as { code?: unknown }).code === NO_TABLE
  }

  isContended(error: unknown): boolean {
    return (error as { code?: unknown }).code === CONTENDED
  }

  /** Of several who start at once the first makes them; the others find them there. */
  async create({ client }: Client): Promise<void> {
    // What others have made while we waited is there, whatever isolation the database asks for.
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [this.#channel])
    for (const statement of this.#statements.create) await client.query(statement)
    await client.query('COMMIT')
  }

  async layoutOf(client: Client): Promise<number | undefined> {
    const [row] = await rows<{ layout: number }>(client, this.#statements.layout)
    return row?.layout
  }

  head(client: Client): Promise<{ revision: string; id: string }[]> {
    return rows(client, this.#statements.head)
  }

  read(
    client: Client,
    { revision, id }: Head,
  ): Promise<{ head: string; id: string; since: string; body: string | null }[]> {
    return rows(client, this.#statements.read, [revision, id])
  }

  records(client: Client, refs: readonly VersionRef[]): Promise<(VersionRef & { body: string })[]> {
    const names = refs.map(({ name }) => name)
    const versions = refs.map(({ version }) => version)
    return rows(client, this.#statements.records, [names, versions])
  }

  async append(client: Client, { expect, next, texts }: Appending): Promise<boolean> {
    const { body, names, entries, records } = texts
    const made = await rows(client, this.#statements.commit, [
      expect.revision,
      expect.id,
      next.id,
      body,
      names,
      entries,
      records.map(({ name }) => name),
      records.map(({ version }) => version),
      records.map((record) => record.body),
      this.#channel,
    ])
    return made.length > 0
  }

  idAt(client: Client, revision: number): Promise<{ id: string }[]> {
    return rows(client, this.#statements.idAt, [revision])
  }

  history(client: Client, range: Range): Promise<{ body: string }[]> {
    const { name, since, until, limit, newestFirst } = range
    const order = newestFirst ? 'newest' : 'oldest'
    const values = [since, orLast(until), orLast(limit)]
    return name === undefined
      ? rows(client, this.#statements.history[order], values)
      : rows(client, this.#statements.historyOfName[order], [...values, name])
  }
}

async function rows<T extends object>(
  { client }: Client,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  const { rows: found } = await client.query<T & Record<string, unknown>>(text, values)
  return found
}

/** As a parameter. */
function orLast(value: number): number | string {
  return Number.isFinite(value) ? value : LAST
}
