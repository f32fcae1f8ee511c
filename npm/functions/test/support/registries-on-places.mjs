import assert from 'node:assert/strict'
import { test } from 'node:test'

import { hashOf, tiered } from '@isolane/functions'

import { settled } from '../../../../__test__/support/waiting.mjs'
import { atRevision, withRegistries } from './registries.mjs'

/**
 * Registries whose store many share, whatever it is.
 *
 * @param {() => import('./places.mjs').Place} newPlace
 */
export function registriesOnPlaces(newPlace) {
  test('no text of a cache that lies before the store is ever run', () =>
    withRegistries(async ({ open }) => {
      const place = newPlace()
      const origin = place.open()
      const editor = open({ store: origin })
      await editor.publish('f', '() => "old"')
      await editor.publish('f', '() => "right"')
      await editor.publish('g', "const f = require('@/f')\nmodule.exports = () => 'g of ' + f()")
      const refs = [
        { name: 'f', version: 1 },
        { name: 'f', version: 2 },
        { name: 'g', version: 1 },
      ]
      const [old, right, other] = await origin.records(refs)
      const spoilt = { ...right, source: '() => "spoilt"' }
      for (const [lie, record] of Object.entries({
        'another function’s record': other,
        'an old one': old,
        'an old one by the new number': { ...old, version: 2 },
        'one that was changed': spoilt,
        'one that was changed, with its hash': { ...spoilt, hash: hashOf(spoilt) },
        rubbish: { rubbish: true },
      })) {
        let asked = 0
        const get = () => {
          asked += 1
          return JSON.stringify(record)
        }
        const caches = [
          { get, set: () => {} },
          { get: () => '}{', set: () => {} },
        ]
        const runner = open({ store: tiered({ origin: place.open(), caches }) })
        await settled(runner.ready)
        assert.equal(await runner.run('f'), 'right', lie)
        assert.equal(await runner.run('g'), 'g of right', lie)
        const { revision } = await editor.publish('f', `() => "after ${lie}"`)
        await settled(atRevision(runner, revision))
        assert.equal(await runner.run('g'), `g of after ${lie}`)
        assert.ok(asked >= 3, `the cache was asked ${asked} times`)
        assert.deepEqual(runner.health().rejected, [])
        await editor.publish('f', '() => "right"')
        await runner.close()
      }
    }))
}
