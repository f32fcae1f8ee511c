/* oxlint-disable always-return -- functions that never end are the point */
/** Loops that begin when a function has returned, before its Worker can look for the next call. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rejection, settled, until, withPool } from '../../support/pools.mjs'

/** Calls that leave a loop behind, and what they come to. None has a timeout. */
const calls = {
  'in a microtask': (pool) =>
    pool.run(() => {
      queueMicrotask(() => {
        for (;;);
      })
      return 'result'
    }),
  'in the reaction to a promise': (pool) =>
    pool.run(() => {
      Promise.resolve().then(() => {
        for (;;);
      })
      return 'result'
    }),
  'in process.nextTick': (pool) =>
    pool.run(() => {
      process.nextTick(() => {
        for (;;);
      })
      return 'result'
    }),
  'in setImmediate': (pool) =>
    pool.run(() => {
      setImmediate(() => {
        for (;;);
      })
      return 'result'
    }),
  'in setImmediate, of an async function': (pool) =>
    pool.run(async () => {
      await Promise.resolve('not at once')
      setImmediate(() => {
        for (;;);
      })
      return 'result'
    }),
  'in a microtask that follows its promise': (pool) =>
    pool.run(() => {
      const result = Promise.resolve('result')
      setImmediate(() => {
        result.then(() => {
          for (;;);
        })
      })
      return result
    }),
  'of a map': async (pool) => {
    const squares = await pool.map([1, 2], (x) => {
      setImmediate(() => {
        for (;;);
      })
      return x * x
    })
    assert.deepEqual(squares, [1, 4])
    return 'result'
  },
  'of a call that fails': async (pool) => {
    const error = await rejection(
      pool.run(() => {
        process.nextTick(() => {
          for (;;);
        })
        throw new RangeError('failed')
      }),
    )
    assert.match(error.message, /failed/)
    return 'result'
  },
  'by listening to its signal': async (pool) => {
    const listen = (_, { signal }) => {
      signal.addEventListener('abort', () => {
        for (;;);
      })
      throw new RangeError('failed')
    }
    assert.match((await rejection(pool.run(listen))).message, /failed/)
    return 'result'
  },
}

describe('a loop that a function leaves behind', () => {
  for (const [where, call] of Object.entries(calls)) {
    it(`${where}, does not keep its result`, () =>
      withPool({ threads: 1 }, async (pool) => {
        assert.equal(await settled(call(pool)), 'result')
      }))
  }

  it('has its Worker seen to be busy', () =>
    withPool({ threads: 1 }, async (pool) => {
      assert.equal(await settled(calls['in a microtask'](pool)), 'result')
      await until(() => pool.status()[0].state === 'running')
    }))

  it('does not keep the next calls: another Worker gets them', () =>
    withPool({ threads: 1 }, async (pool) => {
      assert.equal(await settled(calls['in process.nextTick'](pool)), 'result')
      const next = [pool.run((x) => x, 1), pool.run((x) => x, 2)]
      assert.deepEqual(await settled(Promise.all(next)), [1, 2])
      assert.equal(pool.status()[0].id, 1)
    }))

  it('leaves the slot free for the next call, even where none may wait', () =>
    withPool({ threads: 1, maxQueue: 0 }, async (pool) => {
      for (let n = 0; n < 200; n++) assert.equal(await pool.run((x) => x, n), n)
      assert.equal(await settled(calls['in a microtask'](pool)), 'result')
      assert.equal(await settled(pool.run((x) => x, 'next')), 'next')
    }))
})
