/** `functions.callAll` has the same envelope for many items; `toHttp` tells of any. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { toHttp } from '@isolane/functions'

import { rejection, until, withRegistries } from '../support/registries.mjs'

const sources = [
  { name: 'half', source: "(n) => { if (n % 2) throw new Error('odd'); return n / 2 }" },
  { name: 'stops', source: '(n) => { if (n < 0) for (;;); return n }' },
]

function withFunctions(use) {
  return withRegistries(async (tools) => {
    const functions = tools.open()
    await functions.publishAll(sources)
    return use(functions, tools.pool)
  })
}

describe('the envelope of a call over items', () => {
  test('counts them', () =>
    withFunctions(async (functions) => {
      const { status, data, completed, missing, failures, version } = await functions.callAll(
        'half',
        new Set([2, 4]),
      )
      assert.deepEqual(
        [status, data, completed, missing, failures, version],
        ['ok', [1, 2], 2, [], [], 1],
      )
      const text = await functions.callAll('half', Buffer.from('[2,4,6]'), {
        from: 'json',
        into: 'json',
        onProgress: () => {},
      })
      assert.deepEqual([text.data.toString(), text.completed], ['[1,2,3]', 3])
      const none = await functions.callAll('half', [])
      assert.deepEqual([none.status, none.data, none.completed], ['ok', [], 0])
      assert.deepEqual([none.worker, none.workers], [undefined, []])
    }))

  test('names all its workers, and the only one', () =>
    withFunctions(async (functions, pool) => {
      const one = await functions.callAll('half', [2])
      assert.deepEqual([one.worker], one.workers)
      assert.equal(typeof one.worker, 'number')
      const stop = new AbortController()
      const both = functions.callAll('stops', [-1, -1], { chunkSize: 1, signal: stop.signal })
      const isRunning = ({ state }) => state === 'running'
      await until(() => pool.status().filter(isRunning).length === 2, 'both workers run it')
      stop.abort()
      const { worker, workers } = await both
      assert.deepEqual([worker, workers.length], [undefined, 2])
    }))

  test('is of a part where items failed', () =>
    withFunctions(async (functions) => {
      const { ok, status, code, data, completed, failures } = await functions.callAll(
        'half',
        [2, 3, 4],
        { onError: 'original' },
      )
      assert.deepEqual(
        [ok, status, code, data, completed],
        [true, 'partial', 'PARTIAL', [1, 3, 2], 3],
      )
      assert.deepEqual(
        failures.map(({ index, error }) => [index, error.cause.message]),
        [[1, 'odd']],
      )
    }))

  test('is of a part where time was up', () =>
    withFunctions(async (functions) => {
      const { status, data, missing } = await functions.callAll('stops', [1, -1], {
        timeout: 50,
        onTimeout: 'partial',
        chunkSize: 1,
      })
      assert.equal(status, 'partial')
      assert.ok(!(1 in data))
      assert.deepEqual(missing.at(-1), [missing.at(-1)[0], 2])
    }))

  test('of a call that fails as a whole has the error, or the fallback', () =>
    withFunctions(async (functions) => {
      const items = [2, 3]
      const failed = await functions.callAll('half', items)
      assert.deepEqual([failed.status, failed.code], ['error', 'ERR_ISOLANE_FUNCTION'])
      assert.deepEqual([failed.data, failed.completed, failed.failures], [undefined, 0, []])
      const original = await functions.callAll('nothing', items, { onError: 'original' })
      assert.deepEqual(
        [original.status, original.error.code],
        ['fallback', 'ERR_ISOLANE_FUNCTION_NOT_FOUND'],
      )
      assert.equal(original.data, items)
      const other = await functions.callAll('half', items, { fallback: (_, given) => given.length })
      assert.equal(other.data, 2)
      const both = await functions.callAll('nothing', items, { onError: 'original', fallback: [] })
      assert.deepEqual(both.data, [])
    }))

  test('is not for an option that there is not: those that the call takes are listed', () =>
    withFunctions(async (functions) => {
      const own = ['retries', 'traceId', 'fallback', 'onError', 'timeout']
      const tasks = [{ fn: 'half' }]
      for (const [call, more, none] of [
        [functions.call('half', 2, { foo: 1 }), ['logs', 'trigger'], ['chunkSize']],
        [functions.callAll('half', [2], { foo: 1 }), ['logs', 'chunkSize'], []],
        [functions.patch({}, tasks, { foo: 1 }), ['logs', 'onConflict'], ['chunkSize']],
        [
          functions.debug('half', 2, { foo: 1 }),
          ['source', 'sources', 'requires'],
          ['logs', 'fresh'],
        ],
      ]) {
        const { code, message } = await rejection(call)
        assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        const [, list] = /^There is no option 'foo'; the options are (.*)$/.exec(message)
        const options = list.split(', ')
        assert.equal(new Set(options).size, options.length)
        for (const key of [...own, ...more]) assert.ok(options.includes(key), `${key}: ${message}`)
        for (const key of none) assert.ok(!options.includes(key), `${key}: ${message}`)
      }
    }))
})

describe('what became of the items of a call', () => {
  const counts = ({ failures, failuresOmitted, completed, missing }) => [
    failures.map(({ index }) => index),
    failuresOmitted,
    completed,
    missing,
  ]
  const NONE = [[], 0, 0, []]
  const ONE = [[], 0, 1, []]

  test('is told of one input too: one, or none', () =>
    withFunctions(async (functions) => {
      assert.deepEqual(counts(await functions.call('half', 2)), ONE)
      assert.deepEqual(counts(await functions.debug('half', 2)), ONE)
      assert.deepEqual(counts(await functions.call('half', 1)), NONE)
      assert.deepEqual(counts(await functions.debug('half', 1)), NONE)
      assert.deepEqual(counts(await functions.call('half', 1, { fallback: 0 })), NONE)
      assert.deepEqual(counts(await functions.call('nothing', 2)), NONE)
    }))

  test('is of what the function did, whatever interceptors make of that', () =>
    withFunctions(async (functions) => {
      let around = async (next) => [await next()]
      functions.use((_, next) => around(next))
      assert.deepEqual(counts(await functions.call('half', 2)), ONE)
      around = () => 5
      assert.deepEqual(counts(await functions.call('half', 2)), NONE)
      around = async (next) => {
        await next()
        throw new Error('no')
      }
      assert.deepEqual(counts(await functions.call('half', 2)), NONE)
    }))

  test('is told of the tasks of a patch', () =>
    withFunctions(async (functions) => {
      await functions.publish('adds', '(target) => { target.n++ }')
      await functions.publish('fails', "() => { throw new Error('no') }")
      const tasks = [{ fn: 'fails' }, { fn: 'adds' }]
      assert.deepEqual(counts(await functions.patch({ n: 1 }, [])), NONE)
      assert.deepEqual(counts(await functions.patch({ n: 1 }, tasks)), [[0], 0, 2, []])
      const whole = await functions.patch({ n: 1 }, tasks, { onError: 'reject' })
      assert.deepEqual([whole.status, counts(whole)], ['error', NONE])
    }))

  test('is told of items beyond those that are listed', () =>
    withFunctions(async (functions) => {
      const options = { onError: 'omit', maxFailures: 1 }
      assert.deepEqual(counts(await functions.callAll('half', [1, 2, 3], options)), [[0], 1, 3, []])
    }))
})

describe('toHttp', () => {
  test('gives the status of a call', () =>
    withFunctions(async (functions) => {
      const answers = {
        ok: [await functions.callAll('half', [2]), 200],
        partial: [await functions.callAll('half', [1], { onError: 'omit' }), 200],
        fallback: [await functions.call('half', 1, { fallback: 1 }), 200],
        failed: [await functions.call('half', 1), 500],
        unknown: [await functions.call('nothing'), 404],
        late: [await functions.call('stops', -1, { timeout: 20 }), 504],
        stopped: [await functions.call('half', 1, { signal: AbortSignal.abort() }), 499],
        input: [await functions.call('half', () => 1), 400],
        text: [await functions.call('half', '{', { from: 'json' }), 400],
      }
      for (const [what, [envelope, status]] of Object.entries(answers)) {
        assert.equal(toHttp(envelope).status, status, what)
      }
      const { headers } = toHttp(answers.partial[0])
      const { callId } = answers.partial[0]
      assert.deepEqual(headers, {
        'isolane-call-id': callId,
        'isolane-function': 'half@1',
        'isolane-status': 'partial',
      })
      assert.equal(toHttp(answers.failed[0]).headers['isolane-code'], 'ERR_ISOLANE_FUNCTION')
    }))

  test('gives the status of errors of the registry that code around the call lets through', () =>
    withFunctions(async (functions) => {
      await functions.publish('needs', "const half = require('@/half'); module.exports = half")
      const changes = [
        () => functions.publish('half', '(n) => n', { ifVersion: 7 }),
        () => functions.unpublish('half'),
      ]
      for (const change of changes) {
        const remove = functions.use(change)
        assert.equal(toHttp(await functions.call('half', 2)).status, 409)
        remove()
      }
    }))

  test('gives headers that Node takes, whatever the call is named', () =>
    withFunctions(async (functions) => {
      for (const callId of ['ä b', '\u{1f600}', '\ud800']) {
        const { headers } = toHttp(await functions.call('half', 2, { callId }))
        assert.match(new Headers(headers).get('isolane-call-id'), /^[!-~]+$/)
      }
    }))

  test('is of envelopes, also of those that were JSON', () =>
    withFunctions(async (functions) => {
      for (const other of [undefined, null, {}, 'x', new Error('no')]) {
        assert.throws(() => toHttp(other), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
      }
      functions.use(() => {
        throw new Error('no')
      })
      const { error: _, ...rest } = await functions.call('half', 2)
      assert.equal(toHttp(JSON.parse(JSON.stringify(rest))).status, 500)
    }))

  test('knows what the platform is to blame for', () => {
    const error = (code) => ({
      status: 'error',
      code,
      fault: 'platform',
      error: new Error(),
      function: 'f',
      callId: 'c',
    })
    assert.equal(toHttp(error('ERR_ISOLANE_QUEUE_FULL')).status, 429)
    assert.equal(toHttp(error('ERR_ISOLANE_QUEUE_TIMEOUT')).status, 504)
    for (const code of ['WORKER_LOST', 'STORE_UNAVAILABLE', 'POOL_CLOSED', 'ENGINE_UNAVAILABLE']) {
      assert.equal(toHttp(error(`ERR_ISOLANE_${code}`)).status, 503, code)
    }
  })
})
