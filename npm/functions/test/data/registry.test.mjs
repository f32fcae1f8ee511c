/** Data of a registry: functions that are called by name read it, and readiness waits for it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { DataCache, FunctionRegistry, memory } from '@isolane/functions'

import { deferred, told } from '../support/caches.mjs'
import { rejection, withRegistries } from '../support/registries.mjs'

const RULES = '(n, { shared }) => shared.rules.min + n'

describe('functions called by name', () => {
  test('get the data that they name, in every kind of call', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      functions.data.define('rules', { load: () => ({ min: 10 }) })
      functions.data.define('other', { load: () => 1 })
      await functions.publishAll([
        { name: 'plus', source: '(n, i, { shared }) => shared.rules.min + n' },
        { name: 'one', source: RULES },
        { name: 'is', source: '(n, i, { shared: { rules } }) => n > rules.min' },
        { name: 'sum', source: '(a, b) => a + b' },
        { name: 'seen', source: '(_, { shared }) => Object.keys(shared)' },
      ])
      await functions.ready
      assert.equal(await functions.run('one', 1), 11)
      assert.equal((await functions.call('one', 1)).data, 11)
      assert.deepEqual((await functions.callAll('plus', [1, 2])).data, [11, 12])
      assert.deepEqual(await functions.map([1, 2], 'plus'), [11, 12])
      assert.deepEqual(await functions.filter([9, 11], 'is'), [11])
      await functions.forEach([1], 'plus')
      const seen = []
      for await (const each of functions.stream([1, 2], 'plus')) seen.push(each)
      assert.deepEqual(seen, [11, 12])
      const sum = await functions.reduce([1, 2], { map: 'plus', reduce: 'sum' })
      assert.equal(sum, 23)
      assert.deepEqual(await functions.run('seen'), [])
    }))

  test('get what those name that they require, and what was defined later', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publishAll([
        { name: 'lib/min', source: 'module.exports = (shared) => shared.rules.min' },
        {
          name: 'min',
          source:
            "const min = require('@/lib/min')\nmodule.exports = (_, { shared }) => min(shared)",
        },
      ])
      const { cause } = await rejection(functions.run('min'))
      assert.match(String(cause), /TypeError/)
      const first = functions.data.define('rules', { load: () => ({ min: 1 }) })
      assert.equal(await functions.run('min'), 1)
      first.dispose()
      functions.data.define('rules', { load: () => ({ min: 2 }) })
      assert.equal(await functions.run('min'), 2)
    }))

  test('get names of any form as whole words, and from the caller what he shares', () =>
    withRegistries(async ({ open, pool }) => {
      const functions = open()
      for (const name of ['a', 'a.b', '$', 'ab']) functions.data.define(name, { load: () => name })
      await functions.publish(
        'keys',
        "(_, { shared }) => [shared['a.b'], shared.$, Object.keys(shared).sort()]",
      )
      assert.deepEqual(await functions.run('keys'), ['a.b', '$', ['$', 'a.b']])
      const mine = await pool.share('$', 'mine')
      const own = await functions.run('keys', 0, { shared: [mine] })
      assert.deepEqual(own, ['a.b', 'mine', ['$', 'a.b']])
      const wrong = await rejection(functions.run('keys', 0, { shared: 1 }))
      assert.equal(wrong.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      for (const options of [null, 5, []]) {
        const { code } = await rejection(functions.run('keys', 0, options))
        assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT', String(options))
      }
    }))

  test('wait for a load that is under way, and are told where there is no data', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      const late = deferred()
      functions.data.define('rules', { load: () => late.promise, retries: 0, backoff: 60_000 })
      await functions.publish('one', RULES)
      const call = functions.run('one', 1)
      late.resolve({ min: 5 })
      assert.equal(await call, 6)
      functions.data.get('rules').dispose()
      const down = () => {
        throw new Error('down')
      }
      functions.data.define('rules', { load: down, retries: 0, backoff: 60_000 })
      const error = await rejection(functions.run('one', 1))
      assert.equal(error.code, 'ERR_ISOLANE_DATA_UNAVAILABLE')
      assert.equal(error.dataName, 'rules')
      const { status, code, fault } = await functions.call('one', 1)
      assert.deepEqual([status, code, fault], ['error', 'ERR_ISOLANE_DATA_UNAVAILABLE', 'platform'])
    }))
})

describe('functions that are to be warm', () => {
  test('have their data decoded before ready, before each version of either, and no longer than they are', () =>
    withRegistries(async ({ open, pool }) => {
      const warmed = []
      const { warm } = pool
      pool.warm = async (functions, options) => {
        const done = await warm.call(pool, functions, options)
        const [first] = functions
        const entry = `${first.entry ?? first.name} ${options.shared?.map(({ name }) => name) ?? ''}`
        warmed.push(entry)
        const { dispose } = done
        done.dispose = () => {
          warmed.push(`not ${entry}`)
          dispose.call(done)
        }
        return done
      }
      const store = memory()
      const before = open({ store, closeStore: false })
      await before.publishAll([
        { name: 'lib/one', source: RULES },
        { name: 'lib/none', source: '(n) => n' },
        { name: 'cold', source: RULES },
      ])
      assert.deepEqual(warmed.splice(0), [])
      const functions = open({ store, warm: ['lib/*'] })
      const late = deferred()
      let value = late.promise
      const data = functions.data.define('rules', { load: () => value })
      late.resolve({ min: 1 })
      await functions.ready
      // Which is done first, the function or the data, decides whether it is warmed once more.
      const known = [
        'data rules',
        'lib/none@1 ',
        'lib/one@1 ',
        'lib/one@1 rules',
        'not data rules',
        'not lib/one@1 rules',
      ]
      const first = warmed.splice(0).sort()
      assert.ok(first.includes('lib/one@1 rules'), String(first))
      assert.deepEqual(
        first.filter((each) => !known.includes(each)),
        [],
      )

      value = { min: 2 }
      await data.refresh()
      assert.deepEqual(warmed.splice(0), ['lib/one@1 rules', 'not lib/one@1 rules'])

      await functions.publish('lib/one', RULES.replace('+', '-'))
      assert.deepEqual(warmed.splice(0).sort(), [
        'lib/one@2 ',
        'lib/one@2 rules',
        'not lib/one@1 ',
        'not lib/one@1 rules',
      ])
      assert.equal(await functions.run('lib/one', 1), 1)
      assert.equal(await functions.run('cold', 1), 3)
      await functions.close()
      assert.deepEqual(warmed.sort(), ['not lib/none@1 ', 'not lib/one@2 ', 'not lib/one@2 rules'])
    }))
})

describe('a registry', () => {
  test('is ready when its required data is there, and its health says how that is', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      const late = deferred()
      functions.data.define('rules', { load: () => late.promise })
      functions.data.define('needless', { load: () => deferred().promise, required: false })
      await functions.publish('one', RULES)
      assert.equal(functions.health().ready, false)
      let isReady = false
      const ready = functions.ready.then(() => (isReady = true))
      await functions.publish('two', RULES)
      assert.equal(isReady, false)
      late.resolve({ min: 1 })
      await ready
      const { live, ready: now, stale, revision, workers, data } = functions.health()
      assert.deepEqual([live, now, stale, revision], [true, true, false, 2])
      assert.deepEqual(workers, { total: 2, live: 2 })
      const states = data.map(({ name, source }) => [name, source])
      assert.deepEqual(states, [
        ['rules', 'load'],
        ['needless', 'none'],
      ])
    }))

  test('tells the events of its data', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      let n = 0
      const load = () => {
        if (n++ > 0) throw new Error('down')
        return 1
      }
      const refreshed = told(functions, 'dataRefreshed')
      const data = functions.data.define('n', { load, retries: 0 })
      assert.deepEqual((await refreshed).name, 'n')
      const failed = told(functions, 'dataError')
      await rejection(data.refresh())
      const { name, error, failures } = await failed
      assert.deepEqual([name, error.message, failures], ['n', 'down', 1])
    }))

  test('ends its own data with itself, and leaves data that it was given', () =>
    withRegistries(async ({ open, pool }) => {
      const own = open()
      const { data } = own
      const rules = data.define('rules', { load: () => 1 })
      await own.ready
      await own.close()
      assert.equal(rules.status().available, false)
      const cache = new DataCache(pool)
      const functions = open({ data: cache })
      assert.equal(functions.data, cache)
      await cache.define('rules', { load: () => 1 }).ready
      await functions.close()
      assert.deepEqual(cache.names, ['rules'])
      assert.equal(cache.listenerCount('refreshed'), 0)
      await cache.close()
      assert.throws(() => open({ data: cache }), {
        code: 'ERR_ISOLANE_INVALID_ARGUMENT',
        message: /This cache of data has been closed/,
      })
      const other = new DataCache(Object.create(pool))
      assert.throws(() => open({ data: other }), {
        code: 'ERR_ISOLANE_INVALID_ARGUMENT',
        message: /options.data must be a DataCache of the same pool/,
      })
      await other.close()
    }))

  test('has no data where it has no pool', async () => {
    const functions = new FunctionRegistry(undefined, { store: memory() })
    assert.throws(() => functions.data, { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
    assert.deepEqual(functions.health().data, [])
    assert.deepEqual(functions.health().workers, { total: 0, live: 0 })
    assert.throws(
      () => new FunctionRegistry(undefined, { store: memory(), data: {} }),
      /options.data must be a DataCache/,
    )
    await functions.close()
  })
})
