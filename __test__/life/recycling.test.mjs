import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { WorkerLostError } from 'isolane'
import { onlyV8 } from '../support/engine.mjs'
import { allIdle, range, rejection, settled, until, withPool } from '../support/pools.mjs'

/** Where V8 can only abort: the thread is given up. */
const exhaust = () => 'a'.repeat(2e8).split('').length

function destroyed(pool) {
  const reasons = []
  pool.on('workerDestroy', ({ reason }) => reasons.push(reason))
  return reasons
}

describe('recycleAfterTasks', onlyV8, () => {
  it('replaces an isolate after so many chunks, and nothing is lost', () =>
    withPool({ threads: 1, recycleAfterTasks: 5 }, async (pool) => {
      const reasons = destroyed(pool)
      const count = () => (globalThis.calls = (globalThis.calls ?? 0) + 1)
      const counts = []
      for (const _ of range(20)) counts.push(await settled(pool.run(count)))
      assert.deepEqual(counts, range(20).map((n) => (n % 5) + 1)) // prettier-ignore
      await until(() => reasons.length === 4)
      assert.deepEqual(reasons, range(4).map(() => undefined)) // prettier-ignore
      const doubled = await settled(pool.map(range(100), (x) => x * 2, { chunkSize: 1 }))
      assert.deepEqual(
        doubled,
        range(100).map((x) => x * 2),
      )
    }))

  it('is Infinity by default', () =>
    withPool({ threads: 1 }, async (pool) => {
      const reasons = destroyed(pool)
      await settled(pool.map(range(2000), (x) => x, { chunkSize: 1 }))
      assert.deepEqual(reasons, [])
    }))
})

describe('recycleAboveMb', onlyV8, () => {
  const keep = (mib) => {
    globalThis.kept ??= []
    for (let i = 0; i < mib * 8; i++) globalThis.kept.push(new Array(16_384).fill(i))
    return globalThis.kept.length
  }

  it('replaces an isolate that holds more', () =>
    withPool({ threads: 1, recycleAboveMb: 64 }, async (pool) => {
      const reasons = destroyed(pool)
      assert.equal(await settled(pool.run(keep, 20)), 160)
      assert.equal(await settled(pool.run(keep, 20)), 320)
      assert.equal(await settled(pool.run(keep, 40)), 640)
      assert.equal(await settled(pool.run(keep, 1)), 8)
      assert.deepEqual(reasons, [undefined])
    }))

  it('does not count garbage', () =>
    withPool({ threads: 1, recycleAboveMb: 64 }, async (pool) => {
      const reasons = destroyed(pool)
      const litter = () => {
        let total = 0
        for (let i = 0; i < 1600; i++) total += new Array(16_384).fill(i).length
        return total
      }
      for (const _ of range(5)) assert.equal(await settled(pool.run(litter)), 26_214_400)
      await allIdle(pool)
      assert.deepEqual(reasons, [])
    }))
})

describe('maxLostWorkers', onlyV8, () => {
  it('bounds replacements; what is left goes on, then calls reject with the reason', () =>
    withPool({ threads: 2, maxLostWorkers: 1 }, async (pool) => {
      const errors = []
      pool.on('error', (error) => errors.push(error))
      for (const lost of [1, 2, 3]) {
        assert.equal(await settled(pool.run((x) => x + 1, lost)), lost + 1)
        const error = await rejection(pool.run(exhaust))
        assert.equal(error.code, 'ERR_ISOLANE_MEMORY_LIMIT')
        await until(() => errors.length === lost)
      }
      for (const error of errors) assert.ok(error instanceof WorkerLostError)
      const error = await rejection(pool.run((x) => x, 1))
      assert.equal(error.code, 'ERR_ISOLANE_ENGINE_UNAVAILABLE')
      assert.match(error.message, /more workers were lost than are replaced \(maxLostWorkers: 1\)/)
    }))
})
