/* oxlint-disable always-return, getter-return, no-extend-native -- hostile functions are the point */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyV8 } from '../support/engine.mjs'
import { allIdle, range, rejection, settled, withPool } from '../support/pools.mjs'

const one = { threads: 1 }
/**
 * One chunk, so that what is asserted is in flight when the timeout passes; and a timeout that leaves
 * a loaded machine the time to get to what hangs.
 */
const inOneChunk = { chunkSize: 100, timeout: 300, onTimeout: 'partial' }

/** Loops at item 7. */
const hangAtSeven = (x) => {
  if (x === 7) for (;;);
  return { x }
}

async function works(pool) {
  assert.equal(await settled(pool.run((x) => x * 2, 21)), 42)
  assert.deepEqual(await settled(pool.map([1, 2], (x) => x)), [1, 2])
}

/** A Worker that has to be terminated takes the finished items of its chunk with it. */
const interrupted = onlyV8

describe("onTimeout: 'partial'", () => {
  it('gives the finished items of the chunk that was interrupted', interrupted, () =>
    withPool(one, async (pool) => {
      const outcome = await settled(pool.map(range(10), hangAtSeven, inOneChunk))
      assert.equal(outcome.status, 'partial')
      assert.equal(outcome.completed, 7)
      assert.deepEqual(outcome.missing, [[7, 10]])
      assert.deepEqual(outcome.failures, [])
      assert.equal(outcome.failuresOmitted, 0)
      assert.equal(outcome.results.length, 10)
      assert.deepEqual(
        outcome.results.slice(0, 7),
        range(7).map((x) => ({ x })),
      )
      for (const index of [7, 8, 9]) assert.ok(!(index in outcome.results), 'a hole')
      await works(pool)
      assert.deepEqual(
        pool.status().map(({ id }) => id),
        [0],
        'the isolate was kept',
      )
    }),
  )

  it('gives all chunks that were done, from whichever isolate', () =>
    withPool({ threads: 2 }, async (pool) => {
      const hang = (x) => {
        if (x === 500) for (;;);
        return x + 1
      }
      // One of them is to hang: the other must be there to do the rest.
      await allIdle(pool)
      const options = { chunkSize: 10, timeout: 2_000, onTimeout: 'partial' }
      const { results, missing, completed } = await settled(pool.map(range(1000), hang, options))
      assert.equal(completed, 990)
      assert.deepEqual(missing, [[500, 510]])
      results.forEach((result, index) => assert.equal(result, index + 1))
      assert.equal(Object.keys(results).length, 990)
    }))

  it('is complete where the time suffices', () =>
    withPool(one, async (pool) => {
      const options = { timeout: 60_000, onTimeout: 'partial' }
      assert.deepEqual(await pool.map([1, 2], (x) => x * 2, options), {
        status: 'complete',
        results: [2, 4],
        completed: 2,
        missing: [],
        failures: [],
        failuresOmitted: 0,
      })
      const nothing = await pool.map([], (x) => x, options)
      assert.deepEqual([nothing.status, nothing.results, nothing.completed], ['complete', [], 0])
    }))

  it('gives what is in a typed array, and zeros for what is missing', interrupted, () =>
    withPool(one, async (pool) => {
      const hang = (x) => {
        if (x === 7) for (;;);
        return x * 2
      }
      const outcome = await settled(pool.map(Float64Array.of(1, 2, 7, 4), hang, inOneChunk))
      assert.deepEqual(outcome.results, Float64Array.of(2, 4, 0, 0))
      assert.deepEqual(outcome.missing, [[2, 4]])
    }),
  )

  it('gives the items that a filter has kept', interrupted, () =>
    withPool(one, async (pool) => {
      const odd = (x) => {
        if (x === 7) for (;;);
        return x % 2 === 1
      }
      const objects = range(10).map((n) => ({ n }))
      const outcome = await settled(
        pool.filter(
          objects,
          ({ n }) => {
            if (n === 7) for (;;);
            return n % 2 === 1
          },
          inOneChunk,
        ),
      )
      assert.deepEqual(outcome.results, [{ n: 1 }, { n: 3 }, { n: 5 }])
      assert.equal(outcome.results[0], objects[1], 'the very same object')
      assert.deepEqual(outcome.missing, [[7, 10]])
      const typed = await settled(pool.filter(Int8Array.from(range(10)), odd, inOneChunk))
      assert.deepEqual(typed.results, Int8Array.of(1, 3, 5))
    }),
  )

  it('says how far forEach came', interrupted, () =>
    withPool(one, async (pool) => {
      const outcome = await settled(pool.forEach(range(10), hangAtSeven, inOneChunk))
      assert.deepEqual(
        [outcome.status, outcome.results, outcome.completed, outcome.missing],
        ['partial', undefined, 7, [[7, 10]]],
      )
    }),
  )

  it('gives the promises that had settled, wherever they stand', interrupted, () =>
    withPool(one, async (pool) => {
      const hang = async (x) => {
        if (x === 7) for (;;) await null // oxlint-disable-line no-unnecessary-await
        return x
      }
      const { results, missing } = await settled(pool.map(range(10), hang, inOneChunk))
      assert.deepEqual(missing, [[7, 8]])
      assert.deepEqual(
        results.filter(() => true),
        [0, 1, 2, 3, 4, 5, 6, 8, 9],
      )
    }),
  )

  it('counts a chunk that was through when what it had left behind was stopped', interrupted, () =>
    withPool(one, async (pool) => {
      const litter = (x) => {
        if (x === 3) Promise.resolve().then(() => { for (;;); }) // prettier-ignore
        return x
      }
      const { status, results, missing } = await settled(pool.map(range(5), litter, inOneChunk))
      assert.deepEqual([status, results, missing], ['partial', range(5), []])
      await works(pool)
    }),
  )

  it('keeps the holes of the input as they are', interrupted, () =>
    withPool(one, async (pool) => {
      const items = range(10)
      delete items[2]
      const { results, missing } = await settled(pool.map(items, hangAtSeven, inOneChunk))
      assert.deepEqual(missing, [[7, 10]])
      assert.deepEqual(Object.keys(results), ['0', '1', '3', '4', '5', '6'])
    }),
  )

  it("runs nothing of the function's to encode what was finished", interrupted, () =>
    withPool(one, async (pool) => {
      const treacherous = (x) => {
        if (x === 7) for (;;);
        if (x === 1) {
          return {
            get trap() {
              for (;;);
            },
          }
        }
        if (x === 2) {
          const stranger = { __proto__: null, get [Symbol.toStringTag]() { for (;;); } } // prettier-ignore
          return Object.create(stranger)
        }
        // No errors any more, but their stacks are formatted when they are asked for.
        if (x === 0) return Object.setPrototypeOf(new Error('plain'), Object.prototype)
        if (x === 4) return Object.setPrototypeOf(new Error('treacherous'), null)
        if (x === 3) return new Proxy({}, { ownKeys() { for (;;); } }) // prettier-ignore
        if (x === 5) {
          Error.prepareStackTrace = () => { for (;;); } // prettier-ignore
          return [new Error('its stack')]
        }
        return [x, new Map([[{ x }, new Set([x])]]), new Date(x)]
      }
      const { results, missing } = await settled(pool.map(range(10), treacherous, inOneChunk))
      assert.deepEqual(missing, [[1, 6], [7, 10]]) // prettier-ignore
      assert.deepEqual(results[0], {})
      assert.deepEqual(results[6], [6, new Map([[{ x: 6 }, new Set([6])]]), new Date(6)])
      await works(pool)
    }),
  )

  it('gives nothing of a chunk that has put getters between the built-in prototypes', () =>
    withPool(one, async (pool) => {
      const poison = (x) => {
        if (x === 0) {
          const between = Object.create(Object.prototype, { index: { get() { for (;;); } } }) // prettier-ignore
          Object.setPrototypeOf(Array.prototype, between)
        }
        if (x === 7) for (;;);
        return [x]
      }
      const { completed, missing } = await settled(pool.map(range(10), poison, inOneChunk))
      assert.deepEqual([completed, missing], [0, [[0, 10]]])
      await works(pool)
    }))

  it('gives nothing of a chunk that has put getters on the built-in prototypes', () =>
    withPool(one, async (pool) => {
      const poison = (x) => {
        if (x === 0) {
          Object.defineProperty(Array.prototype, 0, {
            get() {
              for (;;);
            },
          })
        }
        if (x === 7) for (;;);
        const list = []
        list.length = 3
        return list
      }
      const { completed, missing } = await settled(pool.map(range(10), poison, inOneChunk))
      assert.deepEqual([completed, missing], [0, [[0, 10]]])
      await works(pool)
    }))

  it('takes a bounded time over large results', () =>
    withPool(one, async (pool) => {
      const large = (x) => {
        if (x === 3) for (;;);
        return Array.from({ length: 300_000 }, (_, n) => ({ n }))
      }
      const options = { ...inOneChunk, timeout: 2000 }
      const { completed, missing } = await settled(pool.map(range(4), large, options))
      assert.equal(completed + missing.reduce((sum, [from, to]) => sum + to - from, 0), 4)
      await works(pool)
    }))

  it('does not take what an earlier call has left', () =>
    withPool(one, async (pool) => {
      const before = (x) => x
      const options = { ...inOneChunk, timeout: 30_000 }
      assert.equal((await pool.map(range(10), before, options)).completed, 10)
      const late = { name: 'late', source: '(() => { for (;;); })()' }
      const outcome = await settled(pool.map(range(10), late, inOneChunk))
      assert.deepEqual([outcome.completed, outcome.missing], [0, [[0, 10]]])
    }))

  it('leaves other ends as they are', () =>
    withPool(one, async (pool) => {
      const thrower = () => {
        throw new Error('no')
      }
      const options = { timeout: 60_000, onTimeout: 'partial' }
      assert.equal((await rejection(pool.map([1], thrower, options))).code, 'ERR_ISOLANE_FUNCTION')
      const signal = AbortSignal.timeout(30)
      const aborted = await rejection(pool.map([7], hangAtSeven, { ...options, signal }))
      assert.equal(aborted.code, 'ERR_ISOLANE_ABORTED')
      const source = await rejection(pool.map([7], { source: '=> 1' }, options))
      assert.equal(source.code, 'ERR_ISOLANE_SOURCE')
    }))

  it('goes with onError: what failed before is told', interrupted, () =>
    withPool(one, async (pool) => {
      const both = (x) => {
        if (x === 2) throw new RangeError('two')
        if (x === 7) for (;;);
        return x
      }
      const run = (onError) => settled(pool.map(range(10), both, { ...inOneChunk, onError }))
      const original = await run('original')
      assert.deepEqual(original.results.slice(0, 7), range(7))
      assert.deepEqual(
        original.failures.map(({ index, error }) => [index, error.cause.message]),
        [[2, 'two']],
      )
      assert.deepEqual([original.status, original.completed], ['partial', 7])
      const { results } = await run('settle')
      assert.deepEqual(results[1], { status: 'fulfilled', value: 1 })
      assert.equal(results[2].status, 'rejected')
      assert.ok(!(7 in results))
      assert.deepEqual((await run('omit')).results, [0, 1, 3, 4, 5, 6])
    }),
  )

  it('reports progress for what was salvaged too', interrupted, () =>
    withPool(one, async (pool) => {
      const seen = []
      const onProgress = ({ done, total }) => seen.push([done, total])
      await settled(pool.map(range(10), hangAtSeven, { ...inOneChunk, onProgress }))
      assert.deepEqual(seen, [[7, 10]])
    }),
  )
})
