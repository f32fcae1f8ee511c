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

  const say = { name: 'say', source: '(x) => console.log(x)' }
  const callers = {
    run: (pool) => pool.run(say, 1),
    'run with options': (pool) => pool.run(say, 1, { callId: 'mine' }),
    map: (pool) => pool.map([1, 1], say, { chunkSize: 1 }),
    reduce: (pool) => pool.reduce([1, 1], { reduce: (a, b) => a + b, map: say }, { chunkSize: 1 }),
    stream: async (pool) => {
      for await (const _ of pool.stream([1, 1], say));
    },
    patch: (pool) => pool.patch({ n: 1 }, [{ fn: say }]),
  }
  for (const [name, call] of Object.entries(callers)) {
    it(`survives into listeners of what a function logs: ${name}`, async () => {
      const seen = new Set()
      await storage.run('maker', () =>
        withPool({ threads: 2 }, async (pool) => {
          pool.on('log', () => seen.add(storage.getStore()))
          await Promise.all(['a', 'b'].map((store) => storage.run(store, () => call(pool))))
        }),
      )
      assert.deepEqual([...seen].toSorted(), ['a', 'b'])
    })
  }

  it('survives into a console of the host that prints it', async () => {
    const seen = []
    const host = globalThis.console
    globalThis.console = { ...host, log: (line) => seen.push([line, storage.getStore()]) }
    try {
      await storage.run('maker', () =>
        withPool({ threads: 1, console: true }, (pool) =>
          storage.run('caller', () => pool.run(say, 1)),
        ),
      )
    } finally {
      globalThis.console = host
    }
    assert.deepEqual(seen, [['[say] 1', 'caller']])
  })

  it("is that of the pool's making in listeners of its other events", async () => {
    const seen = []
    await storage.run('maker', () =>
      withPool({ threads: 1 }, async (pool) => {
        const drained = new Promise((resolve) => {
          pool.on('drain', () => resolve(seen.push(storage.getStore())))
        })
        await storage.run('caller', () => pool.run((x) => x, 1))
        await drained
      }),
    )
    assert.deepEqual(seen, ['maker'])
  })
})
