import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { range, rejection, withPool } from '../support/pools.mjs'

const two = { threads: 2 }
const add = (a, b) => a + b

describe('pool.reduce', () => {
  it('folds as Array.prototype.reduce does', () =>
    withPool(two, async (pool) => {
      assert.equal(await pool.reduce(range(10_000), { reduce: add }), range(10_000).reduce(add))
    }))

  it('starts from initial, once', () =>
    withPool(two, async (pool) => {
      assert.equal(
        await pool.reduce(range(100), { reduce: add, initial: 1000 }, { chunkSize: 3 }),
        5950,
      )
    }))

  it('combines partial results in input order', () =>
    withPool(two, async (pool) => {
      const letters = range(500).map((n) => String.fromCharCode(97 + (n % 26)))
      const options = { chunkSize: 1 }
      assert.equal(
        await pool.reduce(letters, { reduce: add, initial: '>' }, options),
        `>${letters.join('')}`,
      )
      assert.equal(await pool.reduce(letters, { reduce: add }, options), letters.join(''))
    }))

  it('maps items first, with their index in the whole input', () =>
    withPool(two, async (pool) => {
      const items = range(50).map((n) => ({ n }))
      const map = (item, index) => item.n * index
      const sum = items.reduce((total, item, index) => total + item.n * index, 0)
      assert.equal(await pool.reduce(items, { map, reduce: add }, { chunkSize: 4 }), sum)
    }))

  it('awaits an async map', () =>
    withPool(two, async (pool) => {
      const map = async (item) => (await item) * 2
      assert.equal(await pool.reduce(range(10), { map, reduce: add }, { chunkSize: 2 }), 90)
    }))

  it('gives both functions args and shared values', () =>
    withPool(two, async (pool) => {
      const weights = await pool.share('weights', [1, 2, 3])
      const map = (item, index, { args, shared }) => item * shared.weights[index] * args
      const reduce = (a, b, { args, shared }) => a + b + (args - 10) + (shared.weights.length - 3)
      const options = { args: 10, shared: [weights], chunkSize: 1 }
      assert.equal(await pool.reduce([1, 1, 1], { map, reduce }, options), 60)
    }))

  it('gives an only item as it is, without a call', () =>
    withPool(two, async (pool) => {
      const reduce = () => {
        throw new Error('called')
      }
      assert.deepEqual(await pool.reduce([{ a: 1 }], { reduce }), { a: 1 })
    }))

  it('gives initial for no items', () =>
    withPool(two, async (pool) => {
      assert.deepEqual(await pool.reduce([], { reduce: add, initial: { none: true } }), {
        none: true,
      })
      assert.equal(await pool.reduce([], { reduce: add, initial: undefined }), undefined)
    }))

  it('throws a TypeError for no items and no initial', () =>
    withPool(two, async (pool) => {
      const error = await rejection(pool.reduce([], { reduce: add }))
      assert.ok(error instanceof TypeError)
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.match(error.message, /initial/)
    }))

  it('skips holes, also where a chunk has nothing else', () =>
    withPool(two, async (pool) => {
      const sparse = Object.assign(Array.from({ length: 6 }), [1])
      delete sparse[1]
      delete sparse[2]
      delete sparse[3]
      delete sparse[4]
      sparse[5] = 5
      assert.equal(sparse.reduce(add), 6)
      assert.equal(await pool.reduce(sparse, { reduce: add }), 6)
      assert.equal(await pool.reduce(sparse, { reduce: add }, { chunkSize: 1 }), 6)
      assert.equal(
        await pool.reduce(sparse, { map: (x) => x * 2, reduce: add }, { chunkSize: 2 }),
        12,
      )
    }))

  it('folds typed arrays', () =>
    withPool(two, async (pool) => {
      const items = Float64Array.from(range(1000))
      assert.equal(await pool.reduce(items, { reduce: add }, { chunkSize: 10 }), 499_500)
      assert.equal(await pool.reduce(BigInt64Array.of(1n, 2n), { reduce: add, initial: 3n }), 6n)
    }))

  it('folds into objects', () =>
    withPool(two, async (pool) => {
      const words = range(300).map((n) => `w${n % 7}`)
      const map = (word) => new Map([[word, 1]])
      const reduce = (a, b) => {
        for (const [word, count] of b) a.set(word, (a.get(word) ?? 0) + count)
        return a
      }
      const counts = await pool.reduce(
        words,
        { map, reduce, initial: new Map() },
        { chunkSize: 11 },
      )
      const expected = words.map((word) => map(word)).reduce(reduce, new Map())
      assert.deepEqual(counts, expected)
    }))

  it('rejects with the index of the item whose map throws', () =>
    withPool(two, async (pool) => {
      const map = (item) => {
        if (item === 33) throw new RangeError('no 33')
        return item
      }
      const error = await rejection(pool.reduce(range(50), { map, reduce: add }, { chunkSize: 5 }))
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.equal(error.index, 33)
      assert.equal(error.cause.message, 'no 33')
    }))

  it('rejects where reduce throws', () =>
    withPool(two, async (pool) => {
      const reduce = () => {
        throw new Error('no sum')
      }
      const error = await rejection(pool.reduce([1, 2, 3], { reduce }))
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.equal(error.cause.message, 'no sum')
    }))

  it('refuses an async reduce with the reason', () =>
    withPool(two, async (pool) => {
      const error = await rejection(pool.reduce([1, 2, 3], { reduce: async (a, b) => a + b }))
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.match(error.message, /synchronous/)
    }))

  it('refuses reducers that are not { reduce, map?, initial? }', () =>
    withPool(two, async (pool) => {
      for (const reducers of [undefined, null, 5, {}, { reduce: 5 }, { reduce: add, map: 5 }]) {
        const error = await rejection(pool.reduce([1, 2], reducers))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT', `reducers: ${String(reducers)}`)
      }
    }))

  it('refuses a misspelt reducer rather than ignore it', () =>
    withPool(two, async (pool) => {
      const error = await rejection(pool.reduce([1, 2], { reduce: add, inital: 5 }))
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.match(error.message, /inital/)
    }))

  it('reports progress', () =>
    withPool(two, async (pool) => {
      const seen = []
      const onProgress = ({ done, total }) => seen.push([done, total])
      await pool.reduce(range(9), { reduce: add }, { chunkSize: 3, onProgress })
      assert.deepEqual(seen, [
        [3, 9],
        [6, 9],
        [9, 9],
      ])
    }))

  it('has one deadline for folding and combining', () =>
    withPool({ threads: 1 }, async (pool) => {
      const spin = (milliseconds) => {
        const end = Date.now() + milliseconds
        while (Date.now() < end);
        return milliseconds
      }
      const reduce = () => {
        const end = Date.now() + 800
        while (Date.now() < end);
        return 0
      }
      const options = { timeout: 2000, chunkSize: 1 }
      const error = await rejection(pool.reduce([1500, 0], { map: spin, reduce }, options))
      assert.equal(error.code, 'ERR_ISOLANE_TIMEOUT')
      assert.equal(error.timeout, 2000)
      assert.match(error.message, /2000 ms/)
      assert.equal(await pool.reduce([0, 0], { map: spin, reduce }, options), 0)
    }))

  it('combines also where the queue has become full meanwhile', () =>
    withPool({ threads: 1, maxQueue: 0 }, async (pool) => {
      let other
      const onProgress = () => {
        other = pool.run(() => {
          const end = Date.now() + 50
          while (Date.now() < end);
          return 'done'
        })
      }
      assert.equal(await pool.reduce([1, 2, 3], { reduce: add }, { onProgress, chunkSize: 3 }), 6)
      assert.equal(await other, 'done')
    }))
})
