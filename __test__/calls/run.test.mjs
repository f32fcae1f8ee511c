import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contextKeys } from '../support/engine.mjs'
import { range, rejection, withPool } from '../support/pools.mjs'

describe('pool.run', () => {
  it('calls the function once with the argument and the context', () =>
    withPool({ threads: 1 }, async (pool) => {
      const inspect = (arg, context) => [arg, Object.keys(context).toSorted()]
      assert.deepEqual(await pool.run(inspect, { a: 1 }), [{ a: 1 }, contextKeys])
    }))

  it('passes undefined where there is no argument', () =>
    withPool({ threads: 1 }, async (pool) => {
      assert.equal(await pool.run((arg) => arg === undefined), true)
      assert.equal(await pool.run(() => {}), undefined)
    }))

  it('takes args and shared values as map does', () =>
    withPool({ threads: 1 }, async (pool) => {
      const rules = await pool.share('rules', { limit: 10 })
      const within = (arg, { args, shared }) => arg + args < shared.rules.limit
      assert.equal(await pool.run(within, 4, { args: 5, shared: [rules] }), true)
      assert.equal(await pool.run(within, 5, { args: 5, shared: [rules] }), false)
    }))

  it('passes an array as one argument', () =>
    withPool({ threads: 1 }, async (pool) => {
      assert.equal(await pool.run((list) => list.length, [1, 2, 3]), 3)
    }))

  it('gives each of many calls its own result', () =>
    withPool({ threads: 2 }, async (pool) => {
      const results = await Promise.all(range(5000).map((n) => pool.run((x) => x * 2, n)))
      assert.deepEqual(
        results,
        range(5000).map((n) => n * 2),
      )
    }))

  it('starts calls of one priority in the order they were made', () =>
    withPool({ threads: 1 }, async (pool) => {
      const order = []
      await Promise.all(range(100).map((n) => pool.run((x) => x, n).then((x) => order.push(x))))
      assert.deepEqual(order, range(100))
    }))

  it('rejects with an error that has no index', () =>
    withPool({ threads: 1 }, async (pool) => {
      const error = await rejection(
        pool.run(() => {
          throw new Error('no')
        }),
      )
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.equal(error.index, undefined)
      assert.equal(error.cause.message, 'no')
    }))

  it('rejects rather than throws for bad input', () =>
    withPool({ threads: 1 }, async (pool) => {
      for (const call of [
        () => pool.run(5),
        () => pool.run((x) => x, 1, { timeout: 0 }),
        () =>
          pool.run(
            (x) => x,
            () => {},
          ),
      ]) {
        const error = await rejection(call())
        assert.match(error.code, /^ERR_ISOLANE_/)
      }
    }))
})
