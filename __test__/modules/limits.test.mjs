/** Limits, the sandbox and the rest of a call hold for the evaluation of modules as for functions. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MemoryLimitError, SourceError } from 'isolane'

import { onlyV8 } from '../support/engine.mjs'
import { rejection, runningFunctions, until, withPool } from '../support/pools.mjs'
import { made } from './support.mjs'

const one = { threads: 1 }

describe('modules that are being evaluated', () => {
  it('end with the signal of their call', () =>
    withPool(one, async (pool) => {
      const stop = new AbortController()
      const fn = made('endless', { endless: "require('b')", b: 'for (;;) {}' })
      const call = pool.run(fn, 0, { signal: stop.signal })
      const ended = rejection(call)
      await until(() => runningFunctions(pool).includes('endless'))
      stop.abort()
      assert.equal((await ended).code, 'ERR_ISOLANE_ABORTED')
      assert.equal(await pool.run((x) => x, 42), 42)
    }))

  it('meet the memory limit', onlyV8, () =>
    withPool({ ...one, memoryLimitMb: 32 }, async (pool) => {
      const text = 'const all = []\nfor (;;) all.push({ all })'
      for (const texts of [
        { a: "require('b')", b: text },
        { a: "import 'b'", b: text },
      ]) {
        assert.ok((await rejection(pool.run(made('a', texts)))) instanceof MemoryLimitError)
        assert.equal(await pool.run((x) => x, 42), 42)
      }
    }),
  )

  it('are bounded in length by the memory limit', onlyV8, () =>
    withPool({ ...one, memoryLimitMb: 16 }, async (pool) => {
      const long = `/* ${'x'.repeat(200_000)} */ module.exports = 1`
      const error = await rejection(
        pool.run(made('a', { a: "module.exports = require('b')", b: long })),
      )
      assert.ok(error instanceof SourceError, error.stack)
      assert.match(error.message, /in module 'b'.*memoryLimitMb/)
    }),
  )

  it('have no eval where the sandbox has none', onlyV8, () =>
    withPool({ ...one, sandbox: { eval: false, wasm: false } }, async (pool) => {
      const texts = {
        a: "const b = require('b'); module.exports = () => b",
        b: 'module.exports = typeof WebAssembly',
      }
      assert.equal(await pool.run(made('a', texts)), 'undefined')
      const error = await rejection(pool.run(made('a', { a: "new Function('return 1')" })))
      assert.equal(error.cause.name, 'EvalError')
    }),
  )

  it('log for their function, and stacks in logs have their ids', () =>
    withPool(one, async (pool) => {
      const entries = []
      pool.on('log', (entry) => entries.push(entry))
      await pool.run(
        made('a', {
          a: "require('util@4'); module.exports = () => 1",
          'util@4': '\n  console.log(new Error("here").stack)',
        }),
      )
      const [entry] = await until(() => entries.length > 0 && entries)
      assert.equal(entry.function, 'a')
      assert.match(entry.message, /Error: here\n.*util@4:2:15/)
    }))
})

describe('a function made of modules', () => {
  it('finds shared values frozen, since it is not proven to leave them alone', () =>
    withPool(one, async (pool) => {
      const shared = await pool.share('list', [1, 2])
      const fn = made('a', {
        a: "'use strict'\nmodule.exports = (x, { shared }) => { shared.list.push(x) }",
      })
      const error = await rejection(pool.run(fn, 3, { shared: [shared] }))
      assert.equal(error.cause.name, 'TypeError')
    }))

  it('of a tenant sees what else is stateful there, each with modules of its own', onlyV8, () =>
    withPool(one, async (pool) => {
      const options = { tenant: 't', stateful: true }
      const texts = { n: 'globalThis.made = (globalThis.made ?? 0) + 1\nmodule.exports = { n: 0 }' }
      const a = made('a', { ...texts, a: "module.exports = () => [++require('n').n, made]" })
      const b = made('b', { ...texts, b: "module.exports = () => [++require('n').n, made]" })
      assert.deepEqual(await pool.run(a, 0, options), [1, 1])
      assert.deepEqual(await pool.run(b, 0, options), [1, 2])
      assert.deepEqual(await pool.run(a, 0, options), [2, 2])
      assert.deepEqual(await pool.run(a), [1, 1])
    }),
  )

  it('goes on after its context was evicted', onlyV8, () =>
    withPool({ ...one, maxContexts: 1 }, async (pool) => {
      const fn = (n) =>
        made('a', {
          a: `import { b } from 'b'\nlet calls = 0\nexport default () => [b, ++calls, ${n}]`,
          b: 'export const b = 1',
        })
      for (const _ of [1, 2]) {
        assert.deepEqual(await pool.run(fn(1)), [1, 1, 1])
        assert.deepEqual(await pool.run(fn(2)), [1, 1, 2])
      }
    }),
  )
})
