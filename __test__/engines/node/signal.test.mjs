import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { range, rejection, until, withPool } from '../../support/pools.mjs'

const one = { threads: 1 }

/** Waits, and sets the flag that it is given, if any; notes how its signal was when it was aborted, and ends then. */
const wait = (flag, { signal }) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, 60_000)
    const hear = () => {
      clearTimeout(timer)
      globalThis.heard = [...(globalThis.heard ?? []), signal.reason.name]
    }
    // On a crowded machine a timeout may pass before.
    if (signal.aborted) hear()
    else signal.addEventListener('abort', hear)
    if (typeof flag === 'object') Atomics.store(flag, 0, 1)
  })
const heard = () => globalThis.heard

describe('the signal in the context of a function', () => {
  it('is one for all items of a chunk, and another for the next', () =>
    withPool({ threads: 1, concurrency: 2 }, async (pool) => {
      const collect = async (_, __, context) => {
        globalThis.signals = [...(globalThis.signals ?? []), context.signal]
      }
      await pool.map(range(4), collect, { chunkSize: 2 })
      const same = () => globalThis.signals.map((signal) => globalThis.signals.indexOf(signal))
      assert.deepEqual(await pool.run(same), [0, 0, 2, 2])
    }))

  it('is aborted when the call times out', () =>
    withPool(one, async (pool) => {
      const error = await rejection(pool.run(wait, 0, { timeout: 200 }))
      assert.equal(error.code, 'ERR_ISOLANE_TIMEOUT')
      assert.deepEqual(await pool.run(heard), ['AbortError'])
    }))

  it('is aborted when the caller aborts', () =>
    withPool(one, async (pool) => {
      const stop = new AbortController()
      const flag = new Int32Array(new SharedArrayBuffer(4))
      const call = rejection(pool.run(wait, flag, { signal: stop.signal }))
      await until(() => Atomics.load(flag, 0) === 1)
      stop.abort()
      assert.equal((await call).code, 'ERR_ISOLANE_ABORTED')
      assert.deepEqual(await pool.run(heard), ['AbortError'])
    }))

  it('is aborted when another item of its chunk fails', () =>
    withPool({ threads: 1, concurrency: 3 }, async (pool) => {
      const source = `(x, _, context) => {
        if (x < 2) return (${wait})(x, context)
        return Promise.reject(new Error('no'))
      }`
      const error = await rejection(pool.map(range(3), { source }, { chunkSize: 3 }))
      assert.equal(error.index, 2)
      assert.deepEqual(await pool.run(heard), ['AbortError', 'AbortError'])
    }))

  it('is aborted when another item of its chunk throws', () =>
    withPool({ threads: 1, concurrency: 3 }, async (pool) => {
      const source = `(x, _, context) => {
        if (x < 2) return (${wait})(x, context)
        throw new Error('no')
      }`
      await rejection(pool.map(range(3), { source }, { chunkSize: 3 }))
      assert.deepEqual(await pool.run(heard), ['AbortError', 'AbortError'])
    }))

  it('is aborted when another chunk fails', () =>
    withPool({ threads: 2 }, async (pool) => {
      const source = `async (x, _, context) => {
        if (x === 0) return (${wait})(x, context)
        await new Promise((resolve) => setTimeout(resolve, 30))
        throw new Error('no')
      }`
      const error = await rejection(pool.map(range(2), { source }, { chunkSize: 1 }))
      assert.equal(error.index, 1)
      // On whichever worker it was.
      await until(async () => {
        const all = await pool.map(range(8), heard, { chunkSize: 1 })
        return all.flat().includes('AbortError')
      })
    }))

  it('is aborted when the call is stopped between two items', () =>
    withPool({ threads: 1, concurrency: 2 }, async (pool) => {
      const source = `(x, _, context) => {
        if (x === 0) return (${wait})(x, context)
        const end = Date.now() + 2
        while (Date.now() < end);
      }`
      const error = await rejection(
        pool.map(range(10_000), { source }, { chunkSize: 10_000, timeout: 300 }),
      )
      assert.equal(error.code, 'ERR_ISOLANE_TIMEOUT')
      assert.deepEqual(await pool.run(heard), ['AbortError'])
      assert.equal(pool.status()[0].id, 0)
    }))

  it('is left alone when the call ends well', () =>
    withPool(one, async (pool) => {
      await pool.run(async (_, { signal }) => void (globalThis.signal = signal))
      assert.equal(await pool.run(() => globalThis.signal.aborted), false)
    }))

  it('is aborted from the start for who asks when the call has ended', () =>
    withPool(one, async (pool) => {
      const leave = (x, context) => {
        globalThis.ask = () => context.signal.aborted
        if (x === 'throw') throw new Error('no')
        return x === 'wait' ? new Promise((resolve) => setTimeout(resolve, 60_000)) : x
      }
      const ask = () => [globalThis.ask(), globalThis.ask()]
      await pool.run(leave, 'return')
      assert.deepEqual(await pool.run(ask), [true, true])
      await rejection(pool.run(leave, 'throw'))
      assert.deepEqual(await pool.run(ask), [true, true])
      await rejection(pool.run(leave, 'wait', { timeout: 20 }))
      assert.deepEqual(await pool.run(ask), [true, true])
    }))

  it('stops what takes it', () =>
    withPool(one, async (pool) => {
      const sleep = async (_, { signal }) => {
        const { setTimeout: pause } = require('node:timers/promises')
        await pause(60_000, undefined, { signal }).catch(({ code }) => (globalThis.heard = [code]))
      }
      // To load it may take longer than a Worker has to stop.
      await pool.run(() => void require('node:timers/promises'))
      await rejection(pool.run(sleep, 0, { timeout: 20 }))
      await until(async () => (await pool.run(heard))?.[0] === 'ABORT_ERR')
    }))

  it('has what its listeners print logged as the call’s', () =>
    withPool({ threads: 1, concurrency: 2 }, async (pool) => {
      const seen = []
      pool.on('log', (entry) => seen.push([entry.function, entry.message]))
      const other = pool.run({
        name: 'other',
        source: 'async () => { await new Promise((go) => setTimeout(go, 100)) }',
      })
      const source = `(_, { signal }) => {
        signal.addEventListener('abort', () => console.log('stopped'))
        return new Promise((resolve) => setTimeout(resolve, 60_000).unref())
      }`
      await rejection(pool.run({ name: 'listener', source }, 0, { timeout: 20 }))
      await other
      await until(() => seen.length > 0)
      assert.deepEqual(seen, [['listener', 'stopped']])
    }))
})
