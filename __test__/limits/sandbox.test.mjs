import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pool } from 'isolane'
import { onlyV8 } from '../support/engine.mjs'
import { rejection, withPool } from '../support/pools.mjs'
import { webGlobals } from '../globals/names.mjs'

const generators = {
  eval: '() => eval("1")',
  'indirect eval': '() => (0, eval)("1")',
  Function: '() => new Function("return 1")()',
  'the constructor of async functions': '() => (async () => {}).constructor("return 1")()',
  'the constructor of generators': '() => (function* () {}).constructor("return 1")()',
  'the way through this': '() => (function () {}).constructor("return this")()',
}

describe('sandbox: { eval: false }', onlyV8, () => {
  for (const [name, source] of Object.entries(generators)) {
    it(`refuses ${name}`, () =>
      withPool({ threads: 1, sandbox: { eval: false } }, async (pool) => {
        const error = await rejection(pool.run({ source }))
        assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
        assert.match(error.message, /EvalError/)
      }))
  }

  it('carries every value all the same', () =>
    withPool({ threads: 2, sandbox: { eval: false } }, async (pool) => {
      const items = Array.from({ length: 2000 }, (_, id) => ({
        id,
        name: `name ${id % 7}`,
        nested: { date: new Date(id), map: new Map([[id, { x: id }]]) },
        ...(id % 3 === 0 && { extra: [id, null, undefined, 1n] }),
      }))
      const mark = (item) => ({ ...item, seen: true })
      assert.deepEqual(await pool.map(items, mark), items.map(mark))
    }))

  it('leaves functions to compile, and WebAssembly', () =>
    withPool({ threads: 1, sandbox: { eval: false } }, async (pool) => {
      assert.equal(await pool.run((x) => x + 1, 1), 2)
      assert.equal(await pool.run(() => typeof WebAssembly), 'object')
    }))
})

describe('sandbox: { wasm: false }', onlyV8, () => {
  it('takes WebAssembly away', () =>
    withPool({ threads: 1, sandbox: { wasm: false } }, async (pool) => {
      assert.equal(await pool.run(() => typeof WebAssembly), 'undefined')
      assert.equal(await pool.run({ source: '() => eval("1 + 1")' }), 2)
    }))
})

describe('sandbox: an object', onlyV8, () => {
  it('has no other keys, and booleans', () => {
    for (const [sandbox, message] of [
      [{ eval: 1 }, /sandbox\.eval.*boolean/],
      [{ fs: false }, /sandbox\.fs/],
      [[], /boolean or an object/],
    ]) {
      assert.throws(() => new Pool({ sandbox }), { code: 'ERR_ISOLANE_INVALID_ARGUMENT', message })
    }
  })
})

describe('sandbox: true', onlyV8, () => {
  it('leaves both', () =>
    withPool({ threads: 1, sandbox: true }, async (pool) => {
      assert.deepEqual(await pool.run({ source: '() => [eval("1"), typeof WebAssembly]' }), [
        1,
        'object',
      ])
    }))
})

describe('globals of the web', onlyV8, () => {
  const found = (all) => all.filter((name) => typeof globalThis[name] !== 'undefined')
  for (const [sandbox, expected] of [
    [false, webGlobals],
    [undefined, webGlobals],
    [{ globals: true }, webGlobals],
    [{ globals: false }, []],
    [{ eval: false }, []],
    [{}, []],
    [true, []],
  ]) {
    it(`are ${expected.length > 0 ? 'there' : 'away'} with sandbox: ${JSON.stringify(sandbox)}`, () =>
      withPool({ threads: 1, sandbox }, async (pool) => {
        assert.deepEqual(await pool.run(found, webGlobals), expected)
      }))
  }

  it('are named, with the way to have them, where sandbox has taken them away', () =>
    withPool({ threads: 1, sandbox: true }, async (pool) => {
      const error = await rejection(pool.run(() => new TextEncoder()))
      assert.match(error.message, /'TextEncoder'.*sandbox: \{ globals: true \}/)
    }))
})

describe('whatever the sandbox', onlyV8, () => {
  it('nothing of the host can be reached', () =>
    withPool({ threads: 1 }, async (pool) => {
      const names = ['process', 'require', 'module', 'Deno', 'fetch', 'Buffer']
      assert.deepEqual(
        await pool.run(
          (all) => all.filter((name) => typeof globalThis[name] !== 'undefined'),
          names,
        ),
        [],
      )
      const escape = {
        source: `function () { return Function('return typeof process')() }`,
      }
      assert.equal(await pool.run(escape), 'undefined')
    }))

  it('import() rejects', () =>
    withPool({ threads: 1 }, async (pool) => {
      const error = await rejection(pool.run({ source: `() => import('node:fs')` }))
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
    }))
})
