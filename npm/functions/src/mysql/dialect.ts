import type { ResultSetHeader } from 'mysql2'

import type { ChangeTexts } from '../remote/texts.js'
import type { Appending, Dialect, Range } from '../sql/dialect.js'
import type { Head, VersionRef } from '../store/store.js'
import { batches } from './batches.js'
import type { Client } from './connector.js'
import { LAYOUT, type Statements } from './statements.js'

/** The largest `BIGINT`: after every revision. */
const LAST = '9223372036854775807'
/** `ER_NO_SUCH_TABLE`: nobody has made the tables yet, or somebody has dropped them. */
const NO_TABLE = 1146
/** `ER_LOCK_DEADLOCK`: the transaction has been undone. */
const CONTENDED = 1213

/** A log in MySQL or MariaDB; `statements.ts` says how it lies there. */
export class MysqlDialect implements Dialect<Client> {
  readonly title = 'MySQL'
  readonly layout = LAYOUT
  readonly #statements: Statements

  constructor(statements: Statements) {
    this.#statements = statements
  }

  isMissingTable(error: unknown): boolean {
    return (error as { errno?: unknown }).errno === NO_TABLE
  }

  isContended(error: unknown): boolean {
    return (error as { errno?: unknown }).errno === CONTENDED
  }

  /** Each statement does nothing where it has been done, also by somebody who does it at the same time. */
  async create(client: Client): Promise<void> {
    for (const statement of this.#statements.create) await plain(client, statement)
  }

  async layoutOf(client: Client): Promise<number | undefined> {
    const [row] = await rows<{ layout: number }>(client, this.#statements.layout)
    return row?.layout
  }

  head(client: Client): Promise<{ revision: number; id: string }[]> {
    return rows(client, this.#statements.head)
  }

  read(
    client: Client,
    { revision, id }: Head,
  ): Promise<{ head: number; id: string; since: number; body: string | null }[]> {
    return rows(client, this.#statements.read, [revision, id, revision])
  }

  async records(
    client: Client,
    refs: readonly VersionRef[],
  ): Promise<(VersionRef & { body: string })[]> {
    const found: (VersionRef & { body: string })[] = []
    for (const batch of batches(refs, () => 0)) {
      const values = batch.flatMap(({ name, version }) => [name, version])
      found.push(
        ...(await rows<(typeof found)[0]>(client, this.#statements.records(batch.length), values)),
      )
    }
    return found
  }

  async append(client: Client, { expect, next, texts }: Appending): Promise<boolean> {
    await plain(client, 'START TRANSACTION')
    const values = [next.revision, next.id, expect.revision, expect.id]
    const { affectedRows } = await change(client, this.#statements.advance, values)
    if (affectedRows === 0) {
      await plain(client, 'ROLLBACK')
      return false
    }
    await this.#insert(client, next, texts)
    await plain(client, 'COMMIT')
    return true
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
      : rows(client, this.#statements.historyOfName[order], [name, ...values])
  }

  async #insert(client: Client, { revision, id }: Head, texts: ChangeTexts): Promise<void> {
    const { body, names, entries, records } = texts
    const tables = {
      changes: [[revision, id, body]],
      names: names.map((name) => [name, revision]),
      entries: names.map((name, index) => [name, revision, entries[index]!]),
      versions: records.map((record) => [record.name, record.version, record.body]),
    }
    for (const table of ['changes', 'names', 'entries', 'versions'] as const) {
      const lengthOf = (row: Values) => String(row.at(-1)).length
      for (const batch of batches<Values>(tables[table], lengthOf)) {
        await change(client, this.#statements.insert(table, batch.length), batch.flat())
      }
    }
  }
}

type Values = (string | number)[]

async function rows<T>({ client }: Client, text: string, values: Values = []): Promise<T[]> {
  const [found] = await client
    .promise()
    .execute({ sql: text, values, rowsAsArray: false, typeCast: true })
  return found as T[]
}

async function change({ client }: Client, text: string, values: Values): Promise<ResultSetHeader> {
  const [result] = await client.promise().execute({ sql: text, values })
  return result as ResultSetHeader
}

/** What takes no values; some of that cannot be prepared. */
async function plain({ client }: Client, text: string): Promise<void> {
  await client.promise().query(text)
}

/** As a parameter; a limit must not be a number with a fraction, as numbers are sent. */
function orLast(value: number): string {
  return Number.isFinite(value) ? String(value) : LAST
}
