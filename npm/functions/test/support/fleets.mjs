import assert from 'node:assert/strict'
import { test } from 'node:test'

import { settled, until } from '../../../../__test__/support/waiting.mjs'
import { runScript } from '../../../../__test__/support/processes.mjs'
import { sized } from '../../../../__test__/support/size.mjs'
import { byName, commitSoon, inForceAfter, publication, wholeHistory } from './changes.mjs'
import { usingStores } from './places.mjs'

const changes = new URL('changes.mjs', import.meta.url).href

/** @param {() => import('./places.mjs').Place} newPlace */
export function fleets(newPlace) {
  const commits = sized(1_000, 60)

  test(`two processes commit ${commits} times at once: no revision is missing or out of order`, async () => {
    const place = newPlace()
    await usingStores(place, async (open) => {
      const reader = open()
      const writers = ['first', 'second'].map((author) => {
        const name = `name-of-${author}`
        return runScript(
          `import { commitSoon, publication } from '${changes}'
          ${place.script()}
          for (let version = 1; version <= ${commits / 2}; version++) {
            const change = publication(['shared', '${name}'], { version, author: '${author}' })
            const { revision } = await commitSoon(store, change)
            console.log(revision)
          }
          await store.close()`,
        )
      })
      const over = Promise.all(writers).then((results) => results.map(({ stdout }) => stdout))
      const followed = await follow(reader, over)
      const revisions = (await settled(over)).map((text) => text.trim().split('\n').map(Number))
      for (const own of revisions)
        assert.deepEqual(
          own,
          own.toSorted((a, b) => a - b),
        )
      const history = await wholeHistory(reader)
      assert.deepEqual(
        revisions.flat().toSorted((a, b) => a - b),
        history.map(({ revision }) => revision),
      )
      assert.equal(history.length, commits)
      assert.deepEqual(followed, inForceAfter(history))
    })
  })

  test('of three processes one is killed in the middle of a commit: nothing is lost, and nothing half there', async () => {
    const place = newPlace()
    await usingStores(place, async (open) => {
      const reader = open()
      const confirmed = new Set()
      for (let round = 0; round < sized(5, 1); round++) {
        const deaths = 5 + ((round * 7) % 13)
        const writers = ['one', 'two', 'three'].map((author) => {
          let count = 0
          return runScript(
            `import { commitSoon, publication } from '${changes}'
            ${place.script()}
            const names = Array.from({ length: 20 }, (_, index) => 'name-' + index)
            for (let version = 1; version <= ${sized(40, 20)}; version++) {
              const { id } = await commitSoon(store, publication(names, { version, author: '${author}' }))
              console.log(id)
            }
            await store.close()`,
            {
              onLine(id, child) {
                confirmed.add(id)
                count += 1
                if (author === 'three' && count === deaths) child.kill('SIGKILL')
              },
            },
          )
        })
        const results = await settled(Promise.all(writers))
        assert.deepEqual(
          results.map(({ code, signal }) => code ?? signal),
          [0, 0, 'SIGKILL'],
          results.map(({ stderr }) => stderr).join(''),
        )
      }
      const history = await wholeHistory(reader)
      assert.deepEqual(
        history.map(({ revision }) => revision),
        history.map((_, index) => index + 1),
      )
      const made = new Set(history.map(({ id }) => id))
      for (const id of confirmed) assert.ok(made.has(id), `the confirmed change ${id} is there`)
      const another = open()
      const [one, other] = await Promise.all([reader.read(), another.read()])
      assert.deepEqual(one.head, other.head)
      assert.deepEqual(one.head, { revision: history.length, id: history.at(-1).id })
      assert.deepEqual(byName(one.entries), inForceAfter(history))
      const records = await reader.records(one.entries)
      assert.ok(records.every((record, index) => record.hash === one.entries[index].hash))
    })
  })

  test('stores that begin at once on an empty server, some by a commit, all find a log', async () => {
    for (let round = 0; round < sized(5, 2); round++) {
      await usingStores(newPlace(), async (open) => {
        const stores = Array.from({ length: 8 }, () => open())
        const writers = stores.map(async (store, index) => {
          for (let version = 1; version <= index; version++) {
            await commitSoon(store, publication([`name-${index}`], { version }))
          }
        })
        await settled(Promise.all([...writers, ...stores.map((store) => store.read())]))
        const heads = await Promise.all(stores.map((store) => store.head()))
        assert.deepEqual(
          heads.map(({ revision }) => revision),
          stores.map(() => 28),
        )
      })
    }
  })
}

/**
 * Reads along while others write, as a registry does.
 *
 * @returns {Promise<Map<string, object>>} what is in force in the end
 */
async function follow(store, over) {
  let isOver = false
  void over.finally(() => (isOver = true)).catch(() => {})
  const known = new Map()
  let head
  const step = async () => {
    const reading = await store.read(head)
    for (const entry of reading.entries) {
      assert.ok(entry.revision > (head?.revision ?? 0) || reading.full)
      assert.ok(entry.revision <= reading.head.revision)
      known.set(entry.name, entry)
    }
    head = reading.head
  }
  await until(async () => {
    const wasOver = isOver
    await step()
    return wasOver
  }, 'the writers are done')
  return known
}
