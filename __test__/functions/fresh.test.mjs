/** `fresh: true`: each chunk in a context of its own, which nothing was in before and nothing is in afterwards. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyV8 } from '../support/engine.mjs'
import { range, rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }
const fresh = { fresh: true }

/** Counts in its own module, and in one that it requires. */
const counter = {
  entry: 'counter',
  modules: [
    {
      id: 'counter',
      source:
        "const state = require('./state')\nlet own = 0\nmodule.exports = () => [++own, ++state.n]",
    },
    { id: 'state', source: 'exports.n = 0' },
  ],
}
const esCounter = {
  entry: 'counter',
  modules: [
    {
      id: 'counter',
      source: "import { next } from './state'\nlet own = 0\nexport default () => [++own, next()]",
    },
    { id: 'state', source: 'let n = 0\nexport const next = () => ++n' },
  ],
}

describe('fresh', () => {
  for (const [kind, fn] of Object.entries({ CommonJS: counter, ES: esCounter })) {
    it(`evaluates all ${kind} modules anew for each call`, () =>
      withPool(one, async (pool) => {
        for (let i = 0; i < 3; i++) assert.deepEqual(await pool.run(fn, 0, fresh), [1, 1])
      }))

    it(`neither sees nor touches what calls keep in ${kind} modules`, () =>
      withPool(one, async (pool) => {
        assert.deepEqual(await pool.run(fn), [1, 1])
        assert.deepEqual(await pool.run(fn, 0, fresh), [1, 1])
        assert.deepEqual(await pool.run(fn), [2, 2])
      }))
  }

  it('takes the place of no function that is kept', () =>
    withPool({ ...one, maxContexts: 2 }, async (pool) => {
      assert.deepEqual(await pool.run(counter), [1, 1])
      // More than a Worker keeps loaded, and than the contexts of an isolate.
      for (let i = 0; i < 300; i++) {
        const other = { entry: 'other', modules: [{ id: 'other', source: `() => ${i}` }] }
        assert.equal(await pool.run(other, 0, fresh), i)
      }
      assert.deepEqual(await pool.run(counter), [2, 2])
    }))

  it('is for each chunk of a call over items', () =>
    withPool(one, async (pool) => {
      const chunks = await pool.map(range(4), counter, { ...fresh, chunkSize: 2 })
      assert.deepEqual(
        chunks.map(([own]) => own),
        [1, 2, 1, 2],
      )
    }))

  it('goes with every operation', () =>
    withPool(one, async (pool) => {
      const options = { ...fresh, chunkSize: 1 }
      const first = {
        entry: 'first',
        modules: [{ id: 'first', source: 'let n = 0\nmodule.exports = () => ++n === 1' }],
      }
      assert.deepEqual(await pool.filter([5, 6], first, options), [5, 6])
      await pool.forEach([5, 6], first, options)
      const streamed = []
      for await (const each of pool.stream([5, 6], first, fresh)) streamed.push(each)
      assert.deepEqual(streamed, [true, true])
      const sum = { map: first, reduce: (a, b) => a + b }
      assert.equal(await pool.reduce([5, 6], sum, options), 2)
      const { value } = await pool.patch({}, [{ fn: first }, { fn: first }], fresh)
      assert.equal(value, true)
      assert.equal(await pool.run(first, 0, fresh), true)
    }))

  it('is for functions of every form, with what they are given', () =>
    withPool(one, async (pool) => {
      const [shared, published] = await Promise.all([
        pool.share('rates', { list: range(3) }),
        pool.publish('named', counter),
      ])
      const reads = (n, { shared: { rates }, args }) => rates.list.length + n + args
      for (let i = 0; i < 2; i++) {
        assert.equal(await pool.run(reads, 1, { ...fresh, shared: [shared], args: 2 }), 6)
        assert.deepEqual(await pool.run('named', 0, fresh), [1, 1])
        assert.deepEqual(await pool.run(published, 0, fresh), [1, 1])
        assert.equal(await pool.run({ source: 'async (n) => n + 1' }, 1, fresh), 2)
      }
    }))

  it('may fail as any call does, and the next begins anew', () =>
    withPool(one, async (pool) => {
      const failing = {
        entry: 'failing',
        modules: [
          {
            id: 'failing',
            source:
              "console.log('loads')\nlet n = 0\nmodule.exports = (how) => {\n  n++\n  if (how === 'throws') throw new Error('no')\n  if (how === 'spins') for (;;);\n  return n\n}",
          },
        ],
      }
      const lines = []
      const onLog = ({ message }) => lines.push(message)
      const thrown = await rejection(pool.run(failing, 'throws', { ...fresh, onLog }))
      assert.equal(thrown.cause.message, 'no')
      const late = await rejection(pool.run(failing, 'spins', { ...fresh, timeout: 20 }))
      assert.equal(late.code, 'ERR_ISOLANE_TIMEOUT')
      assert.equal(await pool.run(failing, 'counts', { ...fresh, onLog }), 1)
      assert.deepEqual(lines, ['loads', 'loads'])
      const broken = {
        entry: 'broken',
        modules: [{ id: 'broken', source: "throw new Error('bad')" }],
      }
      for (let i = 0; i < 2; i++) {
        const error = await rejection(pool.run(broken, 0, fresh))
        assert.equal(error.code, 'ERR_ISOLANE_MODULE')
      }
    }))

  it('leaves no globals, and finds none', onlyV8, () =>
    withPool(one, async (pool) => {
      const count = () => (globalThis.n = (globalThis.n ?? 0) + 1)
      for (const options of [fresh, { ...fresh, tenant: 'a' }]) {
        assert.equal(await pool.run(count, 0, options), 1)
        assert.equal(await pool.run(count, 0, options), 1)
      }
      assert.equal(await pool.run(count), 1)
      assert.equal(await pool.run(count, 0, fresh), 1)
      assert.equal(await pool.run(count), 2)
    }),
  )

  it('is a boolean, and contradicts stateful', () =>
    withPool(one, async (pool) => {
      for (const options of [{ fresh: 1 }, { fresh: 'yes' }, { fresh: null }]) {
        const error = await rejection(pool.run(() => 1, 0, options))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      }
      const error = await rejection(pool.run(() => 1, 0, { fresh: true, stateful: true }))
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.match(error.message, /fresh and .*stateful contradict/)
      assert.equal(await pool.run(() => 1, 0, { fresh: false, stateful: true }), 1)
    }))
})
