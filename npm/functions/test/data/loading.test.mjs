/** Data is loaded, decoded in all isolates, and replaced; what goes wrong leaves the last that was good. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { deferred, told, withCache } from '../support/caches.mjs'
import { rejection, until } from '../support/registries.mjs'

describe('data', () => {
  test('is found by functions as shared.<name>, with what functions read beside it', () =>
    withCache(async ({ pool, cache }) => {
      cache.define('rules', { load: () => [{ min: 10 }] })
      cache.define('prices', { load: async () => new Map([['a', 3]]) })
      await cache.ready
      const see = (n, { shared }) => [shared.rules[0].min, shared.prices.get('a') * n]
      assert.deepEqual(await pool.run(see, 2, { shared: cache.shared('rules', 'prices') }), [10, 6])
    }))

  test('is decoded in every isolate when it is ready', () =>
    withCache(async ({ pool, cache }) => {
      const warmed = []
      const { warm } = pool
      pool.warm = async (...args) => {
        const done = await warm.apply(pool, args)
        warmed.push(args[1].shared.map(({ name }) => name))
        return done
      }
      const data = cache.define('rules', { load: () => [1] })
      await data.ready
      assert.deepEqual(warmed, [['rules']])
    }))

  test('is one handle over all versions, and a call has the version of the moment at which it began', () =>
    withCache(
      async ({ pool, cache }) => {
        let n = 0
        const data = cache.define('n', { load: () => ++n })
        await data.ready
        const handle = data.shared
        const read = (item, i, { shared }) => shared.n
        const before = pool.map([0, 0, 0], read, { shared: [handle], chunkSize: 1 })
        await data.refresh()
        assert.equal(data.shared, handle)
        const after = pool.map([0, 0, 0], read, { shared: [handle], chunkSize: 1 })
        assert.deepEqual(await before, [1, 1, 1])
        assert.deepEqual(await after, [2, 2, 2])
        assert.equal(data.peek(), 2)
        assert.equal(data.status().version, 2)
      },
      { threads: 1 },
    ))

  test('a call that runs while it is replaced keeps what it began with, and holds up nobody', () =>
    withCache(
      async ({ pool, cache, clock }) => {
        let n = 0
        const data = cache.define('n', { load: () => [++n], timeout: 1000 })
        await data.ready
        const flags = new Int32Array(new SharedArrayBuffer(8))
        const slow = (flag, { shared }) => {
          const before = shared.n[0]
          Atomics.store(flag, 0, 1)
          Atomics.notify(flag, 0)
          Atomics.wait(flag, 1, 0)
          return [before, shared.n[0]]
        }
        const running = pool.run(slow, flags, { shared: [data.shared] })
        await until(() => Atomics.load(flags, 0) === 1)
        // That worker cannot decode it now.
        const refreshed = data.refresh()
        await until(() => clock.pending.includes(4000))
        clock.advance(4000)
        await refreshed
        assert.deepEqual(data.peek(), [2])
        Atomics.store(flags, 1, 1)
        Atomics.notify(flags, 1)
        assert.deepEqual(await running, [1, 1])
        const read = (_, { shared }) => shared.n[0]
        assert.equal(await pool.run(read, 0, { shared: [data.shared] }), 2)
      },
      { engine: 'node', threads: 1 },
    ))

  test('that is equal is not pushed again; that was changed in place is', () =>
    withCache(async ({ cache, shares, read }) => {
      const value = { list: [1, 2], at: new Date(5), names: new Set(['a']) }
      let given = value
      const data = cache.define('value', { load: () => given })
      await data.ready
      given = structuredClone(value)
      const same = told(cache, 'refreshed')
      await data.refresh()
      assert.equal((await same).changed, false)
      assert.equal(data.status().version, 1)
      assert.equal(shares.length, 1)
      given = value
      value.list.push(3)
      const other = told(cache, 'refreshed')
      await data.refresh()
      assert.equal((await other).changed, true)
      assert.equal(data.status().version, 2)
      assert.deepEqual((await read('value')).list, [1, 2, 3])
    }))

  test('may say that it is unchanged', () =>
    withCache(async ({ cache, shares }) => {
      const seen = []
      const load = (_, { previous, unchanged }) => {
        seen.push(previous)
        return previous === undefined ? 7 : unchanged
      }
      const data = cache.define('n', { load })
      await data.ready
      await data.refresh()
      assert.deepEqual(seen, [undefined, 7])
      assert.equal(shares.length, 1)
      const early = cache.define('early', { load: (_, { unchanged }) => unchanged, retries: 0 })
      const { code } = await rejection(early.refresh())
      assert.equal(code, 'ERR_ISOLANE_DATA_LOAD')
    }))

  test('may be JSON text, as bytes or a string, which isolates parse', () =>
    withCache(async ({ cache, shares, read }) => {
      let text = Buffer.from('{"min": 10}')
      const data = cache.define('rules', { load: () => text, from: 'json', retries: 0 })
      await data.ready
      assert.deepEqual(await read('rules'), { min: 10 })
      assert.equal(data.status().bytes, 11)
      text = Buffer.from('{"min": 10}')
      await data.refresh()
      assert.equal(shares.length, 1)
      text = '{"min": 11}'
      await data.refresh()
      text = '{"min": 1'
      assert.equal((await rejection(data.refresh())).code, 'ERR_ISOLANE_INVALID_JSON')
      text = { min: 1 }
      assert.equal((await rejection(data.refresh())).code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.deepEqual(await read('rules'), { min: 11 })
    }))
})

describe('a load that comes to nothing', () => {
  const cases = {
    throws: [
      () => {
        throw new RangeError('no')
      },
      'RangeError',
      /^no$/,
    ],
    rejects: [
      async () => {
        throw new RangeError('no')
      },
      'RangeError',
      /^no$/,
    ],
    'throws what is no error': [
      () => {
        throw 'no'
      },
      'Error',
      /not an Error was thrown: 'no'/,
    ],
    'gives undefined': [() => undefined, 'DataLoadError', /load gave undefined/],
    'gives what is refused': [() => -1, 'DataLoadError', /validate refused it/],
    'gives what makes validate throw': [() => null, 'TypeError', /null/],
    'gives what cannot cross': [() => ({ n: [() => 1] }), 'DataCloneError', /n\[0\] is a function/],
    'gives too much': [
      () => ({ n: 1, text: 'x'.repeat(2000) }),
      'DataLoadError',
      /more than 1000 bytes/,
    ],
    'gives too many bytes': [
      () => Object.assign(new Uint8Array(2 ** 30), { n: 1 }),
      'DataLoadError',
      /more than 1000/,
    ],
    'gives what cannot be read': [
      () => ({
        n: 1,
        get m() {
          throw new Error('unreadable')
        },
      }),
      'Error',
      /unreadable/,
    ],
  }
  for (const [name, [load, type, message]] of Object.entries(cases)) {
    test(`${name}: the last one that was good is used on, and it is told`, () =>
      withCache(async ({ cache, read, shares }) => {
        let current = () => ({ n: 1 })
        const validate = ({ n }) => n !== undefined
        const data = cache.define('data', {
          load: () => current(),
          validate,
          maxBytes: 1000,
          retries: 0,
        })
        await data.ready
        current = load
        const failed = told(cache, 'failed')
        const error = await rejection(data.refresh())
        assert.equal(error.name, type)
        assert.match(error.message, message)
        const info = await failed
        assert.deepEqual([info.name, info.failures], ['data', 1])
        assert.deepEqual(await read('data'), { n: 1 })
        const { version, source, available, lastLoad } = data.status()
        assert.deepEqual([version, source, available, lastLoad.ok], [1, 'load', true, false])
        assert.equal(lastLoad.error, error)
        current = () => ({ n: 2 })
        await data.refresh()
        assert.deepEqual(await read('data'), { n: 2 })
        assert.equal(data.status().failures, 0)
        assert.ok(shares.length <= 3)
      }))
  }

  test('hangs: it is given up, its signal says so, and what it gives later is not heard', () =>
    withCache(async ({ cache, clock, read, shares }) => {
      const hanging = []
      let isGood = true
      const load = (signal) => {
        if (isGood) return 'good'
        const late = deferred()
        hanging.push({ signal, ...late })
        return late.promise
      }
      const data = cache.define('data', { load, timeout: 3000, retries: 1, backoff: 100 })
      await data.ready
      isGood = false
      const refresh = rejection(data.refresh())
      clock.advance(3000)
      assert.equal(hanging[0].signal.aborted, true)
      await until(() => clock.pending.includes(100))
      clock.advance(100)
      await until(() => hanging.length === 2)
      hanging[0].resolve('late')
      clock.advance(3000)
      assert.match((await refresh).message, /load took longer than 3000 ms/)
      hanging[1].reject(new Error('late'))
      await until(() => data.status().late === 2)
      assert.equal(await read('data'), 'good')
      assert.deepEqual(shares, ['good'])
    }))

  test('is tried again, after pauses that get longer', () =>
    withCache(async ({ cache, clock }) => {
      let tries = 0
      const load = () => {
        if (++tries < 4) throw new Error(`try ${tries}`)
        return tries
      }
      const data = cache.define('data', { load, retries: 3, backoff: 100 })
      for (const pause of [100, 200, 400]) {
        await until(() => clock.pending.includes(pause))
        clock.advance(pause)
      }
      await data.ready
      assert.equal(data.peek(), 4)
    }))

  test('that comes back after the cache was closed changes nothing', () =>
    withCache(async ({ cache, shares }) => {
      const late = deferred()
      let signal
      const data = cache.define('data', { load: (given) => ((signal = given), late.promise) })
      const refresh = rejection(data.refresh())
      await cache.close()
      assert.equal(signal.aborted, true)
      assert.match((await refresh).message, /disposed of/)
      late.resolve(1)
      await until(() => data.status().late === 1)
      assert.deepEqual(shares, [])
      assert.equal(data.peek(), undefined)
      assert.throws(() => data.shared, { code: 'ERR_ISOLANE_DATA_LOAD' })
      assert.throws(() => cache.define('more', { load: () => 1 }), /closed/)
    }))

  test('ends with the pool', () =>
    withCache(async ({ pool, cache, clock }) => {
      const data = cache.define('data', {
        load: () => Math.random(),
        refreshInterval: 1000,
        retries: 0,
      })
      await data.ready
      await pool.close()
      assert.equal((await rejection(data.refresh())).code, 'ERR_ISOLANE_POOL_CLOSED')
      assert.deepEqual(cache.names, [])
      assert.deepEqual(clock.pending, [])
    }))
})
