import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { range, rejection, until, withPool } from '../../support/pools.mjs'

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))

/** Says how many calls of it await at once, at most. */
const together = async () => {
  globalThis.now = (globalThis.now ?? 0) + 1
  globalThis.most = Math.max(globalThis.most ?? 0, globalThis.now)
  await new Promise((resolve) => setTimeout(resolve, 5))
  globalThis.now--
  return globalThis.most
}

describe('concurrency', () => {
  it('is 1 by default: a worker runs one call after the other', () =>
    withPool({ threads: 1 }, async (pool) => {
      await Promise.all(range(5).map(() => pool.run(together)))
      assert.equal(await pool.run(() => globalThis.most), 1)
      await pool.map(range(5), together, { chunkSize: 5 })
      assert.equal(await pool.run(() => globalThis.most), 1)
    }))

  it('bounds how many promises a worker awaits, over separate calls', () =>
    withPool({ threads: 1, concurrency: 4 }, async (pool) => {
      const most = await Promise.all(range(20).map(() => pool.run(together)))
      assert.equal(Math.max(...most), 4)
    }))

  it('and over the items of a map', () =>
    withPool({ threads: 1, concurrency: 4 }, async (pool) => {
      assert.equal(Math.max(...(await pool.map(range(30), together, { chunkSize: 30 }))), 4)
      assert.equal(Math.max(...(await pool.map(range(30), together, { chunkSize: 3 }))), 4)
    }))

  it('gives each item its result, whichever settles first', () =>
    withPool({ threads: 2, concurrency: 8 }, async (pool) => {
      const wait = async (x) => {
        await new Promise((resolve) => setTimeout(resolve, (x * 7) % 11))
        return { x }
      }
      assert.deepEqual(
        await pool.map(range(100), wait),
        range(100).map((x) => ({ x })),
      )
      assert.deepEqual(
        await Promise.all(range(50).map((x) => pool.run(wait, x))),
        range(50).map((x) => ({ x })),
      )
    }))

  it('gives each call its result or error, when those of one worker end in the same turn', () =>
    withPool({ threads: 1, concurrency: 8, resolveFrom: fixtures }, async (pool) => {
      // All wait for the module to be imported, and go on together.
      const values = range(8).map((n) => `caller ${n}`)
      const greetings = values.map((name) => pool.run({ filename: 'functions.mjs' }, name))
      assert.deepEqual(
        await Promise.all(greetings),
        values.map((name) => `hello ${name}`),
      )
      const lastNever = (_, i, { args }) => (i === args ? new Promise(() => {}) : i)
      const errors = await Promise.all(
        range(4).map((last) => rejection(pool.map(range(last + 1), lastNever, { args: last }))),
      )
      assert.deepEqual(
        errors.map(({ index }) => index),
        range(4),
      )
    }))

  it('leaves what is synchronous as it is', () =>
    withPool({ threads: 2, concurrency: 10 }, async (pool) => {
      assert.deepEqual(
        await pool.map(range(1000), (x) => x + 1),
        range(1000).map((x) => x + 1),
      )
      assert.deepEqual(
        await pool.map(Float64Array.of(1, 2, 3), async (x) => x * 2, { chunkSize: 2 }),
        Float64Array.of(2, 4, 6),
      )
    }))

  it('an item that rejects ends its call, and not the others on the worker', () =>
    withPool({ threads: 1, concurrency: 4 }, async (pool) => {
      const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
      const others = pool.run(
        { source: `async (ms) => { await (${pause})(ms); return 'well' }` },
        40,
      )
      const fail = async (x) => {
        await Promise.resolve()
        if (x === 2) throw new Error('two')
        return new Promise((resolve) => setTimeout(resolve, 10_000))
      }
      const error = await rejection(pool.map(range(3), fail, { chunkSize: 3 }))
      assert.equal(error.index, 2)
      assert.equal(await others, 'well')
    }))

  it('each call logs as its own', () =>
    withPool({ threads: 1, concurrency: 5 }, async (pool) => {
      const seen = []
      pool.on('log', (entry) => seen.push([entry.function, entry.message]))
      const names = range(5).map((n) => `caller${n}`)
      const source = `async (n) => {
        console.log('start', n)
        await new Promise((resolve) => setTimeout(resolve, 10 - n))
        process.stdout.write('end ' + n + '\\n')
      }`
      await Promise.all(names.map((name, n) => pool.run({ name, source }, n)))
      await until(() => seen.length === 10)
      for (const [name, message] of seen) assert.equal(name, `caller${message.split(' ')[1]}`)
    }))

  it('is seen in status(): a worker whose calls wait is running', () =>
    withPool({ threads: 1, concurrency: 2 }, async (pool) => {
      const wait = () => new Promise((resolve) => setTimeout(resolve, 50))
      const call = pool.run(wait)
      await until(() => pool.status()[0].state === 'running')
      assert.equal(pool.status()[0].function, 'wait')
      await call
      await until(() => pool.status()[0].state === 'idle')
    }))
})
