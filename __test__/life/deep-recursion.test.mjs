/**
 * Calls from the depth of a recursion that has used up its stack. Code may go on when it has caught V8's
 * RangeError, and so does the pool: each call has one end, and the pool still computes and closes.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pool } from '../support/engine.mjs'
import { settled } from '../support/pools.mjs'
import { sized } from '../support/size.mjs'

/** Frames on the way back up at each of which the operation is called. */
const EACH = sized(600, 100)
/** Frames above those, at a few of which it is: there is room by then, however small they are. */
const MORE = 4000

/** Recurses until there is no stack, and calls `act` in the last frames on the way back up. */
function onTheWayUp(act) {
  let up = 0
  const descend = () => {
    try {
      descend()
    } catch (error) {
      if (!isV8s(error)) throw error
    }
    if (up++ < EACH || (up < EACH + MORE && up % 20 === 0)) act()
  }
  descend()
}

const double = (x) => x * 2
const isTyped = (error) => error?.code?.startsWith('ERR_ISOLANE_') === true
/** Where not even the first function of the package can be entered, V8 says so. */
const isV8s = (error) => error instanceof RangeError && /call stack/.test(error.message)

/** Each gives a promise, and says what it resolves with. */
const operations = {
  'run without options': [(pool) => pool.run(double, 4), 8],
  'run with options': [(pool) => pool.run(double, 4, { timeout: 60_000 }), 8],
  'run with a signal': [(pool, { signal }) => pool.run(double, 4, { signal }), 8],
  'map over an array': [(pool) => pool.map([1, 2], double), [2, 4]],
  'map over records': [(pool) => pool.map([{ n: [1] }], (x) => x.n), [[1]]],
  'map over a typed array': [(pool) => pool.map(Float64Array.of(1, 2), double), Float64Array.of(2, 4)], // prettier-ignore
  'map over an iterable': [(pool) => pool.map(new Set([1, 2]), double), [2, 4]],
  'map with onError': [(pool) => pool.map([1], double, { onError: 'omit' }).then((o) => o.results), [2]], // prettier-ignore
  'map of a large buffer': [(pool) => pool.map([new Uint8Array(1 << 17)], (x) => x.length), [1 << 17]], // prettier-ignore
  filter: [(pool) => pool.filter([1, 2], (x) => x > 1), [2]],
  forEach: [(pool) => pool.forEach([1, 2], double), undefined],
  reduce: [(pool) => pool.reduce([1, 2, 3], { reduce: (a, b) => a + b }), 6],
  stream: [(pool) => pool.stream([1, 2], double).next(), { value: 2, done: false }],
  share: [
    async (pool) => {
      const shared = await pool.share('value', [1])
      const read = await pool.run((_, context) => context.shared.value, 1, { shared: [shared] })
      shared.dispose()
      return read
    },
    [1],
  ],
  publish: [
    async (pool, { number }) => {
      const published = await pool.publish(`double${number}`, (x) => x * 2)
      const result = await pool.run(published, 2)
      published.dispose()
      return result
    },
    4,
  ],
}

async function assertWorks(pool) {
  assert.deepEqual(await settled(pool.map([1, 2, 3], double)), [2, 4, 6])
  assert.deepEqual(await settled(pool.map(Int32Array.of(1, 2), double)), Int32Array.of(2, 4))
  assert.equal(await settled(pool.run(double, 1)), 2)
}

describe('a call where the stack is nearly full', () => {
  for (const [name, [act, expected]] of Object.entries(operations)) {
    it(`${name} works, or says that it is`, async () => {
      const pool = new Pool({ threads: 1 })
      await settled(act(pool, { signal: new AbortController().signal, number: -1 }))
      const calls = []
      const thrown = []
      onTheWayUp(() => {
        const scene = { signal: signals[calls.length % signals.length], number: calls.length }
        try {
          calls.push(act(pool, scene))
        } catch (error) {
          thrown.push(error)
        }
      })
      const outcomes = await settled(Promise.allSettled(calls))
      for (const { status, value, reason } of outcomes) {
        if (status === 'fulfilled') assert.deepEqual(value, expected)
        else assert.ok(isTyped(reason) || isV8s(reason), reason)
      }
      for (const error of thrown) assert.ok(isTyped(error) || isV8s(error), error)
      assert.ok(outcomes.some(({ status }) => status === 'fulfilled'))
      await assertWorks(pool)
      await settled(pool.close())
    })
  }
})

/** Made before: what makes them is Node's. */
const signals = Array.from({ length: 16 }, () => new AbortController().signal)

describe('an abort where the stack is nearly full', () => {
  it('comes to the call', async () => {
    const pool = new Pool({ threads: 1 })
    const controllers = Array.from({ length: EACH + MORE / 20 + 1 }, () => new AbortController())
    const calls = controllers.map(
      ({ signal }) =>
      pool.run(() => { for (;;); }, 1, { signal }), // prettier-ignore
    )
    const uncaught = []
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => uncaught.push(error))
    try {
      let next = 0
      onTheWayUp(() => {
        const controller = controllers[next++]
        try {
          controller.abort()
        } catch (error) {
          if (!isV8s(error)) throw error
        }
      })
      // Some may not even have been told to abort.
      for (const controller of controllers) controller.abort()
      const outcomes = await settled(Promise.allSettled(calls))
      for (const { reason } of outcomes) assert.equal(reason?.code, 'ERR_ISOLANE_ABORTED')
      // Of Node, where it could not enter a listener.
      for (const error of uncaught) assert.ok(isV8s(error), error)
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of before) process.on('uncaughtException', listener)
    }
    await assertWorks(pool)
    await settled(pool.close())
  })
})

describe('the end of a pool where the stack is nearly full', () => {
  const ends = {
    close: (pool) => pool.close(),
    'close by force': (pool) => pool.close({ force: true }),
    destroy: (pool) => pool.destroy(),
  }
  for (const [name, end] of Object.entries(ends)) {
    it(`${name} works, or leaves the pool as it was`, async () => {
      const pools = Array.from({ length: 3 }, () => new Pool({ threads: 1 }))
      for (const pool of pools) await assertWorks(pool)
      const attempts = pools.map(() => [])
      onTheWayUp(() => {
        pools.forEach((pool, index) => {
          try {
            attempts[index].push(end(pool))
          } catch (error) {
            if (!isTyped(error) && !isV8s(error)) throw error
          }
        })
      })
      const ended = await settled(
        Promise.all(attempts.map((attempted) => Promise.allSettled(attempted))),
      )
      for (const [index, outcomes] of ended.entries()) {
        for (const { reason } of outcomes) {
          assert.ok(reason === undefined || isTyped(reason) || isV8s(reason), reason)
        }
        assert.ok(outcomes.some(({ status }) => status === 'fulfilled'))
        await settled(pools[index].close())
      }
    })
  }

  it('a pool may be made there, or not', async () => {
    const pools = []
    onTheWayUp(() => {
      if (pools.length === 3) return
      try {
        pools.push(new Pool({ threads: 1 }))
      } catch (error) {
        assert.ok(isTyped(error) || isV8s(error), error)
      }
    })
    assert.equal(pools.length, 3)
    for (const pool of pools) {
      await assertWorks(pool)
      await settled(pool.close())
    }
  })
})
