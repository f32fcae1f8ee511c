import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyV8 } from '../support/engine.mjs'
import { range, rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }

/** Counts in a variable of its source, and on its globals. */
const counter = {
  name: 'counter',
  source: `(() => { let n = 0; return () => [++n, globalThis.n = (globalThis.n ?? 0) + 1] })()`,
}
const readGlobal = (key) => globalThis[key]
const writeGlobal = ([key, value]) => {
  globalThis[key] = value
}

describe('without a tenant each function has a context of its own', onlyV8, () => {
  it('what one puts on globals or prototypes, another does not see', () =>
    withPool(one, async (pool) => {
      await pool.run(() => {
        globalThis.secret = 1
        Object.assign(Object.prototype, { polluted: 2 })
        Object.assign(Array.prototype, { map: () => 'replaced' })
        JSON.stringify = () => 'replaced'
        globalThis.Promise = undefined
        delete globalThis.Math
      })
      const seen = await pool.run(async () => [
        typeof globalThis.secret,
        {}.polluted,
        [1].map((x) => x),
        JSON.stringify([1]),
        await Promise.resolve(Math.abs(-1)),
      ])
      assert.deepEqual(seen, ['undefined', undefined, [1], '[1]', 1])
    }))

  it('frozen, emptied or broken globals are nobody else’s', () =>
    withPool(one, async (pool) => {
      await pool.run(() => void Object.freeze(globalThis))
      await pool.run(() => void delete globalThis.Array)
      await pool.run(() => void Object.setPrototypeOf(globalThis, null))
      await pool.run(() => {
        const global = globalThis
        const { ownKeys, deleteProperty } = Reflect
        for (const key of ownKeys(global)) deleteProperty(global, key)
      })
      assert.deepEqual(await pool.map([3, 4], (x) => Array.of(x * 2)), [[6], [8]])
    }))

  it('its source is evaluated anew for each chunk; its globals stay', () =>
    withPool(one, async (pool) => {
      assert.deepEqual(await pool.run(counter), [1, 1])
      assert.deepEqual(await pool.run(counter), [1, 2])
      const chunks = await pool.map(range(4), counter, { chunkSize: 2 })
      assert.deepEqual(
        chunks.map(([n]) => n),
        [1, 2, 1, 2],
      )
    }))

  it('a map and its reducer share that of the reducer', () =>
    withPool(one, async (pool) => {
      const sum = await pool.reduce([1, 2, 3], {
        map: (x) => (globalThis.factor ??= 10) * x,
        reduce: (a, b) => a + b * (globalThis.factor === 10 ? 1 : NaN),
        initial: 0,
      })
      assert.ok(Number.isNaN(sum) || sum === 60)
    }))
})

describe('tenant', onlyV8, () => {
  it('keeps the same function for two tenants apart', () =>
    withPool(one, async (pool) => {
      await pool.run(writeGlobal, ['secret', 'of a'], { tenant: 'a' })
      assert.equal(await pool.run(readGlobal, 'secret', { tenant: 'b' }), undefined)
      assert.equal(await pool.run(readGlobal, 'secret'), undefined)
    }))

  it('without stateful, keeps two functions of one tenant apart too', () =>
    withPool(one, async (pool) => {
      await pool.run(writeGlobal, ['secret', 1], { tenant: 'a' })
      assert.equal(await pool.run(readGlobal, 'secret', { tenant: 'a' }), undefined)
    }))

  it('goes with every operation', () =>
    withPool(one, async (pool) => {
      const stamp = (x) => {
        globalThis.seen = (globalThis.seen ?? 0) + 1
        return x
      }
      const options = { tenant: 'a', stateful: true }
      assert.deepEqual(await pool.map([1, 2], stamp, options), [1, 2])
      assert.deepEqual(await pool.filter([1, 0], stamp, options), [1])
      await pool.forEach([1], stamp, options)
      const streamed = []
      for await (const x of pool.stream([5], stamp, options)) streamed.push(x)
      assert.deepEqual(streamed, [5])
      const sum = { reduce: (a, b) => a + b, map: stamp }
      assert.equal(await pool.reduce([1, 2], sum, options), 3)
      assert.equal(await pool.run((key) => globalThis[key], 'seen', options), 8)
    }))

  it('is a string with text', () =>
    withPool(one, async (pool) => {
      for (const tenant of ['', 5, null]) {
        const error = await rejection(pool.run((x) => x, 1, { tenant }))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      }
    }))
})

describe('stateful', onlyV8, () => {
  const stateful = { stateful: true }

  it('keeps what the source sets up from call to call', () =>
    withPool(one, async (pool) => {
      assert.deepEqual(await pool.run(counter, 0, stateful), [1, 1])
      assert.deepEqual(await pool.run(counter, 0, stateful), [2, 2])
      assert.deepEqual(await pool.run(counter), [1, 1], 'the stateless one is another')
    }))

  it('lets functions of one tenant share globals, and nobody else', () =>
    withPool(one, async (pool) => {
      await pool.run(writeGlobal, ['common', 7], { tenant: 'a', ...stateful })
      assert.equal(await pool.run(readGlobal, 'common', { tenant: 'a', ...stateful }), 7)
      assert.equal(await pool.run(readGlobal, 'common', { tenant: 'b', ...stateful }), undefined)
      assert.equal(await pool.run(readGlobal, 'common', { tenant: 'a' }), undefined)
      assert.equal(await pool.run(readGlobal, 'common', stateful), undefined)
    }))

  it('loses its state with a call that is stopped', () =>
    withPool(one, async (pool) => {
      const fill = { tenant: 'a', ...stateful }
      await pool.run(writeGlobal, ['common', 7], fill)
      await rejection(pool.run(() => { for (;;); }, 0, { ...fill, timeout: 20 })) // prettier-ignore
      assert.equal(await pool.run(readGlobal, 'common', fill), undefined)
    }))
})

describe('maxContexts', onlyV8, () => {
  it('lets the context go that was used least recently', () =>
    withPool({ ...one, maxContexts: 2 }, async (pool) => {
      const count = async (tenant) => (await pool.run(counter, 0, { tenant, stateful: true }))[0]
      assert.deepEqual([await count('a'), await count('b'), await count('a')], [1, 1, 2])
      assert.equal(await count('c'), 1)
      assert.equal(await count('a'), 3)
      assert.equal(await count('b'), 1)
    }))

  it('bounds what many functions use', () =>
    withPool({ ...one, maxContexts: 4, memoryLimitMb: 64 }, async (pool) => {
      for (const n of range(300)) {
        assert.equal(await pool.run({ source: `(x) => x + ${n}` }, 1), n + 1)
      }
      assert.ok(pool.status()[0].heapUsed < 64 << 20)
    }))

  it('is less where memory is short: what others keep does not fail a call', () =>
    withPool({ ...one, memoryLimitMb: 64 }, async (pool) => {
      const hoard = (megabytes) => {
        globalThis.kept = Array.from({ length: megabytes }, () => new Array(1 << 17).fill(0.5))
      }
      for (const tenant of range(6)) await pool.run(hoard, 20, { tenant: `tenant ${tenant}` })
      const fits = () => Array.from({ length: 20 }, () => new Array(1 << 17).fill(0.5)).length
      assert.equal(await pool.run(fits), 20)
    }))

  it('also where one has filled memory with buffers in no time', () =>
    withPool({ ...one, memoryLimitMb: 64 }, async (pool) => {
      for (const tenant of ['a', 'b', 'c']) {
        const hoard = () => (globalThis.kept = new ArrayBuffer(50 << 20)).byteLength
        assert.equal(await pool.run(hoard, 0, { tenant }), 50 << 20)
      }
      assert.equal(await pool.run(() => new ArrayBuffer(50 << 20).byteLength), 50 << 20)
    }))
})

describe('tenant on an engine that cannot keep tenants apart', () => {
  it('is refused', () =>
    withPool({ threads: 1, engine: 'node' }, async (pool) => {
      const error = await rejection(pool.run((x) => x, 1, { tenant: 'a' }))
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.match(error.message, /tenant.*'v8'/)
    }))
})
