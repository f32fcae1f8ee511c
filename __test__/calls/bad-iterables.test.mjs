import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pool } from 'isolane'
import { rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }
const identity = (x) => x

const iterating = (iterator) => ({ [Symbol.iterator]: () => iterator })

/** What breaks the protocol of iterators, or is no list. */
const bad = {
  'whose iterator is no method': { [Symbol.iterator]: 5 },
  'whose method gives no iterator': iterating(undefined),
  'whose iterator has no next': iterating({}),
  'whose iterator gives no result': iterating({ next: () => 5 }),
  'that are longer than an array can be': { length: 2 ** 40 },
  'that only say that they are very long': { length: 1e9, 0: 1 },
  'that are a Proxy that was revoked': revoked([]),
  'whose length is none': new Proxy([], {
    get: (list, key) => (key === 'length' ? -1 : list[key]),
  }),
}

const badSources = {
  'whose iterator is no method': { [Symbol.asyncIterator]: 5 },
  'whose method gives no iterator': { [Symbol.asyncIterator]: () => undefined },
  'whose iterator has no next': { [Symbol.asyncIterator]: () => ({}) },
  'whose iterator gives no result': { [Symbol.asyncIterator]: () => ({ next: () => 5 }) },
  'whose iterator promises no result': { [Symbol.asyncIterator]: () => ({ next: async () => {} }) },
}

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function assertRefused(error) {
  assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT', String(error))
}

describe('items', () => {
  for (const [what, items] of Object.entries(bad)) {
    it(`${what} are refused`, () =>
      withPool(one, async (pool) => {
        assertRefused(await rejection(pool.map(items, identity)))
        assertRefused(await rejection(pool.filter(items, identity)))
        assertRefused(await rejection(pool.forEach(items, identity)))
        assertRefused(await rejection(pool.reduce(items, { reduce: identity })))
      }))
  }

  it('whose iterator throws reject with what it threw', () =>
    withPool(one, async (pool) => {
      const thrown = new Error('no more')
      const next = () => {
        throw thrown
      }
      assert.equal(await rejection(pool.map(iterating({ next }), identity)), thrown)
    }))

  it('that are a typed array are taken as they are, whatever its properties say', () =>
    withPool(one, async (pool) => {
      class Lying extends Float64Array {
        get length() {
          return 1e9
        }
        get byteLength() {
          return 1e9
        }
        get byteOffset() {
          return 4
        }
        get buffer() {
          return new ArrayBuffer(8)
        }
      }
      const items = new Lying([1, 2, 3])
      assert.deepEqual(await pool.map(items, (x) => x + 1), Float64Array.of(2, 3, 4))
      assert.deepEqual(await pool.filter(items, (x) => x > 1), Float64Array.of(2, 3))
    }))
})

describe('a source', () => {
  for (const [what, source] of Object.entries(badSources)) {
    it(`${what} is refused`, () =>
      withPool(one, async (pool) => {
        const consume = async () => {
          for await (const _ of pool.stream(source, identity));
        }
        assertRefused(await rejection(consume()))
        assert.equal(await pool.run(identity, 1), 1)
      }))
  }

  it('that is a typed array whose memory has gone, before or meanwhile, is refused', () =>
    withPool(one, async (pool) => {
      const consume = async (source) => {
        for await (const _ of pool.stream(source, identity, { concurrency: 1 })) {
          if (source.byteLength > 0) structuredClone(source.buffer, { transfer: [source.buffer] })
        }
      }
      const gone = new Uint8Array(8)
      structuredClone(gone.buffer, { transfer: [gone.buffer] })
      assertRefused(await rejection(consume(gone)))
      assertRefused(await rejection(consume(new Uint8Array(8))))
      assert.equal(await pool.run(identity, 1), 1)
    }))

  it('that threw is not told to return', () =>
    withPool(one, async (pool) => {
      const thrown = new Error('broken')
      let returned = 0
      const next = async () => {
        throw thrown
      }
      const source = { [Symbol.asyncIterator]: () => ({ next, return: async () => returned++ }) }
      const consume = async () => {
        for await (const _ of pool.stream(source, identity));
      }
      assert.equal(await rejection(consume()), thrown)
      assert.equal(returned, 0)
    }))
})

describe('an error about an argument', () => {
  it('runs nothing of what the argument says how it is to be shown', () =>
    withPool(one, async (pool) => {
      let ran = 0
      const custom = {
        [Symbol.for('nodejs.util.inspect.custom')]() {
          ran++
          throw new Error('a bug of the host')
        },
      }
      const tagged = {
        get [Symbol.toStringTag]() {
          throw new Error('a bug of the host')
        },
      }
      for (const value of [custom, tagged, revoked({}), revoked(() => {})]) {
        assertRefused(await rejection(pool.run(identity, 1, { timeout: value })))
        assertRefused(await rejection(pool.run(identity, 1, { signal: value })))
        assertRefused(await rejection(pool.run({ filename: value }, 1)))
        if (value !== tagged) assertRefused(await rejection(pool.run(value, 1)))
      }
      assert.equal(ran, 0)
      const gone = revoked({})
      assertRefused(await rejection(pool.map([1], identity, gone)))
      assertRefused(await rejection(pool.map([1], identity, { shared: [gone] })))
      assertRefused(await rejection(pool.reduce([1], gone)))
      assertRefused(await rejection(pool.publish('name', gone)))
      assert.throws(() => pool.stream(gone, identity), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
      assert.throws(() => new Pool(gone), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
    }))
})
