import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { InvalidTypeError } from 'isolane'
import { rejection, withPool } from '../../support/pools.mjs'

const one = { threads: 1 }
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))
const double = (x) => x * 2

describe('a published function', () => {
  it('has require, also while its source is evaluated', () =>
    withPool(one, async (pool) => {
      const source = `(() => { const { basename } = require('node:path'); return (path) => basename(path) })()`
      await pool.publish('basename', { source })
      assert.equal(await pool.run('basename', '/a/b'), 'b')
    }))

  it('may be in a module, which is loaded to check it', () =>
    withPool({ ...one, resolveFrom: fixtures }, async (pool) => {
      const fn = await pool.publish('fn', { filename: 'functions.cjs', name: 'double' })
      assert.equal(await pool.run('fn', 21), 42)
      const missing = await rejection(fn.update({ filename: 'missing.mjs' }))
      assert.equal(missing.code, 'ERR_ISOLANE_MODULE')
      assert.match(missing.message, /^fn@2 cannot be loaded/)
      assert.equal(await fn.update({ filename: 'default.cjs' }), 2)
      assert.equal(await pool.run('fn', 41), 42)
    }))

  it('gets a new version from another file only: Node loads a module once', () =>
    withPool({ ...one, resolveFrom: fixtures }, async (pool) => {
      const address = { filename: 'functions.cjs', name: 'double' }
      const fn = await pool.publish('fn', address)
      const error = await rejection(fn.update(address))
      assert.ok(error instanceof InvalidTypeError)
      assert.match(error.message, /^fn@1 is in .*functions\.cjs already.*another file/)
      assert.equal(await fn.update({ filename: 'default.cjs' }), 2)
      assert.equal(await fn.update(address), 3)
    }))

  it('is refused a tenant, as any function is', () =>
    withPool(one, async (pool) => {
      await pool.publish('fn', double)
      const error = await rejection(pool.run('fn', 1, { tenant: 'a' }))
      assert.match(error.message, /tenant.*'v8'/)
    }))
})
