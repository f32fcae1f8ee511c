/** Storage of Keyv as a cache. */
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'

import { memory, tiered } from '@isolane/functions'
import { keyv } from '@isolane/functions/keyv'

import { until } from '../../../../__test__/support/waiting.mjs'
import { publication } from '../support/changes.mjs'
import { bound } from '../support/stores.mjs'

test('a cache gives what it was given, as it was', async () => {
  const cache = keyv()
  for (const text of ['{"a":1}', ':base64:x', '\u0000\ud800 é', '']) {
    await cache.set('key', text)
    assert.equal(await cache.get('key'), text)
  }
  assert.equal(await cache.get('other'), undefined)
  await cache.close()
})

test('caches of one storage are apart by their namespace, and texts leave in the end', async () => {
  const store = new Map()
  const [one, other] = ['one', 'other'].map((namespace) => keyv({ store, namespace, ttl: 60_000 }))
  await one.set('key', 'text')
  assert.equal(await one.get('key'), 'text')
  assert.equal(await other.get('key'), undefined)
  const [stored] = [...store.values()].map((value) => JSON.parse(value))
  assert.ok(stored.expires > Date.now())
})

test('what somebody else has put there is no text', async () => {
  const store = new Map()
  const cache = keyv({ store })
  await cache.set('key', 'text')
  const [key] = store.keys()
  for (const rubbish of ['{"value":7}', '{"value":{"a":1}}']) {
    store.set(key, rubbish)
    assert.equal(await cache.get('key'), undefined)
  }
})

test('texts come from the cache, and from the origin where the cache has none', async () => {
  const origin = memory()
  const asked = []
  const records = async (refs) => {
    asked.push(refs.length)
    return origin.records(refs)
  }
  const storage = new Map()
  const store = tiered({
    origin: { ...bound(origin), records },
    caches: [keyv({ store: storage })],
  })
  const change = publication(['a', 'b'])
  await store.commit(change, await store.head())
  await until(() => storage.size === 2, 'the cache is filled')
  const { entries } = await store.read()
  assert.deepEqual(await store.records(entries), change.records)
  assert.deepEqual(asked, [])
  storage.delete([...storage.keys()][0])
  assert.deepEqual(await store.records(entries), change.records)
  assert.deepEqual(asked, [1])
})

test('a storage that fails rejects, and ends nothing', async () => {
  class Failing extends EventEmitter {
    opts = {}
    get = async () => {
      throw new Error('no answer')
    }
    set = async () => {
      throw new Error('no room')
    }
    delete = async () => false
    clear = async () => {}
  }
  const store = new Failing()
  const cache = keyv({ store })
  await assert.rejects(cache.get('key'), /no answer/)
  await assert.rejects(cache.set('key', 'text'), /no room/)
  store.emit('error', new Error('connection lost'))
  store.set = async () => false
  await assert.rejects(cache.set('key', 'text'), /not kept/)
})

test('options that cannot be are refused', () => {
  const invalid = { code: 'ERR_ISOLANE_INVALID_ARGUMENT' }
  assert.throws(() => keyv({ ttl: 0 }), invalid)
  assert.throws(() => keyv({ namespace: 7 }), invalid)
})
