/** When data is loaded, for how long it is used, and what stands in until there is any. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { deferred, told, withCache } from '../support/caches.mjs'
import { rejection, until } from '../support/registries.mjs'

const MINUTE = 60_000

/** Loads that count, and fail as long as they are told to. */
function source() {
  const state = { loads: 0, isDown: false }
  const load = () => {
    state.loads++
    if (state.isDown) throw new Error('down')
    return state.loads
  }
  return { state, load }
}

describe('data is loaded', () => {
  test('at an interval from the end of a load', () =>
    withCache(async ({ cache, clock }) => {
      const { state, load } = source()
      const data = cache.define('n', { load, refreshInterval: MINUTE, jitter: 0 })
      await data.ready
      for (let n = 2; n < 5; n++) {
        await until(() => clock.pending.includes(MINUTE))
        assert.deepEqual(data.status().nextLoad, new Date(clock.date() + MINUTE))
        const refreshed = told(cache, 'refreshed')
        clock.advance(MINUTE)
        assert.equal((await refreshed).version, n)
      }
      assert.equal(state.loads, 4)
    }))

  test('at an interval that varies by its jitter', () =>
    withCache(async ({ cache, clock }) => {
      for (let i = 0; i < 20; i++) {
        await cache.define(`n${i}`, { load: () => 1, refreshInterval: 1000, jitter: 0.2 }).ready
      }
      await until(() => clock.pending.length === 20)
      const pauses = clock.pending
      assert.ok(
        pauses.every((ms) => ms >= 800 && ms <= 1200),
        String(pauses),
      )
      assert.ok(new Set(pauses).size > 1)
    }))

  test('by a schedule, in its time zone, over the change of summer time', () =>
    withCache(
      async ({ cache, clock }) => {
        const { load } = source()
        const when = { schedule: '30 4 * * *', timezone: 'Europe/Rome', jitter: 0 }
        const data = cache.define('n', { load, ...when })
        await data.ready
        const seen = []
        for (let i = 0; i < 3; i++) {
          await until(() => clock.pending.length === 1)
          const { nextLoad } = data.status()
          seen.push(nextLoad.toISOString())
          const refreshed = told(cache, 'refreshed')
          clock.advance(clock.pending[0])
          await refreshed
        }
        assert.deepEqual(seen, [
          '2030-03-30T03:30:00.000Z',
          '2030-03-31T02:30:00.000Z',
          '2030-04-01T02:30:00.000Z',
        ])
      },
      { start: '2030-03-29T12:00:00Z' },
    ))

  test('once at a time, however many ask', () =>
    withCache(async ({ cache }) => {
      const loads = []
      const load = () => {
        loads.push(deferred())
        return loads.at(-1).promise
      }
      const data = cache.define('n', { load })
      const asked = [data.ready, data.refresh(), data.refresh(), cache.refresh()]
      loads[0].resolve(1)
      await Promise.all(asked)
      assert.equal(loads.length, 1)
    }))

  test('once more where it is invalidated while it is loaded', () =>
    withCache(async ({ cache }) => {
      const loads = []
      const load = () => {
        loads.push(deferred())
        return loads.at(-1).promise
      }
      const data = cache.define('n', { load })
      assert.equal(cache.invalidate('n'), true)
      data.invalidate()
      assert.equal(cache.invalidate('other'), false)
      const first = told(cache, 'refreshed')
      loads[0].resolve('before')
      await first
      assert.equal(data.status().source, 'stale')
      assert.equal(data.peek(), 'before')
      await until(() => loads.length === 2)
      const second = told(cache, 'refreshed')
      loads[1].resolve('after')
      await second
      assert.equal(data.peek(), 'after')
      assert.equal(data.status().source, 'load')
      assert.equal(loads.length, 2)
    }))

  test('again after a failure, later each time, and at its next regular time in any case', () =>
    withCache(async ({ cache, clock }) => {
      const { state, load } = source()
      const options = { load, retries: 0, backoff: 1000, refreshInterval: 3000, jitter: 0 }
      const data = cache.define('n', options)
      await data.ready
      state.isDown = true
      for (const pause of [3000, 1000, 2000, 3000, 3000]) {
        await until(() => clock.pending.length === 1)
        assert.deepEqual(clock.pending, [pause])
        const failed = told(cache, 'failed')
        clock.advance(pause)
        await failed
      }
      assert.equal(data.status().failures, 5)
      assert.equal(data.peek(), 1)
    }))

  test('by namespace, or all', () =>
    withCache(async ({ cache }) => {
      const sources = [source(), source(), source()]
      const [a, b, c] = sources.map(({ load }, i) =>
        cache.define(`n${i}`, { load, ...(i < 2 ? { namespace: 'two' } : {}) }),
      )
      await cache.ready
      await cache.refresh('two')
      assert.deepEqual([a.peek(), b.peek(), c.peek()], [2, 2, 1])
      await cache.refresh()
      assert.deepEqual([a.peek(), b.peek(), c.peek()], [3, 3, 2])
      cache.clear('two')
      assert.deepEqual([a.peek(), b.peek(), c.peek()], [undefined, undefined, 2])
      assert.throws(() => cache.shared('n0'), { code: 'ERR_ISOLANE_DATA_UNAVAILABLE' })
      await cache.ready
      assert.deepEqual([a.peek(), b.peek(), c.peek()], [4, 4, 2])
    }))
})

describe('data that is stale', () => {
  test('is loaded by its next use, which gets what there is', () =>
    withCache(async ({ cache, clock, read }) => {
      const { state, load } = source()
      const data = cache.define('n', { load, ttl: 1000 })
      await data.ready
      clock.advance(999)
      assert.equal(await read('n'), 1)
      assert.equal(state.loads, 1)
      clock.advance(1)
      assert.equal(data.status().source, 'stale')
      const refreshed = told(cache, 'refreshed')
      assert.equal(await read('n'), 1)
      await refreshed
      assert.equal(await read('n'), 2)
      assert.equal(state.loads, 2)
    }))

  test('is used for staleWhileRevalidate, and no longer', () =>
    withCache(async ({ cache, clock, read }) => {
      const data = cache.define('n', { load: source().load, ttl: 1000, staleWhileRevalidate: 500 })
      await data.ready
      clock.advance(1501)
      assert.throws(() => data.shared, { code: 'ERR_ISOLANE_DATA_UNAVAILABLE', dataName: 'n' })
      await data.ready
      assert.equal(await read('n'), 2)
    }))

  test('is used for staleIfError while loads fail, and no longer', () =>
    withCache(async ({ cache, clock, read }) => {
      const { state, load } = source()
      const options = { load, ttl: 1000, staleWhileRevalidate: 0, staleIfError: 500, retries: 0 }
      const data = cache.define('n', options)
      await data.ready
      state.isDown = true
      clock.advance(1000)
      await rejection(data.refresh())
      assert.equal(await read('n'), 1)
      clock.advance(500)
      await until(() => !data.status().loading)
      assert.equal(data.status().available, true)
      clock.advance(1)
      assert.equal(data.status().available, false)
      await until(() => !data.status().loading)
      const error = await rejection(data.ready)
      assert.equal(error.code, 'ERR_ISOLANE_DATA_UNAVAILABLE')
      assert.equal(error.cause.message, 'down')
      state.isDown = false
      await data.refresh()
      assert.ok((await read('n')) > 1)
    }))
})

describe('data that has never been loaded', () => {
  test('rejects ready with the reason, and is there when a later load succeeds', () =>
    withCache(async ({ cache, clock, read }) => {
      const { state, load } = source()
      state.isDown = true
      const data = cache.define('n', { load, retries: 0, backoff: 100 })
      const error = await rejection(cache.ready)
      assert.equal(error.code, 'ERR_ISOLANE_DATA_UNAVAILABLE')
      assert.match(error.message, /The data 'n' is not there: down/)
      const { available, source: from, version, age } = data.status()
      assert.deepEqual([available, from, version, age], [false, 'none', 0, undefined])
      // However often it is asked for, loads wait.
      assert.throws(() => cache.shared('n'), { code: 'ERR_ISOLANE_DATA_UNAVAILABLE' })
      await rejection(data.ready)
      assert.equal(state.loads, 1)
      state.isDown = false
      const refreshed = told(cache, 'refreshed')
      await until(() => clock.pending.includes(100))
      clock.advance(100)
      await refreshed
      await cache.ready
      assert.equal(await read('n'), 2)
    }))

  test('holds up ready only where it is required', () =>
    withCache(async ({ cache }) => {
      const late = deferred()
      cache.define('needless', { load: () => late.promise, required: false })
      cache.define('needed', { load: () => 1 })
      await cache.ready
      assert.equal(cache.get('needless').status().available, false)
    }))

  test('has a fallback stand in for it, a value or a function, until a load succeeds', () =>
    withCache(async ({ cache, read }) => {
      const { state, load } = source()
      state.isDown = true
      const data = cache.define('n', { load, retries: 0, fallback: 0 })
      cache.define('m', { load, retries: 0, fallback: async () => [0] })
      await cache.ready
      assert.equal(await read('n'), 0)
      assert.deepEqual(await read('m'), [0])
      assert.deepEqual([data.status().source, data.status().age], ['fallback', undefined])
      state.isDown = false
      await data.refresh()
      assert.equal(await read('n'), state.loads)
      state.isDown = true
      await rejection(data.refresh())
      assert.equal(await read('n'), state.loads - 1)
      assert.equal(data.status().source, 'load')
    }))

  test('is not there where the fallback gives nothing in the time of a load', () =>
    withCache(async ({ cache, clock }) => {
      const late = deferred()
      const asked = deferred()
      const failures = []
      cache.on('failed', ({ error }) => failures.push(error.message))
      const data = cache.define('n', {
        load: () => {
          throw new Error('down')
        },
        retries: 0,
        timeout: 3000,
        backoff: 60_000,
        fallback: () => {
          asked.resolve()
          return late.promise
        },
      })
      const { ready } = data
      await asked.promise
      clock.advance(3000)
      const { code, cause } = await rejection(ready)
      assert.deepEqual([code, cause.message], ['ERR_ISOLANE_DATA_UNAVAILABLE', 'down'])
      assert.equal(failures.length, 2)
      assert.match(failures[1], /fallback took longer than 3000 ms/)
      late.resolve(0)
      await until(() => data.status().late === 1)
      assert.equal(data.status().source, 'none')
    }))

  test('is not there where the fallback fails as well', () =>
    withCache(async ({ cache }) => {
      const failures = []
      cache.on('failed', ({ error }) => failures.push(error.message))
      const fail = (message) => () => {
        throw new Error(message)
      }
      cache.define('n', { load: fail('one'), retries: 0, fallback: fail('two') })
      const { message, cause } = await rejection(cache.ready)
      assert.deepEqual(failures, ['one', 'two'])
      assert.equal(
        message,
        "The data 'n' is not there: one. It is loaded again; fallback cannot stand in for it: two",
      )
      assert.equal(cause.message, 'one')
      failures.length = 0
      const gone = cache.define('m', { load: fail('one'), retries: 0, fallback: () => undefined })
      await rejection(gone.ready)
      assert.equal(gone.status().source, 'none')
      assert.match(failures[1], /'m' was not loaded: fallback gave undefined/)
      const json = { from: 'json', fallback: [1] }
      await rejection(cache.define('k', { load: fail('one'), retries: 0, ...json }).ready)
      assert.match(failures[3], /^what fallback gives must be text or bytes/)
    }))

  test('promises nothing where it is gone, or once was there', () =>
    withCache(async ({ cache, clock }) => {
      const { state, load } = source()
      const data = cache.define('n', { load, retries: 0, ttl: 10, staleIfError: 10 })
      await data.ready
      state.isDown = true
      clock.advance(30)
      await rejection(data.refresh())
      const { message } = await rejection(data.ready)
      assert.equal(message, "The data 'n' is not there: down. It is loaded again")
      data.dispose()
      const error = await rejection(data.ready)
      assert.equal(error.code, 'ERR_ISOLANE_DATA_UNAVAILABLE')
      assert.match(error.message, /It has been disposed of; define it anew$/)
    }))
})
