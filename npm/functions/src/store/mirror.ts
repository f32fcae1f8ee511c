import { StoreConflictError, StoreCorruptError } from '../errors/store-errors.js'
import { checkStore } from './check.js'
import type { Change, FunctionRecord, FunctionStore, Head, VersionRef } from './store.js'

/** Changes and texts that are copied at once. */
const CHANGES_AT_ONCE = 100
const TEXTS_AT_ONCE = 500

/**
 * Copies a store's log to another, change by change, so that both are at the same head. What is there already is
 * not copied again, and several may copy at once.
 *
 * @param from the store that is copied
 * @param to one that is empty, or was copied from it before
 * @returns the head of both
 * @throws {StoreConflictError} `ERR_ISOLANE_STORE_CONFLICT`: `to` has changes that `from` has not
 */
export async function mirror(from: FunctionStore, to: FunctionStore): Promise<Head> {
  checkStore('from', from)
  checkStore('to', to)
  let head = await to.head()
  await requirePrefix(from, head)
  for (;;) {
    const changes = await from.history({ since: head.revision, limit: CHANGES_AT_ONCE })
    if (changes.length === 0) return head
    for (const { revision: _, ...change } of changes) {
      const whole = { ...change, records: await recordsOf(from, to, change) }
      head = await append(to, whole, head)
    }
  }
}

/** @throws {StoreConflictError} */
async function requirePrefix(from: FunctionStore, head: Head): Promise<void> {
  if (head.revision === 0) return
  const until = head.revision
  const [change] = await from.history({ since: until - 1, until })
  if (change?.id !== head.id) {
    throw new StoreConflictError({ revision: until, id: change?.id ?? '' }, head)
  }
}

/** Another that copies may have been quicker. */
async function append(to: FunctionStore, change: Change, expect: Head): Promise<Head> {
  try {
    return await to.commit(change, expect)
  } catch (error) {
    const made = await to.history({ since: expect.revision, until: expect.revision + 1 })
    if (made[0]?.id !== change.id) throw error
    return { revision: expect.revision + 1, id: change.id }
  }
}

/** The versions that a change has brought: those that the copy has not. */
async function recordsOf(
  from: FunctionStore,
  to: FunctionStore,
  { entries }: Omit<Change, 'records'>,
): Promise<FunctionRecord[]> {
  const refs = entries.flatMap(({ name, version }): VersionRef[] =>
    version === null ? [] : [{ name, version }],
  )
  const records: FunctionRecord[] = []
  for (let at = 0; at < refs.length; at += TEXTS_AT_ONCE) {
    const slice = refs.slice(at, at + TEXTS_AT_ONCE)
    const there = await to.records(slice)
    const missing = slice.filter((_, i) => there[i] === undefined)
    const found = await from.records(missing)
    found.forEach((record, i) => {
      if (record !== undefined) return records.push(record)
      const { name, version } = missing[i]!
      throw new StoreCorruptError(`The store that is copied has no record of ${name}@${version}`)
    })
  }
  return records
}
