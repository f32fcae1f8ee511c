/** The line between host and addon may break where memory is short: calls reject then, and none waits for ever. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { afterEach, describe, it } from 'node:test'
import { engine } from '../support/engine.mjs'
import { range, rejection, settled, withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

const { NativePool } = createRequire(import.meta.url)('../../npm/isolane/dist/native/binding.js')
const real = { ...Object.getOwnPropertyDescriptors(NativePool.prototype) }
const identity = (x) => x

const restore = (name) => Object.defineProperty(NativePool.prototype, name, real[name])

/** Has a method of the addon throw, once. */
function failOnce(name, isDue = () => true) {
  const method = real[name].value
  replace(name, function (...args) {
    if (!isDue()) return method.apply(this, args)
    restore(name)
    throw new RangeError('no memory')
  })
}

/** Has a method of the addon throw until it is restored. */
function fail(name) {
  replace(name, () => {
    throw new RangeError('no memory')
  })
}

function replace(name, value) {
  Object.defineProperty(NativePool.prototype, name, { ...real[name], value })
}

async function assertLost(call) {
  const error = await rejection(call)
  assert.equal(error.code, 'ERR_ISOLANE_ENGINE_UNAVAILABLE')
  assert.equal(error.cause.message, 'no memory')
}

async function assertAnswers(pool) {
  assert.deepEqual(await settled(pool.map(range(100), identity, { chunkSize: 1 })), range(100))
  await settled(pool.close())
}

describe('a pool whose addon', () => {
  afterEach(() => {
    for (const name of ['submit', 'drain', 'appendItems']) restore(name)
  })

  it('cannot take commands: the calls made by then reject, others do not', () =>
    withPool({ threads: 1 }, async (pool) => {
      await pool.run(identity, 1)
      // More than once: on a slow machine the calls do not all go at once.
      fail('submit')
      const calls = [
        pool.run(identity, 1),
        pool.map([1, 2], identity),
        pool.filter([1, 2], identity, { onError: 'original' }),
        pool.reduce([1, 2], { reduce: identity }),
        pool.run(identity, 1, { signal: new AbortController().signal }),
      ]
      await Promise.all(calls.map(assertLost))
      restore('submit')
      await assertAnswers(pool)
    }))

  it('cannot take a large buffer', () =>
    withPool({ threads: 1 }, async (pool) => {
      await pool.run(identity, 1)
      failOnce('submit')
      await assertLost(pool.run(identity, new Uint8Array(1 << 20)))
      await assertAnswers(pool)
    }))

  it('cannot take the items of a typed array', () =>
    withPool({ threads: 1 }, async (pool) => {
      failOnce('appendItems')
      await assertLost(pool.map(Float64Array.of(1, 2), identity))
      await assertAnswers(pool)
    }))

  it('cannot give events: the calls that are outstanding reject', () =>
    withPool({ threads: 1 }, async (pool) => {
      await pool.run(identity, 1)
      let isSent = false
      failOnce('drain', () => isSent)
      const calls = range(10).map((n) => assertLost(pool.run(identity, n)))
      isSent = true
      await Promise.all(calls)
      await assertAnswers(pool)
    }))
})

describe('calls made where hardly any stack is left', () => {
  it('answer, or reject with what was thrown; the pool answers afterwards', async () => {
    const { code, stdout, stderr } = await runScript(`
      import { Pool } from 'isolane'
      const pool = new Pool({ engine: '${engine}', threads: 1 })
      const calls = [
        () => pool.run((x) => x, { n: 1 }),
        () => pool.run((x) => x.length, new Uint8Array(1 << 17)),
        () => pool.run((x) => x, 1, { signal: new AbortController().signal }),
        () => pool.map([{ n: 1 }, { n: 2 }], (x) => x.n),
        () => pool.reduce([1, 2], { reduce: (a, b) => a + b }),
      ]
      const seen = new Set()
      for (const call of calls) {
        const made = []
        let depth = 0
        const dive = () => {
          try {
            dive()
          } catch {}
          if (made.length >= 400 || depth++ > 4000) return
          try {
            made.push(call())
          } catch {}
        }
        dive()
        for (const { status, reason } of await Promise.allSettled(made))
          seen.add(status === 'fulfilled' ? 'ok' : (reason.code ?? reason.name))
        if ((await pool.run((x) => x, 1)) !== 1) throw new Error('no answer')
      }
      await pool.destroy()
      console.log(JSON.stringify([...seen]))
    `)
    assert.equal(code, 0, stderr)
    const seen = JSON.parse(stdout)
    assert.ok(seen.includes('ok'))
    // V8 has a SyntaxError for a regular expression that it has no stack to compile.
    for (const what of seen) assert.match(what, /^(ok|RangeError|SyntaxError|ERR_ISOLANE_.*)$/)
  })
})
