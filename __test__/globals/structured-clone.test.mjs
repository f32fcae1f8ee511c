import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { onlyV8 } from '../support/engine.mjs'
import { settled, withPool } from '../support/pools.mjs'
import { comparing } from './support.mjs'

describe('structuredClone', () => {
  const same = comparing()

  it('copies values of every kind, apart from what they are copied of', () =>
    same(() => {
      const value = {
        list: [1, , 3], // oxlint-disable-line no-sparse-arrays
        named: Object.assign([1], { extra: 'x' }),
        date: new Date(5),
        map: new Map([[{ k: 1 }, new Set([1, 'x'])]]),
        pattern: /x+/giu,
        boxed: [new Number(1), new String('s'), new Boolean(false), Object(5n)],
        scalars: [undefined, null, -0, NaN, 12n, 'é漢', true],
        views: [
          new Uint8Array([1, 2]),
          new Float64Array([0.5]),
          new DataView(new ArrayBuffer(3), 1),
        ],
        nested: { deep: { deeper: [] } },
        ['__proto__']: 5,
        '': 'empty',
      }
      const copy = structuredClone(value)
      return [
        copy,
        isNaN(structuredClone(new Date(NaN))),
        copy.list !== value.list,
        1 in copy.list,
        copy.pattern.flags,
      ]
    }))

  it('keeps cycles, and references to one object', () =>
    same(() => {
      const shared = { x: 1 }
      const value = { a: shared, b: shared, map: new Map(), buffer: new ArrayBuffer(8) }
      value.self = value
      value.map.set(value, shared)
      value.views = [new Uint8Array(value.buffer, 2), new Uint16Array(value.buffer)]
      const copy = structuredClone(value)
      return [
        copy.a === copy.b,
        copy.self === copy,
        copy.map.get(copy) === copy.a,
        copy.views[0].buffer === copy.buffer,
        copy.views[1].buffer === copy.buffer,
        copy.views[0].byteOffset,
        copy.a !== shared,
      ]
    }))

  it('copies errors by their names', () =>
    same(() => {
      class Custom extends TypeError {
        extra = 1
      }
      const cause = new RangeError('inner')
      const renamed = Object.assign(new Error('renamed'), { name: 'SyntaxError' })
      const errors = [new Error('x', { cause }), new TypeError('t'), new Custom('c'), renamed, new AggregateError([1], 'a'), new URIError()]
      return errors.map((error) => {
        const copy = structuredClone(error)
        return [
          copy.name,
          copy.message,
          copy.constructor.name,
          copy.stack === error.stack,
          Object.keys(copy),
          copy.cause?.message,
          Object.hasOwn(copy, 'message'),
        ]
      })
    })) // prettier-ignore

  it('takes objects of classes as plain ones, and what getters give', () =>
    same(() => {
      class Point {
        x = 1
        #hidden = 2
        get sum() {
          return this.#hidden
        }
      }
      const value = {
        point: new Point(),
        get made() {
          return 'by a getter'
        },
        bare: Object.assign(Object.create(null), { y: 1 }),
      }
      const hidden = Object.defineProperty({ seen: 1 }, 'unseen', { value: 2 })
      const copy = structuredClone([value, hidden])
      const [{ point, bare, made }] = copy
      return [copy, point.constructor === Object, Object.getPrototypeOf(bare) === Object.prototype, made]
    })) // prettier-ignore

  it('refuses what cannot be copied', () =>
    same(() =>
      [() => {}, Symbol('s'), { f() {} }, new WeakMap(), new WeakSet(), Promise.resolve(), new Proxy({}, {}), (function* () {})(), [new Map([[1, () => {}]])], new Map().keys(), Object(Symbol('x')), class Mine { x = 1 }].map((value) => {
        try {
          return structuredClone(value)
        } catch (error) {
          return [error.name, error.code, error instanceof DOMException]
        }
      }),
    )) // prettier-ignore

  it('passes on what a getter throws, and copies nothing twice over', () =>
    same(() => {
      let reads = 0
      const value = {
        get a() {
          reads++
          throw new RangeError('mine')
        },
      }
      try {
        structuredClone(value)
      } catch (error) {
        return [error.name, error.message, reads]
      }
    }))

  it('moves buffers', () =>
    same(() => {
      const buffer = new Uint8Array([1, 2, 3, 4]).buffer
      const view = new Uint8Array(buffer, 1, 2)
      const value = { first: 1, view, map: new Map([['b', buffer], ['v', view]]), set: new Set([0, view, 1]), last: 2 }
      const copy = structuredClone(value, { transfer: [buffer] })
      return [
        buffer.byteLength,
        view.length,
        copy,
        Object.keys(copy),
        copy.map.get('b') === copy.view.buffer,
        copy.map.get('v') === copy.view,
        [...copy.set][1] === copy.view,
      ]
    })) // prettier-ignore

  it('leaves buffers where they are when it fails, and refuses what cannot move', () =>
    same(() => {
      const buffer = new ArrayBuffer(4)
      const gone = new ArrayBuffer(4)
      structuredClone(gone, { transfer: [gone] })
      const kinds = [
        [{ f() {} }, [buffer]],
        [1, [buffer, buffer]],
        [1, [5]],
        [gone, []],
        [1, 5],
      ].map(([value, transfer]) => {
        try {
          return structuredClone(value, { transfer })
        } catch (error) {
          return error.name
        }
      })
      return [kinds, buffer.byteLength]
    }))

  it('needs an argument', () =>
    same(() => {
      try {
        structuredClone()
      } catch (error) {
        return error.name
      }
    }))

  it('keeps buffers resizable, and counts them', onlyV8, () =>
    withPool({ threads: 1, memoryLimitMb: 64 }, async (pool) => {
      const clone = () => {
        const buffer = new ArrayBuffer(4, { maxByteLength: 20 << 20 })
        const copies = []
        try {
          for (;;) copies.push(structuredClone(buffer))
        } catch (error) {
          return [error.name, copies.length, copies[0].resizable, copies[0].maxByteLength]
        }
      }
      assert.deepEqual(await settled(pool.run(clone)), ['RangeError', 2, true, 20 << 20])
    }),
  )

  it('of many references to one text takes no memory for each', onlyV8, () =>
    withPool({ threads: 1, memoryLimitMb: 64 }, async (pool) => {
      const clone = () => structuredClone(Array(10_000).fill('x'.repeat(1e6))).length
      assert.equal(await settled(pool.run(clone)), 10_000)
    }),
  )

  it('of what is too deep is an error of the function', onlyV8, () =>
    withPool({ threads: 1 }, async (pool) => {
      const clone = () => {
        let value = {}
        for (let i = 0; i < 1e5; i++) value = { value }
        try {
          structuredClone(value)
        } catch (error) {
          return error.name
        }
      }
      assert.equal(await settled(pool.run(clone)), 'RangeError')
    }),
  )
})
