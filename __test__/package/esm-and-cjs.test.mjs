import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { rejection } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

const require = createRequire(import.meta.url)
const cjs = require('isolane')
const esm = await import('isolane')
/** What Node adds to the namespace of a module that passes on CommonJS. */
const ofNode = new Set(['default', 'module.exports', '__esModule'])

describe('import and require', () => {
  it('give the same names', () => {
    const names = Object.keys(esm).filter((name) => !ofNode.has(name))
    assert.deepEqual(names.toSorted(), Object.keys(cjs).toSorted())
  })

  it('give the same classes, so that instanceof holds across', () => {
    for (const [name, value] of Object.entries(cjs)) assert.equal(esm[name], value, name)
  })

  it('give pools that work alike', async () => {
    for (const { Pool } of [esm, cjs]) {
      const pool = new Pool({ threads: 1 })
      assert.deepEqual(await pool.map([1, 2], (x) => x * 2), [2, 4])
      const error = await rejection(pool.map([1], 5))
      assert.ok(error instanceof esm.InvalidTypeError)
      assert.ok(error instanceof cjs.InvalidTypeError)
      await pool.close()
    }
  })

  it('do not load the addon: that is left to the first pool', async () => {
    const script = `
      import { createRequire } from 'node:module'
      await import('isolane')
      createRequire(process.cwd() + '/')('isolane')
      const addons = () => process.report.getReport().sharedObjects.filter((file) => /isolane.*node$/.test(file)).length
      const before = addons()
      const { Pool } = await import('isolane')
      await new Pool({ threads: 1 }).close()
      console.log(before, addons())
    `
    const { stdout } = await runScript(script)
    assert.equal(stdout, '0 1\n')
  })
})

describe('isolane/check', () => {
  it('gives the same by import and require, and the classes of the package', async () => {
    const common = require('isolane/check')
    const module = await import('isolane/check')
    const names = Object.keys(module).filter((name) => !ofNode.has(name))
    assert.deepEqual(names.toSorted(), Object.keys(common).toSorted())
    for (const name of names) assert.equal(module[name], common[name], name)
    for (const name of ['CheckFailedError', 'CheckRuleError']) assert.equal(common[name], cjs[name])
    const error = await rejection(common.check(5))
    assert.ok(error instanceof cjs.InvalidTypeError)
  })

  it('does not load the addon before a source is judged', async () => {
    const { stdout } = await runScript(`
      const { check } = await import('isolane/check')
      const addons = () => process.report.getReport().sharedObjects.filter((file) => /isolane.*node$/.test(file)).length
      const before = addons()
      await check('() => 1')
      console.log(before, addons())
    `)
    assert.equal(stdout, '0 1\n')
  })
})

describe('what the package exports', () => {
  it('the pool, published functions, shared values, move, versions and engines', () => {
    const { version, versions, engines, move, Pool, PublishedFunction, SharedValue } = esm
    const manifest = JSON.parse(readFileSync(require.resolve('isolane/package.json'), 'utf8'))
    assert.equal(version, manifest.version)
    assert.equal(versions().isolane, version)
    if (engines().includes('v8')) assert.match(versions().v8, /^\d+\.\d+\.\d+/)
    else assert.equal(versions().v8, undefined)
    assert.equal(typeof Pool, 'function')
    assert.equal(typeof PublishedFunction, 'function')
    assert.equal(typeof SharedValue, 'function')
    assert.equal(typeof move, 'function')
  })

  it('one class for each kind of error', () => {
    const kinds = {
      InvalidTypeError: TypeError,
      InvalidRangeError: RangeError,
      SourceError: SyntaxError,
      FunctionError: esm.IsolaneError,
      NeverSettlesError: esm.IsolaneError,
      TimeoutError: esm.IsolaneError,
      QueueTimeoutError: esm.IsolaneError,
      QueueFullError: esm.IsolaneError,
      AbortError: esm.IsolaneError,
      MemoryLimitError: esm.IsolaneError,
      WorkerLostError: esm.IsolaneError,
      PoolClosedError: esm.IsolaneError,
      EngineUnavailableError: esm.IsolaneError,
      DataCloneError: Error,
      BadPayloadError: Error,
    }
    for (const [name, Base] of Object.entries(kinds)) {
      assert.ok(esm[name]?.prototype instanceof Base, name)
    }
  })

  it('no more than that', () => {
    const known =
      /^(Pool|PublishedFunction|SharedValue|WarmUp|move|version|versions|engines|moduleRequests|diff|applyPatch|mergePatches|toJsonPatch|fromJsonPatch|[A-Z]\w+Error)$/
    assert.deepEqual(
      Object.keys(cjs).filter((name) => !known.test(name)),
      [],
    )
  })
})
