/** `functions.call` tells in an envelope what a call came to, whatever that is. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { memory, toHttp } from '@isolane/functions'
import { engines } from 'isolane'

import { newPool, rejection, withRegistries } from '../support/registries.mjs'
import { bound } from '../support/stores.mjs'

const sources = [
  { name: 'double', source: '(n) => n * 2' },
  { name: 'fails', source: "() => { throw new RangeError('too many') }" },
  { name: 'spins', source: '(flag) => { for (;;); }' },
  { name: 'never', source: '() => new Promise(() => {})' },
  { name: 'gives', source: '() => () => 1' },
  { name: 'sum', source: '(list) => list.reduce((sum, n) => sum + n, 0)' },
]

/** @param {(tools: { functions: import('@isolane/functions').FunctionRegistry }) => Promise<void>} use */
function withFunctions(use, options) {
  return withRegistries(async (tools) => {
    const functions = tools.open()
    await functions.publishAll(sources)
    return use({ ...tools, functions })
  }, options)
}

describe('the envelope of a call', () => {
  for (const engine of engines()) {
    test(`that ends well has its data and where they come from (${engine})`, () =>
      withFunctions(
        async ({ functions, pool }) => {
          const { timing, worker, callId, linkHash, ...rest } = await functions.call('double', 4)
          assert.deepEqual(rest, {
            ok: true,
            status: 'ok',
            code: 'OK',
            data: 8,
            error: undefined,
            fault: undefined,
            failures: [],
            failuresOmitted: 0,
            completed: 1,
            missing: [],
            function: 'double',
            version: 1,
            revision: 1,
            traceId: undefined,
            logs: undefined,
            logsOmitted: 0,
            attempts: 1,
            trigger: 'api',
          })
          assert.match(
            callId,
            /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
          )
          assert.match(linkHash, /^[0-9a-f]{64}$/)
          assert.deepEqual(Object.keys(timing), ['queued', 'run', 'encode', 'decode', 'total'])
          const { total, ...parts } = timing
          const sum = Object.values(parts).reduce((a, b) => a + b)
          assert.ok(parts.run > 0 && sum > 0 && sum <= total + 0.01, `${sum} of ${total}`)
          assert.ok(pool.status().some(({ id }) => id === worker))
        },
        { engine },
      ))

    test(`that fails has the error, its code, and whose fault it is (${engine})`, () =>
      withFunctions(
        async ({ functions }) => {
          const { ok, status, code, data, error, fault, version, callId } =
            await functions.call('fails')
          assert.deepEqual(
            [ok, status, code, data, fault, version],
            [false, 'error', 'ERR_ISOLANE_FUNCTION', undefined, 'function', 1],
          )
          assert.equal(error.cause.message, 'too many')
          assert.equal(error.callId, callId)
          const late = await functions.call('spins', 0, { timeout: 20 })
          assert.deepEqual([late.code, late.fault], ['ERR_ISOLANE_TIMEOUT', 'function'])
        },
        { engine },
      ))
  }

  test('tells a value that cannot go in from one that cannot come out', () =>
    withFunctions(async ({ functions }) => {
      const into = await functions.call('double', () => 1)
      assert.deepEqual([into.code, into.fault], ['ERR_ISOLANE_NOT_CLONEABLE', 'caller'])
      const out = await functions.call('gives')
      assert.deepEqual([out.code, out.fault], ['ERR_ISOLANE_NOT_CLONEABLE', 'function'])
    }))

  test('has codes of their own for what is not there, does not settle, and is stopped', () =>
    withFunctions(async ({ functions }) => {
      const codes = async (...call) => {
        const { code, fault, attempts } = await functions.call(...call)
        return [code, fault, attempts]
      }
      assert.deepEqual(await codes('dubble'), ['ERR_ISOLANE_FUNCTION_NOT_FOUND', 'caller', 0])
      assert.deepEqual(await codes('double@7'), ['ERR_ISOLANE_VERSION_NOT_FOUND', 'caller', 0])
      assert.deepEqual(await codes('never'), ['ERR_ISOLANE_NEVER_SETTLES', 'function', 1])
      const stopped = AbortSignal.abort()
      assert.deepEqual(await codes('double', 1, { signal: stopped, fallback: 1 }), [
        'ERR_ISOLANE_ABORTED',
        'caller',
        1,
      ])
    }))

  test('has codes of their own for waiting, overload, and a pool that is gone', () =>
    withRegistries(async ({ open }) => {
      const pool = newPool({ threads: 1, maxQueue: 1 })
      const functions = open({}, pool)
      await functions.publishAll(sources)
      const stop = new AbortController()
      const running = functions.call('spins', 0, { signal: stop.signal })
      while (pool.status().running.length === 0) await new Promise(setImmediate)
      const waiting = functions.call('double', 1, { queueTimeout: 10 })
      const overload = await functions.call('double', 2)
      assert.deepEqual([overload.code, overload.fault], ['ERR_ISOLANE_QUEUE_FULL', 'platform'])
      const { code, fault } = await waiting
      assert.deepEqual([code, fault], ['ERR_ISOLANE_QUEUE_TIMEOUT', 'platform'])
      stop.abort()
      assert.equal((await running).code, 'ERR_ISOLANE_ABORTED')
      await pool.close()
      const late = await functions.call('double', 1)
      assert.deepEqual([late.code, late.fault], ['ERR_ISOLANE_POOL_CLOSED', 'platform'])
    }))

  test('tells of a worker that is lost, and each attempt has another', () =>
    withRegistries(
      async ({ open }) => {
        const functions = open({ rules: false })
        await functions.publishAll([...sources, { name: 'exits', source: '() => process.exit()' }])
        const once = await functions.call('exits')
        assert.deepEqual(
          [once.code, once.error.code, once.fault, once.attempts, toHttp(once).status],
          ['ERR_ISOLANE_WORKER_LOST', 'ERR_ISOLANE_WORKER_LOST', 'platform', 1, 503],
        )
        const twice = await functions.call('exits', 0, {
          retries: { attempts: 2, backoff: 0 },
          fallback: 'none',
        })
        assert.deepEqual(
          [twice.status, twice.data, twice.error.code, twice.attempts],
          ['fallback', 'none', 'ERR_ISOLANE_WORKER_LOST', 2],
        )
        const next = await functions.call('double', 2)
        assert.deepEqual([next.data, next.attempts], [4, 1])
        const workers = [once, twice, next].map(({ worker }) => worker)
        assert.equal(new Set(workers).size, 3, String(workers))
      },
      { engine: 'node', threads: 1 },
    ))

  test('tells of a store that is away', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      await open({ store }).publishAll(sources)
      let isAway = false
      const wayward = {
        ...bound(store),
        records: (refs) => (isAway ? Promise.reject(new Error('away')) : store.records(refs)),
      }
      const functions = open({ store: wayward })
      await functions.publish('double', '(n) => n * 3')
      isAway = true
      const { code, fault, attempts } = await functions.call('double@1', 1)
      assert.deepEqual([code, fault, attempts], ['ERR_ISOLANE_STORE_UNAVAILABLE', 'platform', 0])
      assert.equal((await functions.call('double', 1)).data, 3)
    }))

  test('is not for wrong arguments and a closed registry', () =>
    withFunctions(async ({ functions }) => {
      const wrong = [
        ['a b'],
        [7],
        ['double', 1, null],
        ['double', 1, { timeout: -1 }],
        ['double', 1, { nothing: 1 }],
        ['double', 1, []],
        ['double', 1, { onTiming: 1 }],
        ['double', 1, { trigger: 'debug' }],
        ['double', 1, { traceId: 1 }],
        ['double', 1, { logs: 1 }],
        ['double', 1, { logs: true, onLog: () => {} }],
        ['double', 1, { onError: 'omit' }],
        ['double', 1, { onError: 'original', fallback: 1 }],
        ['double', 1, { retries: 2 }],
        ['double', 1, { retries: { attempts: 0 } }],
        ['double', 1, { retries: { on: 'x' } }],
        ['double', 1, { retries: { backoff: -1 } }],
        ['double', 1, { retries: { often: true } }],
      ]
      for (const call of wrong) {
        const { code } = await rejection(functions.call(...call))
        assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT', JSON.stringify(call))
      }
      await functions.close()
      const { code } = await rejection(functions.call('double', 1))
      assert.equal(code, 'ERR_ISOLANE_REGISTRY_CLOSED')
    }))

  test('names the version and the revision that the call began with', () =>
    withFunctions(async ({ functions }) => {
      await functions.publish('double', '(n) => n + n')
      const { version, revision, linkHash } = await functions.call('double', 1)
      const pinned = await functions.call('double@1', 1, { traceId: 't', trigger: 'timer' })
      assert.deepEqual([version, revision, pinned.version, pinned.revision], [2, 2, 1, 2])
      assert.deepEqual([pinned.function, pinned.traceId, pinned.trigger], ['double', 't', 'timer'])
      assert.notEqual(linkHash, pinned.linkHash)
    }))

  test('has the time of all attempts, and the worker of the last, as the pool tells them', () =>
    withFunctions(async ({ functions }) => {
      const told = []
      const { attempts, timing, worker } = await functions.call('fails', 0, {
        retries: { attempts: 3, on: ['ERR_ISOLANE_FUNCTION'], backoff: 0 },
        onTiming: (each) => told.push(each),
      })
      assert.deepEqual([attempts, told.length], [3, 3])
      for (const part of ['queued', 'run', 'encode', 'decode']) {
        assert.equal(
          timing[part],
          told.reduce((sum, each) => sum + each[part], 0),
          part,
        )
      }
      assert.deepEqual([worker], told.at(-1).workers)
      const unknown = await functions.call('nothing')
      const { total, ...parts } = unknown.timing
      assert.deepEqual(parts, { queued: 0, run: 0, encode: 0, decode: 0 })
      assert.ok(total > 0 && unknown.worker === undefined)
    }))

  test('takes and gives bytes', () =>
    withFunctions(async ({ functions }) => {
      const { data } = await functions.call('sum', Buffer.from('[1,2,3]'), {
        from: 'json',
        into: 'json',
      })
      assert.equal(data.toString(), '6')
      const bad = await functions.call('sum', Buffer.from('[1,'), { from: 'json' })
      assert.deepEqual([bad.code, bad.fault], ['ERR_ISOLANE_INVALID_JSON', 'caller'])
    }))
})

describe('a fallback', () => {
  test('is a value, what a function gives, or the input itself', () =>
    withFunctions(async ({ functions }) => {
      const input = { a: 1 }
      const value = await functions.call('fails', input, { fallback: 0 })
      assert.deepEqual(
        [value.ok, value.status, value.code, value.data, value.fault],
        [true, 'fallback', 'FALLBACK', 0, 'function'],
      )
      assert.equal(value.error.code, 'ERR_ISOLANE_FUNCTION')
      const made = await functions.call('fails', input, {
        fallback: async (error, given) => [error.code, given],
      })
      assert.deepEqual(made.data, ['ERR_ISOLANE_FUNCTION', input])
      const original = await functions.call('fails', input, { onError: 'original' })
      assert.equal(original.data, input)
      const unknown = await functions.call('nothing', input, { fallback: null })
      assert.deepEqual([unknown.status, unknown.data], ['fallback', null])
    }))

  test('that throws is told with what the call failed with', () =>
    withFunctions(async ({ functions }) => {
      const { ok, code, error } = await functions.call('fails', 1, {
        fallback: () => {
          throw new Error('no data')
        },
      })
      assert.deepEqual([ok, code], [false, 'ERR_ISOLANE_FALLBACK'])
      assert.equal(error.cause.message, 'no data')
      assert.equal(error.failure.code, 'ERR_ISOLANE_FUNCTION')
    }))
})

describe('retries', () => {
  /** A registry whose pool refuses so many calls first. */
  function withRefusals(refusals, code, use) {
    return withFunctions(async ({ open, pool }) => {
      const asked = []
      const flaky = new Proxy(pool, {
        get: (target, key) => {
          const method = target[key]
          if (typeof method !== 'function') return method
          if (key !== 'run' && key !== 'map') return method.bind(target)
          return (...call) => {
            const isOne = call.at(-1)?.callId !== undefined
            if (isOne) asked.push(call.at(-1).callId)
            return isOne && asked.length <= refusals
              ? Promise.reject(Object.assign(new Error('not now'), { code }))
              : method.apply(target, call)
          }
        },
      })
      const functions = open({}, flaky)
      await functions.publishAll(sources)
      await use(functions, asked)
    })
  }

  test('make attempts of one name until one succeeds', () =>
    withRefusals(2, 'ERR_ISOLANE_WORKER_LOST', async (functions, asked) => {
      const pauses = []
      const backoff = (attempt) => {
        pauses.push(attempt)
        return 0
      }
      const { status, data, attempts, callId } = await functions.call('double', 2, {
        retries: { attempts: 5, backoff },
      })
      assert.deepEqual([status, data, attempts, pauses], ['ok', 4, 3, [2, 3]])
      assert.deepEqual(asked, [callId, callId, callId])
    }))

  test('end after so many attempts, and then comes the fallback', () =>
    withRefusals(9, 'ERR_ISOLANE_QUEUE_FULL', async (functions, asked) => {
      const { status, error, attempts } = await functions.call('double', 2, {
        retries: { attempts: 2, backoff: 1 },
        fallback: 0,
      })
      assert.deepEqual([status, error.code, attempts], ['fallback', 'ERR_ISOLANE_QUEUE_FULL', 2])
      assert.equal(asked.length, 2)
    }))

  test('are for some errors only', () =>
    withFunctions(async ({ functions }) => {
      const once = await functions.call('fails', 1, { retries: {} })
      assert.equal(once.attempts, 1)
      const on = ['ERR_ISOLANE_FUNCTION']
      const thrice = await functions.call('fails', 1, { retries: { on, backoff: 0 } })
      assert.deepEqual([thrice.attempts, thrice.code], [3, 'ERR_ISOLANE_FUNCTION'])
    }))

  test('are over at once when the call is stopped', () =>
    withRefusals(9, 'ERR_ISOLANE_WORKER_LOST', async (functions) => {
      const stop = new AbortController()
      const backoff = () => {
        setImmediate(() => stop.abort())
        return 2 ** 31 - 1
      }
      const call = functions.call('double', 2, { retries: { backoff }, signal: stop.signal })
      assert.equal((await call).attempts, 3)
    }))

  test('read items again that can be read once', () =>
    withRefusals(1, 'ERR_ISOLANE_WORKER_LOST', async (functions) => {
      const items = (function* () {
        yield* [1, 2]
      })()
      const { data, attempts } = await functions.callAll('double', items, {
        retries: { backoff: 0 },
      })
      assert.deepEqual([data, attempts], [[2, 4], 2])
    }))
})
