/** Changes and records that the cases commit. */

import { randomUUID } from 'node:crypto'

import { hashOf } from '../../store/hash.js'
import type { Change, Entry, FunctionRecord } from '../../store/store.js'

/** A version of a function. */
export function record(name: string, version: number, source = `() => ${version}`): FunctionRecord {
  const what = { source, form: 'function', requires: {} } as const
  return { name, version, hash: hashOf(what), ...what, at: 1_700_000_000_000 + version }
}

/** That a record is in force from now on. */
export function publishes({ name, version, hash }: FunctionRecord): Entry {
  return { name, version, hash, latest: version, kind: 'publish' }
}

/** That a name is free from now on. */
export function unpublishes(name: string, latest: number): Entry {
  return { name, version: null, hash: null, latest, kind: 'unpublish' }
}

/** A change of its own id. */
export function change(
  entries: readonly Entry[],
  records: readonly FunctionRecord[] = [],
  more: Partial<Change> = {},
): Change {
  return { id: randomUUID(), entries, records, at: 1_700_000_000_000, ...more }
}

/** A change that publishes records. */
export function publication(...records: FunctionRecord[]): Change {
  return change(records.map(publishes), records)
}

/** By name, since stores give them in no particular order. */
export function byName<T extends { name: string }>(entries: readonly T[]): T[] {
  return [...entries].sort((one, other) => (one.name < other.name ? -1 : 1))
}
