import assert from 'node:assert/strict'

import { EMPTY, type FunctionStore, type Head } from '../../store/store.js'
import type { CaseBody } from '../contract.js'
import { byName, change, publication, publishes, record } from './samples.js'

/** One change after the other, each expected. */
export const commits: readonly CaseBody[] = [
  [
    'a change of many names is one revision',
    async (open) => {
      const store = await open()
      const records = Array.from({ length: 300 }, (_, i) => record(`f/${i}`, 1))
      const head = await store.commit(publication(...records), EMPTY)
      assert.equal(head.revision, 1)
      const { entries } = await store.read()
      const expected = records.map((each) => ({ ...publishes(each), revision: 1 }))
      assert.deepEqual(byName(entries), byName(expected))
    },
  ],
  [
    'a commit at another head is refused, tells the real one, and leaves nothing',
    async (open) => {
      const store = await open()
      const first = await store.commit(publication(record('a', 1)), EMPTY)
      const late = publication(record('late', 1))
      for (const expect of [EMPTY, { revision: 1, id: 'another' }, { revision: 2, id: first.id }]) {
        await refused(store, late, expect, first)
      }
      assert.deepEqual({ ...(await store.head()) }, { ...first })
      assert.deepEqual(await store.records([{ name: 'late', version: 1 }]), [undefined])
      assert.equal((await store.read()).entries.length, 1)
      assert.equal((await store.history()).length, 1)
      const second = await store.commit(late, first)
      assert.deepEqual({ ...second }, { revision: 2, id: late.id })
    },
  ],
  [
    'an older version can be in force again, without a new record',
    async (open) => {
      const store = await open()
      let head = await store.commit(publication(record('a', 1)), EMPTY)
      head = await store.commit(publication(record('a', 2)), head)
      const back = { ...publishes(record('a', 1)), latest: 2, kind: 'rollback' } as const
      head = await store.commit(change([back]), head)
      assert.deepEqual((await store.read()).entries, [{ ...back, revision: 3 }])
      const both = [2, 1].map((version) => ({ name: 'a', version }))
      assert.deepEqual(await store.records(both), [record('a', 2), record('a', 1)])
    },
  ],
  [
    'a change that is committed is not kept by reference',
    async (open) => {
      const store = await open()
      const given = structuredClone(publication(record('a', 1)))
      await store.commit(given, EMPTY)
      Object.assign(given.entries[0]!, { version: 9 })
      Object.assign(given.records[0]!, { source: 'spoilt' })
      assert.equal((await store.read()).entries[0]!.version, 1)
      assert.deepEqual(await store.records([{ name: 'a', version: 1 }]), [record('a', 1)])
    },
  ],
  [
    'one store that is closed, twice even, leaves the others alone',
    async (open) => {
      const [one, other] = [await open(), await open()]
      await one.commit(publication(record('a', 1)), EMPTY)
      await one.close?.()
      await one.close?.()
      const head = await other.commit(publication(record('b', 1)), await other.head())
      assert.equal(head.revision, 2)
    },
  ],
]

async function refused(
  store: FunctionStore,
  late: Parameters<FunctionStore['commit']>[0],
  expect: Head,
  real: Head,
): Promise<void> {
  await assert.rejects(
    store.commit(late, expect),
    (error: Error & { code?: string; head?: Head }) => {
      assert.equal(error.code, 'ERR_ISOLANE_STORE_CONFLICT', `${error.stack}`)
      assert.deepEqual({ ...error.head }, { ...real })
      return true
    },
  )
}
