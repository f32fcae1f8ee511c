import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { range, rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }
const cyclic = { name: 'loop', list: [] }
cyclic.self = cyclic
cyclic.list.push(cyclic)
const twin = { n: 1 }
const key = { k: 1 }
const holey = [1]
holey[3] = 4

const values = {
  undefined: undefined,
  null: null,
  booleans: [true, false],
  integers: [0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, -(2 ** 53)],
  doubles: [0.1, -1.5e300, 5e-324, Number.MAX_VALUE, Infinity, -Infinity],
  NaN: NaN,
  '-0': -0,
  '-0 in an array of integers': [0, -0, 1],
  'big integers': [0n, -1n, 2n ** 64n, -(2n ** 200n)],
  strings: ['', 'a', 'ünï', '漢字', '😀', '\u0000', 'x'.repeat(100_000), '漢'.repeat(100_000)],
  'lone surrogates': ['\ud800', 'a\udc00b'],
  'undefined in arrays': [undefined, 1, undefined],
  'undefined in objects': { a: undefined, b: 1 },
  holes: holey,
  'an empty array and object': [[], {}],
  'nested arrays': [[[[1]], []], [[2]]],
  'a Date': new Date(1_234_567_890_123),
  'a regular expression': /a(?<b>c)/giu,
  'a Map': new Map([
    [1, 'a'],
    ['1', 'b'],
    [key, new Map()],
  ]),
  'a Set': new Set([1, '1', NaN, -0, key]),
  'boxed primitives': [Object(1), Object('s'), Object(true), Object(5n)],
  'an Error': new TypeError('wrong', { cause: new Error('inner') }),
  'a typed array': Float64Array.of(1.5, NaN, -0),
  'typed arrays of all kinds': [
    Int8Array.of(-1),
    Uint8ClampedArray.of(255),
    BigUint64Array.of(2n ** 63n),
  ],
  'an ArrayBuffer': Uint8Array.of(1, 2, 3).buffer,
  'a DataView': new DataView(Uint8Array.of(1, 2, 3).buffer, 1, 2),
  'keys that are no names': { '': 1, 'a b': 2, 0: 3, '-1': 4, ünï: 5, constructor: 6, toString: 7 },
  'an object of many keys': Object.fromEntries(range(2000).map((n) => [`key${n}`, n])),
  'an object without prototype': Object.assign(Object.create(null), { a: 1 }),
  'a cycle': cyclic,
  'a record of many shapes': range(300).map((n) => ({
    [`k${n % 50}`]: n,
    shared: n % 2 ? 'odd' : null,
  })),
}

describe('values cross intact', () => {
  for (const [name, value] of Object.entries(values)) {
    it(name, () =>
      withPool(one, async (pool) => {
        const same = (x) => x
        assert.deepStrictEqual(await pool.run(same, value), value)
        assert.deepStrictEqual(await pool.map([value, 1, value], same), [value, 1, value])
        assert.deepStrictEqual(await pool.run((_, { args }) => args, 0, { args: value }), value)
      }),
    )
  }

  it('a __proto__ key, as an own property that touches no prototype', () =>
    withPool(one, async (pool) => {
      const value = JSON.parse('{ "__proto__": { "polluted": true }, "a": 1 }')
      const look = (x) => [
        Object.hasOwn(x, '__proto__'),
        x.polluted,
        Object.getPrototypeOf(x) === Object.prototype,
        x,
      ]
      const [own, polluted, plain, back] = await pool.run(look, value)
      assert.deepEqual([own, polluted, plain], [true, undefined, true])
      assert.ok(Object.hasOwn(back, '__proto__'))
      assert.equal(back.polluted, undefined)
      assert.equal({}.polluted, undefined)
    }))

  it('as the same kinds, as the function sees them', () =>
    withPool(one, async (pool) => {
      const kinds = (list) =>
        list.map((x) => (Object.is(x, -0) ? '-0' : Object.prototype.toString.call(x).slice(8, -1)))
      const list = [
        undefined,
        null,
        -0,
        NaN,
        1n,
        new Date(0),
        /x/,
        new Map(),
        new Set(),
        new Error('x'),
        new Uint8Array(1),
        new ArrayBuffer(1),
      ]
      assert.deepEqual(await pool.run(kinds, list), kinds(list))
    }))

  it('an invalid Date', () =>
    withPool(one, async (pool) => {
      const [time, back] = await pool.run((x) => [x.getTime(), x], new Date(NaN))
      assert.equal(time, NaN)
      assert.ok(back instanceof Date)
      assert.equal(back.getTime(), NaN)
    }))

  it('with holes, which differ from undefined', () =>
    withPool(one, async (pool) => {
      const back = await pool.run((list) => [Object.keys(list), list], holey)
      assert.deepEqual(back[0], ['0', '3'])
      assert.deepEqual(Object.keys(back[1]), ['0', '3'])
    }))

  it('with shared references kept inside one value', () =>
    withPool(one, async (pool) => {
      const [same, back] = await pool.run((x) => [x[0] === x[1], x], [twin, twin])
      assert.equal(same, true)
      assert.equal(back[0], back[1])
      const list = await pool.map([0], () => {
        const object = {}
        return { a: object, b: object }
      })
      assert.equal(list[0].a, list[0].b)
    }))

  it('with keys in their order', () =>
    withPool(one, async (pool) => {
      const value = { z: 1, a: 2, 10: 3, 2: 4 }
      const back = await pool.run((x) => [Object.keys(x), x], value)
      assert.deepEqual(back[0], Object.keys(value))
      assert.deepEqual(Object.keys(back[1]), Object.keys(value))
    }))

  it('a Buffer as a Buffer, which the function sees as a Uint8Array', () =>
    withPool(one, async (pool) => {
      const bytes = Buffer.from('bytes')
      assert.equal(
        await pool.run((x) => Object.prototype.toString.call(x), bytes),
        '[object Uint8Array]',
      )
      assert.deepEqual(Buffer.from(await pool.run((x) => x, bytes)), bytes)
    }))

  it('instances of classes as plain objects', () =>
    withPool(one, async (pool) => {
      class Room {
        beds = 2
        get size() {
          return 20
        }
      }
      const back = await pool.run((x) => x, new Room())
      assert.deepStrictEqual(back, { beds: 2 })
    }))

  it('with getters read once and toJSON not called', () =>
    withPool(one, async (pool) => {
      let reads = 0
      const value = {
        get n() {
          return ++reads
        },
        toJSON: undefined,
      }
      assert.deepEqual(await pool.run((x) => x, value), { n: 1, toJSON: undefined })
      assert.equal(reads, 1)
    }))

  it('an Error with its stack and properties of its own', () =>
    withPool(one, async (pool) => {
      const error = Object.assign(new RangeError('far'), { code: 'E_FAR', at: 5 })
      const back = await pool.run((x) => x, error)
      assert.ok(back instanceof RangeError)
      assert.equal(back.stack, error.stack)
      assert.deepEqual([back.message, back.code, back.at], ['far', 'E_FAR', 5])
    }))

  it('100,000 records, equal to what Array.prototype.map gives', () =>
    withPool({ threads: 2 }, async (pool) => {
      const rooms = range(100_000).map((id) => ({
        id,
        name: `room ${id % 100}`,
        price: id / 7,
        tags: [id % 3],
        note: id % 5 ? undefined : null,
      }))
      const copy = (room) => ({ ...room, twice: room.price * 2 })
      assert.deepStrictEqual(await pool.map(rooms, copy), rooms.map(copy))
    }))
})

describe('what cannot cross throws and is never changed silently', () => {
  const refused = {
    'a function': () => {},
    'a symbol': Symbol('s'),
    'a promise': Promise.resolve(),
    'a WeakMap': new WeakMap(),
    'a WeakRef': new WeakRef({}),
    'a generator': (function* () {})(),
    'a proxied function': new Proxy(() => {}, {}),
  }
  for (const [name, value] of Object.entries(refused)) {
    it(name, () =>
      withPool(one, async (pool) => {
        const calls = {
          'argument.deep[0]': () => pool.run((x) => x, { deep: [value] }),
          'items[1]': () => pool.map([0, value], (x) => x),
          'args.a': () => pool.run((x) => x, 0, { args: { a: value } }),
          'shared.v': () => pool.share('v', value),
        }
        for (const [path, call] of Object.entries(calls)) {
          const error = await rejection(call())
          assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
          assert.equal(error.path, path)
          assert.ok(error.message.startsWith(`${path} is `), error.message)
        }
        assert.equal(await pool.run(() => 42), 42)
      }),
    )
  }

  it('a symbol key of an object is left out, as structured clone does', () =>
    withPool(one, async (pool) => {
      assert.deepEqual(
        await pool.run((x) => x, { [Symbol('s')]: 1, a: 1 }),
        structuredClone({ a: 1 }),
      )
    }))
})
