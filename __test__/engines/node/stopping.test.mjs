import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runScript } from '../../support/processes.mjs'
import { range, rejection, settled, until, withPool } from '../../support/pools.mjs'

const one = { threads: 1 }
const hang = () => {
  for (;;);
}

describe('a call that is stopped while it awaits', () => {
  it('ends at its timeout; its signal is aborted; the Worker stays', () =>
    withPool(one, async (pool) => {
      const wait = (_, { signal }) =>
        new Promise((resolve) => {
          const timer = setTimeout(resolve, 60_000)
          signal.addEventListener('abort', () => {
            clearTimeout(timer)
            globalThis.aborted = signal.reason.name
          })
        })
      const error = await rejection(pool.run(wait, 0, { timeout: 30 }))
      assert.equal(error.code, 'ERR_ISOLANE_TIMEOUT')
      assert.equal(await pool.run(() => globalThis.aborted), 'AbortError')
      assert.equal(pool.status()[0].id, 0)
    }))

  it('ends when the caller aborts it', () =>
    withPool(one, async (pool) => {
      const stop = new AbortController()
      const wait = (_, { signal }) =>
        new Promise((_resolve, reject) => {
          setTimeout(() => {}, 60_000).ref()
          signal.addEventListener('abort', () => reject(new Error('nobody hears this')))
        })
      const call = rejection(pool.run(wait, 0, { signal: stop.signal }))
      await until(() => pool.status()[0].state === 'running')
      stop.abort('enough')
      const error = await call
      assert.equal(error.code, 'ERR_ISOLANE_ABORTED')
      assert.equal(error.cause, 'enough')
      assert.equal(await pool.run((x) => x, 1), 1)
      assert.equal(pool.status()[0].id, 0)
    }))

  it('gives what it had finished to a partial map', () =>
    withPool({ threads: 1, concurrency: 3 }, async (pool) => {
      const wait = (x) =>
        x < 2 ? `done ${x}` : new Promise((resolve) => setTimeout(resolve, 60_000))
      const { status, results } = await pool.map(range(4), wait, {
        chunkSize: 4,
        timeout: 60,
        onTimeout: 'partial',
      })
      assert.equal(status, 'partial')
      assert.deepEqual([results[0], results[1], 2 in results], ['done 0', 'done 1', false])
    }))
})

describe('a call that is stopped between two items', () => {
  it('keeps its Worker', () =>
    withPool(one, async (pool) => {
      const spin = () => {
        const end = Date.now() + 2
        while (Date.now() < end);
      }
      const error = await rejection(
        pool.map(range(10_000), spin, { chunkSize: 10_000, timeout: 30 }),
      )
      assert.equal(error.code, 'ERR_ISOLANE_TIMEOUT')
      assert.equal(await pool.run((x) => x, 1), 1)
      assert.equal(pool.status()[0].id, 0)
    }))
})

describe('a call that does not stop', () => {
  it('costs its Worker, which is replaced, as often as need be', () =>
    withPool(one, async (pool) => {
      for (const n of range(8)) {
        const error = await rejection(pool.run(hang, 0, { timeout: 10 }))
        assert.equal(error.code, 'ERR_ISOLANE_TIMEOUT')
        assert.equal(await pool.run((x) => x, n), n)
        assert.equal(pool.status()[0].id, n + 1)
      }
    }))

  it('takes along the calls that wait on the same Worker, and no others', () =>
    withPool({ threads: 2, concurrency: 2 }, async (pool) => {
      // [how many have begun, whether they may end]: the others must be there when one is lost.
      const flags = new Int32Array(new SharedArrayBuffer(8))
      const wait = async (flags) => {
        Atomics.add(flags, 0, 1)
        while (Atomics.load(flags, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
        return 'well'
      }
      const waiting = []
      // A Worker takes two calls when it is quicker than the other: a third goes to the other then.
      do {
        waiting.push(pool.run(wait, flags).catch(({ code }) => code))
        await until(() => Atomics.load(flags, 0) === waiting.length)
      } while (!pool.status().every(({ state }) => state === 'running'))
      const error = await rejection(pool.run(hang, 0, { timeout: 20 }))
      assert.equal(error.code, 'ERR_ISOLANE_TIMEOUT')
      Atomics.store(flags, 1, 1)
      const outcomes = await settled(Promise.all(waiting))
      // Both Workers had one, or the one that was full kept its two.
      assert.deepEqual(outcomes.sort(), [
        'ERR_ISOLANE_WORKER_LOST',
        ...waiting.slice(1).map(() => 'well'),
      ])
    }))

  it('is listed as lost until its thread has ended', () =>
    withPool(one, async (pool) => {
      const lost = () => pool.status().filter(({ state }) => state === 'lost')
      await rejection(pool.run(hang, 0, { timeout: 10 }))
      assert.equal(await pool.run((x) => x, 1), 1)
      await until(() => lost().length === 0)
      assert.equal(pool.status().length, 1)
    }))

  it('is listed with its function while a built-in keeps its thread', async () => {
    const { signal, stdout, stderr } = await runScript(`
      import { Pool } from 'isolane'
      const pool = new Pool({ engine: 'node', threads: 1 })
      const unstoppable = function unstoppable(begins) {
        begins[0] = 1
        return ('a' + '\\u0301\\u0316'.repeat(3e6)).normalize('NFD').length
      }
      const begins = new Int32Array(new SharedArrayBuffer(4))
      const stop = new AbortController()
      const call = pool.run(unstoppable, begins, { signal: stop.signal }).catch(() => {})
      while (begins[0] === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      stop.abort()
      await call
      console.log(await pool.run((x) => x, 42))
      console.log(JSON.stringify(pool.status().map(({ id, state, function: fn }) => [id, state, fn])))
      // Nothing else ends a process with such a thread.
      process.kill(process.pid, 'SIGKILL')`)
    assert.equal(signal, 'SIGKILL', stderr)
    const [answer, status] = stdout.split('\n')
    assert.equal(answer, '42')
    const [[id], ...lost] = JSON.parse(status)
    assert.equal(id, 1)
    assert.deepEqual(lost, [[0, 'lost', 'unstoppable']])
  })

  it('is followed at once by a spare', () =>
    withPool({ ...one, spareWorkers: 1 }, async (pool) => {
      for (const n of range(4)) {
        await rejection(pool.run(hang, 0, { timeout: 10 }))
        assert.equal(await pool.run((x) => x, n), n)
      }
    }))

  it('does not keep destroy()', () =>
    withPool({ threads: 2, spareWorkers: 1 }, async (pool) => {
      const calls = range(2).map(() => rejection(pool.run(hang)))
      await until(() => pool.status().every(({ state }) => state === 'running'))
      await settled(pool.destroy())
      for (const error of await Promise.all(calls)) {
        assert.equal(error.code, 'ERR_ISOLANE_POOL_CLOSED')
      }
    }))
})
