/** What calls wait for before the pool has them: the store, and data. Their signal ends that, and so may their time. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { memory } from '@isolane/functions'

import { deferred } from '../support/caches.mjs'
import { rejection, withRegistries } from '../support/registries.mjs'
import { bound } from '../support/stores.mjs'

const RULES = '(n, { shared }) => shared.rules + n'

/** Stops what `start` makes, once that waits. */
function stopped(start) {
  const stop = new AbortController()
  const made = start({ signal: stop.signal, callId: 'x' })
  setImmediate(() => stop.abort(new Error('enough')))
  return made
}

/** Every kind of call of `one`. */
const CALLS = {
  run: (functions, options) => functions.run('one', 1, options),
  pinned: (functions, options) => functions.run('one@1', 1, options),
  map: (functions, options) => functions.map([1], 'one', options),
  filter: (functions, options) => functions.filter([1], 'one', options),
  forEach: (functions, options) => functions.forEach([1], 'one', options),
  reduce: (functions, options) => functions.reduce([1, 2], { reduce: 'one', map: 'one' }, options),
  stream: (functions, options) => functions.stream([1], 'one', options).next(),
}
const ENVELOPES = {
  call: (functions, options) => functions.call('one', 1, options),
  callAll: (functions, options) => functions.callAll('one', [1], options),
  debug: (functions, options) => functions.debug('one', 1, options),
  unsaved: (functions, options) => functions.debug('one', 1, { ...options, source: RULES }),
  patch: (functions, options) => functions.patch(1, [{ fn: 'one' }, { fn: 'one@1' }], options),
}

/** Every kind of call ends as its signal stops it, without a fallback. */
async function checkStopped(functions) {
  for (const [kind, call] of Object.entries(CALLS)) {
    const error = await rejection(stopped((options) => call(functions, options)))
    const { code, cause } = error
    assert.deepEqual([code, cause?.message], ['ERR_ISOLANE_ABORTED', 'enough'], kind)
  }
  for (const [kind, call] of Object.entries(ENVELOPES)) {
    const given = await stopped((options) => call(functions, { ...options, fallback: 'other' }))
    const { status, code, data } = given
    assert.deepEqual([status, code, data], ['error', 'ERR_ISOLANE_ABORTED', undefined], kind)
  }
}

describe('a call that waits', () => {
  test('for the store to answer ends with its signal, whatever runs around it', () =>
    withRegistries(async ({ open }) => {
      const store = bound(memory())
      const answered = deferred()
      const { read } = store
      store.read = (since) => answered.promise.then(() => read(since))
      const functions = open({ store })
      await checkStopped(functions)
      functions.use((_, next) => next())
      await checkStopped(functions)
      answered.resolve()
    }))

  test('for a load of data ends with its signal, whatever runs around it', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('one', RULES)
      functions.data.define('rules', { load: () => deferred().promise, timeout: 2 ** 31 - 1 })
      await checkStopped(functions)
      functions.use((_, next) => next())
      await checkStopped(functions)
    }))

  test('is refused as the pool refuses it where its signal is aborted before', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('one', RULES)
      functions.data.define('rules', { load: () => deferred().promise })
      const signal = AbortSignal.abort()
      const { code } = await rejection(functions.run('one', 1, { signal }))
      assert.equal(code, 'ERR_ISOLANE_ABORTED')
      const envelope = await functions.call('one', 1, { signal, fallback: 1 })
      assert.deepEqual([envelope.code, envelope.version], ['ERR_ISOLANE_ABORTED', 1])
    }))

  test('for a load of data waits no longer than its queueTimeout', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('one', RULES)
      const late = deferred()
      functions.data.define('rules', { load: () => late.promise })
      const limited = { queueTimeout: 1 }
      const error = await rejection(functions.run('one', 1, limited))
      assert.deepEqual([error.code, error.dataName], ['ERR_ISOLANE_DATA_UNAVAILABLE', 'rules'])
      assert.match(error.message, /queueTimeout of 1 ms/)
      const { code, data } = await functions.call('one', 1, { ...limited, fallback: 'other' })
      assert.deepEqual([code, data], ['FALLBACK', 'other'])
      const patient = functions.run('one', 1, { queueTimeout: Infinity })
      late.resolve(2)
      assert.equal(await patient, 3)
    }))

  test("for a load of data waits no longer than the pool's queueTimeout, where it names none", () =>
    withRegistries(
      async ({ open }) => {
        const functions = open()
        await functions.publish('one', RULES)
        const late = deferred()
        functions.data.define('rules', { load: () => late.promise })
        const { code, message } = await rejection(functions.run('one', 1))
        assert.equal(code, 'ERR_ISOLANE_DATA_UNAVAILABLE')
        assert.match(message, /queueTimeout of 200 ms/)
        const patient = functions.run('one', 1, { queueTimeout: Infinity })
        late.resolve(2)
        assert.equal(await patient, 3)
      },
      { queueTimeout: 200 },
    ))
})
