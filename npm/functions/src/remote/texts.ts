/** Entries, records and changes as the texts that databases keep. */

import { StoreCorruptError } from '../errors/errors.js'
import type { Change, ChangeInfo, Entry, FunctionRecord, Head, VersionRef } from '../store/store.js'

/** What is written of a change, as JSON. */
export interface ChangeTexts {
  /** Without records, and without the revision that it will have. */
  readonly body: string
  readonly names: readonly string[]
  /** In the order of `names`. */
  readonly entries: readonly string[]
  readonly records: readonly { name: string; version: number; body: string }[]
}

/** @param revision the one that the change will have */
export function textsOf({ records, ...change }: Change, revision: number): ChangeTexts {
  return {
    body: JSON.stringify({ ...change, revision }),
    names: change.entries.map(({ name }) => name),
    entries: change.entries.map((entry: Entry) => JSON.stringify({ ...entry, revision })),
    records: records.map((record) => ({
      name: record.name,
      version: record.version,
      body: JSON.stringify(record),
    })),
  }
}

/** @param what is read, for the message */
export function parsed<T>(text: unknown, what: string): T {
  try {
    return JSON.parse(text as string) as T
  } catch (cause) {
    throw new StoreCorruptError(`${what} in the store is not JSON`, { cause })
  }
}

/** The changes of a history. */
export function changesOf(texts: readonly string[]): ChangeInfo[] {
  return texts.map((text) => parsed<ChangeInfo>(text, 'a change'))
}

/** What a hint says: `<revision> <id>`. */
export function hintOf({ revision, id }: Head): string {
  return `${revision} ${id}`
}

/** Undefined for what nobody of us has said. */
export function headOf(hint: unknown): Head | undefined {
  const [, revision, id] = /^(\d{1,15}) (.+)$/s.exec(String(hint)) ?? []
  return id === undefined ? undefined : { revision: Number(revision), id }
}

/** In the order of `refs`, what was found of them. */
export function recordsOf(
  rows: readonly (VersionRef & { body: string })[],
  refs: readonly VersionRef[],
): (FunctionRecord | undefined)[] {
  const found = new Map(rows.map((row) => [`${row.version} ${row.name}`, row.body]))
  return refs.map(({ name, version }) => {
    const body = found.get(`${version} ${name}`)
    return body === undefined ? undefined : parsed<FunctionRecord>(body, 'a record')
  })
}
