import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ModuleLoadError } from 'isolane'

import { range, rejection, withPool } from '../support/pools.mjs'
import { made } from './support.mjs'

const one = { threads: 1 }
const run = (fn, arg, options) => withPool(one, (pool) => pool.run(fn, arg, options))
const fails = (fn, arg, options) => withPool(one, (pool) => rejection(pool.run(fn, arg, options)))

describe('a function made of CommonJS modules', () => {
  const price = made('price', {
    price:
      "const { add } = require('./lib/add')\nmodule.exports = (x) => add(x, require('rates').tax)",
    'lib/add.js': "exports.add = (a, b) => a + b + require('../zero.json').zero",
    rates: 'exports.tax = 2',
    'zero.json': '{ "zero": 0 }',
  })

  it('is taken by every call, and by publish', () =>
    withPool({ threads: 2 }, async (pool) => {
      assert.equal(await pool.run(price, 40), 42)
      assert.deepEqual(await pool.map([1, 2, 3], price), [3, 4, 5])
      assert.deepEqual(await pool.filter([-2, 0], price), [0])
      await pool.forEach([1], price)
      const sum = made('sum', { sum: 'module.exports = (a, b) => a + b' })
      assert.equal(await pool.reduce(range(10), { reduce: sum }), 45)
      assert.equal(await pool.reduce([1, 2], { reduce: sum, map: price }), 7)
      const streamed = []
      for await (const value of pool.stream([1, 2], price)) streamed.push(value)
      assert.deepEqual(streamed, [3, 4])
      const raise = made('raise', { raise: 'module.exports = (room) => { room.rate++ }' })
      const { value } = await pool.patch({ rate: 1 }, [{ fn: raise }])
      assert.deepEqual(value, { rate: 2 })
      const published = await pool.publish('price', price)
      assert.equal(await pool.run('price', 1), 3)
      assert.equal(await published.update(made('a', { a: '(x) => x * 10' })), 2)
      assert.equal(await pool.run(published, 1), 10)
    }))

  const entries = {
    'a text that is one function expression': { text: '(x) => x * 2' },
    'such a text that requires': { text: "(x) => x * require('two')" },
    'such a text behind comments': { text: '/* twice */ function twice(x) { return x * 2 } // so' },
    'module.exports': { text: 'module.exports = (x) => x * 2' },
    'exports.default': { text: 'exports.default = (x) => x * 2' },
    'exports.default, as transpilers write it': {
      text: "Object.defineProperty(exports, '__esModule', { value: true })\nexports.default = (x) => x * 2",
    },
    'exports.main': { text: 'exports.main = (x) => x * 2' },
    'the export that is named': { text: 'exports.twice = (x) => x * 2', name: 'twice' },
    'an export of the default one': {
      text: 'exports.default = { twice: (x) => x * 2 }',
      name: 'twice',
    },
  }
  for (const [what, { text, name }] of Object.entries(entries)) {
    it(`may be ${what}`, async () => {
      const fn = made('entry', { entry: text, two: 'module.exports = 2' }, name && { name })
      assert.equal(await run(fn, 21), 42)
    })
  }

  it('is named by its export or its entry', () =>
    withPool(one, async (pool) => {
      const throwing = { 'lib/x': 'exports.main = exports.other = () => { throw new Error() }' }
      const main = await rejection(pool.run(made('lib/x', throwing)))
      assert.match(main.message, /^lib\/x threw: Error/)
      const other = await rejection(pool.run(made('lib/x', throwing, { name: 'other' })))
      assert.match(other.message, /^other threw: Error/)
    }))

  it('finds module, exports, require, __filename and __dirname, and its exports as this', async () => {
    const text = `
      require('./b')
      const seen = {
        id: module.id, filename: module.filename, file: __filename, folder: __dirname,
        isThis: this === exports && exports === module.exports, loaded: module.loaded,
        resolved: require.resolve('./b'), name: typeof require,
      }
      module.exports = () => seen`
    assert.deepEqual(await run(made('lib/sub/a', { 'lib/sub/a': text, 'lib/sub/b.js': '' })), {
      id: 'lib/sub/a',
      filename: 'lib/sub/a',
      file: 'lib/sub/a',
      folder: 'lib/sub',
      isThis: true,
      loaded: false,
      resolved: 'lib/sub/b.js',
      name: 'function',
    })
  })

  it('runs a required module that is one expression as any other, in sloppy mode', async () => {
    const a = "const b = require('b')\nmodule.exports = () => [typeof b, b.tax]"
    assert.deepEqual(await run(made('a', { a, b: '(function () { leaked = 5 })()' })), [
      'object',
      undefined,
    ])
    assert.deepEqual(await run(made('a', { a, b: '(function () { this.tax = 5 }).call(this)' })), [
      'object',
      5,
    ])
  })

  it('resolves a module that nothing requires, and reads JSON behind a byte order mark', async () => {
    const a =
      "const { zero } = require('./zero')\nmodule.exports = () => [require.resolve('./b'), zero]"
    const fn = made('a', { a, b: '', 'zero.json': '\ufeff{ "zero": 0 }' })
    assert.deepEqual(await run(fn), ['b', 0])
  })

  it('may declare what helpers of transpilers are called', async () => {
    const helper = 'const __name = (fn, name) => Object.assign(fn, { called: name })'
    const a = `${helper}\nmodule.exports = () => [__name(() => 1, 'own').called, require('b')()]`
    const b = `class __name {}
      const __awaiter = 1, __defProp = 2
      let __filename2 = __filename
      module.exports = () => [__name.name, __awaiter, __defProp, __filename2]`
    assert.deepEqual(await run(made('a', { a, b })), ['own', ['__name', 1, 2, 'b']])
    assert.equal(
      await run(made('a', { a: '(function () { const __name = 5; return __name })' })),
      5,
    )
  })

  it('finds the helper that transpilers leave in texts', async () => {
    const named = "__name(() => 1, 'named').name"
    for (const a of [`module.exports = () => ${named}`, `() => ${named}`]) {
      assert.equal(await run(made('a', { a })), 'named')
    }
  })

  it('is sloppy without a directive, as in Node, and strict with one', async () => {
    const text = (head) =>
      `${head} const self = (function () { return this === undefined })()\nmodule.exports = () => self`
    assert.equal(await run(made('a', { a: text('') })), false)
    assert.equal(await run(made('a', { a: text("'use strict';") })), true)
  })

  it('asks by imports first, then by id, then by path', async () => {
    const a = {
      source: "module.exports = () => [require('x'), require('y'), require('./z'), require('..')]",
      imports: { x: 'mapped' },
    }
    const texts = {
      'lib/a': a,
      x: "module.exports = 'x by id'",
      mapped: "module.exports = 'x by imports'",
      y: "module.exports = 'y by id'",
      './z': "module.exports = 'z by id'",
      'lib/z.js': "module.exports = 'z by path'",
      'index.js': "module.exports = 'index'",
    }
    assert.deepEqual(await run(made('lib/a', texts)), [
      'x by imports',
      'y by id',
      'z by id',
      'index',
    ])
  })

  it('requires by a computed name what is there', async () => {
    const text = "module.exports = (name) => require('./' + name).value"
    const texts = {
      'lib/a': text,
      'lib/b.js': 'exports.value = 1',
      'lib/c/index.js': 'exports.value = 2',
    }
    const fn = made('lib/a', texts)
    assert.equal(await run(fn, 'b'), 1)
    assert.equal(await run(fn, 'c'), 2)
    const missing = await fails(fn, 'd')
    assert.equal(missing.cause.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
    assert.match(missing.cause.message, /'\.\/d'.*'lib\/a'/)
    const odd = await fails(made('a', { a: 'module.exports = (x) => require(x)' }), 5)
    assert.match(odd.cause.message, /require takes a string/)
  })

  it('is evaluated once in each context and kept, each function by itself', () =>
    withPool(one, async (pool) => {
      const texts = { count: 'let n = 0; exports.next = () => ++n' }
      const a = made('a', {
        ...texts,
        a: "const c = require('count'); module.exports = () => c.next()",
      })
      const b = made('b', {
        ...texts,
        b: "const c = require('count'); module.exports = () => c.next()",
      })
      assert.deepEqual([await pool.run(a), await pool.run(a), await pool.run(b)], [1, 2, 1])
      assert.deepEqual(await pool.map([0, 0], a), [3, 4])
      // The same once more, made of other objects.
      assert.equal(await pool.run(structuredClone(a)), 5)
    }))

  it('is another function where any text that it requires is another', () =>
    withPool(one, async (pool) => {
      const at = (value) =>
        made('a', {
          a: "module.exports = () => require('b')()",
          b: "module.exports = () => require('c')",
          c: `module.exports = ${value}`,
        })
      assert.equal(await pool.run(at(1)), 1)
      assert.equal(await pool.run(at(2)), 2)
      const changing = at(3)
      assert.equal(await pool.run(changing), 3)
      changing.modules[2].source = 'module.exports = 4'
      assert.equal(await pool.run(changing), 4)
      changing.name = 'none'
      assert.ok((await rejection(pool.run(changing))) instanceof ModuleLoadError)
    }))

  it('may be one that nothing is asked of, with 10,000 others', async () => {
    const texts = Object.fromEntries(range(10_000).map((n) => [`m${n}`, `module.exports = ${n}`]))
    const fn = made('entry', { ...texts, entry: "module.exports = () => require('m9999')" })
    assert.equal(await run(fn), 9999)
  })

  it('may require 5,000 modules in a row, one through the other', async () => {
    const text = (n) => `module.exports = 1 + require('m${n + 1}')`
    const texts = Object.fromEntries(range(1000).map((n) => [`m${n}`, text(n)]))
    const fn = made('entry', {
      ...texts,
      m1000: 'module.exports = 0',
      entry: "module.exports = () => require('m0')",
    })
    assert.equal(await run(fn), 1000)
  })
})

describe('a module that fails', () => {
  it('is named, and evaluated anew by the next call', () =>
    withPool(one, async (pool) => {
      const fn = made('a', {
        a: "const b = require('./lib/b'); module.exports = () => b",
        'lib/b':
          "globalThis.tries = (globalThis.tries ?? 0) + 1\nif (tries < 3) throw new RangeError('try ' + tries)\nmodule.exports = tries",
      })
      for (const n of [1, 2]) {
        const error = await rejection(pool.run(fn))
        assert.ok(error instanceof ModuleLoadError)
        assert.equal(error.code, 'ERR_ISOLANE_MODULE')
        assert.equal(error.message, `a cannot be loaded: module 'lib/b' threw RangeError: try ${n}`)
        assert.equal(error.module, 'lib/b')
        assert.equal(error.cause.name, 'RangeError')
        assert.match(
          error.cause.stack,
          /^RangeError: try \d\n    at .*\(?lib\/b:2:22\)?\n    at .*\(?a:1:11\)?$/,
        )
      }
      assert.equal(await pool.run(fn), 3)
    }))

  it('may be one that another can do without', async () => {
    const fn = made('a', {
      a: "let b = 'none'\ntry { b = require('b') } catch ({ message }) { b = message }\nmodule.exports = () => b",
      b: "throw new Error('out of order')",
    })
    assert.equal(await run(fn), 'out of order')
  })

  it('in a stack, is a file of its own with its own lines', async () => {
    const fn = made('main@1', {
      'main@1': "const { check } = require('util@4')\nmodule.exports = (x) => check(x)",
      'util@4': "\n\nexports.check = (x) => {\n  if (x < 0) throw new RangeError('low')\n}",
    })
    const { message, cause } = await fails(fn, -1)
    assert.equal(message, 'main@1 threw: RangeError: low')
    const [, first, second, ...rest] = cause.stack.split('\n')
    assert.match(
      first,
      /at (exports\.check|check|Object\.check|Object\.<anonymous>|exports\.check \[as check\]).*util@4:4:20/,
    )
    assert.match(second, /main@1:2:25/)
    assert.deepEqual(rest, [])
  })

  it('gives no function: the error lists what it gives', async () => {
    const none = await fails(made('a', { a: 'exports.x = 1; exports.y = 2' }))
    assert.equal(none.message, 'a cannot be loaded: a has no default export; it has: x, y')
    const named = await fails(made('a', { a: 'exports.x = 1' }, { name: 'x' }))
    assert.match(named.message, /The export 'x' of a is no function but of type number/)
    const json = await fails(made('a.json', { 'a.json': '[1]' }))
    assert.ok(json instanceof ModuleLoadError)
  })
})
