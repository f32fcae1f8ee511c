import assert from 'node:assert/strict'

import { EMPTY, type HistoryQuery } from '../../store/store.js'
import type { CaseBody, Open } from '../contract.js'
import { publication, record } from './samples.js'

/** Revisions 1 to 6: of `a` the odd ones, of `b` the even ones, of `c` all. */
async function six(open: Open) {
  const store = await open()
  const changes = Array.from({ length: 6 }, (_, i) => {
    const own = record(i % 2 === 0 ? 'a' : 'b', Math.floor(i / 2) + 1)
    return { ...publication(own, record('c', i + 1)), note: `note ${i + 1}` }
  })
  let head = EMPTY
  for (const each of changes) head = await store.commit(each, head)
  const revisions = async (query?: HistoryQuery) =>
    (await store.history(query)).map(({ revision }) => revision)
  return { store, changes, revisions }
}

/** The log. */
export const histories: readonly CaseBody[] = [
  [
    'the history is the changes as they were, without the texts',
    async (open) => {
      const { store, changes } = await six(open)
      const expected = changes.map((change, i) => {
        const { records: _, ...told } = change
        return { ...told, revision: i + 1 }
      })
      assert.deepEqual(await store.history(), expected)
    },
  ],
  [
    'the history can be asked for by revision and by name, from either end',
    async (open) => {
      const { revisions } = await six(open)
      assert.deepEqual(await revisions({ since: 4 }), [5, 6])
      assert.deepEqual(await revisions({ until: 2 }), [1, 2])
      assert.deepEqual(await revisions({ since: 1, until: 4, limit: 2 }), [2, 3])
      assert.deepEqual(await revisions({ newestFirst: true, limit: 2 }), [6, 5])
      assert.deepEqual(await revisions({ newestFirst: true, until: 3 }), [3, 2, 1])
      assert.deepEqual(await revisions({ name: 'a' }), [1, 3, 5])
      assert.deepEqual(await revisions({ name: 'b', newestFirst: true, limit: 1 }), [6])
      assert.deepEqual(await revisions({ name: 'c', since: 2, until: 5 }), [3, 4, 5])
      assert.deepEqual(await revisions({ name: 'd' }), [])
      assert.deepEqual(await revisions({ since: 6 }), [])
      assert.deepEqual(await revisions({ since: 9 }), [])
    },
  ],
]
