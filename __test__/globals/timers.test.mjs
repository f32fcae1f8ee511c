/** Timers: what they let settle, and what ends them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { onlyV8 } from '../support/engine.mjs'
import { rejection, settled, withPool } from '../support/pools.mjs'
import { comparing } from './support.mjs'

const one = { threads: 1 }

describe('timers', () => {
  const same = comparing()

  it('run in the order in which they are due, microtasks between them', () =>
    same(async () => {
      const seen = []
      setTimeout(() => {
        seen.push('early')
        setTimeout((...args) => seen.push(args), 1, 'late', 2)
        queueMicrotask(() => seen.push('microtask'))
        Promise.resolve().then(() => seen.push('promise'))
      }, 1)
      setTimeout(() => seen.push('same time'), 1)
      setImmediate(() => seen.push('immediate'))
      await new Promise((resolve) =>
        setTimeout(() => setTimeout(() => setTimeout(resolve, 1), 1), 1),
      )
      return seen.filter((what) => what !== 'immediate')
    }))

  it('can be taken back', () =>
    same(async () => {
      const seen = []
      const timeout = setTimeout(() => seen.push('timeout'), 1)
      clearTimeout(timeout)
      clearTimeout(timeout)
      clearTimeout(undefined)
      clearTimeout(null)
      clearTimeout('nothing')
      const immediate = setImmediate(() => seen.push('immediate'))
      clearImmediate(immediate)
      let count = 0
      await new Promise((resolve) => {
        const interval = setInterval(() => {
          if (++count < 3) return
          clearInterval(interval)
          resolve()
        }, 1)
      })
      await new Promise((resolve) => setTimeout(resolve, 5))
      return [seen, count]
    }))

  it('refuse what is no function', () =>
    same(() =>
      [setTimeout, setInterval, setImmediate, queueMicrotask].map((start) => {
        try {
          start('text')
        } catch (error) {
          return error.name
        }
        return 'taken'
      }),
    ))

  it('let each item of a call wait, all of them together', onlyV8, () =>
    withPool(one, async (pool) => {
      const wait = (x) => new Promise((resolve) => setTimeout(resolve, 5, x * 2))
      const items = Array.from({ length: 100 }, (_, n) => n)
      assert.deepEqual(await settled(pool.map(items, wait)), items.map((n) => n * 2)) // prettier-ignore
    }),
  )

  it('in thousands, many of them taken back, come in order', onlyV8, () =>
    withPool(one, async (pool) => {
      const start = async () => {
        const seen = []
        // The clock's own microseconds: sums of fractions would differ in their last digit.
        const after = (delay) => Math.round(performance.now() * 1000) + delay * 1000
        for (let i = 0; i < 5000; i++) {
          const delay = 1 + (i % 7)
          const due = { from: after(delay), to: 0 }
          const id = setTimeout(() => seen.push(due), delay)
          due.to = after(delay)
          if (i % 3 !== 0) clearTimeout(id)
        }
        while (seen.length < 1667) await new Promise((resolve) => setTimeout(resolve, 1))
        return [seen.length, seen.every(({ to }, i) => i === 0 || seen[i - 1].from <= to)]
      }
      assert.deepEqual(await settled(pool.run(start)), [1667, true])
    }),
  )

  it('end with the call that made them', onlyV8, () =>
    withPool(one, async (pool) => {
      const source = `(() => { let ticks = 0; return async (wait) => {
        const before = ticks
        setInterval(() => ticks++, 1)
        setTimeout(() => ticks++, 1)
        if (wait) await new Promise((resolve) => setTimeout(resolve, 10))
        else await null
        return ticks - before
      } })()`
      const count = (wait) => settled(pool.run({ source, name: 'ticking' }, wait, { stateful: true })) // prettier-ignore
      assert.equal(await count(false), 0)
      const first = await count(true)
      assert.ok(first > 0)
      assert.equal(await count(false), 0)
    }),
  )

  it('of a call without promises do not run', onlyV8, () =>
    withPool(one, async (pool) => {
      const source = `(() => { let ticks = 0; return (what) => {
        if (what === 'start') setTimeout(() => ticks++, 1)
        return what === 'wait' ? new Promise((resolve) => setTimeout(() => resolve(ticks), 20)) : ticks
      } })()`
      const run = (what) => settled(pool.run({ source, name: 'left' }, what, { stateful: true }))
      assert.equal(await run('start'), 0)
      assert.equal(await run('wait'), 0)
    }),
  )

  it('that never settle anything end a call at its limit', onlyV8, () =>
    withPool(one, async (pool) => {
      const forms = [
        () => new Promise(() => setInterval(() => {}, 1)),
        () => new Promise(() => setTimeout(() => {}, 1e6)),
        () => new Promise(() => (function again() { setImmediate(again) })()), // prettier-ignore
        () => new Promise(() => setTimeout(() => { for (;;); }, 1)), // prettier-ignore
      ]
      for (const form of forms) {
        const error = await rejection(settled(pool.run(form, 0, { timeout: 50 })))
        assert.equal(error.code, 'ERR_ISOLANE_TIMEOUT')
        assert.equal(await settled(pool.run(() => 1)), 1)
      }
      assert.equal(pool.status()[0].id, 0)
    }),
  )

  it('wait no longer than until a call is aborted, or its pool destroyed', onlyV8, () =>
    withPool(one, async (pool) => {
      const wait = (flag) => {
        Atomics.store(flag, 0, 1)
        return new Promise((resolve) => setTimeout(resolve, 1e9))
      }
      const controller = new AbortController()
      const { signal } = controller
      const aborted = rejection(settled(pool.run(() => new Promise((resolve) => setTimeout(resolve, 1e9)), 0, { signal }))) // prettier-ignore
      setTimeout(() => controller.abort(), 20)
      assert.equal((await aborted).code, 'ERR_ISOLANE_ABORTED')
      const destroyed = rejection(settled(pool.run(wait, new Int32Array(1))))
      await settled(pool.destroy())
      assert.ok((await destroyed).code.startsWith('ERR_ISOLANE'))
    }),
  )

  it('leave what was finished to a call that may be partial', onlyV8, () =>
    withPool(one, async (pool) => {
      const { status, completed } = await settled(
        pool.map(
          [1, 2, 3],
          (x) => (x < 3 ? x : new Promise((resolve) => setTimeout(resolve, 1e9))),
          { timeout: 100, onTimeout: 'partial', chunkSize: 3 },
        ),
      )
      assert.deepEqual([status, completed], ['partial', 2])
    }),
  )

  it('are what a promise can wait for: without one it never settles', onlyV8, () =>
    withPool(one, async (pool) => {
      for (const form of [
        () => new Promise(() => {}),
        () => new Promise(() => setTimeout(() => {}, 1)),
        () => new Promise((resolve) => clearTimeout(setTimeout(resolve, 1))),
      ]) {
        const error = await rejection(settled(pool.run(form)))
        assert.equal(error.code, 'ERR_ISOLANE_NEVER_SETTLES')
      }
    }),
  )

  it('that throw end a call that waits, with what they have thrown', onlyV8, () =>
    withPool(one, async (pool) => {
      const fail = () => {
        throw new RangeError('nobody catches this')
      }
      for (const start of ['setTimeout', 'setImmediate', 'queueMicrotask']) {
        const source = `() => new Promise(() => { ${start}(${fail}); setInterval(() => {}, 1) })`
        const error = await rejection(settled(pool.run({ source })))
        assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
        assert.match(error.message, /RangeError: nobody catches this/)
      }
      const outcome = await settled(
        pool.map(
          [1, 2],
          (x) => (x === 1 ? 'done' : new Promise(() => setTimeout(() => { throw new Error('mine') }, 1))), // prettier-ignore
          { onError: 'settle', chunkSize: 2 },
        ),
      )
      assert.equal(outcome.failures[0].index, 1)
      assert.match(outcome.failures[0].error.message, /mine/)
      // Who has a result keeps it, and the next call knows nothing of it.
      assert.equal(await settled(pool.run(() => { queueMicrotask(() => { throw 1 }); return 5 })), 5) // prettier-ignore
      assert.equal(await settled(pool.run(async () => new Promise((resolve) => setTimeout(resolve, 1, 6)))), 6) // prettier-ignore
    }),
  )

  it('see no more of a rejected call', onlyV8, () =>
    withPool(one, async (pool) => {
      const error = await rejection(
        settled(
          pool.map(
            [1, 2],
            (x) => (x === 1 ? Promise.reject(new Error('at once')) : new Promise((resolve) => setTimeout(resolve, 1e9))), // prettier-ignore
            { chunkSize: 2 },
          ),
        ),
      )
      assert.match(error.message, /at once/)
    }),
  )
})
