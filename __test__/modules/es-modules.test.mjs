import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ModuleLoadError, NeverSettlesError, SourceError } from 'isolane'

import { engine, onlyV8 } from '../support/engine.mjs'
import { rejection, withPool } from '../support/pools.mjs'
import { made } from './support.mjs'

const one = { threads: 1 }
const run = (fn, arg, options) => withPool(one, (pool) => pool.run(fn, arg, options))
const fails = (fn, arg, options) => withPool(one, (pool) => rejection(pool.run(fn, arg, options)))

describe('a function made of ES modules', () => {
  const entries = {
    'the default export': { text: 'export default (x) => x * 2' },
    'a default export that is declared': {
      text: 'export default async function twice(x) { return x * 2 }',
    },
    'the export main': { text: 'export const main = (x) => x * 2' },
    'the export that is named': { text: 'export const twice = (x) => x * 2', name: 'twice' },
    'an export of another module': { text: "export { twice as default } from './lib.js'" },
    'one of many': { text: "export * from './lib.js'", name: 'twice' },
  }
  for (const [what, { text, name }] of Object.entries(entries)) {
    it(`may be ${what}`, async () => {
      const texts = {
        entry: { source: text, format: 'module' },
        'lib.js': 'export const twice = (x) => x * 2',
      }
      assert.equal(await run(made('entry', texts, name && { name }), 21), 42)
    })
  }

  it('has live bindings, namespaces and import.meta', async () => {
    const fn = made('a', {
      a: `import { n, add } from './b.mjs'
          import * as b from './b.mjs'
          add()
          export default () => [n, b.n, Object.keys(b), import.meta.url, b.url, this === undefined]`,
      'b.mjs':
        'export let n = 1; export const add = () => { n++ }; export const url = import.meta.url',
    })
    assert.deepEqual(await run(fn), [2, 2, ['add', 'n', 'url'], 'a', 'b.mjs', true])
  })

  it('may import in a circle, with a temporal dead zone', async () => {
    const ring = (a) => ({
      a,
      b: "import { a } from 'a'\nexport const late = () => a\nexport let early\ntry { early = a } catch (error) { early = error.name }",
    })
    const works =
      "import { late, early } from 'b'\nexport const a = 1\nexport default () => [late(), early]"
    assert.deepEqual(await run(made('a', ring(works))), [1, 'ReferenceError'])
  })

  it('may import itself, by its id and by a path', async () => {
    const fn = made('lib/a.mjs', {
      'lib/a.mjs': `import * as own from 'lib/a.mjs'
          import { n as live, default as main, twice as again } from './a.mjs'
          export let n = 1
          export let early
          try { early = main } catch (error) { early = error.name }
          export function twice() { return n * 2 }
          export const count = (globalThis.count ?? 0) + 1
          globalThis.count = count
          n = 2
          export default async () => [
            live, own.n, again === twice, own.default === main, early, own.count,
            (await import('./a.mjs')) === own,
          ]`,
    })
    const wanted = [2, 2, true, true, 'ReferenceError', 1, true]
    assert.deepEqual(await run(fn), wanted)
    await withPool(one, async (pool) => {
      await pool.publish('own', fn)
      assert.deepEqual(await pool.run('own'), wanted)
    })
  })

  it('imports CommonJS and JSON, evaluated before', async () => {
    const fn = made('a', {
      a: `import lib, { one, two } from './lib.cjs'
          import * as all from './lib.cjs'
          import data from './data.json' with { type: 'json' }
          import fn from 'fn'
          export default () => [lib.one, one, two, Object.keys(all), data, fn()]`,
      'lib.cjs':
        "exports.one = 1\nObject.defineProperty(exports, 'two', { enumerable: true, get: () => 2 })",
      'data.json': '{ "x": [1] }',
      fn: "module.exports = () => 'function'",
    })
    assert.deepEqual(await run(fn), [1, 1, 2, ['default', 'one', 'two'], { x: [1] }, 'function'])
  })

  it('imports by name what CommonJS defines without having it enumerated', async () => {
    const fn = made('a', {
      a: `import { hidden, __esModule } from './lib.cjs'
          import List, { of, count } from './list.cjs'
          import * as all from './lib.cjs'
          export default () => [hidden, __esModule, of(1), count, List.name, Object.keys(all)]`,
      'lib.cjs': `Object.defineProperty(exports, '__esModule', { value: true })
          Object.defineProperty(exports, 'hidden', { value: 'seen' })
          Object.defineProperty(exports, 'asked', { get() { throw new Error('asked') } })`,
      'list.cjs': `module.exports = class List { static of(...all) { return all } }
          module.exports.count = 2`,
    })
    assert.deepEqual(await run(fn), [
      'seen',
      true,
      [1],
      2,
      'List',
      ['__esModule', 'default', 'hidden'],
    ])
  })

  it('can be required, as its namespace', async () => {
    const fn = made('a', {
      a: "const es = require('./b.mjs')\nmodule.exports = () => [es.default, es.n, typeof es.add]",
      'b.mjs':
        "import { n } from './c.mjs'\nexport default 'd'\nexport { n }\nexport const add = () => {}",
      'c.mjs': "import x from './x.cjs'\nexport const n = x",
      'x.cjs': 'module.exports = 5',
    })
    assert.deepEqual(await run(fn), ['d', 5, 'function'])
  })

  it('can be imported when it is asked for, and then is evaluated once', () =>
    withPool(one, async (pool) => {
      const fn = made('a', {
        a: "export default async () => { const b = await import('./b.mjs'); return [b.default, (await import('./c.cjs')).default] }",
        'b.mjs': 'globalThis.n = (globalThis.n ?? 0) + 1; export default n',
        'c.cjs': 'module.exports = "c"',
      })
      assert.deepEqual(await pool.run(fn), [1, 'c'])
      assert.deepEqual(await pool.run(fn), [1, 'c'])
    }))

  it('may await at its top level', async () => {
    const fn = made('a', {
      a: "import { b } from 'b'\nconst c = await Promise.resolve(2)\nexport default () => b + c",
      b: 'export const b = await (async () => 40)()',
    })
    assert.equal(await run(fn), 42)
  })

  it('is evaluated once in each context, and kept', () =>
    withPool(one, async (pool) => {
      const fn = made('a', { a: 'let n = await 0\nexport default () => ++n' })
      assert.deepEqual([await pool.run(fn), await pool.run(fn)], [1, 2])
    }))
})

describe('an ES module that fails', () => {
  it('is named, and evaluated anew by the next call', () =>
    withPool(one, async (pool) => {
      const fn = made('a', {
        a: "import { b } from './b.mjs'\nexport default () => b",
        'b.mjs':
          "export const b = globalThis.b = (globalThis.b ?? 0) + 1\nif (b < 3) throw new RangeError('try ' + b)",
      })
      for (const n of [1, 2]) {
        const error = await rejection(pool.run(fn))
        assert.ok(error instanceof ModuleLoadError, error.stack)
        assert.equal(error.message, `a cannot be loaded: module 'b.mjs' threw RangeError: try ${n}`)
        assert.equal(error.module, 'b.mjs')
        assert.match(error.cause.stack, /at b\.mjs:2:18/)
      }
      assert.equal(await pool.run(fn), 3)
    }))

  it('is named also where it has awaited, or is CommonJS', async () => {
    const late = await fails(
      made('a', {
        a: "import 'b'\nexport default () => 1",
        b: "await 0\nthrow new Error('late')\nexport {}",
      }),
    )
    assert.equal(late.module, 'b')
    const other = await fails(
      made('a', {
        a: "import './b.cjs'\nexport default () => 1",
        'b.cjs': "throw new Error('cjs')",
      }),
    )
    assert.equal(other.module, 'b.cjs')
  })

  it('says so where CommonJS does not export what is imported', async () => {
    const error = await fails(
      made('a', { a: "import { x } from 'b'\nexport default () => x", b: 'exports.y = 1' }),
    )
    assert.match(error.cause?.message ?? error.message, /'x'/)
    assert.ok(error instanceof ModuleLoadError || error instanceof SourceError, error.stack)
  })

  // Node's Workers link all ES modules before any of them is evaluated.
  it('may lack what only one imports that is tried', onlyV8, async () => {
    const a =
      "module.exports = () => { try { return require('b') } catch ({ name }) { return name } }"
    const fn = made('a', {
      a,
      b: "import { x } from 'c'\nexport default x",
      c: 'export const y = 1',
    })
    assert.equal(await run(fn), 'SyntaxError')
  })

  it('may import what modules export that hand on from each other, or from CommonJS', async () => {
    const fn = made('a', {
      a: "import { x, y, z } from 'b'\nexport default () => [x, y, z]",
      b: "export * from 'c'\nexport const x = 1",
      c: "export * from 'b'\nexport * from 'd'\nexport { default as y } from 'd'",
      d: 'exports.z = 3',
    })
    assert.deepEqual(await run(fn), [1, { z: 3 }, 3])
  })

  it('that waits for ever ends at once', async () => {
    const error = await fails(
      made('a', { a: 'await new Promise(() => {})\nexport default () => 1' }),
    )
    assert.ok(error instanceof NeverSettlesError, error.stack)
    assert.match(error.message, /^a is made of modules that wait for ever/)
  })

  it('cannot be required where it awaits at its top level', async () => {
    const error = await fails(
      made('a', {
        a: "require('./b.mjs')\nmodule.exports = () => 1",
        'b.mjs': 'export default await 1',
      }),
    )
    assert.match(error.cause.message, /'b\.mjs' awaits at its top level/)
  })
})

describe('modules that do not end', () => {
  const leftBehind = {
    'what it leaves behind': {
      a: 'const again = () => Promise.resolve().then(again)\nagain()\nmodule.exports = () => 1',
    },
  }
  const endless = {
    CommonJS: { a: 'for (;;) {}' },
    'an ES module': { a: 'for (;;) {}\nexport {}' },
    'one that is required': { a: "require('b')", b: 'for (;;) {}' },
    'one that is imported': { a: "import 'b'", b: 'for (;;) {}' },
    'ESM that is required': { a: "require('./b.mjs')", 'b.mjs': 'for (;;) {}' },
    'what it does after waiting': { a: 'await 0\nfor (;;) {}\nexport {}' },
    microtasks: {
      a: 'const again = () => Promise.resolve().then(again)\nawait again()\nexport {}',
    },
    // A Node Worker has handed its call in by then.
    ...(engine === 'v8' && leftBehind),
    'what is imported by a call': {
      a: "export default () => import('b')",
      b: 'for (;;) {}\nexport {}',
    },
  }
  for (const [what, texts] of Object.entries(endless)) {
    it(`are ended with the call's limit: ${what}`, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.run(made('a', texts), undefined, { timeout: 50 }))
        assert.equal(error.code, 'ERR_ISOLANE_TIMEOUT')
        assert.equal(await pool.run((x) => x, 42), 42)
      }))
  }
})
