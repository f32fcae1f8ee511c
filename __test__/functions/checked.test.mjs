/** Functions that are judged when they are published. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { CheckFailedError, IsolaneError } from 'isolane'
import { defineRules } from 'isolane/check'
import { engine, onlyV8 } from '../support/engine.mjs'
import { rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }
const limit = 5
const rulesOf = (found) => found.map(({ rule }) => rule)

describe('publish with check', () => {
  it('refuses a function with all that was found, and the name stays free', () =>
    withPool(one, async (pool) => {
      const fn = { source: '(item) => {\n  debugger\n  return eval(item) + limit\n}' }
      const error = await rejection(pool.publish('price', fn, { check: true }))
      assert.ok(error instanceof CheckFailedError && error instanceof IsolaneError)
      assert.equal(error.code, 'ERR_ISOLANE_CHECK_FAILED')
      assert.deepEqual(rulesOf(error.diagnostics), ['no-debugger', 'no-eval', 'no-undef'])
      assert.match(error.message, /^price was refused by the checker, which found 2 errors:\n/)
      assert.match(error.message, /\n {2}3:10 no-eval: .*\n {2}3:23 no-undef: .*limit/)
      assert.equal(pool.published('price'), undefined)
      assert.equal((await pool.publish('price', (item) => item)).version, 1)
    }))

  it('takes what has warnings only, and keeps them', () =>
    withPool(one, async (pool) => {
      const fn = { source: '(item) => {\n  debugger\n  return item * 2\n}' }
      const published = await pool.publish('double', fn, { check: true })
      assert.deepEqual(rulesOf(published.diagnostics), ['no-debugger'])
      assert.equal(await pool.run('double', 4), 8)
      await published.update((item) => item * 3)
      assert.deepEqual(published.diagnostics, [])
    }))

  it('judges later updates by the same rules, unless they bring others', () =>
    withPool(one, async (pool) => {
      const rules = defineRules({ extends: 'none', rules: { 'no-debugger': 'error' } })
      const published = await pool.publish('fn', (item) => item, { check: rules })
      const wrong = { source: '(item) => { debugger; return 2 }' }
      const error = await rejection(published.update(wrong))
      assert.deepEqual(rulesOf(error.diagnostics), ['no-debugger'])
      assert.equal(published.version, 1)
      assert.equal(await pool.run('fn', 1), 1)
      await published.update(wrong, { check: false })
      assert.equal(await pool.run('fn', 1), 2)
      await published.update({ source: '(item) => { debugger; return 3 }' })
      assert.equal(published.version, 3)
    }))

  it('judges by the globals of the pool', () =>
    withPool(one, async (pool) => {
      const publishing = pool.publish('fn', (item) => Buffer.from(item), { check: true })
      if (engine === 'node') return assert.equal((await publishing).version, 1)
      const error = await rejection(publishing)
      assert.equal(error.code, 'ERR_ISOLANE_CHECK_FAILED')
    }))

  it('tells places of the own text of a method', () =>
    withPool(one, async (pool) => {
      const holder = {
        price(item) {
          return item + limit
        },
      }
      const { diagnostics } = await rejection(pool.publish('fn', holder.price, { check: true }))
      const [{ line, start, end }] = diagnostics
      assert.equal(line, 2)
      assert.equal(holder.price.toString().slice(start, end), 'limit')
    }))

  it('judges each module of a function that is made of modules, which may import', () =>
    withPool(one, async (pool) => {
      const fn = (text) => ({
        entry: 'main.mjs',
        modules: [
          {
            id: 'main.mjs',
            source: "import { half } from './half.mjs'\nexport default (n) => half(n)",
          },
          { id: 'half.mjs', source: text },
          { id: 'data.json', source: '{ "debugger": 1 }' },
        ],
      })
      const good = fn('export const half = (n) => n / 2')
      const published = await pool.publish('half', good, { check: true })
      assert.equal(await pool.run('half', 4), 2)
      const error = await rejection(published.update(fn('export const half = (n) => n / two')))
      assert.deepEqual(
        error.diagnostics.map(({ rule, filename }) => [rule, filename]),
        [['no-undef', 'half.mjs']],
      )
      assert.match(error.message, /half\.mjs:1:32 no-undef/)
    }))

  it('knows the helpers that compilers leave in a text', () =>
    withPool(one, async (pool) => {
      const source =
        '(n) => __awaiter(void 0, void 0, void 0, function* () { return _objectSpread({ n }, {}) })'
      const published = await pool.publish('compiled', { source }, { check: true })
      assert.deepEqual(published.diagnostics, [])
      assert.deepEqual(await pool.run('compiled', 5), { n: 5 })
      const unknown = { source: '(n) => __helper(n)' }
      const error = await rejection(published.update(unknown))
      assert.equal(error.code, 'ERR_ISOLANE_CHECK_FAILED')
    }))

  it('leaves what cannot be read to whoever loads it', () =>
    withPool(one, async (pool) => {
      const error = await rejection(
        pool.publish('fn', { filename: '/no/where.mjs' }, { check: true }),
      )
      assert.notEqual(error.code, 'ERR_ISOLANE_CHECK_FAILED')
    }))

  for (const [check, message] of [
    [5, /options\.check must be a boolean or rules; got 5/],
    [['no-undef'], /options\.check must be a boolean or rules/],
    [{ rules: { 'no-undfe': 'error' } }, /There is no rule 'no-undfe'; did you mean 'no-undef'\?/],
  ]) {
    it(`refuses ${JSON.stringify(check)}`, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.publish('fn', (item) => item, { check }))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, message)
        assert.equal(pool.published('fn'), undefined)
      }))
  }
})

describe('publish with check, of a function in a file', () => {
  const EVIL = 'export const run = (text) => eval(text)\n'
  const EVIL_COMMONJS = 'exports.run = (text) => eval(text)\n'
  let folder

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'isolane-')))
  })
  after(() => rm(folder, { recursive: true }))

  /** Writes files into a folder of their own, and gives what is found where the first of them is published. */
  async function found(files) {
    const own = await mkdtemp(join(folder, 'program-'))
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(own, path)), { recursive: true })
      await writeFile(join(own, path), text)
    }
    const fn = { filename: join(own, Object.keys(files)[0]) }
    return withPool(one, async (pool) => {
      const publishing = pool.publish('fn', fn, { check: true })
      const { code, diagnostics } = await publishing.catch((error) => error)
      if (code !== undefined) assert.equal(code, 'ERR_ISOLANE_CHECK_FAILED')
      return diagnostics.map(({ rule, filename }) => [rule, filename.slice(own.length + 1)])
    })
  }

  for (const [what, main, text, helper] of [
    [
      'imports',
      'main.mjs',
      "import { run } from './helper.mjs'\nexport default (n) => run(n)",
      'helper.mjs',
    ],
    ['exports again', 'main.mjs', "export { run as default } from './helper.mjs'", 'helper.mjs'],
    ['requires', 'main.cjs', "const { run } = require('./helper')\nexports.fn = run", 'helper.js'],
    [
      'imports late',
      'main.mjs',
      "export default async () => (await import('./helper.mjs')).run('1')",
      'helper.mjs',
    ],
    ['requires as a folder', 'main.cjs', "exports.fn = require('./lib').run", 'lib/index.js'],
    [
      'imports as TypeScript',
      'main.ts',
      "import { run, type Helper } from './helper.js'\nexport default (n: Helper) => run(n)",
      'helper.ts',
    ],
    [
      'requires in TypeScript',
      'main.ts',
      "import helper = require('./helper')\nexport default helper.run",
      'helper.ts',
    ],
  ]) {
    it(`judges what it ${what}`, async () => {
      const files = { [main]: text, [helper]: helper.endsWith('.js') ? EVIL_COMMONJS : EVIL }
      assert.deepEqual(await found(files), [['no-eval', helper]])
    })
  }

  it('judges what that imports, each file once', async () => {
    const files = {
      'main.mjs': "import './a.mjs'\nimport './b.mjs'\nexport default (n) => n",
      'a.mjs': "import './b.mjs'\nimport './main.mjs'",
      'b.mjs': `import './a.mjs'\nimport './data.json' with { type: 'json' }\n${EVIL}`,
      'data.json': '{ "debugger": 1 }',
    }
    assert.deepEqual(await found(files), [['no-eval', 'b.mjs']])
  })

  it('takes imports of its own package by name', async () => {
    const files = {
      'main.mjs': "import { run } from '#run'\nexport default (n) => run(n)",
      'package.json': '{ "imports": { "#run": "./lib/run.mjs" } }',
      'lib/run.mjs': EVIL,
    }
    assert.deepEqual(await found(files), [['no-eval', 'lib/run.mjs']])
  })

  // Not every Node that this runs on loads TypeScript.
  it('leaves packages alone, and what is of types only', onlyV8, async () => {
    const files = {
      'main.ts': `import { run } from 'evil'
import type { Server } from './server.ts'
import { Client } from './client.ts'
export default (n: Server | Client) => run(n as unknown as Client)
`,
      'server.ts': `export interface Server { a: 1 }\n${EVIL}`,
      'client.ts': `export class Client { }\n${EVIL}`,
      'node_modules/evil/package.json': '{ "exports": "./index.cjs" }',
      'node_modules/evil/index.cjs': EVIL_COMMONJS,
    }
    assert.deepEqual(await found(files), [])
  })

  it('comes through links', async () => {
    const own = await mkdtemp(join(folder, 'linked-'))
    await mkdir(join(own, 'real'))
    await symlink(join(own, 'real'), join(own, 'link'))
    await writeFile(join(own, 'real/main.mjs'), "export { run as default } from './run.mjs'")
    await writeFile(join(own, 'real/run.mjs'), EVIL)
    await withPool(one, async (pool) => {
      const fn = { filename: join(own, 'link/main.mjs') }
      const { diagnostics } = await rejection(pool.publish('fn', fn, { check: true }))
      assert.deepEqual(
        diagnostics.map(({ filename }) => filename),
        [join(own, 'real/run.mjs')],
      )
    })
  })
})
