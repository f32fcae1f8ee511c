/** What is left of the globals: crypto, performance, queueMicrotask, self; and how all of them are there. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { onlyV8 } from '../support/engine.mjs'
import { settled, withPool } from '../support/pools.mjs'
import { webGlobals } from './names.mjs'
import { comparing } from './support.mjs'

const one = { threads: 1 }

describe('crypto', () => {
  const same = comparing()

  it('fills arrays of integers, and no others', () =>
    same(() => {
      const tried = (make) => {
        try {
          const array = make()
          return [crypto.getRandomValues(array) === array, array.length]
        } catch (error) {
          return [error.name, error.code]
        }
      }
      return [
        () => new Uint8Array(16),
        () => new Uint8Array(0),
        () => new BigInt64Array(2),
        () => new Int16Array(3),
        () => new Uint8ClampedArray(3),
        () => new Uint8Array(65_536),
        () => new Uint8Array(65_537),
        () => new Float32Array(2),
      ].map((make) => tried(make))
    }))

  it('gives other bytes each time, to all of an array and nothing beside it', onlyV8, () =>
    withPool(one, async (pool) => {
      const fill = () => {
        const bytes = new Uint8Array(1002)
        const inner = bytes.subarray(1, 1001)
        crypto.getRandomValues(inner)
        const zeros = inner.filter((byte) => byte === 0).length
        const shared = new Uint32Array(new SharedArrayBuffer(64))
        crypto.getRandomValues(shared)
        return [bytes[0], bytes[1001], zeros < 50, shared.some((word) => word !== 0)]
      }
      assert.deepEqual(await settled(pool.run(fill)), [0, 0, true, true])
    }),
  )

  it('gives UUIDs of version 4', onlyV8, () =>
    withPool(one, async (pool) => {
      const make = () => Array.from({ length: 500 }, () => crypto.randomUUID())
      const uuids = await settled(pool.run(make))
      assert.equal(new Set(uuids).size, 500)
      for (const uuid of uuids) {
        assert.match(uuid, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
      }
    }),
  )
})

describe('performance', () => {
  it('counts up, in milliseconds, from about now', onlyV8, () =>
    withPool(one, async (pool) => {
      const look = async () => {
        const first = performance.now()
        await new Promise((resolve) => setTimeout(resolve, 3))
        const second = performance.now()
        return [first >= 0, second - first >= 3, performance.timeOrigin]
      }
      const [isPositive, grows, origin] = await settled(pool.run(look))
      assert.deepEqual([isPositive, grows], [true, true])
      assert.ok(Math.abs(origin - Date.now()) < 600_000)
    }),
  )
})

describe('queueMicrotask', () => {
  const same = comparing()

  it('runs in turn with promises', () =>
    same(async () => {
      const seen = []
      Promise.resolve().then(() => seen.push('promise'))
      queueMicrotask(() => seen.push('microtask'))
      seen.push('now')
      await Promise.resolve()
      await Promise.resolve()
      return seen
    }))
})

describe('the globals of the web', () => {
  const descriptors = (names) =>
    names.map((name) => {
      const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(globalThis, name) // prettier-ignore
      return [name, typeof value, writable, enumerable, configurable]
    })

  it('are properties as the web has them', onlyV8, () =>
    withPool(one, async (pool) => {
      const found = await settled(pool.run(descriptors, webGlobals))
      const isClass = (name) => /^[A-Z]|^self$/.test(name)
      const typeOf = (name) => (['crypto', 'performance', 'self'].includes(name) ? 'object' : 'function') // prettier-ignore
      const expected = webGlobals.map((name) => [name, typeOf(name), true, !isClass(name), true])
      assert.deepEqual(found, expected)
    }),
  )

  it('stay what they were when they are read again', onlyV8, () =>
    withPool(one, async (pool) => {
      const read = (names) => names.every((name) => globalThis[name] === globalThis[name])
      assert.equal(await settled(pool.run(read, webGlobals)), true)
      assert.equal(await settled(pool.run(() => self === globalThis)), true)
    }),
  )

  it('can be replaced, deleted and shadowed before they are read', onlyV8, () =>
    withPool(one, async (pool) => {
      const change = () => {
        globalThis.URL = 'mine'
        delete globalThis.TextEncoder
        Object.defineProperty(globalThis, 'atob', { value: 5, configurable: true })
        const setTimeout = 'local'
        return [URL, typeof TextEncoder, atob, setTimeout, 'btoa' in globalThis]
      }
      assert.deepEqual(await settled(pool.run(change)), ['mine', 'undefined', 5, 'local', true])
    }),
  )

  it('of one function are not those of another', onlyV8, () =>
    withPool(one, async (pool) => {
      await settled(pool.run(() => ((URL.prototype.mark = 1), (TextEncoder.mark = 2), 0)))
      assert.deepEqual(
        await settled(pool.run(() => ['mark' in URL.prototype, 'mark' in TextEncoder])),
        [false, false],
      )
    }),
  )

  it('throw errors of the context that they are in', onlyV8, () =>
    withPool(one, async (pool) => {
      const kinds = () =>
        [() => new URL('x'), () => new TextDecoder('x'), () => atob('a'), () => structuredClone(() => {}), () => setTimeout(1)].map((run) => {
          try {
            return run()
          } catch (error) {
            return error instanceof Error
          }
        }) // prettier-ignore
      assert.deepEqual(await settled(pool.run(kinds)), [true, true, true, true, true])
    }),
  )

  it('have names, and are no constructors where they are functions', onlyV8, () =>
    withPool(one, async (pool) => {
      const look = (names) =>
        names.filter((name) => typeof globalThis[name] === 'function').filter((name) => {
          const isNamed = globalThis[name].name === name
          const isClass = Object.hasOwn(globalThis[name], 'prototype')
          return !isNamed || isClass !== /^[A-Z]/.test(name)
        }) // prettier-ignore
      assert.deepEqual(await settled(pool.run(look, webGlobals)), [])
    }),
  )
})
