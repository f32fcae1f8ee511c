import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Proxy } from '../../../../__test__/support/servers/proxy.mjs'
import { settled, until } from '../../../../__test__/support/waiting.mjs'
import { runScript } from '../../../../__test__/support/processes.mjs'
import { byName, commitSoon, inForceAfter, publication, wholeHistory } from './changes.mjs'
import { usingStores } from './places.mjs'

const unavailable = { code: 'ERR_ISOLANE_STORE_UNAVAILABLE' }

/**
 * What a store does while its server is down, hangs, or is cut off.
 *
 * @param {() => import('../../../../__test__/support/servers/server.mjs').Server} server
 * @param {() => import('./places.mjs').Place} newPlace
 */
export function outages(server, newPlace) {
  test('a server that is killed: calls reject, and once it is back nothing is lost', () =>
    usingStores(newPlace(), async (open) => {
      const store = open()
      const head = await commitSoon(store, publication(['a', 'b']))
      await server().kill()
      try {
        await assert.rejects(settled(store.head()), unavailable)
        await assert.rejects(settled(store.commit(publication(['c']), head)), unavailable)
      } finally {
        await server().start()
      }
      assert.deepEqual(await settled(store.head()), head)
      const next = await store.commit(publication(['c']), head)
      assert.equal(next.revision, head.revision + 1)
    }))

  test('a server that hangs: calls reject in their time, and it is used again when it goes on', () =>
    usingStores(newPlace(), async (open) => {
      const store = open({ timeout: 500 })
      const patient = open()
      const head = await commitSoon(patient, publication(['a']))
      await answered(store)
      const late = publication(['b'])
      await server().pause()
      try {
        const calls = [store.head(), store.read(), store.commit(late, head), store.history()]
        await Promise.all(calls.map((call) => assert.rejects(settled(call), unavailable)))
      } finally {
        server().resume()
      }
      await answered(store)
      // The commit may have been made when the server went on: all of it, or nothing.
      const { head: now, entries } = await patient.read()
      const made = now.id === late.id
      assert.equal(now.revision, head.revision + (made ? 1 : 0))
      assert.equal(byName(entries).has('b'), made)
    }))

  test('a commit whose answer was lost is not made twice', () =>
    usingStores(newPlace(), async (open) => {
      const store = open()
      const head = await store.head()
      const change = publication(['a'])
      const made = await store.commit(change, head)
      assert.deepEqual(await store.commit(change, head), made)
      assert.deepEqual(await store.head(), made)
      await commitSoon(store, publication(['b']))
      assert.deepEqual(await store.commit(change, head), made)
    }))

  test('a commit that breaks off at any point is there as a whole, or not at all', () =>
    usingStores(newPlace(), async (open) => {
      const proxy = await Proxy.to(server().port)
      try {
        const near = open({ port: proxy.port })
        const far = open()
        const names = Array.from({ length: 10 }, (_, index) => `name-${index}`)
        let version = 0
        let wasCut = true
        for (let bytes = 1; wasCut; bytes += 400) {
          await near.head()
          const change = publication(names, { version: ++version })
          proxy.cutAfter(bytes)
          const answer = await settled(commitSoon(near, change).catch(({ code }) => code))
          wasCut = proxy.isCut
          if (wasCut) assert.equal(answer, unavailable.code)
          proxy.mend()
          const { head, entries } = await far.read()
          const history = await wholeHistory(far)
          assert.ok(history.length >= head.revision)
          assert.deepEqual(byName(entries), inForceAfter(history.slice(0, head.revision)))
          assert.ok((await far.records(entries)).every((record) => record !== undefined))
        }
        assert.ok(version > 5, `${version} points were tried`)
      } finally {
        await proxy.close()
      }
    }))

  test('changes made while the feed is cut are hinted at once it is back', () =>
    usingStores(newPlace(), async (open) => {
      const proxy = await Proxy.to(server().port)
      try {
        const near = open({ port: proxy.port })
        const far = open()
        let last = (await near.read()).head
        let isHinted = false
        const unwatch = await near.watch(() => (isHinted = true))
        await commitSoon(far, publication(['a']))
        await until(() => isHinted, 'the feed works')
        proxy.cut()
        let head
        for (let version = 1; version <= 50; version++) {
          head = await commitSoon(far, publication(['b'], { version }))
        }
        isHinted = false
        proxy.mend()
        await until(() => isHinted, 'the cut is noticed')
        const reading = await near.read(last)
        assert.deepEqual(reading.head, head)
        assert.equal(reading.full, last.revision === 0)
        assert.equal(byName(reading.entries).get('b').version, 50)
        last = reading.head
        isHinted = false
        await commitSoon(far, publication(['c']))
        await until(() => isHinted, 'the feed works again')
        await unwatch()
      } finally {
        await proxy.close()
      }
    }))

  test('watching begins while the server is down, and hints when it is up', () =>
    usingStores(newPlace(), async (open) => {
      const store = open()
      await server().kill()
      let hints = 0
      try {
        await settled(store.watch(() => (hints += 1)))
      } finally {
        await server().start()
      }
      await until(() => hints > 0, 'a hint when it is up')
    }))

  test('a closed store lets the process end, also where its server hangs', async () => {
    const run = runScript(
      `${newPlace().script({ timeout: 500 })}
      while (!(await store.head().catch(() => false)));
      await store.watch(() => {})
      const go = new Promise((resolve) => process.once('SIGUSR2', resolve))
      console.log('ready')
      await go
      const calls = [store.head(), store.history()].map((call) => call.catch(({ code }) => code))
      await store.close()
      await store.close()
      console.log(JSON.stringify(await Promise.all(calls)))
      await store.head().catch(({ code }) => console.log(code))`,
      {
        async onLine(line, child) {
          if (line !== 'ready') return
          await server().pause()
          child.kill('SIGUSR2')
        },
      },
    )
    try {
      const { code, stdout, stderr } = await settled(run)
      const lost = 'ERR_ISOLANE_STORE_UNAVAILABLE'
      assert.equal(stderr, '')
      assert.deepEqual(stdout.trim().split('\n'), ['ready', JSON.stringify([lost, lost]), lost])
      assert.equal(code, 0)
    } finally {
      server().resume()
    }
  })
}

/**
 * A store rejects in time while its server hangs, and goes on when that does. It is closed afterwards.
 *
 * @param {import('../../../../__test__/support/servers/server.mjs').Server} server
 * @param {import('@isolane/functions').FunctionStore} store
 */
export async function rejectsWhileHung(server, store) {
  await answered(store)
  await server.pause()
  try {
    for (let call = 0; call < 4; call++) await assert.rejects(settled(store.head()), unavailable)
  } finally {
    server.resume()
  }
  await answered(store)
  await store.close()
}

/** On a crowded machine the first answers may come later than the store waits. */
function answered(store) {
  return until(() => store.head().catch(() => false), 'the store answers')
}
