/** What is wrong with modules is told before anything runs, by calls and by publish alike. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runInNewContext } from 'node:vm'
import {
  InvalidRangeError,
  InvalidTypeError,
  ModuleCycleError,
  ModuleLoadError,
  ModuleNotFoundError,
  SourceError,
} from 'isolane'

import { range, rejection, withPool } from '../support/pools.mjs'
import { made } from './support.mjs'

/** What a call and `publish` reject with, which must be the same. */
async function refusal(fn) {
  return withPool({ threads: 1 }, async (pool) => {
    const error = await rejection(pool.run(fn))
    const again = await rejection(pool.publish(error.message.split(' ')[0] || 'x', fn))
    assert.equal(again.constructor, error.constructor)
    assert.equal(again.code, error.code)
    assert.equal(pool.stats().completed, 0)
    return error
  })
}

describe('modules that are not to be linked', () => {
  it('require one another', async () => {
    const texts = { a: "require('b'); module.exports = () => 1", b: "require('./a')" }
    const error = await refusal(made('a', texts))
    assert.ok(error instanceof ModuleCycleError)
    assert.equal(error.code, 'ERR_ISOLANE_MODULE_CYCLE')
    assert.deepEqual(error.chain, ['a', 'b', 'a'])
    assert.match(error.message, /'a' → 'b' → 'a'/)
  })

  it('require themselves', async () => {
    const { chain } = await refusal(made('a', { a: "module.exports = require('a')" }))
    assert.deepEqual(chain, ['a', 'a'])
  })

  it('ask for one that is not there', async () => {
    const texts = {
      main: "require('./lib/b'); module.exports = () => 1",
      'lib/b': "require('./utils')",
      'lib/util': '',
    }
    const error = await refusal(made('main', texts))
    assert.ok(error instanceof ModuleNotFoundError)
    assert.equal(error.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
    assert.equal(error.specifier, './utils')
    assert.equal(error.importer, 'lib/b')
    assert.deepEqual(error.nearest, ['lib/util'])
    assert.match(error.message, /'lib\/b'.*'\.\/utils'.*line 1/)
  })

  it('have no entry', async () => {
    const error = await refusal(made('mian', { main: '() => 1' }))
    assert.ok(error instanceof ModuleNotFoundError)
    assert.deepEqual(
      [error.specifier, error.importer, error.nearest],
      ['mian', undefined, ['main']],
    )
  })

  it('do not compile', async () => {
    const error = await refusal(made('a', { a: "require('b')", b: '\n  const = 1' }))
    assert.ok(error instanceof SourceError)
    assert.deepEqual([error.line, error.column], [2, 9])
    assert.match(error.message, /'b'/)
  })

  it('import what another does not export', async () => {
    const texts = {
      a: "\nimport { double, triple } from './lib'\nexport default (x) => triple(double(x))",
      'lib.js': "export * from './more'\nexport const duoble = (x) => 2 * x",
      'more.js': 'export const triple = (x) => 3 * x\nexport default 5',
    }
    const error = await refusal(made('a', texts))
    assert.ok(error instanceof ModuleLoadError, error.stack)
    assert.equal(error.code, 'ERR_ISOLANE_MODULE')
    assert.equal(error.module, 'a')
    assert.match(
      error.message,
      /'a' imports 'double' from 'lib\.js' \(line 2, column 1\), which has no such export; there is 'duoble'$/,
    )
    const text = "import more from './lib'\nexport default () => more"
    assert.match((await refusal(made('a', { ...texts, a: text }))).message, /imports 'default'/)
    const other = "export { tripel } from './lib'\nexport default () => 1"
    assert.match((await refusal(made('a', { ...texts, a: other }))).message, /there is 'triple'$/)
  })

  it('have one id', async () => {
    const fn = {
      entry: 'a',
      modules: [
        { id: 'a', source: '() => 1' },
        { id: 'a', source: '() => 2' },
      ],
    }
    const error = await refusal(fn)
    assert.ok(error instanceof InvalidRangeError)
    assert.match(error.message, /modules\[0\] and modules\[1\] have the same id, 'a'/)
  })

  it('have an id with a NUL, or one that is too long', async () => {
    for (const id of ['a\0b', 'x'.repeat(100_000)]) {
      const error = await refusal({ entry: id, modules: [{ id, source: '() => 1' }] })
      assert.ok(error instanceof InvalidRangeError, error.stack)
      assert.match(error.message, /^fn\.modules\[0\]\.id/)
    }
  })
})

describe('ids and specifiers', () => {
  const ids = [
    'a b',
    '..',
    '../x',
    '__proto__',
    'constructor',
    'toString',
    'ünï/✓',
    'a\nb',
    'isolane/prelude',
    '%2F',
    'C:\\x',
  ]
  for (const id of ids) {
    it(`may be ${JSON.stringify(id)}`, async () => {
      const main = `const value = require(${JSON.stringify(id)})\nmodule.exports = () => value`
      const fn = {
        entry: 'main',
        modules: [
          { id: 'main', source: main },
          { id, source: 'module.exports = 42' },
        ],
      }
      await withPool({ threads: 1 }, async (pool) => {
        assert.equal(await pool.run(fn), 42)
        assert.equal(await pool.run({ entry: id, modules: [{ id, source: '() => 1' }] }), 1)
      })
    })
  }

  it('are not looked for on prototypes', async () => {
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) {
      const fn = made('main', { main: `module.exports = () => require('${name}')` })
      assert.ok((await refusal(fn)) instanceof ModuleNotFoundError)
    }
  })

  it('may be any that imports has', async () => {
    const imports = JSON.parse('{ "__proto__": "a", "constructor": "b" }')
    const source = "module.exports = () => [require('__proto__'), require('constructor')]"
    const modules = [
      { id: 'main', source, imports },
      { id: 'a', source: 'module.exports = 1' },
      { id: 'b', source: 'module.exports = 2' },
    ]
    await withPool({ threads: 1 }, async (pool) =>
      assert.deepEqual(await pool.run({ entry: 'main', modules }), [1, 2]),
    )
  })
})

describe('a function that is no table of modules', () => {
  const module = { id: 'a', source: '() => 1' }
  const wrong = {
    'without an entry': { modules: [module] },
    'with an empty entry': { entry: '', modules: [module] },
    'whose modules are no array': { entry: 'a', modules: { a: module } },
    'whose modules have a hole': { entry: 'a', modules: [module, , module] }, // oxlint-disable-line no-sparse-arrays
    'with a module that is none': { entry: 'a', modules: ['() => 1'] },
    'with an id that is none': { entry: 'a', modules: [{ id: 5, source: '' }] },
    'with an empty id': { entry: 'a', modules: [{ id: '', source: '' }] },
    'without a text': { entry: 'a', modules: [{ id: 'a' }] },
    'with another format': { entry: 'a', modules: [{ ...module, format: 'esm' }] },
    'with imports that are none': { entry: 'a', modules: [{ ...module, imports: ['a'] }] },
    'with an import that is none': { entry: 'a', modules: [{ ...module, imports: { x: 5 } }] },
    'with imports that are a Map': { entry: 'a', modules: [{ ...module, imports: new Map() }] },
    'with a name that is none': { entry: 'a', modules: [module], name: 5 },
    'with a print that is none': { entry: 'a', modules: [module], print: 'lines' },
  }
  for (const [what, fn] of Object.entries(wrong)) {
    it(`is refused: one ${what}`, async () => {
      const error = await refusal(fn)
      assert.ok(error instanceof InvalidTypeError, error.stack)
      assert.match(error.message, /^fn\.(entry|modules|name|print)/)
    })
  }

  const slips = {
    'an unknown key': [
      { entry: 'a', modules: [module], imports: {} },
      /^There is no 'imports' in fn; there are entry, modules, name, resolveFrom, print$/,
    ],
    'an unknown key in a module': [
      { entry: 'a', modules: [{ ...module, code: '' }] },
      /^There is no 'code' in fn\.modules\[0\]; there are id, source, format, imports$/,
    ],
    'a text beside its modules': [
      { entry: 'a', modules: [module], source: '() => 1' },
      /^fn has both 'source' and 'modules', .*leave one away$/,
    ],
    'a file beside its modules': [
      { entry: 'a', modules: [module], filename: './a.js' },
      /^fn has both 'modules' and 'filename', /,
    ],
    'imports in a Map': [
      { entry: 'a', modules: [{ ...module, imports: new Map([['b', 'a']]) }] },
      /^fn\.modules\[0\]\.imports must be a plain object .*Object\.fromEntries.*; got Map\(1\)/,
    ],
    'imports that are an instance of a class': [
      { entry: 'a', modules: [{ ...module, imports: new Set(['b']) }] },
      /^fn\.modules\[0\]\.imports must be a plain object of ids by specifier; got Set\(1\)/,
    ],
  }
  for (const [what, [fn, message]] of Object.entries(slips)) {
    it(`says which key it is, of one with ${what}`, async () => {
      const error = await refusal(fn)
      assert.ok(error instanceof InvalidTypeError, error.stack)
      assert.match(error.message, message)
    })
  }

  it('takes imports without a prototype, and of another realm', () =>
    withPool({ threads: 1 }, async (pool) => {
      const pairs = [
        Object.assign(Object.create(null), { b: 'c' }),
        runInNewContext("({ b: 'c' })"),
      ]
      for (const imports of pairs) {
        const fn = made('a', {
          a: { source: "module.exports = () => require('b')", imports },
          c: 'module.exports = 1',
        })
        assert.equal(await pool.run(fn), 1)
      }
    }))

  it('is refused where it has no module', async () => {
    assert.ok((await refusal({ entry: 'a', modules: [] })) instanceof ModuleNotFoundError)
  })

  it('may have getters, which are asked as data is, and throw for the caller', async () => {
    const thrown = new Error('mine')
    const fn = { entry: 'a', get modules() { throw thrown } } // prettier-ignore
    await withPool({ threads: 1 }, async (pool) => {
      assert.equal(await rejection(pool.run(fn)), thrown)
      const counted = { entry: 'a', modules: range(1).map(() => ({ id: 'a', get source() { return '() => 7' } })) } // prettier-ignore
      assert.equal(await pool.run(counted), 7)
    })
  })
})
