import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  allIdle,
  occupy,
  range,
  rejection,
  runningFunctions,
  until,
  withPool,
} from '../support/pools.mjs'

const spin = (milliseconds) => {
  const end = Date.now() + milliseconds
  while (Date.now() < end);
}

describe('pool.status', () => {
  it('tells of each worker: state, function, items done, heap used, age', () =>
    withPool({ threads: 2 }, async (pool) => {
      await allIdle(pool)
      const workers = pool.status()
      assert.equal(workers.length, 2)
      assert.deepEqual(new Set(workers.map(({ id }) => id)), new Set([0, 1]))
      for (const worker of workers) {
        assert.deepEqual(Object.keys(worker).toSorted(), [
          'age',
          'callId',
          'function',
          'heapUsed',
          'id',
          'itemsDone',
          'state',
          'tenant',
        ])
        assert.equal(worker.state, 'idle')
        assert.equal(worker.function, undefined)
        assert.equal(worker.itemsDone, 0)
        assert.ok(worker.heapUsed > 0)
        assert.ok(worker.age > 0)
      }
    }))

  it('names the function that runs', () =>
    withPool({ threads: 2 }, async (pool) => {
      const stop = new AbortController()
      const call = rejection(
        pool.run(
          function matchRoom() {
            for (;;);
          },
          0,
          { signal: stop.signal },
        ),
      )
      await until(() => runningFunctions(pool).length === 1)
      assert.deepEqual(runningFunctions(pool), ['matchRoom'])
      stop.abort()
      await call
      await allIdle(pool)
      assert.ok(pool.status().every((worker) => worker.function === undefined))
    }))

  it('counts items done', () =>
    withPool({ threads: 2 }, async (pool) => {
      await pool.map(range(1000), (x) => x)
      await pool.map(new Float64Array(500), (x) => x)
      await pool.run(() => {})
      const done = pool.status().reduce((sum, { itemsDone }) => sum + itemsDone, 0)
      assert.equal(done, 1501)
    }))

  it('counts items while a map still runs', () =>
    withPool({ threads: 1 }, async (pool) => {
      const stop = new AbortController()
      const hangAtTen = (x) => {
        if (x === 10) for (;;);
      }
      const call = rejection(pool.map(range(20), hangAtTen, { chunkSize: 1, signal: stop.signal }))
      await until(() => pool.status()[0].itemsDone === 10)
      stop.abort()
      await call
    }))

  it('shows the heap of a worker that keeps something', () =>
    withPool({ threads: 1 }, async (pool) => {
      await allIdle(pool)
      const [{ heapUsed: before }] = pool.status()
      await pool.run(() => {
        globalThis.kept = Array.from({ length: 500_000 }, (_, n) => ({ n }))
      })
      await until(() => pool.status()[0].heapUsed > before + 5_000_000)
    }))

  it('grows older', () =>
    withPool({ threads: 1 }, async (pool) => {
      const [{ age }] = pool.status()
      await pool.run(spin, 5)
      assert.ok(pool.status()[0].age > age)
    }))
})

describe('pool.stats', () => {
  it('counts calls that ended well and those that did not', () =>
    withPool({ threads: 2 }, async (pool) => {
      const fail = () => {
        throw new Error('no')
      }
      await Promise.all(range(7).map((n) => pool.run((x) => x, n)))
      await pool.map(range(100), (x) => x, { chunkSize: 1 })
      await rejection(pool.run(fail))
      await rejection(
        pool.run(
          () => {
            for (;;);
          },
          0,
          { timeout: 20 },
        ),
      )
      const { completed, failed, queued, running } = pool.stats()
      assert.deepEqual(
        { completed, failed, queued, running },
        { completed: 8, failed: 2, queued: 0, running: 0 },
      )
    }))

  it('counts calls that wait and calls that run', () =>
    withPool({ threads: 1 }, async (pool) => {
      const release = await occupy(pool)
      const calls = range(5).map(() => pool.run(() => {}))
      await until(() => pool.stats().queued === 5)
      assert.equal(pool.stats().running, 1)
      await release()
      await Promise.all(calls)
      assert.equal(pool.stats().queued, 0)
      assert.equal(pool.stats().running, 0)
    }))

  it('gives histograms of run and wait times in milliseconds', () =>
    withPool({ threads: 1 }, async (pool) => {
      for (const _ of range(10)) await pool.run(spin, 5)
      const release = await occupy(pool)
      const waiting = pool.run(spin, 5)
      await pool.stats()
      await release()
      await waiting
      const { run, wait } = pool.stats()
      assert.equal(run.count, 12)
      assert.equal(wait.count, 12)
      assert.ok(run.p50 >= 4, `p50 of runs that spin for 5 ms: ${run.p50}`)
      const percentiles = ['min', 'p50', 'p75', 'p90', 'p95', 'p97_5', 'p99', 'p99_9', 'max']
      for (const histogram of [run, wait]) {
        const values = percentiles.map((key) => histogram[key])
        assert.deepEqual(
          values,
          values.toSorted((a, b) => a - b),
          'percentiles ascend',
        )
        assert.ok(histogram.mean >= histogram.min && histogram.mean <= histogram.max)
        assert.ok(histogram.stddev >= 0)
      }
    }))

  it('gives utilization from 0 to 1', () =>
    withPool({ threads: 2 }, async (pool) => {
      await allIdle(pool)
      const idle = pool.stats().utilization
      await pool.map([50, 50, 50, 50], spin, { chunkSize: 1 })
      const busy = pool.stats().utilization
      assert.ok(idle >= 0 && idle < busy && busy <= 1, `${idle}, ${busy}`)
    }))

  it('has empty histograms before the first call', () =>
    withPool({ threads: 1 }, async (pool) => {
      const { run, wait } = pool.stats()
      assert.equal(run.count, 0)
      assert.equal(wait.count, 0)
      for (const value of [...Object.values(run), ...Object.values(wait)])
        assert.ok(Number.isFinite(value))
    }))

  it('starts histograms anew with resetStats', () =>
    withPool({ threads: 1 }, async (pool) => {
      await pool.run(() => {})
      pool.resetStats()
      assert.equal(pool.stats().run.count, 0)
      assert.equal(pool.stats().wait.count, 0)
      await pool.run(() => {})
      assert.equal(pool.stats().run.count, 1)
    }))
})
