/** Packages that modules ask for: found by Node from a folder, and named where there are none. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'

import { onlyNode, onlyV8 } from '../support/engine.mjs'
import { rejection, withPool } from '../support/pools.mjs'
import { made } from './support.mjs'

const service = mkdtempSync(join(tmpdir(), 'isolane-packages-'))
const own = join(service, 'functions')
after(() => rmSync(service, { recursive: true }))

install(service, 'dep', { 'index.js': "exports.from = 'the service'" })
install(service, 'far', { 'index.js': 'module.exports = class Far { static of() { return 7 } }' })
install(own, 'dep', { 'index.js': "exports.from = 'the folder'", 'part.js': 'exports.part = 1' })
install(own, '@scope/two', { 'index.js': 'exports.two = 2' })
install(own, 'es', {
  'package.json': '{"name":"es","type":"module","exports":{"import":"./main.mjs"}}',
  'main.mjs': "import { from } from 'dep'\nexport { from }\nexport default 'es'",
})
install(own, 'broken', { 'index.js': "throw new Error('it is broken')" })

function install(folder, name, files) {
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, 'node_modules', name, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

const options = { threads: 1, resolveFrom: own }
const run = (fn, arg) => withPool(options, (pool) => pool.run(fn, arg))

describe('packages', onlyNode, () => {
  it('are those of the folder before those above it, in CommonJS and in ES modules', async () => {
    const commonjs = `
      const { from } = require('dep')
      module.exports = () => [from, require('dep/part').part, require('@scope/two').two, require('far').of()]`
    assert.deepEqual(await run(made('a', { a: commonjs })), ['the folder', 1, 2, 7])
    const es = `
      import dep, { from } from 'dep'
      import name, * as all from 'es'
      import far from 'far'
      export { two } from '@scope/two'
      export default async () => [dep.from, from, name, all.from, far.of(), (await import('es')).default]`
    assert.deepEqual(await run(made('a', { a: es })), [
      'the folder',
      'the folder',
      'es',
      'the folder',
      7,
      'es',
    ])
  })

  it('are imported by CommonJS and by functions that are expressions', async () => {
    const late = 'async () => (await import("es")).from + require("dep/part.js").part'
    assert.equal(await run(made('a', { a: late })), 'the folder1')
  })

  it('come from the folder that the function names, if it names one', async () => {
    const fn = made('a', { a: "module.exports = () => require('dep').from" })
    const all = await withPool(options, async (pool) => [
      await pool.run(fn),
      await pool.run({ ...fn, resolveFrom: service }),
      await pool.run({ ...fn, resolveFrom: own }),
    ])
    assert.deepEqual(all, ['the folder', 'the service', 'the folder'])
    const error = await withPool(options, (pool) =>
      rejection(pool.run({ ...fn, resolveFrom: 'functions' })),
    )
    assert.match(error.message, /resolveFrom must be an absolute path/)
  })

  it('give way to modules, and to imports of a module’s own', async () => {
    const table = made('a', {
      a: "module.exports = () => require('dep')",
      dep: 'module.exports = 1',
    })
    assert.equal(await run(table), 1)
    const [entry, other] = [table.modules[0], { id: 'b', source: 'module.exports = 2' }]
    const renamed = { entry: 'a', modules: [{ ...entry, imports: { dep: 'b' } }, other] }
    assert.equal(await run(renamed), 2)
  })

  it('that are not there are told before anything runs, with the folder; a try may ask for them', async () => {
    for (const specifier of ['none', 'none/part', '@scope/none', '@none/x']) {
      const error = await withPool(options, (pool) =>
        rejection(pool.run(made('a', { a: `require('${specifier}')` }))),
      )
      assert.equal(error.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
      assert.ok(error.message.includes(`installed in ${own}`), error.message)
    }
    const tries = "let x = 1\ntry { x = require('none') } catch {}\nmodule.exports = () => x"
    assert.equal(await run(made('a', { a: tries })), 1)
    const both = "let x = 1\ntry { x = require('dep').from } catch {}\nmodule.exports = () => x"
    assert.equal(await run(made('a', { a: both })), 'the folder')
  })

  it('that throw, or lack what is asked for, fail the call with the reason', () =>
    withPool(options, async (pool) => {
      for (const [source, reason] of [
        ["module.exports = require('broken')", /it is broken/],
        ["import 'broken'\nexport default () => 1", /it is broken/],
        ["module.exports = require('dep/none')", /Cannot find module 'dep\/none'/],
        ["import { nothing } from 'dep'\nexport default () => nothing", /nothing/],
      ]) {
        const error = await rejection(pool.run(made('a', { a: source })))
        assert.equal(error.code, 'ERR_ISOLANE_MODULE', error.stack)
        assert.match(`${error.message} ${error.cause?.message}`, reason)
      }
      assert.equal(await pool.run(made('a', { a: '() => 1' })), 1)
    }))
})

describe('on the v8 engine, packages', onlyV8, () => {
  it('are not there', async () => {
    const error = await withPool(options, (pool) =>
      rejection(pool.run(made('a', { a: "require('dep')" }))),
    )
    assert.equal(error.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
    assert.match(error.message, /'dep'.*engine: 'node'.*bundled/)
  })
})
