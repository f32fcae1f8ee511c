/** Texts come from caches only if they are what the origin says. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { EMPTY, hashOf, memory, mirror, tiered } from '@isolane/functions'
import { storeContract } from '@isolane/functions/testing'

import { rejection } from '../support/registries.mjs'
import { bound } from '../support/stores.mjs'

const places = {
  'a tiered store': async () => {
    const origin = memory()
    return { open: async () => tiered({ origin, caches: [new Map(), new Map()] }) }
  },
  'a tiered store whose caches lie': async () => {
    const origin = memory()
    const liar = { get: () => '{"name":"a","version":1,"source":"() => 9"}', set: () => {} }
    const dead = {
      get: async () => Promise.reject(new Error('ECONNREFUSED')),
      set: () => {
        throw new Error('full')
      },
    }
    return { open: async () => tiered({ origin, caches: [dead, liar, new Map()] }) }
  },
}

for (const [name, make] of Object.entries(places)) {
  describe(name, () => {
    for (const { name: title, run } of storeContract(make)) test(title, run)
  })
}

function version(name, number, source) {
  const what = { source, form: 'function', requires: {} }
  return { name, version: number, hash: hashOf(what), ...what, at: 1 }
}

function change(...records) {
  const entries = records.map(({ name, version: number, hash }) => {
    return { name, version: number, hash, latest: number, kind: 'publish' }
  })
  return { id: `${Math.random()}`, entries, records, at: 1 }
}

describe('a tiered store', () => {
  const ref = { name: 'a', version: 1 }
  const right = version('a', 1, '() => 1')

  /** An origin that says how often it was asked for texts. */
  async function originWith(...records) {
    const store = memory()
    await store.commit(change(...records), EMPTY)
    const origin = {
      ...bound(store),
      asked: 0,
      records: (refs) => {
        origin.asked++
        return store.records(refs)
      },
    }
    return origin
  }

  test('asks the origin for a text once, and fills its caches', async () => {
    const origin = await originWith(right)
    const [near, far] = [new Map(), new Map()]
    const store = tiered({ origin, caches: [near, far] })
    await store.read()
    for (let i = 0; i < 3; i++) assert.deepEqual(await store.records([ref]), [right])
    assert.equal(origin.asked, 1)
    assert.deepEqual([near.size, far.size], [1, 1])
    const other = tiered({ origin, caches: [new Map(), far] })
    await other.read()
    assert.deepEqual(await other.records([ref]), [right])
    assert.equal(origin.asked, 1)
  })

  test('passes over a cache that has another record, an old one, or rubbish', async () => {
    const origin = await originWith(right)
    const spoilt = { ...right, source: '() => "spoilt"' }
    for (const lie of [
      JSON.stringify({ ...right, name: 'b' }),
      JSON.stringify({ ...right, version: 2 }),
      JSON.stringify(version('a', 1, '() => "old"')),
      JSON.stringify(spoilt),
      JSON.stringify({ ...spoilt, hash: hashOf(spoilt) }),
      JSON.stringify(null),
      JSON.stringify({ ...right, requires: null }),
      'rubbish',
      '',
      7,
      {},
      null,
    ]) {
      const before = origin.asked
      const store = tiered({ origin, caches: [{ get: () => lie, set: () => {} }] })
      await store.read()
      assert.deepEqual(await store.records([ref]), [right], String(lie))
      assert.equal(origin.asked, before + 1)
    }
  })

  test('does not wait for a cache that hangs, and tells of it', async () => {
    const origin = await originWith(right)
    const told = []
    const hung = { get: () => new Promise(() => {}), set: () => new Promise(() => {}) }
    const onCacheError = (error) => told.push(error.code)
    const store = tiered({ origin, caches: [hung], timeout: 20, onCacheError })
    await store.read()
    assert.deepEqual(await store.records([ref]), [right])
    assert.equal(told[0], 'ERR_ISOLANE_STORE_UNAVAILABLE')
  })

  test('commits to the origin first', async () => {
    const origin = { ...bound(memory()), commit: async () => Promise.reject(new Error('down')) }
    const cache = new Map()
    const store = tiered({ origin, caches: [cache] })
    await assert.rejects(store.commit(change(right), EMPTY), /down/)
    assert.equal(cache.size, 0)
  })

  test('refuses what it would not heed', () => {
    const tiers = { origin: memory(), caches: [] }
    const refused = [
      [undefined, /options must be an object; got undefined/],
      [{ ...tiers, foo: 1 }, /There is no option 'foo'; the options are origin, caches, timeout, /],
      [{ ...tiers, timeout: 0 }, /timeout must be a number of milliseconds from more than 0/],
      [{ ...tiers, timeout: Infinity }, /timeout must be a number of milliseconds/],
      [{ ...tiers, onCacheError: 'log' }, /onCacheError must be a function; got 'log'/],
      [{ caches: [] }, /origin must be a store/],
    ]
    for (const [given, message] of refused) {
      assert.throws(() => tiered(given), { code: 'ERR_ISOLANE_INVALID_ARGUMENT', message })
    }
    for (const record of [undefined, null, {}, { source: '', form: 'function', requires: null }]) {
      assert.throws(() => hashOf(record), {
        code: 'ERR_ISOLANE_INVALID_ARGUMENT',
        message: /^record must be what has source, form and requires; got /,
      })
    }
  })

  test('refuses what are no caches', () => {
    for (const caches of [undefined, [{}], [null], new Map()]) {
      assert.throws(() => tiered({ origin: memory(), caches }), {
        code: 'ERR_ISOLANE_INVALID_ARGUMENT',
      })
    }
  })
})

describe('mirror', () => {
  test('copies a log, goes on where it was, and keeps revisions and ids', async () => {
    const [from, to] = [memory(), memory()]
    let head = EMPTY
    for (let i = 1; i <= 150; i++)
      head = await from.commit(change(version('a', i, `() => ${i}`)), head)
    assert.deepEqual(await mirror(from, to), head)
    head = await from.commit(change(version('b', 1, '() => 1')), head)
    await Promise.all([mirror(from, to), mirror(from, to)])
    assert.deepEqual(await to.head(), head)
    assert.deepEqual(await to.read(), await from.read())
    assert.deepEqual(await to.history({ limit: 1000 }), await from.history({ limit: 1000 }))
    const refs = [{ name: 'a', version: 77 }]
    assert.deepEqual(await to.records(refs), await from.records(refs))
  })

  test('refuses a store that has gone its own way', async () => {
    const [from, to] = [memory(), memory()]
    await from.commit(change(version('a', 1, '() => 1')), EMPTY)
    await to.commit(change(version('a', 1, '() => 1')), EMPTY)
    const error = await rejection(mirror(from, to))
    assert.equal(error.code, 'ERR_ISOLANE_STORE_CONFLICT')
    assert.equal((await to.history()).length, 1)
  })
})
