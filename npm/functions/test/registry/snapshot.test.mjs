/** The file that a process starts from while the store is away. */
import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'

import { memory } from '@isolane/functions'

import { rejection, until, withRegistries } from '../support/registries.mjs'
import { faulty } from '../support/stores.mjs'

/** Gives `use` what opens registries on one store with a snapshot, and such that cannot reach the store. */
const inFolder = async (use) => {
  const folder = mkdtempSync(join(tmpdir(), 'isolane-snapshot-'))
  try {
    await withRegistries(({ open }) => {
      const snapshot = join(folder, 'deep', 'snapshot')
      const store = memory()
      const away = () => {
        const broken = faulty(store)
        broken.state.mode = 'down'
        return broken
      }
      return use({
        snapshot,
        store,
        away,
        open: (options) => open({ store, snapshot, ...options }),
        late: () => open({ store: away(), snapshot }),
      })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** When a text is in the snapshot. */
const written = (snapshot, text) =>
  until(
    () => existsSync(snapshot) && readFileSync(snapshot, 'utf8').includes(text),
    `${text} is in the snapshot`,
  )

const many = Array.from({ length: 50 }, (_, i) => ({
  name: `many/f${i}`,
  source: `() => ${i} // ${'x'.repeat(1000)}`,
}))

describe('a snapshot', () => {
  test('starts a process while the store is down, and is not believed where it is damaged', () =>
    inFolder(async ({ open, late, away, snapshot }) => {
      const first = open()
      await first.publishAll([
        { name: 'lib', source: 'module.exports = () => 1' },
        { name: 'f', source: "module.exports = () => require('@/lib@1')() + require('@/lib')()" },
      ])
      await first.publish('lib', 'module.exports = () => 2')
      await first.close()
      const broken = away()
      const second = open({ store: broken, pollInterval: 20 })
      await second.ready
      assert.equal(await second.run('f'), 3)
      const { ready, stale, revision } = second.health()
      assert.deepEqual([ready, stale, revision], [true, true, 2])
      broken.state.mode = 'up'
      await until(() => !second.health().stale)
      await second.publish('lib', 'module.exports = () => 10')
      assert.equal(await second.run('f'), 11)
      await second.close()
      const text = readFileSync(snapshot, 'utf8')
      // In each of its lines.
      writeFileSync(snapshot, text.replaceAll('() =>', '() => 99 +'))
      const third = late()
      assert.equal((await rejection(third.ready)).code, 'ERR_ISOLANE_STORE_UNAVAILABLE')
    }))

  test('of which the end was not written is the one before', () =>
    inFolder(async ({ open, late, snapshot }) => {
      const first = open()
      await first.publishAll(many)
      await first.publish('f', '() => 1')
      await written(snapshot, '"() => 1"')
      const { length } = readFileSync(snapshot)
      await first.publish('f', '() => 2')
      await first.unpublish('many/f7')
      await first.close()
      const whole = readFileSync(snapshot)
      for (const end of [length, length + 1, length + 80]) {
        writeFileSync(snapshot, whole.subarray(0, end))
        const other = late()
        await other.ready
        assert.equal(await other.run('f'), 1)
        assert.equal(other.list().length, many.length + 1)
        await other.close()
      }
      writeFileSync(snapshot, whole)
      const last = late()
      await last.ready
      assert.equal(await last.run('f'), 2)
      assert.equal(last.get('many/f7'), undefined)
      assert.equal(last.health().revision, 4)
    }))

  test('grows by what has changed, and is written whole when that has become much', () =>
    inFolder(async ({ open, late, snapshot }) => {
      const first = open()
      await first.publishAll(many)
      const at = (revision) => written(snapshot, `"head":{"revision":${revision},`)
      await at(1)
      const { ino, size } = statSync(snapshot)
      await first.publish('f', '() => 1')
      await at(2)
      const grown = statSync(snapshot)
      assert.equal(grown.ino, ino)
      assert.ok(grown.size - size < 2000, `${grown.size - size} bytes for one function`)
      let most = 0
      for (let i = 0; i < 10; i++) {
        await first.publishAll(many.map(({ name, source }) => ({ name, source: `${source} ${i}` })))
        await at(3 + i)
        most = Math.max(most, statSync(snapshot).size)
      }
      assert.ok(most < 6 * size, `${most} bytes, ${size} of which are in force`)
      await first.close()
      const other = late()
      await other.ready
      assert.equal(other.get('many/f3').source, `${many[3].source} 9`)
      assert.equal(await other.run('f'), 1)
    }))

  test('may be that of several processes', () =>
    inFolder(async ({ open, late, snapshot }) => {
      const pair = [open(), open()]
      for (let i = 1; i <= 20; i++) await pair[i % 2].publish(`f${i % 3}`, `() => ${i}`)
      const list = pair[0].list()
      // Whoever is told last writes it.
      await Promise.all(pair.map((each) => each.refresh()))
      await Promise.all(pair.map((each) => each.close()))
      // As one that has another's name in mind.
      appendFileSync(snapshot, 'rubbish\n')
      const other = late()
      await other.ready
      assert.equal(other.health().revision, 20)
      assert.deepEqual(other.list(), list)
    }))
})
