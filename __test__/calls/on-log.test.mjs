/** The option `onLog` has the lines of its own call, and of no other. */
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, it } from 'node:test'
import { onlyV8 } from '../support/engine.mjs'
import { range, rejection, withPool } from '../support/pools.mjs'

const talk = (n, index, context) => {
  console.log('n is %d', n)
  ;(context ?? index).log.warn('!')
}

describe('the option onLog', () => {
  it('gets what a listener of the event would, which gets nothing of that call', () =>
    withPool({ threads: 1 }, async (pool) => {
      const heard = []
      pool.on('log', ({ message }) => heard.push(message))
      const entries = []
      await pool.run(talk, 1, { callId: 'a', onLog: (entry) => entries.push(entry) })
      await pool.run(talk, 2)
      assert.deepEqual(
        entries.map(({ time, worker, place, ...entry }) => [
          time instanceof Date,
          typeof worker,
          place?.line,
          entry,
        ]),
        [
          ['info', 'n is 1', undefined],
          ['warn', '!', 3],
        ].map(([level, message, line]) => [
          true,
          'number',
          line,
          { level, message, function: 'talk', callId: 'a', tenant: undefined, item: undefined },
        ]),
      )
      assert.deepEqual(heard, ['n is 2', '!'])
    }))

  it('is of every kind of call, and of one that fails', () =>
    withPool({ threads: 2 }, async (pool) => {
      let lines = 0
      const onLog = () => lines++
      const counted = async (call) => {
        lines = 0
        await call
        return lines
      }
      const add = (a, b, { log }) => {
        log(a)
        return a + b
      }
      const fail = (_, { log }) => {
        log('last words')
        throw new Error('no')
      }
      assert.equal(await counted(pool.map(range(5), talk, { onLog, chunkSize: 1 })), 10)
      assert.equal(await counted(pool.forEach([1], talk, { onLog })), 2)
      assert.equal(await counted(pool.filter([1], talk, { onLog })), 2)
      assert.equal(await counted(pool.reduce([1, 2], { reduce: add }, { onLog })), 1)
      assert.equal(await counted(rejection(pool.run(fail, 1, { onLog }))), 1)
      const items = (async () => {
        for await (const _ of pool.stream([1, 2], talk, { onLog }));
      })()
      assert.equal(await counted(items), 4)
    }))

  it('is called in the async context of its caller', () =>
    withPool({ threads: 1 }, async (pool) => {
      const storage = new AsyncLocalStorage()
      const stores = []
      const onLog = () => stores.push(storage.getStore())
      await Promise.all(
        range(3).map((n) => storage.run(n, () => pool.map([1], talk, { onLog, chunkSize: 1 }))),
      )
      assert.deepEqual(stores.toSorted(), [0, 0, 1, 1, 2, 2])
    }))

  it('hears what a pool prints nothing of', onlyV8, () =>
    withPool({ threads: 1, sandbox: true }, async (pool) => {
      const lines = []
      await pool.run(talk, 1, { onLog: ({ message }) => lines.push(message) })
      assert.deepEqual(lines, ['n is 1', '!'])
    }),
  )

  it('is a function', () =>
    withPool({ threads: 1 }, async (pool) => {
      for (const onLog of [1, 'x', {}, null]) {
        const error = await rejection(pool.run(talk, 1, { onLog }))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, /options\.onLog/)
      }
    }))
})
