import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DataCloneError, Encoder, Decoder, nodePlatform, roundTrip, times } from './support.mjs'
import { sized } from '../support/size.mjs'

describe('errors as values', () => {
  test('class, message, stack, cause and own properties arrive', () => {
    const error = new RangeError('too far', { cause: new TypeError('why') })
    error.code = 'ERR_FAR'
    error.details = { at: [1, 2] }
    const copy = roundTrip(error)
    assert.ok(copy instanceof RangeError)
    assert.equal(copy.message, 'too far')
    assert.equal(copy.stack, error.stack)
    assert.ok(copy.cause instanceof TypeError)
    assert.equal(copy.cause.message, 'why')
    assert.deepEqual(Object.keys(copy), ['code', 'details'])
    assert.deepEqual(copy.details, { at: [1, 2] })
  })

  test('an aggregate error keeps its errors', () => {
    const copy = roundTrip(new AggregateError([new Error('a'), 'b'], 'both'))
    assert.ok(copy instanceof AggregateError)
    assert.equal(copy.errors[0].message, 'a')
    assert.equal(copy.errors[1], 'b')
  })

  test('a subclass arrives as the built-in it extends', () => {
    class MissingRoom extends TypeError {}
    const copy = roundTrip(new MissingRoom('gone'))
    assert.equal(Object.getPrototypeOf(copy), TypeError.prototype)
  })

  test('a name that is not the one of the class arrives, and is not enumerable', () => {
    class Mine extends RangeError {
      get name() {
        return 'Mine'
      }
    }
    const hidden = Object.defineProperty(new Error('b'), 'name', { value: 'Hidden' })
    const named = [new Mine('a'), hidden, new DOMException('c', 'AbortError')]
    const seen = named.map((error) => {
      const copy = roundTrip(error)
      return [copy.name, Object.prototype.toString.call(copy), Object.keys(copy), copy.message]
    })
    assert.deepEqual(seen, [
      ['Mine', '[object Error]', [], 'a'],
      ['Hidden', '[object Error]', [], 'b'],
      ['AbortError', '[object Error]', [], 'c'],
    ])
    assert.ok(roundTrip(new Mine('a')) instanceof RangeError)
    const own = roundTrip(Object.assign(new Error('d'), { name: 'Own' }))
    assert.deepEqual([own.name, Object.keys(own)], ['Own', ['name']])
    assert.equal(Object.hasOwn(roundTrip(new TypeError('e')), 'name'), false)
  })

  test('an error that is its own cause', () => {
    const error = new Error('loop')
    error.cause = error
    const copy = roundTrip(error)
    assert.equal(copy.cause, copy)
  })
})

describe('what cannot be carried', () => {
  const cases = [
    ['a function', { owner: { save() {} } }, 'result.owner.save', /is a function/],
    ['a symbol', [0, Symbol('s')], 'result[1]', /is a symbol/],
    ['a promise', { 'not ready': Promise.resolve() }, 'result["not ready"]', /is a Promise/],
    ['a weak map', new Map([['k', new WeakMap()]]), 'result.get("k")', /is a WeakMap/],
    ['a generator', [[(function* () {})()]], 'result[0][0]', /cannot be copied/],
    ['a proxy of a promise', [new Proxy(Promise.resolve(), {})], 'result[0]', /Promise/],
    ['a proxy of a function', [new Proxy(() => 1, {})], 'result[0]', /is a function/],
    [
      'a shared buffer, without a table for it',
      [new SharedArrayBuffer(8)],
      'result[0]',
      /SharedArrayBuffer/,
    ],
    [
      'a function from a getter',
      {
        get f() {
          return () => 1
        },
      },
      'result.f',
      /is a function/,
    ],
    [
      'a function deep in columns',
      times(500, (i) => (i === 417 ? { f: () => 1 } : { f: i })),
      'result[417].f',
      /function/,
    ],
    ['a function as cause', new Error('e', { cause: () => 1 }), 'result.cause', /function/],
  ]
  for (const [name, value, path, message] of cases) {
    test(name, () => {
      assert.throws(
        () => roundTrip(value, 'result'),
        (error) =>
          error instanceof DataCloneError &&
          error.code === 'ERR_ISOLANE_NOT_CLONEABLE' &&
          error.path === path &&
          message.test(error.message),
      )
      assert.deepEqual(roundTrip({ after: 1 }), { after: 1 })
    })
  }
})

describe('user code', () => {
  test('getters run once', () => {
    let runs = 0
    const make = () => ({
      get a() {
        runs++
        return { inner: runs }
      },
    })
    const shared = make()
    roundTrip([shared, shared])
    assert.equal(runs, 1)
    runs = 0
    roundTrip(times(500, make))
    assert.equal(runs, 500)
  })

  test('getters among unique strings run once, whatever they return', () => {
    for (const returned of ['a string', 'a wide one: 東京', 'long'.repeat(3000), 7, undefined]) {
      const runs = new Map()
      const strings = times(2000, (i) => `unique ${i}`)
      const expected = [...strings]
      for (let i = 0; i < 2000; i += 97) {
        const get = () => {
          runs.set(i, (runs.get(i) ?? 0) + 1)
          return returned
        }
        Object.defineProperty(strings, i, { get, enumerable: true })
        expected[i] = returned
      }
      assert.deepEqual(roundTrip(strings), expected)
      assert.deepEqual(new Set(runs.values()), new Set([1]))
    }
  })

  test('toJSON is not called, class instances arrive as plain objects', () => {
    class Room {
      id = 1
      toJSON() {
        throw new Error('called')
      }
    }
    const copy = roundTrip([new Room()])
    assert.equal(Object.getPrototypeOf(copy[0]), Object.prototype)
    assert.deepEqual(Object.keys(copy[0]), ['id'])
  })

  test('an exception of a getter passes, and the encoder works on', () => {
    const error = new Error('mine')
    const value = {
      get a() {
        throw error
      },
    }
    const encoder = new Encoder(nodePlatform)
    assert.throws(
      () => encoder.encode(value),
      (thrown) => thrown === error,
    )
    assert.equal(new Decoder(nodePlatform).decode(encoder.encode('next')), 'next')
  })

  test('a getter may use the same encoder', () => {
    const encoder = new Encoder(nodePlatform)
    const inner = []
    const value = {
      get a() {
        inner.push(Uint8Array.from(encoder.encode({ nested: 1 })))
        return 5
      },
    }
    const bytes = Uint8Array.from(encoder.encode(value))
    const decoder = new Decoder(nodePlatform)
    assert.deepEqual(decoder.decode(bytes), { a: 5 })
    assert.deepEqual(decoder.decode(inner[0]), { nested: 1 })
  })

  test('__proto__ becomes an own property', () => {
    const text = '{"__proto__":{"polluted":true},"a":1}'
    for (const value of [JSON.parse(text), times(200, () => JSON.parse(text))]) {
      const copy = [roundTrip(value)].flat()[0]
      assert.equal(Object.getPrototypeOf(copy), Object.prototype)
      assert.deepEqual(Object.keys(copy), ['__proto__', 'a'])
      assert.equal({}.polluted, undefined)
    }
  })

  test('keys cannot break out of generated code', () => {
    const keys = ['"];throw 1;//', '\u2028', '`${1}`', "'", '\\', '\n', 'constructor', '*/']
    const make = (i) => Object.fromEntries(keys.map((key) => [key, i]))
    assert.deepEqual(roundTrip(times(300, make)), times(300, make))
  })

  test('setters on prototypes do not run', () => {
    const value = {
      list: times(200, (i) => ({ a: i, zap: i })),
      small: [1, [2]],
      zap: 1,
      get: 2,
      value: 3,
    }
    let ran = 0
    const trap = { __proto__: null, set: () => ran++, configurable: true }
    for (const key of ['zap', '0', '17', 'value', 'set'])
      Reflect.defineProperty(Object.prototype, key, trap)
    let copy
    try {
      copy = roundTrip(value)
    } finally {
      for (const key of ['zap', '0', '17', 'value', 'set']) delete Object.prototype[key]
    }
    assert.equal(ran, 0)
    assert.deepEqual(copy, value)
  })

  test('replaced built-ins change nothing', () => {
    const value = {
      list: times(200, (i) => [i, `s${i}`, { i }]),
      map: new Map([[1, new Set([2])]]),
      at: new Date(5),
    }
    const broken = [
      [Array.prototype, ['push', 'join', 'map', 'slice', Symbol.iterator]],
      [Map.prototype, ['get', 'set', 'forEach', 'has']],
      [Set.prototype, ['add', 'has', 'forEach']],
      [Object, ['keys', 'getPrototypeOf', 'defineProperty']],
      [String.prototype, ['charCodeAt', 'substring']],
      [Function.prototype, ['call', 'apply', 'bind']],
      [Object.getPrototypeOf(Uint8Array.prototype), ['set', 'fill', 'subarray']],
    ]
    // The platform is Node's here and uses what it captured itself: only the codec is tested.
    const platform = bareplatform()
    const encoder = new Encoder(platform)
    const decoder = new Decoder(platform)
    const saved = []
    const { defineProperty } = Object
    for (const [owner, keys] of broken) {
      for (const key of keys) saved.push([owner, key, Object.getOwnPropertyDescriptor(owner, key)])
    }
    let copy
    for (let i = 0; i < saved.length; i++)
      saved[i][0][saved[i][1]] = () => {
        throw new Error('replaced')
      }
    try {
      copy = decoder.decode(encoder.encode(value))
    } finally {
      for (let i = 0; i < saved.length; i++) defineProperty(saved[i][0], saved[i][1], saved[i][2])
    }
    assert.deepEqual(copy, value)
  })
})

/** A platform without library calls that the test replaces. */
function bareplatform() {
  const read = (bytes, offset, length) => {
    let s = ''
    for (let i = 0; i < length; i++) s += fromCharCode(bytes[offset + i])
    return s
  }
  const { fromCharCode } = String
  const { uncurryThis } = { uncurryThis: Function.prototype.bind.bind(Function.prototype.call) }
  const unit = uncurryThis(String.prototype.charCodeAt)
  return {
    codegen: true,
    isLatin1: () => true,
    readLatin1: read,
    writeLatin1(s, bytes, offset) {
      for (let i = 0; i < s.length; i++) bytes[offset + i] = unit(s, i)
    },
    readUtf16: read,
    writeUtf16() {},
  }
}

const nestings = {
  objects: (v) => ({ v }),
  'objects of many shapes': (v, i) => ({ [`k${i % 50}`]: v }),
  arrays: (v) => [v],
  'long arrays': (v) => [v, ...Array(20).fill(1)],
  'arrays of objects': (v) => [{ v, x: 1 }, ...Array(20).fill(1)],
  'arrays in objects': (v) => ({ a: [v, 1] }),
  'named arrays': (v) => Object.assign([1], { index: v }),
  dictionaries: (v) => ({
    ...Object.fromEntries(Array.from('x'.repeat(70), (x, i) => [x + i, i])),
    v,
  }),
  Maps: (v) => new Map([[1, v]]),
  'keys of Maps': (v) => new Map([[v, 1]]),
  Sets: (v) => new Set([v]),
  'causes of errors': (v) => new Error('outer', { cause: v }),
  'properties of errors': (v) => Object.assign(new Error('outer'), { v }),
  'errors of AggregateErrors': (v) => new AggregateError([v]),
}

function nest(wrap, levels) {
  let value = 1
  for (let i = 0; i < levels; i++) value = wrap(value, i)
  return value
}

describe('deep nesting', () => {
  for (const [name, wrap] of Object.entries(nestings)) {
    test(`${name}: what is written can be read, and the rest is refused with its path`, () => {
      const encoder = new Encoder(nodePlatform)
      const decoder = new Decoder(nodePlatform)
      // Some wrappings are two levels.
      decoder.decode(encoder.encode(nest(wrap, 499)))
      let refused = 0
      for (let levels = 500; levels < 1200; levels += sized(7, 97)) {
        let bytes
        try {
          bytes = encoder.encode(nest(wrap, levels), 'result')
        } catch (error) {
          assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
          assert.match(error.message, /^result.+… is nested deeper than 1000 levels; /)
          assert.ok(error.path.length < 200)
          refused++
          continue
        }
        decoder.decode(bytes)
      }
      assert.ok(refused > 0)
      for (const levels of sized([20_000, 100_000], [20_000])) {
        const tooDeep = { code: 'ERR_ISOLANE_NOT_CLONEABLE' }
        if (wrap !== nestings.dictionaries) {
          assert.throws(() => encoder.encode(nest(wrap, levels)), tooDeep)
        }
      }
      assert.deepEqual(decoder.decode(encoder.encode([1])), [1])
    })
  }

  test('rows of one shape inside each other count the same, compiled or not', () => {
    for (const codegen of [true, false]) {
      const platform = { ...nodePlatform, codegen }
      const encoder = new Encoder(platform)
      const decoder = new Decoder(platform)
      const list = (levels) => nest((next) => ({ id: 1, next, items: [1] }), levels)
      for (let i = 0; i < 5; i++) decoder.decode(encoder.encode(list(900)))
      decoder.decode(encoder.encode(list(999)))
      assert.throws(() => encoder.encode(list(1000)), { what: 'nested deeper than 1000 levels' })
    }
  })
})
