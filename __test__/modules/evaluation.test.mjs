import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { onlyV8 } from '../support/engine.mjs'
import { range, rejection, withPool } from '../support/pools.mjs'
import { made } from './support.mjs'

const one = { threads: 1 }
const run = (fn, arg, options) => withPool(one, (pool) => pool.run(fn, arg, options))
const fails = (fn, arg, options) => withPool(one, (pool) => rejection(pool.run(fn, arg, options)))

describe('what a module exports', () => {
  for (const name of ['toString', 'constructor', 'hasOwnProperty']) {
    it(`is its own: ${name} is none`, async () => {
      for (const a of ['exports.z = 1', 'exports.default = {}', 'export const z = 1']) {
        const error = await fails(made('a', { a }, { name }))
        assert.equal(error.code, 'ERR_ISOLANE_MODULE')
        assert.match(error.message, new RegExp(`has no export '${name}'`))
      }
    })
  }

  it('may be called as what is inherited', async () => {
    assert.equal(await run(made('a', { a: 'exports.toString = () => 1' }, { name: 'toString' })), 1)
  })

  it('may be then, which loading does not call', async () => {
    const a =
      "export function then(give) { give({ default: () => 'then' }) }\nexport default () => 1"
    assert.equal(await run(made('a', { a })), 1)
  })
})

describe('a module that awaits at its top level', () => {
  const late = 'await new Promise((resolve) => setTimeout(resolve, 5))'

  it('may await a timer', async () => {
    assert.equal(await run(made('a', { a: `${late}\n${late}\nexport default () => 1` })), 1)
    const imports = {
      a: "import { n } from 'b'\nexport default () => n",
      b: `${late}\nexport const n = 1`,
    }
    assert.equal(await run(made('a', imports)), 1)
  })

  it('may await one before a call that awaits others', async () => {
    const a = `${late}\nexport default async () => { ${late}; return 1 }`
    assert.equal(await run(made('a', { a })), 1)
  })

  it("is ended with the call's limit", () =>
    withPool(one, async (pool) => {
      const a = 'await new Promise((resolve) => setTimeout(resolve, 1e8))\nexport default () => 1'
      const error = await rejection(pool.run(made('a', { a }), 0, { timeout: 50 }))
      assert.equal(error.code, 'ERR_ISOLANE_TIMEOUT')
      const controller = new AbortController()
      const call = pool.run(made('a', { a }), 0, { signal: controller.signal })
      controller.abort()
      assert.equal((await rejection(call)).name, 'AbortError')
      assert.equal(await pool.run((x) => x, 42), 42)
    }))

  it('fails with what a timer throws and nobody catches', onlyV8, async () => {
    const a =
      "setTimeout(() => { throw new Error('late') })\nawait new Promise(() => {})\nexport default () => 1"
    const error = await fails(made('a', { a }))
    assert.equal(error.message, 'a cannot be loaded: late')
  })

  it('never settles where nothing is left', onlyV8, async () => {
    const a = `${late}\nawait new Promise(() => {})\nexport default () => 1`
    assert.equal((await fails(made('a', { a }))).code, 'ERR_ISOLANE_NEVER_SETTLES')
  })
})

describe('what went wrong with a module', () => {
  it('is placed in its text, or nowhere', async () => {
    const deep = `${'('.repeat(50_000)}1${')'.repeat(50_000)}`
    for (const a of [`module.exports = () => ${deep}`, `export default () => ${deep}`]) {
      const error = await fails(made('a', { a }))
      assert.match(error.code, /^ERR_ISOLANE_/)
      // 0 where there is none.
      assert.ok([undefined, 0].includes(error.line), `line ${error.line}`)
      assert.match(
        error.message,
        /^a (does not compile|cannot be loaded).*call stack size exceeded$/,
      )
    }
  })

  it('is blamed on the module that threw it, not on one whose error was caught', async () => {
    for (const text of ["throw 'x'", "throw new Error('x')"]) {
      const a = `try { require('b') } catch {}\n${text}`
      const error = await fails(made('a', { a, b: text }))
      assert.match(error.message, /^a /)
    }
  })

  it('is blamed on the innermost that a failure passes', async () => {
    const error = await fails(made('a', { a: "require('b')", b: "throw new Error('x')" }))
    assert.equal(error.message, "a cannot be loaded: module 'b' threw Error: x")
  })
})

describe('an ES module that fails when a call asks for it', () => {
  const failing =
    "globalThis.tries = (globalThis.tries ?? 0) + 1\nif (tries < 3) throw new Error('try ' + tries)\nexport const n = tries"
  const asks = {
    'by require':
      "(() => { try { return require('./b.mjs').n } catch (error) { return error.message } })",
    'by import()': "(() => import('./b.mjs').then(({ n }) => n, (error) => error.message))",
    'by require, through one that imports it':
      "(() => { try { return require('./c.mjs').n } catch (error) { return error.message } })",
    'by import(), through one that imports it':
      "(() => import('./c.mjs').then(({ n }) => n, (error) => error.message))",
    'by require, through CommonJS':
      "(() => { try { return require('./d.cjs').n } catch (error) { return error.message } })",
  }
  for (const [how, ask] of Object.entries(asks)) {
    it(`is evaluated anew by the next call, and no other is: ${how}`, () =>
      withPool(one, async (pool) => {
        const a = `const count = require('count')
          const { es } = require('./count.mjs')
          const ask = ${ask}
          module.exports = async () => [await ask(), await ask(), ++count.n, ++es.n]`
        const fn = made('a', {
          a,
          count: 'exports.n = 0',
          'count.mjs': 'export const es = { n: 0 }',
          'b.mjs': failing,
          'c.mjs': "export { n } from './b.mjs'\nimport './count.mjs'",
          'd.cjs': "exports.n = require('./b.mjs').n",
        })
        assert.deepEqual(await pool.run(fn), ['try 1', 'try 1', 1, 1])
        assert.deepEqual(await pool.run(fn), ['try 2', 'try 2', 2, 2])
        assert.deepEqual(await pool.run(fn), [3, 3, 3, 3])
        assert.deepEqual(await pool.run(fn), [3, 3, 4, 4])
      }))
  }

  it('is evaluated anew where it waited for what has ended with its call', onlyV8, () =>
    withPool(one, async (pool) => {
      const fn = made('a', {
        a: "module.exports = () => import('./c.mjs').then(({ n }) => n)",
        'b.mjs':
          'globalThis.tries = (globalThis.tries ?? 0) + 1\nif (tries < 2) await new Promise(() => {})\nexport const n = tries',
        'c.mjs': "export { n } from './b.mjs'",
      })
      assert.equal((await rejection(pool.run(fn))).code, 'ERR_ISOLANE_NEVER_SETTLES')
      assert.equal(await pool.run(fn), 2)
      assert.equal(await pool.run(fn), 2)
    }),
  )
})

describe('a function that has been unloaded', () => {
  it('says so, with a code, to whoever still requires one of its modules', onlyV8, () =>
    withPool(one, async (pool) => {
      const scope = { tenant: 't', stateful: true }
      const fn = made('a', { a: 'globalThis.ask = require\nmodule.exports = () => 1', b: '' })
      assert.equal(await pool.run(fn, 0, scope), 1)
      for (const n of range(300)) await pool.run({ source: `() => ${n}` }, 0, scope)
      const source =
        "() => { try { return ask('b') } catch (error) { return [error.code, error.message] } }"
      assert.deepEqual(await pool.run({ source }, 0, scope), [
        'ERR_ISOLANE_MODULE',
        'The function whose module this is has been unloaded',
      ])
    }),
  )
})
