import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { QueueFullError, QueueTimeoutError } from 'isolane'
import { allIdle, occupy, range, rejection, withPool } from '../support/pools.mjs'

describe('priority', () => {
  it('goes before the order of calls, among those that wait', () =>
    withPool({ threads: 1 }, async (pool) => {
      const release = await occupy(pool)
      const order = []
      const calls = ['low', 'normal', 'high', 'low', undefined, 'high'].map((priority, index) =>
        pool.run((x) => x, index, { priority }).then((n) => order.push(n)),
      )
      await release()
      await Promise.all(calls)
      assert.deepEqual(order, [2, 5, 1, 4, 0, 3])
    }))

  it('lets a call pass a map that runs', () =>
    withPool({ threads: 1 }, async (pool) => {
      const order = []
      const spin = (x) => {
        const end = Date.now() + 2
        while (Date.now() < end);
        return x
      }
      const map = pool
        .map(range(200), spin, { chunkSize: 1, priority: 'low' })
        .then(() => order.push('map'))
      const call = pool.run(() => {}, 0, { priority: 'high' }).then(() => order.push('call'))
      await Promise.all([map, call])
      assert.deepEqual(order, ['call', 'map'])
    }))
})

describe('calls that run at once take turns', () => {
  it('a long map does not starve a call made later', () =>
    withPool({ threads: 1 }, async (pool) => {
      const order = []
      const spin = (x) => {
        const end = Date.now() + 1
        while (Date.now() < end);
        return x
      }
      const map = pool.map(range(500), spin).then(() => order.push('map'))
      await new Promise((resolve) => setImmediate(resolve))
      const calls = range(5).map((n) => pool.run((x) => x, n).then(() => order.push(n)))
      await Promise.all([map, ...calls])
      assert.deepEqual(order, [0, 1, 2, 3, 4, 'map'])
    }))

  it('two maps proceed side by side', () =>
    withPool({ threads: 1 }, async (pool) => {
      const order = []
      const options = (name) => ({ chunkSize: 10, onProgress: () => order.push(name) })
      const spin = (x) => {
        const end = Date.now() + 1
        while (Date.now() < end);
        return x
      }
      await Promise.all(['a', 'b'].map((name) => pool.map(range(100), spin, options(name))))
      assert.ok(order.indexOf('b') < order.lastIndexOf('a'), order.join(''))
      assert.ok(order.indexOf('a') < order.lastIndexOf('b'), order.join(''))
    }))
})

describe('maxQueue', () => {
  it('refuses calls beyond it with QueueFullError', () =>
    withPool({ threads: 1, maxQueue: 2 }, async (pool) => {
      await allIdle(pool)
      const release = await occupy(pool)
      const waiting = [1, 2].map((n) => pool.run((x) => x, n))
      const error = await rejection(pool.run(function third() {}, 3))
      assert.ok(error instanceof QueueFullError)
      assert.equal(error.code, 'ERR_ISOLANE_QUEUE_FULL')
      assert.equal(error.maxQueue, 2)
      assert.match(error.message, /third.*maxQueue: 2/)
      assert.equal((await rejection(pool.map([1, 2, 3], (x) => x))).code, 'ERR_ISOLANE_QUEUE_FULL')
      await release()
      assert.deepEqual(await Promise.all(waiting), [1, 2])
      assert.equal(await pool.run((x) => x, 4), 4)
    }))

  it('0 takes what can start at once and refuses the rest', () =>
    withPool({ threads: 1, maxQueue: 0 }, async (pool) => {
      await allIdle(pool)
      assert.equal(await pool.run((x) => x, 1), 1)
      await allIdle(pool)
      const release = await occupy(pool)
      assert.equal((await rejection(pool.run((x) => x, 2))).code, 'ERR_ISOLANE_QUEUE_FULL')
      await release()
    }))

  it('counts calls, not chunks', () =>
    withPool({ threads: 2, maxQueue: 1 }, async (pool) => {
      await allIdle(pool)
      assert.deepEqual(await pool.map(range(100), (x) => x, { chunkSize: 1 }), range(100))
    }))

  it('has room again where a call was aborted', () =>
    withPool({ threads: 1, maxQueue: 1 }, async (pool) => {
      const release = await occupy(pool)
      const stop = new AbortController()
      const first = rejection(pool.run((x) => x, 1, { signal: stop.signal }))
      assert.equal((await rejection(pool.run((x) => x, 2))).code, 'ERR_ISOLANE_QUEUE_FULL')
      stop.abort()
      await first
      const second = pool.run((x) => x, 3)
      await release()
      assert.equal(await second, 3)
    }))

  it('has no limit by default', () =>
    withPool({ threads: 1 }, async (pool) => {
      const release = await occupy(pool)
      const calls = range(20_000).map((n) => pool.run((x) => x, n))
      await release()
      assert.deepEqual(await Promise.all(calls), range(20_000))
    }))
})

describe('queueTimeout', () => {
  it('rejects a call that waits longer, which never runs', () =>
    withPool({ threads: 1 }, async (pool) => {
      const release = await occupy(pool)
      const lines = []
      pool.on('log', ({ message }) => lines.push(message))
      const error = await rejection(
        pool.run(
          function patient(_, { log }) {
            log('ran')
          },
          0,
          { queueTimeout: 30 },
        ),
      )
      assert.ok(error instanceof QueueTimeoutError)
      assert.equal(error.code, 'ERR_ISOLANE_QUEUE_TIMEOUT')
      assert.equal(error.queueTimeout, 30)
      assert.match(error.message, /patient.*30 ms/)
      await release()
      await pool.run(() => {})
      assert.deepEqual(lines, [])
    }))

  it('of the pool holds for calls that have none', () =>
    withPool({ threads: 1, queueTimeout: 30 }, async (pool) => {
      await allIdle(pool)
      const release = await occupy(pool)
      const own = pool.run((x) => x, 1, { queueTimeout: Infinity })
      assert.equal((await rejection(pool.run((x) => x, 1))).code, 'ERR_ISOLANE_QUEUE_TIMEOUT')
      assert.equal((await rejection(pool.map([1], (x) => x))).code, 'ERR_ISOLANE_QUEUE_TIMEOUT')
      await release()
      assert.equal(await own, 1)
    }))

  it('does not hit a call once it has started', () =>
    withPool({ threads: 1 }, async (pool) => {
      await allIdle(pool)
      const spin = (x) => {
        const end = Date.now() + 20
        while (Date.now() < end);
        return x
      }
      assert.deepEqual(
        await pool.map([1, 2, 3], spin, { chunkSize: 1, queueTimeout: 1000, timeout: 60_000 }),
        [1, 2, 3],
      )
      assert.equal(await pool.run(spin, 5, { queueTimeout: 1000 }), 5)
    }))
})
