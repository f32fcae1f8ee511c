/**
 * Whatever an export of the addon throws (an error of Node-API's, or one made of a panic), what leaves the
 * package is one of its own errors, with that as the cause.
 */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { engines, versions } from 'isolane'

import { Pool } from '../support/engine.mjs'
import { settled, withPool } from '../support/pools.mjs'

/** The addon as the package has it: of one module. */
const addon = createRequire(import.meta.url)('../../npm/isolane/dist/native/binding.js')

const double = (x) => x * 2
const failure = () => Object.assign(new Error('provoked'), { code: 'GenericFailure' })

/** Has `owner[name]` throw while `use` runs, and gives what that fails with. */
async function failing(owner, name, use) {
  const { value: original, ...rest } = Object.getOwnPropertyDescriptor(owner, name)
  const thrown = failure()
  const fail = function (...args) {
    // It fails when it has taken the events: those are lost.
    if (name === 'drain') original.apply(this, args)
    throw thrown
  }
  Object.defineProperty(owner, name, { ...rest, value: fail })
  let error
  try {
    await settled((async () => use())())
  } catch (caught) {
    error = caught
  } finally {
    Object.defineProperty(owner, name, { ...rest, value: original })
  }
  assertTyped(error, thrown)
}

function assertTyped(error, cause) {
  assert.equal(error?.code, 'ERR_ISOLANE_ENGINE_UNAVAILABLE', `${error?.stack ?? error}`)
  assert.equal(error.cause, cause)
  assert.match(error.message, /provoked/)
}

async function collect(stream) {
  const all = []
  for await (const value of stream) all.push(value)
  return all
}

/** Exports of the class of pools, by what calls them. After each the pool works on. */
const ofPool = {
  define: (pool) => pool.run(double, 1),
  defineModules: (pool) => pool.run({ entry: 'a', modules: [{ id: 'a', source: '(x) => x' }] }, 1),
  unsplitItems: (pool) => pool.map([1, 2, 3], double),
  share: (pool) => pool.share('value', 1),
  submit: (pool) => pool.run(double, 1),
  drain: (pool) => pool.run(double, 1),
  appendItems: (pool) => pool.map(new Float64Array(1 << 17), double),
  status: (pool) => pool.status(),
  stats: (pool) => pool.stats(),
  resetStats: (pool) => pool.resetStats(),
}

/** Those of texts that stream. */
const ofSplitter = {
  push: (pool) => collect(pool.stream('[1, 2]', double, { from: 'json' })),
  finish: (pool) => collect(pool.stream('[1, 2]', double, { from: 'json' })),
}

describe('what the addon throws', () => {
  for (const [owner, uses] of [
    ['NativePool', ofPool],
    ['NativeSplitter', ofSplitter],
  ]) {
    for (const [name, use] of Object.entries(uses)) {
      it(`in ${owner}.${name} is the cause of an error of the library's`, () =>
        withPool({ threads: 1 }, async (pool) => {
          // With what a call needs that has nothing to do with it.
          assert.equal(await pool.run((x) => x + 1, 1), 2)
          await failing(addon[owner].prototype, name, () => use(pool))
          assert.deepEqual(await pool.map([1, 2], double), [2, 4])
        }))
    }
  }

  it('when a shared value is let go is too', () =>
    withPool({ threads: 1 }, async (pool) => {
      const shared = await pool.share('value', 1)
      await failing(addon.NativePool.prototype, 'releaseShared', () => shared.dispose())
    }))

  for (const end of ['close', 'destroy']) {
    it(`when a pool ends by ${end} is too`, async () => {
      const pool = new Pool({ threads: 1 })
      await failing(addon.NativePool.prototype, end, () => pool[end]())
      await settled(pool.destroy())
    })
  }

  it('when a pool or a text begins, or the build is asked about, is too', async () => {
    await failing(addon, 'NativePool', () => new Pool())
    await failing(addon, 'parallelism', () => new Pool())
    await failing(addon, 'engines', () => engines())
    await failing(addon, 'v8Version', () => versions())
    await withPool({ threads: 1 }, (pool) =>
      failing(addon, 'NativeSplitter', () => collect(pool.stream('[1]', double, { from: 'json' }))),
    )
  })

  it('is tried on every export that the package calls', () => {
    const tried = new Set([...Object.keys(ofPool), ...Object.keys(ofSplitter)])
    for (const name of ['releaseShared', 'close', 'destroy']) tried.add(name)
    // Called where no user waits: when functions are collected, and for Workers that are gone.
    for (const name of ['number', 'releaseFunction', 'giveUp', 'constructor', 'forgetWarmUp'])
      tried.add(name)
    // Of functions in files; a place that is not had leaves the error as it is.
    for (const name of ['defineFile', 'isStale', 'authorPlace']) tried.add(name)
    for (const owner of ['NativePool', 'NativeSplitter']) {
      for (const name of Object.getOwnPropertyNames(addon[owner].prototype)) {
        assert.ok(tried.has(name), `${owner}.${name}`)
      }
    }
  })
})
