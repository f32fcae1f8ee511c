/** What a cache of data takes, and what it gives once it is closed. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { DataCache } from '@isolane/functions'

import { withCache } from '../support/caches.mjs'
import { rejection, until } from '../support/registries.mjs'

describe('a cache of data', () => {
  test('refuses what is wrong, and says what would be right', () =>
    withCache(async ({ cache, pool }) => {
      for (const clock of [{}, { now: 1 }, null]) {
        assert.throws(() => new DataCache(pool, { clock }), {
          code: 'ERR_ISOLANE_INVALID_ARGUMENT',
          message: /options.clock must be a Clock, with now\(\), date\(\) and after/,
        })
      }
      const load = () => 1
      const refused = {
        'options must be an object': undefined,
        "There is no option 'lod'; the options are load,": { load, lod: 1 },
        'options.load must be a function': {},
        'options.ttl must be a number from 0': { load, ttl: -1 },
        'options.timeout must be a number from 1': { load, timeout: Infinity },
        'options.retries must be an integer from 0 to 100': { load, retries: 1.5 },
        'options.jitter must be a number from 0 to 1': { load, jitter: 2 },
        "'Europe/Rome'; got 'never': ": { load, schedule: 'never' },
        "a cron pattern of which a time is to come; got '0 0 30 2 *'": {
          load,
          schedule: '0 0 30 2 *',
        },
        "of which a time is to come; got '2029-12-31T00:00:00'": {
          load,
          schedule: '2029-12-31T00:00:00',
        },
        "and options.timezone a time zone, such as 'Europe/Rome'; got '* * * * *' and 'Mars/Base'":
          {
            load,
            schedule: '* * * * *',
            timezone: 'Mars/Base',
          },
        'options.timezone must be left out': { load, timezone: 'UTC' },
        'options.refreshInterval must be left out': {
          load,
          schedule: '* * * * *',
          refreshInterval: 5,
        },
        "options.freeze must be 'deep'": { load, freeze: true },
        "options.from must be 'json'": { load, from: 'xml' },
        'options.required must be a boolean': { load, required: 1 },
      }
      for (const [message, options] of Object.entries(refused)) {
        assert.throws(
          () => cache.define('n', options),
          (error) =>
            error.code === 'ERR_ISOLANE_INVALID_ARGUMENT' && error.message.includes(message),
          message,
        )
      }
      assert.throws(() => cache.define(' ', { load }), /name must be a string with text/)
      const data = cache.define('rules', { load })
      assert.throws(() => cache.define('rules', { load }), /data named 'rules' already/)
      assert.throws(() => cache.shared('rule'), /no data named 'rule'; did you mean 'rules'/)
      data.dispose()
      data.dispose()
      await cache.define('rules', { load }).ready
    }))

  test('gives nothing any more once it is closed', () =>
    withCache(async ({ cache }) => {
      await cache.define('n', { load: () => 1 }).ready
      await cache.close()
      for (const asked of [cache.ready, cache.refresh(), cache.refresh('of')]) {
        const { code, message } = await rejection(asked)
        assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(message, /has been closed/)
      }
    }))

  test('is disturbed by no listener that throws: that reaches the process', async () => {
    const thrown = []
    process.setUncaughtExceptionCaptureCallback((error) => thrown.push(error.message))
    try {
      await withCache(async ({ cache, read }) => {
        cache.on('refreshed', () => {
          throw new Error('of a listener')
        })
        await cache.define('n', { load: () => 1 }).ready
        assert.equal(await read('n'), 1)
        await until(() => thrown.length === 1)
      })
    } finally {
      process.setUncaughtExceptionCaptureCallback(null)
    }
    assert.deepEqual(thrown, ['of a listener'])
  })
})
