import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, it } from 'node:test'
import { range, withPool } from '../support/pools.mjs'

const storage = new AsyncLocalStorage()

describe('AsyncLocalStorage', () => {
  const calls = {
    run: (pool) => pool.run((x) => x, 1),
    map: (pool) => pool.map([1, 2], (x) => x, { chunkSize: 1 }),
    'map of no items': (pool) => pool.map([], (x) => x),
    'a failing map': (pool) =>
      pool
        .map([1], () => {
          throw new Error('no')
        })
        .catch(() => {}),
    'an aborted call': (pool) =>
      pool.run((x) => x, 1, { signal: AbortSignal.abort() }).catch(() => {}),
    filter: (pool) => pool.filter([1], (x) => x),
    forEach: (pool) => pool.forEach([1], (x) => x),
    reduce: (pool) => pool.reduce([1, 2], { reduce: (a, b) => a + b }, { chunkSize: 1 }),
    share: (pool) => pool.share('value', 1),
    stream: async (pool) => {
      for await (const _ of pool.stream([1, 2], (x) => x))
        assert.equal(storage.getStore(), 'stream')
    },
  }
  for (const [name, call] of Object.entries(calls)) {
    it(`survives into the continuation of ${name}`, () =>
      withPool({ threads: 1 }, (pool) =>
        storage.run(name, async () => {
          const promise = call(pool)
          const inThen = promise.then(() => storage.getStore())
          await promise
          assert.equal(storage.getStore(), name)
          assert.equal(await inThen, name)
        }),
      ))
  }

  it('keeps calls that run at once apart', () =>
    withPool({ threads: 2 }, async (pool) => {
      const stores = await Promise.all(
        range(200).map((n) =>
          storage.run(n, async () => {
            const result = await pool.run((x) => x, n)
            return [result, storage.getStore()]
          }),
        ),
      )
      for (const [n, [result, store]] of stores.entries()) {
        assert.equal(result, n)
        assert.equal(store, n)
      }
    }))

  it('survives into onProgress', () =>
    withPool({ threads: 2 }, async (pool) => {
      const seen = []
      await Promise.all(
        ['a', 'b'].map((store) =>
          storage.run(store, () =>
            pool.map(range(10), (x) => x, {
              chunkSize: 2,
              onProgress: () => seen.push([store, storage.getStore()]),
            }),
          ),
        ),
      )
      assert.equal(seen.length, 10)
      for (const [expected, store] of seen) assert.equal(store, expected)
    }))

  it("is that of the pool's making in listeners", async () => {
    const seen = []
    await storage.run('maker', () =>
      withPool({ threads: 1 }, async (pool) => {
        pool.on('log', () => seen.push(storage.getStore()))
        await storage.run('caller', () => pool.run((_, { log }) => log('line')))
      }),
    )
    assert.deepEqual(seen, ['maker'])
  })
})
