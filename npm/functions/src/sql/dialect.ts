/** What differs between databases that speak SQL. */

import type { ChangeTexts } from '../remote/texts.js'
import type { Head, VersionRef } from '../store/store.js'

/** Which changes of a log: after a revision, up to one; of a name, or of all. */
export interface Range {
  readonly name: string | undefined
  readonly since: number
  readonly until: number
  readonly limit: number
  readonly newestFirst: boolean
}

/** A change on its way into the tables. */
export interface Appending {
  readonly expect: Head
  readonly next: Head
  readonly texts: ChangeTexts
}

/**
 * A database, and how a log lies in its tables. Whole numbers may come as texts, since a database has larger
 * ones than JavaScript.
 *
 * @typeParam C a connection
 */
export interface Dialect<C> {
  /** Of the database, for messages. */
  readonly title: string
  /** Of the tables that this one makes and knows. */
  readonly layout: number

  /** Whether a table is not there. */
  isMissingTable(error: unknown): boolean
  /** Whether nothing was done, and it is worth another try. */
  isContended(error: unknown): boolean

  /** Makes the tables that are not there, also when somebody else does at the same time. */
  create(client: C): Promise<void>
  /** The layout of those that are there; none where their making was not finished. */
  layoutOf(client: C): Promise<number | undefined>
  head(client: C): Promise<{ revision: number | string; id: string }[]>
  /**
   * One moment of the log: for each entry the head, and after which revision entries are told (0 for all);
   * a single row with no body where there is no entry.
   */
  read(
    client: C,
    since: Head,
  ): Promise<{ head: number | string; id: string; since: number | string; body: string | null }[]>
  records(client: C, refs: readonly VersionRef[]): Promise<(VersionRef & { body: string })[]>
  /** All of it, or, where the log is not at `expect`, nothing. */
  append(client: C, change: Appending): Promise<boolean>
  idAt(client: C, revision: number): Promise<{ id: string }[]>
  history(client: C, range: Range): Promise<{ body: string }[]>
}
