/** The event 'call' tells of each call that has ended, whatever method it was made by. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { rejection, tenancy, until, withRegistries } from '../support/registries.mjs'

const sources = [
  { name: 'half', source: "(n) => { if (n % 2) throw new Error('odd'); return n / 2 }" },
  { name: 'add', source: '(a, b) => a + b' },
  { name: 'grows', source: '(target) => { target.n++ }' },
  { name: 'spins', source: '() => { for (;;); }' },
]

/** @param use gets what was told, as it comes */
function withListener(use) {
  return withRegistries(async (tools) => {
    const functions = tools.open()
    await functions.publishAll(sources)
    const told = []
    const listener = (event) => told.push(event)
    functions.on('call', listener)
    return use({ ...tools, functions, told, listener })
  })
}

async function gone(results, most = Infinity) {
  let count = 0
  for await (const _ of results) if (++count >= most) break
}

describe('the event of a call', () => {
  test('comes once from each method, before its promise settles', () =>
    withListener(async ({ functions, told }) => {
      const calls = {
        run: () => functions.run('half', 2),
        map: () => functions.map([2, 4], 'half'),
        filter: () => functions.filter([2, 4], 'half'),
        forEach: () => functions.forEach([2, 4], 'half'),
        reduce: () => functions.reduce([2, 4], { reduce: 'add', map: 'half' }),
        stream: () => gone(functions.stream([2, 4], 'half')),
        call: () => functions.call('half', 2),
        callAll: () => functions.callAll('half', [2, 4]),
        debug: () => functions.debug('half', 2),
        patch: () => functions.patch({ n: 1 }, [{ fn: 'grows' }]),
      }
      for (const [operation, call] of Object.entries(calls)) {
        await call()
        const { status, code, error, fault, attempts, revision, timing, ...event } = told.pop()
        assert.deepEqual(told.splice(0), [], operation)
        assert.deepEqual(
          [event.operation, event.ok, status, code, error, fault, attempts, revision],
          [operation, true, 'ok', 'OK', undefined, undefined, 1, 1],
        )
        const parts = ['queued', 'run', 'encode', 'decode', 'total']
        const hasTotalOnly = operation === 'stream' || operation === 'patch'
        assert.deepEqual(Object.keys(timing), hasTotalOnly ? ['total'] : parts, operation)
        assert.ok(Object.values(timing).every((time) => time >= 0) && timing.total > 0)
        assert.equal(event.trigger, operation === 'debug' ? 'debug' : 'api')
        const names = { reduce: 'add, half', patch: 'grows' }
        assert.equal(event.function, names[operation] ?? 'half')
        assert.equal(event.version, operation === 'reduce' ? undefined : 1)
        assert.equal(event.linkHash?.length, operation === 'reduce' ? undefined : 64)
      }
    }))

  test('has what the envelope has, but for what went in, came out, and was logged', () =>
    withListener(async ({ functions, told }) => {
      const options = { traceId: 't', trigger: 'timer', fallback: 0, ...tenancy }
      const envelope = await functions.call('half@1', 1, options)
      const { data, logs, logsOmitted, failures, failuresOmitted, completed, missing, ...rest } =
        envelope
      assert.deepEqual(told, [{ operation: 'call', tenant: tenancy.tenant, ...rest }])
      assert.deepEqual([data, logs, logsOmitted], [0, undefined, 0])
      assert.deepEqual([failures, failuresOmitted, completed, missing], [[], 0, 0, []])
    }))

  test('says what a call has failed with, and whose fault that is', () =>
    withListener(async ({ functions, told }) => {
      const failing = [
        [() => functions.run('half', 1), 'ERR_ISOLANE_FUNCTION', 'function', 1],
        [() => functions.map([1], 'half'), 'ERR_ISOLANE_FUNCTION', 'function', 1],
        [() => functions.run('spins', 0, { timeout: 20 }), 'ERR_ISOLANE_TIMEOUT', 'function', 1],
        [() => functions.run('hallf', 1), 'ERR_ISOLANE_FUNCTION_NOT_FOUND', 'caller', 0],
        [() => gone(functions.stream([1], 'half')), 'ERR_ISOLANE_FUNCTION', 'function', 1],
      ]
      for (const [call, ...expected] of failing) {
        const error = await rejection(call())
        const event = told.find((each) => each.error === error)
        assert.deepEqual([event.code, event.fault, event.attempts], expected)
        assert.deepEqual([event.ok, event.status], [false, 'error'])
        if (error.callId !== undefined) assert.equal(event.callId, error.callId)
      }
      assert.equal(told.length, failing.length)
    }))

  test('is of a part where items failed, or time was up', () =>
    withListener(async ({ functions, told }) => {
      await functions.map([1, 2], 'half', { onError: 'omit' })
      await functions.map([1, 2], 'half', { onError: 'settle', maxFailures: 0 })
      await functions.filter([0], 'spins', { timeout: 20, onTimeout: 'partial' })
      await functions.callAll('half', [1, 2], { onError: 'original' })
      await functions.map([2, 4], 'half', { onError: 'omit' })
      assert.deepEqual(
        told.map(({ code }) => code),
        ['PARTIAL', 'PARTIAL', 'PARTIAL', 'PARTIAL', 'OK'],
      )
    }))

  test('of a stream that is left comes then', () =>
    withListener(async ({ functions, told }) => {
      const results = functions.stream([2, 4, 6], 'half')
      assert.deepEqual(await results.next(), { done: false, value: 1 })
      assert.deepEqual(told, [])
      await results.return()
      assert.deepEqual(
        told.map(({ operation, code }) => [operation, code]),
        [['stream', 'OK']],
      )
    }))

  test('is of the whole, with its interceptors', () =>
    withListener(async ({ functions, told }) => {
      let around = async (_, next) => {
        await next()
        throw Object.assign(new Error('no'), { code: 'MINE' })
      }
      functions.use('half', (context, next) => around(context, next))
      await rejection(functions.run('half', 2))
      around = () => 7
      await functions.run('half', 2)
      await functions.run('add', 2)
      assert.deepEqual(
        told.map(({ code, fault, attempts, callId }) => [code, fault, attempts, typeof callId]),
        [
          ['MINE', 'caller', 1, 'string'],
          ['OK', undefined, 0, 'string'],
          ['OK', undefined, 1, 'string'],
        ],
      )
    }))

  test('has the attempts and times of all of them, and hides no time from the caller', () =>
    withListener(async ({ functions, told }) => {
      const heard = []
      const onTiming = (timing) => heard.push(timing)
      await functions.run('half', 2, { onTiming })
      const [{ timing, worker }] = told
      const [{ queued, run, encode, decode, workers }] = heard
      assert.deepEqual(timing, { queued, run, encode, decode, total: timing.total })
      assert.deepEqual([worker], workers)
      const retries = { attempts: 2, on: ['ERR_ISOLANE_FUNCTION'], backoff: 0 }
      await functions.call('half', 1, { retries })
      assert.equal(told[1].attempts, 2)
    }))

  test('does not come of what was asked for wrongly', () =>
    withListener(async ({ functions, told }) => {
      const wrong = [
        () => functions.run('a b'),
        () => functions.run('half', 2, { nothing: 1 }),
        () => functions.run('half', 2, null),
        () => functions.run('half', 2, { onTiming: 1 }),
        () => functions.map(7, 'half'),
        () => gone(functions.stream(7, 'half')),
        () => functions.call('half', 2, { nothing: 1 }),
      ]
      for (const call of wrong) {
        assert.equal((await rejection(call())).code, 'ERR_ISOLANE_INVALID_ARGUMENT', String(call))
      }
      await functions.close()
      await rejection(functions.run('half', 2))
      assert.deepEqual(told, [])
    }))

  test('comes of calls that begin while somebody listens', () =>
    withListener(async ({ functions, told, listener }) => {
      const before = functions.run('half', 2)
      functions.off('call', listener)
      const after = functions.run('half', 2)
      functions.on('call', listener)
      await Promise.all([before, after])
      assert.equal(told.length, 1)
    }))

  test('costs a call nothing where nobody listens', () =>
    withRegistries(async ({ open, pool }) => {
      const asked = []
      const watched = new Proxy(pool, {
        get: (target, key) => {
          const value = target[key]
          if (typeof value !== 'function') return value
          return (...call) => {
            if (key === 'run') asked.push(call)
            return value.apply(target, call)
          }
        },
      })
      const functions = open({}, watched)
      await functions.publishAll(sources)
      const options = { timeout: 1000 }
      await functions.run('half', 2, options)
      assert.equal(asked.at(-1)[2], options)
    }))

  test('may meet a listener that throws, which the call does not feel', async () => {
    const others = process.listeners('uncaughtException')
    const uncaught = []
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', ({ message }) => uncaught.push(message))
    try {
      await withListener(async ({ functions }) => {
        functions.prependListener('call', ({ operation }) => {
          throw new Error(operation)
        })
        assert.equal(await functions.run('half', 2), 1)
        assert.equal((await functions.call('half', 4)).data, 2)
        await until(() => uncaught.length === 2, 'both are told')
        assert.deepEqual(uncaught, ['run', 'call'])
      })
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of others) process.on('uncaughtException', listener)
    }
  })
})
