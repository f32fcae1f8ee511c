/** Publishes that are made while the store is away are made when it is back, or reported; none is lost. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'

import { memory } from '@isolane/functions'

import { rejection, until, withRegistries } from '../support/registries.mjs'
import { faulty } from '../support/stores.mjs'

const inPlace = async (use) => {
  const folder = mkdtempSync(join(tmpdir(), 'isolane-journal-'))
  const store = memory()
  const broken = faulty(store)
  try {
    await withRegistries(({ open }) =>
      use({ open, store, broken, journal: join(folder, 'journal') }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
const quick = { timeout: 2000, pollInterval: 20 }

describe('a journal', () => {
  test('keeps a publish until the store is back', () =>
    inPlace(async ({ open, broken, journal }) => {
      const functions = open({ store: broken, journal, ...quick })
      await functions.publish('f', '() => 1')
      broken.state.mode = 'down'
      const result = await functions.publish('f', '() => 2', { tags: ['x'] })
      assert.deepEqual([result.pending, result.version, result.created], [true, 2, true])
      assert.equal(await functions.run('f'), 1)
      assert.equal(functions.health().journal, 1)
      broken.state.mode = 'up'
      await once(functions, 'published')
      assert.equal(await functions.run('f'), 2)
      assert.deepEqual(functions.get('f').tags, ['x'])
      await until(() => functions.health().journal === 0, 'the journal is empty')
      assert.equal(readFileSync(journal, 'utf8'), '')
    }))

  test('reports a publish that was made for another version, and keeps its text', () =>
    inPlace(async ({ open, store, broken, journal }) => {
      const functions = open({ store: broken, journal, ...quick })
      const other = open({ store })
      await functions.publish('f', '() => 1')
      broken.state.mode = 'down'
      await functions.publish('f', '() => "mine"')
      await functions.publish('g', '() => "apart"')
      await other.publish('f', '() => "hers"')
      const refused = once(functions, 'journalRefused')
      broken.state.mode = 'up'
      const [{ names, reason }] = await refused
      assert.deepEqual([names, reason.code], [['f'], 'ERR_ISOLANE_VERSION_CONFLICT'])
      await until(() => functions.get('g'), 'what came later is in force')
      assert.equal(await functions.run('f'), 'hers')
      assert.match(readFileSync(`${journal}.refused`, 'utf8'), /mine/)
    }))

  test('outlives its process', () =>
    inPlace(async ({ open, broken, journal }) => {
      const first = open({ store: broken, journal, ...quick })
      await first.publish('f', '() => 1')
      broken.state.mode = 'down'
      await first.publish('f', '() => 2')
      await first.close()
      broken.state.mode = 'up'
      const second = open({ store: broken, journal, ...quick })
      await until(() => second.get('f')?.version === 2, 'it is in force')
      await second.close()
      // What was published waits no more, and nothing is being written.
      assert.deepEqual(readdirSync(dirname(journal)), ['journal'])
      assert.equal(readFileSync(journal, 'utf8'), '')
    }))

  test('does not take what could not be published, nor what the store has taken after all', () =>
    inPlace(async ({ open, store, broken, journal }) => {
      const functions = open({ store: broken, journal, ...quick })
      await functions.publish('f', '() => 1')
      broken.state.mode = 'down'
      const error = await rejection(functions.publish('f', '() => {'))
      assert.equal(error.code, 'ERR_ISOLANE_SOURCE')
      assert.equal(functions.health().journal, 0)
      await functions.publish('f', '() => 2')
      // As if the store had taken it, and only the answer was lost.
      await open({ store }).publish('f', '() => 2')
      broken.state.mode = 'up'
      await until(() => functions.health().journal === 0, 'the journal is empty')
      await functions.refresh()
      assert.equal(functions.get('f').version, 2)
      assert.equal((await functions.history()).length, 2)
    }))

  test('publishes all that was kept of one function, each on the one before', () =>
    inPlace(async ({ open, broken, journal }) => {
      const functions = open({ store: broken, journal, ...quick })
      await functions.publish('f', '() => 1')
      broken.state.mode = 'down'
      const results = []
      for (const [name, text] of [
        ['f', '() => 2'],
        ['f', '() => 3'],
        ['new', '() => 1'],
        ['new', '() => 2'],
        // What is in force, and no more when its turn comes.
        ['f', '() => 1'],
      ]) {
        results.push(await functions.publish(name, text))
      }
      assert.ok(results.every(({ pending, created }) => pending && created))
      const told = results.map(({ version, revision }) => [version, revision])
      assert.deepEqual(told, [
        [2, 2],
        [3, 3],
        [1, 4],
        [2, 5],
        [4, 6],
      ])
      functions.on('journalRefused', ({ reason }) => assert.fail(reason))
      broken.state.mode = 'up'
      await until(() => functions.health().journal === 0, 'the journal is empty')
      assert.deepEqual([await functions.run('f'), await functions.run('new')], [1, 2])
      const history = (await functions.history()).flatMap(({ entries }) => entries)
      const made = history.slice(1).map(({ name, version }) => [name, version])
      assert.deepEqual(
        made,
        results.map(({ name, version }) => [name, version]),
      )
    }))

  test('holds a publish to the version that its caller gave', () =>
    inPlace(async ({ open, broken, journal }) => {
      const functions = open({ store: broken, journal, ...quick })
      await functions.publish('f', '() => 1')
      broken.state.mode = 'down'
      await functions.publish('f', '() => 2')
      await functions.publish('f', '() => 3', { ifVersion: 1 })
      const refused = once(functions, 'journalRefused')
      broken.state.mode = 'up'
      const [{ reason }] = await refused
      assert.deepEqual([reason.expected, reason.actual], [1, 2])
      assert.equal(await functions.run('f'), 2)
    }))

  test('takes one for the version that waits, as its caller was told it', () =>
    inPlace(async ({ open, broken, journal }) => {
      const functions = open({ store: broken, journal, ...quick })
      await functions.publish('f', '() => 1')
      broken.state.mode = 'down'
      const { version } = await functions.publish('f', '() => 2')
      const next = await functions.publish('f', '() => 3', { ifVersion: version })
      assert.deepEqual([version, next.version], [2, 3])
      const skipped = await rejection(functions.publish('f', '() => 5', { ifVersion: 4 }))
      assert.deepEqual([skipped.code, skipped.actual], ['ERR_ISOLANE_VERSION_CONFLICT', 1])
      functions.on('journalRefused', ({ reason }) => assert.fail(reason))
      broken.state.mode = 'up'
      await until(() => functions.health().journal === 0, 'the journal is empty')
      assert.deepEqual([await functions.run('f'), functions.get('f').version], [3, 3])
    }))

  test('takes a new one of a name that is to be freed', () =>
    inPlace(async ({ open, broken, journal }) => {
      const functions = open({ store: broken, journal, ...quick })
      await functions.publish('f', '() => 1')
      broken.state.mode = 'down'
      await functions.publishAll([], { remove: ['f'] })
      await functions.publish('f', '() => 2', { ifVersion: 0 })
      functions.on('journalRefused', ({ reason }) => assert.fail(reason))
      broken.state.mode = 'up'
      await until(() => functions.health().journal === 0, 'the journal is empty')
      assert.deepEqual([await functions.run('f'), functions.get('f').version], [2, 2])
    }))

  test('keeps tags that were given to the text in force', () =>
    inPlace(async ({ open, broken, journal }) => {
      const functions = open({ store: broken, journal, ...quick })
      await functions.publish('f', '() => 1')
      broken.state.mode = 'down'
      const { pending, version } = await functions.publish('f', '() => 1', { tags: ['x'] })
      assert.deepEqual([pending, version], [true, 1])
      broken.state.mode = 'up'
      await until(() => functions.health().journal === 0, 'the journal is empty')
      assert.deepEqual([functions.get('f').version, functions.get('f').tags], [1, ['x']])
    }))

  test('is counted from the start, whether the store is there or not', () =>
    inPlace(async ({ open, broken, journal }) => {
      const first = open({ store: broken, journal, ...quick })
      await first.publish('f', '() => 1')
      broken.state.mode = 'down'
      await first.publish('f', '() => 2')
      await first.close()
      const second = open({ store: broken, journal, ...quick })
      await rejection(second.ready)
      assert.equal(second.health().journal, 1)
    }))

  test('that is none is told of, left alone, and does not hide that the store is away', () =>
    inPlace(async ({ open, store, broken, journal }) => {
      await open({ store }).publish('f', '() => 1')
      for (const text of ['no JSON', 'null', '{"functions":[{}],"remove":[]}']) {
        writeFileSync(journal, text)
        broken.state.mode = 'up'
        const functions = open({ store: broken, journal, ...quick })
        const [told] = await once(functions, 'journalError')
        assert.equal(told.code, 'ERR_ISOLANE_STORE_CORRUPT')
        assert.ok(told.message.includes(`${journal}:1`), told.message)
        await functions.ready
        broken.state.mode = 'down'
        const error = await rejection(functions.publish('f', '() => 2'))
        assert.equal(error.code, 'ERR_ISOLANE_STORE_UNAVAILABLE')
        assert.match(error.message, /ECONNREFUSED.*The journal could not keep/)
        assert.equal(readFileSync(journal, 'utf8'), text)
        await functions.close()
      }
      const late = open({ store: broken, journal, ...quick })
      const [told] = await once(late, 'journalError')
      assert.equal(told.code, 'ERR_ISOLANE_STORE_CORRUPT')
    }))

  test('is a file of its own', () =>
    inPlace(async ({ open, journal }) => {
      const place = dirname(journal)
      mkdirSync(join(place, 'folder'))
      for (const paths of [
        { journal: join(place, 'folder') },
        { snapshot: place },
        { journal, snapshot: join(place, 'folder', '..', 'journal') },
      ]) {
        assert.throws(() => open(paths), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
      }
    }))
})
