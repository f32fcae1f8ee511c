import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { range, rejection, withPool } from '../support/pools.mjs'

const two = { threads: 2 }

describe('pool.filter', () => {
  it('gives what Array.prototype.filter gives', () =>
    withPool(two, async (pool) => {
      const even = (item) => item % 2 === 0
      assert.deepEqual(
        await pool.filter(range(1001), even, { chunkSize: 10 }),
        range(1001).filter(even),
      )
    }))

  it('gives the same objects, not copies', () =>
    withPool(two, async (pool) => {
      const items = range(10).map((id) => ({ id }))
      const kept = await pool.filter(items, ({ id }) => id > 7)
      assert.equal(kept.length, 2)
      assert.equal(kept[0], items[8])
      assert.equal(kept[1], items[9])
    }))

  it('goes by truthiness', () =>
    withPool(two, async (pool) => {
      const items = [0, 1, '', 'a', null, {}, NaN, [], undefined, -1, 0n, 1n]
      assert.deepEqual(await pool.filter(items, (item) => item), items.filter(Boolean))
    }))

  it('takes predicates whose result cannot be carried', () =>
    withPool(two, async (pool) => {
      assert.deepEqual(
        await pool.filter([1, 2], (item) => (item === 1 ? () => {} : undefined)),
        [1],
      )
    }))

  it('awaits an async predicate', () =>
    withPool(two, async (pool) => {
      assert.deepEqual(await pool.filter([1, 2, 3], async (item) => (await item) !== 2), [1, 3])
    }))

  it('leaves holes out, as Array.prototype.filter does', () =>
    withPool(two, async (pool) => {
      const sparse = [1, , 3] // oxlint-disable-line no-sparse-arrays -- holes are the point
      assert.deepEqual(await pool.filter(sparse, () => true, { chunkSize: 1 }), [1, 3])
    }))

  it('keeps the kind of a typed array', () =>
    withPool(two, async (pool) => {
      assert.deepEqual(
        await pool.filter(Int16Array.of(5, -5, 6), (item) => item > 0),
        Int16Array.of(5, 6),
      )
      assert.deepEqual(await pool.filter(new BigUint64Array(2), () => false), new BigUint64Array(0))
    }))

  it('gives the items of anything iterable', () =>
    withPool(two, async (pool) => {
      const [a, b] = [{ keep: true }, { keep: false }]
      const kept = await pool.filter(new Set([a, b]), ({ keep }) => keep)
      assert.equal(kept.length, 1)
      assert.equal(kept[0], a)
    }))

  it('passes index, args and shared values', () =>
    withPool(two, async (pool) => {
      const allowed = await pool.share('allowed', new Set([1, 3]))
      const test = (_, index, { args, shared }) => shared.allowed.has(index) && index < args
      const options = { args: 3, shared: [allowed], chunkSize: 1 }
      assert.deepEqual(await pool.filter(['a', 'b', 'c', 'd'], test, options), ['b'])
    }))

  it('gives an empty array for no items', () =>
    withPool(two, async (pool) => {
      assert.deepEqual(await pool.filter([], () => true), [])
    }))

  it('rejects with the index of the failing item', () =>
    withPool(two, async (pool) => {
      const error = await rejection(
        pool.filter(range(20), (item) => item !== 11 || missingName, { chunkSize: 3 }),
      )
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.equal(error.index, 11)
      assert.match(error.message, /missingName/)
    }))
})

describe('pool.forEach', () => {
  it('calls the function for each item and gives nothing', () =>
    withPool(two, async (pool) => {
      const seen = []
      pool.on('log', ({ message }) => seen.push(message))
      const drained = once(pool, 'drain')
      const result = await pool.forEach(
        ['a', 'b', 'c'],
        (item, index, { log }) => log(`${index}${item}`),
        {
          chunkSize: 1,
        },
      )
      await drained
      assert.equal(result, undefined)
      assert.deepEqual(seen.toSorted(), ['0a', '1b', '2c'])
    }))

  it('drops results, also those that cannot be carried', () =>
    withPool(two, async (pool) => {
      assert.equal(await pool.forEach([1, 2], (item) => () => item), undefined)
    }))

  it('awaits async functions: a rejection rejects', () =>
    withPool(two, async (pool) => {
      const error = await rejection(
        pool.forEach(range(5), async (item) => {
          await Promise.resolve()
          if (item === 4) throw new Error('late')
        }),
      )
      assert.equal(error.index, 4)
      assert.equal(error.cause.message, 'late')
    }))

  it('skips holes and takes typed arrays', () =>
    withPool({ threads: 1 }, async (pool) => {
      const throwOnUndefined = (item) => {
        if (item === undefined) throw new Error('a hole was visited')
      }
      await pool.forEach([1, , 3], throwOnUndefined) // oxlint-disable-line no-sparse-arrays
      await pool.forEach(Float32Array.of(1), throwOnUndefined)
    }))

  it('reports progress', () =>
    withPool(two, async (pool) => {
      const seen = []
      const onProgress = ({ done, total }) => seen.push([done, total])
      await pool.forEach(range(6), () => {}, { chunkSize: 2, onProgress })
      assert.deepEqual(seen, [
        [2, 6],
        [4, 6],
        [6, 6],
      ])
    }))
})
