import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { Proxy } from '../../../../__test__/support/servers/proxy.mjs'
import { sized } from '../../../../__test__/support/size.mjs'
import { settled, until } from '../../../../__test__/support/waiting.mjs'
import { atRevision, rejection, withRegistries } from './registries.mjs'
import { registriesOnPlaces } from './registries-on-places.mjs'

/**
 * Registries whose store is on a server.
 *
 * @param {() => import('../../../../__test__/support/servers/server.mjs').Server} server
 * @param {() => import('./places.mjs').Place} newPlace
 */
export function registriesOnServers(server, newPlace) {
  registriesOnPlaces(newPlace)

  for (const [what, take, giveBack] of [
    ['is killed', () => server().kill(), () => server().start()],
    ['hangs', () => server().pause(), () => server().resume()],
  ]) {
    test(`calls go on while the server ${what}; publishing rejects, and works again afterwards`, () =>
      withRegistries(async ({ open }) => {
        const place = newPlace()
        const editor = open({ store: place.open({ timeout: 500 }), pollInterval: 500 })
        const runner = open({ store: place.open({ timeout: 500 }), pollInterval: 500 })
        await publishSoon(editor, 'f', '() => 1')
        // On a crowded machine the first answer may come later than the store waits.
        runner.ready.catch(() => {})
        await settled(atRevision(runner, 1))
        const recovered = once(runner, 'storeRecovered')
        await take()
        try {
          const { code } = await rejection(settled(editor.publish('f', '() => 2')))
          assert.equal(code, 'ERR_ISOLANE_STORE_UNAVAILABLE')
          await until(() => runner.health().stale, 'it is noticed')
          for (let call = 0; call < 100; call++) assert.equal(await runner.run('f'), 1)
        } finally {
          await giveBack()
        }
        await settled(recovered)
        // The refused publish may be in force after all, if the server went on with what it had received.
        const published = await publishSoon(editor, 'f', '() => 3')
        await settled(atRevision(runner, published.revision))
        assert.equal(await runner.run('f'), 3)
        const history = await editor.history()
        assert.deepEqual(
          history.map(({ revision }) => revision),
          history.map((_, index) => index + 1),
        )
      }))
  }

  test('of registries one is cut off during 50 changes: one poll that comes through has all of them', () =>
    withRegistries(async ({ open }) => {
      const place = newPlace()
      const proxy = await Proxy.to(server().port)
      try {
        const editor = open({ store: place.open() })
        const cut = open({ store: place.open({ port: proxy.port }), pollInterval: 500 })
        await editor.publishAll([
          { name: 'f', source: '() => 0' },
          { name: 'g', source: '() => 1' },
        ])
        await cut.ready
        await atRevision(cut, 1)
        proxy.cut()
        const begin = performance.now()
        for (let turn = 1; turn <= 49; turn++) await editor.publish('f', `() => ${turn}`)
        await editor.unpublish('g')
        const { revision } = editor.health()
        assert.equal(await cut.run('f'), 0)
        // At full size the way is cut for ten seconds.
        await pause(Math.max(0, sized(10_000, 0) - (performance.now() - begin)))
        assert.equal(await cut.run('f'), 0)
        proxy.mend()
        await until(() => cut.refresh().then(isDone, isNotDone), 'a poll comes through')
        assert.equal(cut.health().revision, revision)
        assert.deepEqual(cut.list(), editor.list())
        assert.equal(await cut.run('f'), 49)
      } finally {
        await proxy.close()
      }
    }))
}

const isDone = () => true
const isNotDone = () => false

/** Also where the store is slow for a moment: a change that is there already makes no other version. */
async function publishSoon(registry, name, source) {
  return until(
    () =>
      registry.publish(name, source).catch((error) => {
        if (error.code !== 'ERR_ISOLANE_STORE_UNAVAILABLE') throw error
        return undefined
      }),
    `${name} is published`,
  )
}
