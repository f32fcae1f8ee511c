import assert from 'node:assert/strict'

import { EMPTY, type FunctionStore } from '../../store/store.js'
import type { CaseBody } from '../contract.js'
import { change, publication, publishes, record } from './samples.js'

/** Several at once. */
export const writers: readonly CaseBody[] = [
  [
    'of many that expect the same head exactly one succeeds',
    async (open) => {
      const stores = await Promise.all(Array.from({ length: 4 }, open))
      const all = Array.from({ length: 20 }, (_, i) =>
        stores[i % 4]!.commit(publication(record(`by/${i}`, 1)), EMPTY),
      )
      const ends = await Promise.allSettled(all)
      const won = ends.flatMap((end, i) => (end.status === 'fulfilled' ? [i] : []))
      assert.equal(won.length, 1)
      for (const end of ends) {
        if (end.status === 'fulfilled') continue
        assert.equal(end.reason.code, 'ERR_ISOLANE_STORE_CONFLICT', `${end.reason.stack}`)
      }
      const { entries } = await stores[0]!.read()
      assert.deepEqual(
        entries.map(({ name }) => name),
        [`by/${won[0]}`],
      )
      const others = ends.flatMap((_, i) => (i === won[0] ? [] : [{ name: `by/${i}`, version: 1 }]))
      assert.ok((await stores[0]!.records(others)).every((each) => each === undefined))
    },
  ],
  [
    'writers that try again leave a log without gaps, and no reader sees half a change',
    async (open) => {
      const stores = await Promise.all(Array.from({ length: 4 }, open))
      const reader = await open()
      let writing = true
      const watching = readWhile(reader, () => writing)
      try {
        await Promise.all(stores.map((store, i) => writeTimes(store, `by/${i}`, 12)))
      } finally {
        writing = false
        await watching
      }
      const log = await reader.history({ limit: 100 })
      assert.deepEqual(
        log.map(({ revision }) => revision),
        Array.from({ length: 48 }, (_, i) => i + 1),
      )
      const { entries } = await reader.read()
      const last = entries.find(({ name }) => name === 'one')!
      assert.deepEqual([last.revision, last.version], [48, 48])
      for (let i = 0; i < 4; i++) {
        assert.equal(entries.find(({ name }) => name === `by/${i}`)!.latest, 12)
      }
    },
  ],
]

/** Each change publishes three names: the writer's, and two that all writers share. */
async function writeTimes(store: FunctionStore, own: string, times: number): Promise<void> {
  for (let done = 0; done < times;) {
    const head = await store.head()
    const version = head.revision + 1
    const shared = ['one', 'two'].map((name) => record(name, version))
    const mine = record(own, done + 1)
    const next = change([mine, ...shared].map(publishes), [mine, ...shared])
    try {
      await store.commit(next, head)
      done++
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'ERR_ISOLANE_STORE_CONFLICT', `${error}`)
    }
  }
}

async function readWhile(store: FunctionStore, isOn: () => boolean): Promise<void> {
  let seen = EMPTY
  do {
    const { head, entries } = await store.read(seen)
    assert.ok(head.revision >= seen.revision)
    const [one, two] = ['one', 'two'].map((name) => entries.find((each) => each.name === name))
    assert.equal(one?.revision, two?.revision)
    assert.equal(one?.version, two?.version)
    if (head.revision > seen.revision) assert.equal(one?.revision, head.revision)
    seen = head
  } while (isOn())
}
