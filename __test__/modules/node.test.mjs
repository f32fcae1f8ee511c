/** What only the node engine has for functions that are made of modules, and what the v8 engine says then. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { onlyNode, onlyV8 } from '../support/engine.mjs'
import { range, rejection, settled, withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'
import { made } from './support.mjs'

const one = { threads: 1 }
const run = (fn, arg) => withPool(one, (pool) => pool.run(fn, arg))

const join = "const { join } = require('node:path')\nmodule.exports = (x) => join('a', x)"

describe("Node's own modules", onlyNode, () => {
  it('can be required and imported', async () => {
    assert.equal(
      await run(made('a', { a: join }), 'b').then((path) => path.replace('\\', '/')),
      'a/b',
    )
    const es = `
      import path, { sep } from 'path'
      import * as all from 'node:path'
      export default async () => [path.sep === sep, all.default === path, (await import('fs')).default === (await import('node:fs')).default]`
    assert.deepEqual(await run(made('a', { a: es })), [true, true, true])
  })

  it('give way to a module of the same id', async () => {
    assert.equal(
      await run(made('a', { a: "module.exports = () => require('fs')", fs: 'module.exports = 1' })),
      1,
    )
  })

  it('can be required by a computed name, packages cannot', async () => {
    const fn = made('a', { a: 'module.exports = (name) => typeof require(name)' })
    assert.equal(await run(fn, 'node:path'), 'object')
    const error = await withPool(one, (pool) => rejection(pool.run(fn, 'isolane')))
    assert.equal(error.cause.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
  })
})

describe('on the node engine, modules', onlyNode, () => {
  it('may wait for timers, at their top level and in calls that run side by side', () =>
    withPool({ ...one, concurrency: 4 }, async (pool) => {
      const wait = "import { setTimeout as wait } from 'node:timers/promises'\n"
      const fn = made('a', {
        a: `${wait}import { b } from 'b'\nexport default async (x) => { await wait(1); return b + x }`,
        b: `${wait}export const b = await wait(1, 40)`,
      })
      assert.deepEqual(
        await pool.map(range(8), fn),
        range(8).map((n) => 40 + n),
      )
    }))

  it('tell no line about how experimental they are', () =>
    withPool(one, async (pool) => {
      const lines = []
      pool.on('log', ({ message }) => lines.push(message))
      const fn = made('a', {
        a: "export default () => { console.log('mine'); process.emitWarning('yours') }",
      })
      await pool.run(fn)
      await pool.run(() => new Promise((done) => setImmediate(done)))
      assert.equal(lines[0], 'mine')
      assert.match(lines.join('\n'), /yours/)
      assert.doesNotMatch(lines.join('\n'), /VM Modules/)
    }))

  it('leave the options of the process as they are', async () => {
    for (const flags of [['--no-warnings'], ['--no-warnings', '--experimental-vm-modules']]) {
      const { stdout, stderr } = await settled(
        runScript(
          `import { Pool } from 'isolane'
           const pool = new Pool({ engine: 'node', threads: 1 })
           const modules = [{ id: 'a', source: 'module.exports = () => process.execArgv' }]
           console.log(JSON.stringify(await pool.run({ entry: 'a', modules })))
           await pool.close()`,
          { flags },
        ),
      )
      const told = JSON.parse(stdout).filter((option) => /warnings|vm/.test(option))
      assert.deepEqual(told, flags, stderr)
    }
  })
})

describe("on the v8 engine, Node's own modules", onlyV8, () => {
  it('are not there: the error names the engine that has them', async () => {
    const error = await withPool(one, (pool) => rejection(pool.run(made('a', { a: join }), 'b')))
    assert.equal(error.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
    assert.match(error.message, /'node:path'.*engine: 'node'/)
  })
})
