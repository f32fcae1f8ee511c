import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyNode } from '../support/engine.mjs'
import { range, rejection, settled, withPool } from '../support/pools.mjs'

const two = { threads: 2 }
const identity = (x) => x
const nOf = (x) => x?.n

/** Items of which the one at `at` does something while it is read. */
function itemsWith(length, at, act) {
  const items = range(length).map((n) => ({ n }))
  Object.defineProperty(items[at], 'n', { get: () => (act(items), at), enumerable: true })
  return items
}

const calls = {
  map: (pool, items, options) => pool.map(items, nOf, options),
  'map with outcomes': (pool, items, options) =>
    pool.map(items, nOf, { ...options, onError: 'settle' }),
  filter: (pool, items, options) => pool.filter(items, (x) => x.n >= 0, options),
  forEach: (pool, items, options) => pool.forEach(items, nOf, options),
  reduce: (pool, items, options) =>
    pool.reduce(items, { map: nOf, reduce: (a, b) => a + b }, options),
}

async function assertRefused(call) {
  const error = await rejection(call)
  assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT', String(error))
  assert.match(error.message, /became shorter/)
}

describe('items that become shorter while they are read', () => {
  for (const [name, call] of Object.entries(calls)) {
    it(`fail ${name}, and the pool goes on and closes`, () =>
      withPool(two, async (pool) => {
        const shorten = (items) => (items.length = 10)
        for (const options of [{}, { chunkSize: 7 }]) {
          await assertRefused(call(pool, itemsWith(2000, 5, shorten), options))
          await assertRefused(call(pool, itemsWith(2000, 1500, shorten), options))
          await assertRefused(call(pool, itemsWith(2000, 1999, shorten), options))
        }
        assert.deepEqual(await pool.map([1], identity), [1])
        await settled(pool.close())
      }))
  }

  it('between the turns in which they are read', () =>
    withPool({ ...two, sliceMs: 0.01 }, async (pool) => {
      const items = range(200_000).map((n) => ({ n, text: `item ${n}` }))
      const call = pool.map(items, nOf)
      items.length = 1000
      await assertRefused(call)
      assert.equal(await pool.run(identity, 1), 1)
    }))

  it('by a getter of args', () =>
    withPool(two, async (pool) => {
      const items = [1, 2, 3]
      await assertRefused(pool.map(items, identity, { args: shortens(items) }))
    }))

  it('after they were read, where filter or onError needs them again', () =>
    withPool(two, async (pool) => {
      const fail = () => {
        throw new Error('no')
      }
      for (const make of [
        (items) => pool.filter(items, () => true),
        (items) => pool.map(items, fail, { onError: 'original' }),
        (items) => pool.map(items, fail, { onError: (item) => item }),
      ]) {
        const items = [1, 2, 3]
        const call = make(items)
        items.length = 1
        await assertRefused(call)
      }
    }))
})

const shortens = (items) => ({
  get x() {
    items.length = 1
    return 1
  },
})

describe('items that become more while they are read', () => {
  it('give results for those that the call began with', () =>
    withPool(two, async (pool) => {
      const lengthen = (items) => items.push({ n: -1 }, { n: -2 })
      const more = (chunkSize) => itemsWith(2000, 5, lengthen, chunkSize)
      for (const options of [{}, { chunkSize: 7 }]) {
        assert.deepEqual(await pool.map(more(), nOf, options), range(2000))
        const { results } = await pool.map(more(), nOf, { ...options, onError: 'omit' })
        assert.deepEqual(results, range(2000))
        assert.equal((await pool.filter(more(), (x) => x.n >= 0, options)).length, 2000)
      }
    }))

  it('an iterable and a Map that are changed afterwards', () =>
    withPool(two, async (pool) => {
      const map = new Map(range(100).map((n) => [n, n]))
      const call = pool.map(map, ([key, value]) => key + value)
      map.clear()
      assert.deepEqual(
        await call,
        range(100).map((n) => n * 2),
      )
    }))
})

describe('a typed array whose memory changes while it is read', () => {
  const during = (act) => ({
    get x() {
      act()
      return 1
    },
  })

  it('detached by a getter of args', () =>
    withPool(two, async (pool) => {
      for (const name of ['map', 'filter', 'forEach']) {
        const items = Float64Array.of(1, 2, 3)
        const args = during(() => structuredClone(items.buffer, { transfer: [items.buffer] }))
        await assertRefused(pool[name](items, identity, { args }))
      }
      assert.deepEqual(await pool.map(Float64Array.of(1), identity), Float64Array.of(1))
    }))

  it('made smaller by a getter of args', () =>
    withPool(two, async (pool) => {
      const buffer = new ArrayBuffer(80, { maxByteLength: 160 })
      const args = during(() => buffer.resize(16))
      await assertRefused(pool.map(new Float64Array(buffer), identity, { args }))
    }))

  it('made larger by a getter of args: results for those that the call began with', () =>
    withPool(two, async (pool) => {
      const buffer = new ArrayBuffer(16, { maxByteLength: 160 })
      const args = during(() => buffer.resize(160))
      const result = await pool.map(new Float64Array(buffer), (x) => x + 1, { args })
      assert.deepEqual(result, Float64Array.of(1, 1))
    }))

  it('shared, and grown by a getter of args', () =>
    withPool(two, async (pool) => {
      const buffer = new SharedArrayBuffer(16, { maxByteLength: 160 })
      const args = during(() => buffer.grow(160))
      const result = await pool.map(new Float64Array(buffer), (x) => x + 1, { args })
      assert.deepEqual(result, Float64Array.of(1, 1))
    }))

  it('detached after it was read, where filter needs it again', () =>
    withPool(two, async (pool) => {
      const items = Float64Array.of(1, 2, 3)
      const call = pool.filter(items, () => true)
      structuredClone(items.buffer, { transfer: [items.buffer] })
      await assertRefused(call)
    }))
})

describe('a buffer in a value that is read', () => {
  /** Small ones are copied at once, large ones when all has been read. */
  for (const size of [64, 1 << 20]) {
    for (const [what, change] of Object.entries({
      detached: (buffer) => structuredClone(buffer, { transfer: [buffer] }),
      'made smaller': (buffer) => buffer.resize(8),
      'made larger': (buffer) => buffer.resize(size * 2),
    })) {
      it(`${what} by a getter behind it: ${size} bytes`, () =>
        withPool(two, async (pool) => {
          const buffer =
            what === 'detached'
              ? new ArrayBuffer(size)
              : new ArrayBuffer(size, { maxByteLength: size * 2 })
          const value = {
            bytes: new Uint8Array(buffer, 0, size),
            get later() {
              change(buffer)
              return 1
            },
          }
          const length = (x) => x.bytes.length
          const call = settled(pool.run(length, value)).catch((error) => error.code)
          assert.ok([size, 'ERR_ISOLANE_NOT_CLONEABLE'].includes(await call))
          assert.equal(await pool.run(identity, 1), 1)
        }))
    }
  }

  it('shared, and grown by a getter behind it', onlyNode, () =>
    withPool(two, async (pool) => {
      const buffer = new SharedArrayBuffer(64, { maxByteLength: 128 })
      const value = {
        bytes: new Uint8Array(buffer),
        get later() {
          buffer.grow(128)
          return 1
        },
      }
      assert.ok([64, 128].includes(await pool.run((x) => x.bytes.length, value)))
    }),
  )
})
