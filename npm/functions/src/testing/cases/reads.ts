import assert from 'node:assert/strict'

import { EMPTY } from '../../store/store.js'
import type { CaseBody } from '../contract.js'
import { byName, change, publication, publishes, record, unpublishes } from './samples.js'

/** What is in force, as stores tell it. */
export const reads: readonly CaseBody[] = [
  [
    'a new store is empty, at revision 0',
    async (open) => {
      const store = await open()
      assert.deepEqual({ ...(await store.head()) }, EMPTY)
      assert.deepEqual(await store.read(), { head: EMPTY, entries: [], full: true })
      assert.deepEqual(await store.history(), [])
      assert.deepEqual(await store.records([{ name: 'a', version: 1 }]), [undefined])
    },
  ],
  [
    'another store of the place sees a change at once, and so does one that is opened later',
    async (open) => {
      const [one, other] = [await open(), await open()]
      const first = publication(record('a', 1))
      const head = await one.commit(first, EMPTY)
      assert.deepEqual({ ...head }, { revision: 1, id: first.id })
      for (const store of [other, await open()]) {
        assert.deepEqual({ ...(await store.head()) }, { ...head })
        const expected = [{ ...publishes(record('a', 1)), revision: 1 }]
        assert.deepEqual(await store.read(), { head, entries: expected, full: true })
        assert.deepEqual(await store.records([{ name: 'a', version: 1 }]), [record('a', 1)])
      }
    },
  ],
  [
    'of each name the last entry is in force, and a free name keeps its place',
    async (open) => {
      const store = await open()
      let head = await store.commit(publication(record('a', 1), record('b', 1)), EMPTY)
      head = await store.commit(publication(record('a', 2)), head)
      head = await store.commit(change([unpublishes('b', 1)]), head)
      const { entries, full } = await store.read()
      assert.equal(full, true)
      assert.deepEqual(byName(entries), [
        { ...publishes(record('a', 2)), revision: 2 },
        { ...unpublishes('b', 1), revision: 3 },
      ])
    },
  ],
  [
    'read(since) tells what has changed since',
    async (open) => {
      const store = await open()
      const first = await store.commit(publication(record('a', 1), record('b', 1)), EMPTY)
      const second = await store.commit(publication(record('b', 2)), first)
      const third = await store.commit(publication(record('b', 3), record('c', 1)), second)
      const reading = await store.read(first)
      assert.deepEqual({ ...reading.head }, { ...third })
      const changed = [
        { ...publishes(record('b', 3)), revision: 3 },
        { ...publishes(record('c', 1)), revision: 3 },
      ]
      const all = [{ ...publishes(record('a', 1)), revision: 1 }, ...changed]
      assert.deepEqual(byName(reading.entries), reading.full ? all : changed)
      const nothing = await store.read(third)
      assert.deepEqual(byName(nothing.entries), nothing.full ? all : [])
    },
  ],
  [
    'read(since) of a point that the log does not have tells all',
    async (open) => {
      const store = await open()
      const first = await store.commit(publication(record('a', 1)), EMPTY)
      const second = await store.commit(publication(record('b', 1)), first)
      const strangers = [
        { revision: 1, id: 'of another log' },
        { revision: 2, id: first.id },
        { revision: 7, id: second.id },
        { revision: 0, id: 'of another log' },
      ]
      for (const since of strangers) {
        const { head, entries, full } = await store.read(since)
        assert.equal(full, true, `since ${JSON.stringify(since)}`)
        assert.deepEqual({ ...head }, { ...second })
        assert.equal(entries.length, 2)
      }
    },
  ],
  [
    'what a store gives belongs to the caller',
    async (open) => {
      const store = await open()
      await store.commit(publication(record('a', 1)), EMPTY)
      const reading = await store.read()
      const [text] = await store.records([{ name: 'a', version: 1 }])
      const [told] = await store.history()
      Object.assign(reading.entries[0]!, { version: 9 })
      Object.assign(text!, { source: 'spoilt' })
      Object.assign(told!.entries[0]!, { version: 9 })
      Object.assign(reading.head, { revision: 9 })
      assert.equal((await store.read()).entries[0]!.version, 1)
      assert.deepEqual(await store.records([{ name: 'a', version: 1 }]), [record('a', 1)])
      assert.equal((await store.history())[0]!.entries[0]!.version, 1)
      assert.equal((await store.head()).revision, 1)
    },
  ],
]
