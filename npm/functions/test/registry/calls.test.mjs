/** Functions are called by name as the pool's calls run functions. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { memory } from '@isolane/functions'

import { rejection, withRegistries } from '../support/registries.mjs'
import { bound } from '../support/stores.mjs'

describe('calls by name', () => {
  test('are run, map, filter, reduce, forEach and stream', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publishAll([
        { name: 'double', source: '(n) => n * 2' },
        { name: 'odd', source: '(n) => n % 2' },
        { name: 'add', source: '(a, b) => a + b' },
      ])
      assert.equal(await functions.run('double', 2), 4)
      assert.deepEqual(await functions.map([1, 2], 'double'), [2, 4])
      assert.deepEqual(await functions.filter([1, 2, 3], 'odd'), [1, 3])
      assert.equal(await functions.reduce([1, 2], { reduce: 'add', map: 'double', initial: 1 }), 7)
      assert.equal(await functions.forEach([1], 'double'), undefined)
      const results = []
      for await (const result of functions.stream([1, 2], 'double')) results.push(result)
      assert.deepEqual(results, [2, 4])
      const { results: settled } = await functions.map([1], 'double', { onError: 'settle' })
      assert.deepEqual(settled, [{ status: 'fulfilled', value: 2 }])
    }))

  test('pin a version by name@3', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      for (let i = 1; i <= 3; i++) await functions.publish('f', `() => ${i}`)
      assert.deepEqual(
        await Promise.all(['f', 'f@1', 'f@2', 'f@3'].map((name) => functions.run(name))),
        [3, 1, 2, 3],
      )
      const sums = await functions.reduce([1], { reduce: 'f', map: 'f@2' })
      assert.equal(sums, 2)
      const error = await rejection(functions.run('f@4'))
      assert.equal(error.code, 'ERR_ISOLANE_VERSION_NOT_FOUND')
      const unknown = await rejection(functions.run('g@1'))
      assert.equal(unknown.code, 'ERR_ISOLANE_FUNCTION_NOT_FOUND')
    }))

  test('ask the store for a version once', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      let asked = 0
      const counting = {
        ...bound(store),
        records: (refs) => {
          asked++
          return store.records(refs)
        },
      }
      const functions = open({ store: counting })
      for (let i = 1; i <= 3; i++) await functions.publish('f', `() => ${i}`)
      await functions.run('f@1')
      const before = asked
      await functions.publish('g', '() => 0')
      assert.equal(await functions.run('f@1'), 1)
      assert.equal(asked, before)
    }))

  test('of a name that is not there say which may have been meant', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('lib/tax', '() => 1')
      const error = await rejection(functions.map([1], 'lib/tex'))
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION_NOT_FOUND')
      assert.deepEqual(error.nearest, ['lib/tax'])
      assert.match(error.message, /did you mean 'lib\/tax'\?/)
      for (const name of [undefined, 7, '', 'a b', () => 1]) {
        const { code } = await rejection(functions.run(name))
        assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT', String(name))
      }
    }))

  test('of a fold name what it is done with', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('add', '(a, b) => a + b')
      for (const reducers of [undefined, null, 'add', ['add'], {}, { reduce: 7 }]) {
        const error = await rejection(functions.reduce([1, 2], reducers))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT', String(reducers))
        assert.match(error.message, /reducers/)
      }
      const { message } = await rejection(functions.reduce([1, 2], 'add'))
      assert.match(message, /\{ reduce: 'add' \}/)
      const wrongMap = await rejection(functions.reduce([1, 2], { reduce: 'add', map: null }))
      assert.match(wrongMap.message, /reducers\.map/)
      assert.equal(await functions.reduce([], { reduce: 'add', initial: 4 }), 4)
    }))

  test('that are made before the store has been read wait for it', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      await open({ store }).publish('f', '() => 1')
      assert.equal(await open({ store }).run('f'), 1)
    }))

  test('of a closed registry are refused', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('f', '() => 1')
      await functions.close()
      await functions.close()
      for (const late of [functions.run('f'), functions.publish('f', '() => 2'), functions.ready]) {
        assert.equal((await rejection(late)).code, 'ERR_ISOLANE_REGISTRY_CLOSED')
      }
      assert.equal(functions.health().live, false)
    }))

  test('are refused once the registry has been disposed of, with its store', () =>
    withRegistries(async ({ open, pool }) => {
      const store = memory()
      let closed = 0
      const functions = open({ store: { ...bound(store), close: async () => void closed++ } })
      await functions.publish('f', '() => 1')
      // What `await using` does.
      assert.equal(await functions[Symbol.asyncDispose](), undefined)
      assert.equal((await rejection(functions.run('f'))).code, 'ERR_ISOLANE_REGISTRY_CLOSED')
      assert.deepEqual([functions.health().live, closed], [false, 1])
      await functions[Symbol.asyncDispose]()
      assert.equal(closed, 1)
      assert.equal(await pool.run((n) => n + 1, 1), 2)
    }))
})

describe('what is told of functions', () => {
  test('list, get, versions, history, at and diff', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('lib/b', '() => {\n  return 1\n}', { note: 'first', author: 'me' })
      await functions.publish('lib/a', '() => 2', { tags: ['x', 'y'] })
      await functions.publish('c', '() => 3', { tags: ['x'] })
      await functions.publish('lib/b', '() => {\n  return 4\n}')
      const names = (query) => functions.list(query).map(({ name }) => name)
      assert.deepEqual(names(), ['c', 'lib/a', 'lib/b'])
      assert.deepEqual(names({ prefix: 'lib/' }), ['lib/a', 'lib/b'])
      assert.deepEqual(names({ tag: 'x' }), ['c', 'lib/a'])
      assert.deepEqual(names({ prefix: 'lib/', tag: 'x' }), ['lib/a'])
      const { source, version, revision, at } = functions.get('lib/b')
      assert.deepEqual([source, version, revision], ['() => {\n  return 4\n}', 2, 4])
      assert.ok(at instanceof Date)
      const versions = await functions.versions('lib/b')
      assert.deepEqual(
        versions.map((each) => [each.version, each.note, each.author]),
        [
          [2, undefined, undefined],
          [1, 'first', 'me'],
        ],
      )
      const history = await functions.history({ name: 'lib/b' })
      assert.deepEqual(
        history.map((change) => change.revision),
        [1, 4],
      )
      assert.deepEqual([...(await functions.at(2))].toSorted(), [
        ['lib/a', 1],
        ['lib/b', 1],
      ])
      assert.equal(
        await functions.diff('lib/b', 1, 2),
        '--- lib/b@1\n+++ lib/b@2\n@@ -1,3 +1,3 @@\n () => {\n-  return 1\n+  return 4\n }\n',
      )
      assert.equal(await functions.diff('lib/b', 2, 2), '')
      const { code } = await rejection(functions.diff('lib/b', 1, 3))
      assert.equal(code, 'ERR_ISOLANE_VERSION_NOT_FOUND')
    }))

  test('events', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      const [one, other] = [open({ store }), open({ store })]
      await Promise.all([one.ready, other.ready])
      const told = []
      for (const [registry, who] of [
        [one, 'one'],
        [other, 'other'],
      ]) {
        for (const name of ['published', 'rolledBack', 'unpublished', 'renamed']) {
          registry.on(name, (event) =>
            told.push([who, name, event.name, event.version, event.revision, event.isOwn]),
          )
        }
      }
      await one.publish('f', '() => 1')
      await one.publish('f', '() => 2')
      await one.rollback('f')
      await one.rename('f', 'g')
      await one.unpublish('g')
      await other.refresh()
      const isOf = (who) => told.filter(([whose]) => whose === who).map((each) => each.slice(1))
      assert.deepEqual(isOf('one'), [
        ['published', 'f', 1, 1, true],
        ['published', 'f', 2, 2, true],
        ['rolledBack', 'f', 1, 3, true],
        ['renamed', 'g', 1, 4, true],
        ['unpublished', 'g', undefined, 5, true],
      ])
      assert.equal(isOf('other').at(-1)[0], 'unpublished')
      assert.ok(isOf('other').every((each) => each.at(-1) === false))
    }))
})
