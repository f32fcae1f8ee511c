/** A folder that several processes and registries share. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { folder } from '@isolane/functions/folder'

import { sized } from '../../../../__test__/support/size.mjs'
import { fleets } from '../support/fleets.mjs'
import { withRegistries } from '../support/registries.mjs'
import { registriesOnPlaces } from '../support/registries-on-places.mjs'
import { faulty, muted } from '../support/stores.mjs'

const places = mkdtempSync(join(tmpdir(), 'isolane-folders-'))
after(() => rmSync(places, { recursive: true, maxRetries: 5 }))

const options = { watch: false, scanInterval: 20 }
let count = 0

/** A folder of its own, as places on servers are; it has no edits. */
function newPlace() {
  const path = join(places, String(++count))
  return {
    prefix: path,
    open: () => folder(path, options),
    script: () => `
      import { folder } from '@isolane/functions/folder'
      const store = folder(${JSON.stringify(path)}, ${JSON.stringify(options)})`,
  }
}

describe('a folder of several processes', () => fleets(newPlace))

describe('a folder of several registries', () => {
  registriesOnPlaces(newPlace)

  test('of which one is cut off during 50 changes: one poll that comes through has all of them', () =>
    withRegistries(async ({ open }) => {
      const place = newPlace()
      const editor = open({ store: place.open() })
      const way = faulty(place.open())
      const cut = open({ store: muted(way), pollInterval: 2 ** 31 - 1 })
      await editor.publishAll([
        { name: 'f', source: '() => 0' },
        { name: 'g', source: '() => 1' },
      ])
      await cut.refresh()
      way.state.mode = 'down'
      const begin = performance.now()
      for (let turn = 1; turn <= 49; turn++) await editor.publish('f', `() => ${turn}`)
      await editor.unpublish('g')
      // At full size the way is cut for ten seconds.
      await pause(Math.max(0, sized(10_000, 0) - (performance.now() - begin)))
      await assert.rejects(cut.refresh(), { code: 'ERR_ISOLANE_STORE_UNAVAILABLE' })
      assert.equal(await cut.run('f'), 0)
      way.state.mode = 'up'
      await cut.refresh()
      assert.equal(cut.health().revision, editor.health().revision)
      assert.deepEqual(cut.list(), editor.list())
      assert.equal(await cut.run('f'), 49)
    }))
})
