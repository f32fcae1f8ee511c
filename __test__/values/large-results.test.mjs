import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { onlyNode } from '../support/engine.mjs'
import { range, rejection, settled, withPool } from '../support/pools.mjs'

const { NativePool } = createRequire(import.meta.url)('../../npm/isolane/dist/native/binding.js')

/** So short a slice takes one portion. */
const one = { threads: 1, sliceMs: 0.01 }

/** Resolves in the turn in which a large payload has come from the addon, and is still to be read. */
function arrival() {
  const { drain } = NativePool.prototype
  return new Promise((resolve) => {
    NativePool.prototype.drain = function (bytes, externals, ...rest) {
      const used = drain.call(this, bytes, externals, ...rest)
      if (externals.length === 0) return used
      NativePool.prototype.drain = drain
      resolve()
      return used
    }
  })
}

/** The value of a call, and how many turns of the event loop there were while it was read. */
async function read(call) {
  let turns = 0
  let isRead = false
  const arrived = arrival()
  const count = () => {
    turns++
    if (!isRead) setImmediate(count)
  }
  const value = call().finally(() => (isRead = true))
  await arrived
  count()
  return { value: await settled(value), turns }
}

/** Makers of large results. */
const makers = {
  'an object of many keys': () => {
    const value = {}
    for (let i = 0; i < 150_000; i++) value[`key${i}`] = i
    return value
  },
  'objects of many shapes': () =>
    Array.from({ length: 50_000 }, (_, i) => ({ [`a${i % 5000}`]: i, [`b${i % 70}`]: [`${i}`] })),
  'a long list within an object': () => ({
    rows: { all: Array.from({ length: 100_000 }, (_, i) => ({ i, text: `row ${i}` })) },
  }),
  'records of long lists': () =>
    Array.from({ length: 30 }, (_, i) => ({
      i,
      rows: Array.from({ length: 5000 }, (_, j) => [`${j}`]),
    })),
  'many long texts': () => Array.from({ length: 1200 }, (_, i) => `${i % 10}`.repeat(40_000)),
}

describe('a large result', () => {
  for (const [name, make] of Object.entries(makers)) {
    it(`${name}: is made in many turns of the event loop, in which others have theirs`, () =>
      withPool(one, async (pool) => {
        const { value, turns } = await read(() => pool.run(make))
        assert.deepStrictEqual(value, make())
        assert.ok(turns > 10, `${turns}`)
      }))
  }

  it('is there when close() has resolved', () =>
    withPool(one, async (pool) => {
      let isThere = false
      const result = pool.run(makers['an object of many keys']).then(() => (isThere = true))
      await pool.close()
      assert.ok(isThere)
      await result
    }))

  it('with buffers beside it, and with what is no plain data', () =>
    withPool({ threads: 1 }, async (pool) => {
      const value = await pool.run(() => {
        const texts = Array.from({ length: 30_000 }, (_, i) => `text number ${i}`)
        const bytes = new Uint8Array(200_000).fill(7)
        return { bytes, again: bytes, texts, map: new Map([[texts, new Date(5)]]) }
      })
      assert.equal(value.bytes, value.again)
      assert.equal(value.bytes[199_999], 7)
      assert.deepEqual(value.map.get(value.texts), new Date(5))
      const error = await rejection(
        pool.run(() => ({ texts: Array(30_000).fill('some text'), deep: [() => 1] })),
      )
      assert.equal(error.path, 'result.deep[0]')
    }))

  it('is given up when its call is aborted meanwhile', () =>
    withPool(one, async (pool) => {
      const abort = new AbortController()
      const arrived = arrival().then(() => abort.abort(new Error('enough')))
      const make = makers['an object of many keys']
      const error = await rejection(pool.run(make, undefined, { signal: abort.signal }))
      await arrived
      assert.equal(error.code, 'ERR_ISOLANE_ABORTED')
      assert.equal(error.cause.message, 'enough')
      const list = await rejection(pool.map([1, 2], long, { signal: AbortSignal.abort() }))
      assert.equal(list.code, 'ERR_ISOLANE_ABORTED')
      assert.deepEqual(await settled(pool.run(make)), make())
      await settled(pool.close())
    }))

  it('is given to the end when its pool is destroyed meanwhile', () =>
    withPool(one, async (pool) => {
      const call = pool.run(makers['records of long lists'])
      await arrival()
      const destroyed = pool.destroy()
      assert.equal((await settled(call)).length, 30)
      await settled(destroyed)
    }))

  it('keeps its shared buffer, whatever is called meanwhile', onlyNode, () =>
    withPool({ ...one, threads: 2 }, async (pool) => {
      const shared = new SharedArrayBuffer(8)
      const make = (buffer) => {
        const rows = Array.from({ length: 100_000 }, (_, i) => ({ i, text: `row ${i}` }))
        return { rows, buffer, own: new SharedArrayBuffer(16) }
      }
      const state = { isRead: false }
      const call = pool.run(make, shared).finally(() => (state.isRead = true))
      await arrival()
      while (!state.isRead) await pool.run((x) => x, 1)
      const { buffer, own } = await settled(call)
      assert.equal(buffer, shared)
      assert.equal(own.byteLength, 16)
    }),
  )
})

/** Of the item 7 a large value. */
const long = (n) => {
  if (n !== 7) return { n }
  return { n, rows: Array.from({ length: 200_000 }, (_, i) => ({ i, text: `row ${i}` })) }
}
const longs = range(20).map(long)

async function listOf(iterable) {
  const list = []
  for await (const value of iterable) list.push(value)
  return list
}

describe('a large result among those of many items', () => {
  const fulfilled = (value) => ({ status: 'fulfilled', value })
  const failing = (n) => {
    if (n === 3) throw new Error('three')
    if (n !== 7) return { n }
    return { n, rows: Array.from({ length: 200_000 }, (_, i) => ({ i, text: `row ${i}` })) }
  }
  const withoutThree = longs.filter((_, n) => n !== 3)
  const inOneChunk = { chunkSize: 20 }
  const calls = {
    map: [(pool) => pool.map(range(20), long, inOneChunk), longs],
    'map of a few': [(pool) => pool.map([7, 1], long), [longs[7], longs[1]]],
    "onError: 'settle'": [
      async (pool) =>
        (await pool.map(range(20), long, { ...inOneChunk, onError: 'settle' })).results,
      longs.map(fulfilled),
    ],
    "onError: 'omit'": [
      async (pool) =>
        (await pool.map(range(20), failing, { ...inOneChunk, onError: 'omit' })).results,
      withoutThree,
    ],
    "onError: 'original'": [
      async (pool) =>
        (await pool.map(range(20), failing, { ...inOneChunk, onError: 'original' })).results,
      longs.with(3, 3),
    ],
    "onTimeout: 'partial'": [
      async (pool) =>
        (await pool.map(range(20), long, { ...inOneChunk, onTimeout: 'partial' })).results,
      longs,
    ],
    stream: [(pool) => listOf(pool.stream(range(20), long)), longs],
  }
  for (const [name, [call, expected]] of Object.entries(calls)) {
    it(`${name}: is read in many turns, and is where it belongs`, () =>
      withPool(one, async (pool) => {
        const { value, turns } = await read(() => call(pool))
        assert.deepStrictEqual(value, expected)
        assert.ok(turns > 10, `${turns}`)
      }))
  }

  it('counts for onProgress when it is read', () =>
    withPool(one, async (pool) => {
      const told = []
      const onProgress = ({ done, total }) => told.push([done, total])
      await settled(pool.map(range(20), long, { chunkSize: 10, onProgress }))
      assert.deepEqual(told.at(-1), [20, 20])
      assert.equal(told.length, 2)
    }))

  it('is given up when another item fails the call', () =>
    withPool(one, async (pool) => {
      const fail = (n) => {
        if (n === 1) throw new Error('one')
        return Array.from({ length: 300_000 }, (_, i) => `row ${i}`)
      }
      const error = await rejection(pool.map([0, 1], fail, { chunkSize: 1 }))
      assert.equal(error.cause.message, 'one')
      assert.deepStrictEqual(await settled(pool.map(range(20), long, inOneChunk)), longs)
      await settled(pool.close())
    }))

  it('what onProgress throws while it is read fails the call, and ends nothing else', () =>
    withPool(one, async (pool) => {
      const onProgress = () => {
        throw new Error('no progress')
      }
      const error = await rejection(pool.map(range(20), long, { ...inOneChunk, onProgress }))
      assert.equal(error.message, 'no progress')
      assert.equal(await settled(pool.run((x) => x, 1)), 1)
      await settled(pool.close())
    }))
})

describe("the event 'drain'", () => {
  const calls = {
    'a small one': (pool) => pool.run((x) => x, 1),
    'one large result': (pool) => pool.run(makers['an object of many keys']),
    'a large result among many': (pool) => pool.map(range(20), long),
    'a fold': (pool) => pool.reduce(range(20), { reduce: (a, b) => a + b }),
  }
  for (const [name, call] of Object.entries(calls)) {
    it(`comes when those who waited for the promise have gone on: ${name}`, () =>
      withPool(one, async (pool) => {
        const order = []
        const drained = once(pool, 'drain').then(() => order.push('drain'))
        const waiter = (async () => {
          await call(pool)
          order.push('call')
        })()
        await settled(drained)
        await waiter
        assert.deepEqual(order, ['call', 'drain'])
      }))
  }
})
