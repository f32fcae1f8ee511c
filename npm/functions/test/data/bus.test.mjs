/** Caches of several processes tell each other, over a bus, what has changed. */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'

import { DataCache } from '@isolane/functions'

import { told } from '../support/caches.mjs'
import { TestClock } from '../support/clocks.mjs'
import { newPool, rejection } from '../support/registries.mjs'

/** Carries texts within the process. */
class TestBus {
  static #all = new EventEmitter().setMaxListeners(0)
  sent = []
  isAway = false
  isClosed = false
  #hear

  async publish(message) {
    if (this.isAway) throw new Error('away')
    this.sent.push(message)
    TestBus.#all.emit('message', message)
  }

  async subscribe(hear) {
    this.#hear = hear
    TestBus.#all.on('message', hear)
    hear()
    return async () => TestBus.#all.off('message', hear)
  }

  /** As a new connection would. */
  connects() {
    this.isAway = false
    this.#hear()
  }

  /** What anybody might send. */
  hears(message) {
    this.#hear(message)
  }

  async close() {
    this.isClosed = true
  }
}

/** Gives `use` caches on one pool, each with its bus, clock, and data named `rules`. */
async function withCaches(count, use) {
  const pool = newPool({ threads: 1 })
  const source = { value: 1 }
  const nodes = await Promise.all(
    Array.from({ length: count }, async () => {
      const [bus, clock] = [new TestBus(), new TestClock()]
      const cache = new DataCache(pool, { bus, clock })
      await cache.connected
      const node = { bus, clock, cache, loads: 0 }
      node.data = cache.define('rules', { load: () => (node.loads++, source.value), retries: 0 })
      await cache.ready
      return node
    }),
  )
  const alive = setInterval(() => {}, 60_000)
  try {
    return await use(nodes, source)
  } finally {
    for (const { cache } of nodes) await cache.close()
    await pool.destroy()
    clearInterval(alive)
  }
}

const refreshed = ({ cache }) => told(cache, 'refreshed')

describe('a cache with a bus', () => {
  test('has others load what is invalidated, and does not hear itself', () =>
    withCaches(3, async ([one, two, three], source) => {
      source.value = 2
      const all = Promise.all([one, two, three].map(refreshed))
      assert.equal(one.cache.invalidate('rules'), true)
      assert.deepEqual(
        (await all).map(({ changed, version }) => [changed, version]),
        [1, 2, 3].map(() => [true, 2]),
      )
      assert.deepEqual([two.data.peek(), three.data.peek()], [2, 2])
      source.value = 3
      const again = refreshed(one)
      two.data.invalidate()
      await again
      assert.deepEqual([one.loads, one.data.peek()], [3, 3])
      assert.deepEqual([one.bus.sent.length, two.bus.sent.length, three.bus.sent.length], [1, 1, 0])
    }))

  test('tells of what a refresh has found to be new, and of what was cleared; not of loads by themselves', () =>
    withCaches(2, async ([one, two], source) => {
      await one.cache.refresh()
      assert.deepEqual(one.bus.sent, [])
      source.value = 2
      const other = refreshed(two)
      await one.data.refresh()
      assert.equal((await other).changed, true)
      assert.deepEqual([one.bus.sent.length, two.bus.sent.length], [1, 0])
      two.clock.advance(1_000)
      const cleared = refreshed(two)
      one.cache.clear()
      await cleared
      assert.equal(two.data.peek(), 2)
    }))

  test('knows no message but of data that it has, whatever is sent', () =>
    withCaches(1, async ([node]) => {
      const { bus, data } = node
      const id = '01234567-89ab-cdef-0123-456789abcdef'
      const hostile = [
        '',
        ' ',
        'rules',
        id,
        `${id} `,
        `${id} other`,
        `${id}  rules`,
        `x${id} rules`,
        `${id} __proto__`,
        `${id} constructor`,
        `${id} rules `,
        `${id}\u0000rules`,
        '{}',
        '\uD800',
        `${id} ${'x'.repeat(1_000_000)}`,
        `${'x'.repeat(1_000_000)} rules`,
      ]
      for (const message of hostile) bus.hears(message)
      assert.equal(data.status().loading, false)
      bus.hears(`${id} rules`)
      assert.equal(data.status().loading, true)
      await refreshed(node)
      assert.equal(node.loads, 2)
    }))

  test('loads a few times a second at most, however many ask; the last is not forgotten', () =>
    withCaches(1, async ([node]) => {
      const message = '01234567-89ab-cdef-0123-456789abcdef rules'
      const first = refreshed(node)
      for (let i = 0; i < 1_000; i++) node.bus.hears(message)
      await first
      await turn()
      assert.equal(node.loads, 2)
      const second = refreshed(node)
      node.clock.advance(250)
      await second
      node.clock.advance(10_000)
      await turn()
      assert.equal(node.loads, 3)
      const third = refreshed(node)
      node.bus.hears(message)
      await third
      assert.equal(node.loads, 4)
    }))

  test('loads all with a new connection, and tells then what it could not', () =>
    withCaches(2, async ([one, two], source) => {
      for (const { bus } of [one, two]) bus.isAway = true
      source.value = 2
      const failure = told(one.cache, 'busError')
      one.data.invalidate()
      const { name, error } = await failure
      assert.deepEqual([name, error.message], ['rules', 'away'])
      const other = refreshed(two)
      one.bus.connects()
      await other
      assert.equal(two.data.peek(), 2)
      source.value = 3
      const unheard = refreshed(two)
      two.bus.connects()
      two.clock.advance(1_000)
      await unheard
      assert.equal(two.data.peek(), 3)
    }))

  test('tells later what it could not, without a new connection too', () =>
    withCaches(2, async ([one, two], source) => {
      one.bus.isAway = true
      source.value = 2
      const failures = told(one.cache, 'busError')
      one.data.invalidate()
      await failures
      await turn()
      const again = told(one.cache, 'busError')
      one.clock.advance(5_000)
      await again
      await turn()
      one.bus.isAway = false
      const other = refreshed(two)
      one.clock.advance(5_000)
      await other
      assert.equal(two.data.peek(), 2)
    }))

  test('goes on where a bus cannot be heard, and says so', async () => {
    const pool = newPool({ threads: 1 })
    const bus = { publish: async () => {}, subscribe: async () => Promise.reject(new Error('no')) }
    const cache = new DataCache(pool, { bus })
    const [{ name, error }] = await once(cache, 'busError')
    assert.deepEqual([name, error.message], [undefined, 'no'])
    cache.define('rules', { load: () => 1 })
    await cache.ready
    await cache.close()
    await pool.close()
  })

  test('ends with it, and hears nothing more', () =>
    withCaches(2, async ([one, two]) => {
      await two.cache.close()
      assert.equal(two.bus.isClosed, true)
      one.data.invalidate()
      two.bus.hears('01234567-89ab-cdef-0123-456789abcdef rules')
      await turn()
      assert.equal(two.loads, 1)
    }))

  test('takes none but a bus', async () => {
    const pool = newPool({ threads: 1 })
    for (const bus of [1, null, {}, { publish() {} }]) {
      const make = async () => new DataCache(pool, { bus })
      const error = await rejection(make())
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.match(error.message, /options\.bus/)
    }
    await pool.close()
  })
})
