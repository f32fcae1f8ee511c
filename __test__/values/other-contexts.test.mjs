import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import vm from 'node:vm'
import { packageInContext } from '../support/contexts.mjs'
import { engine, Pool } from '../support/engine.mjs'
import { rejection, withPool } from '../support/pools.mjs'

const TYPED_ARRAYS = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
]

/** Source of a value, and what its class is called elsewhere. */
const carried = {
  ...Object.fromEntries(
    TYPED_ARRAYS.map((name) => [`${name}.of(${name.startsWith('Big') ? '1n' : '1'})`, name]),
  ),
  'new DataView(new ArrayBuffer(8), 2)': 'DataView',
  'new ArrayBuffer(3)': 'ArrayBuffer',
  'new Map([[1, new Set([2])]])': 'Map',
  'new (class Table extends Map {})([[1, 2]])': 'Map',
  'new Set([1, 2])': 'Set',
  'new Date(5)': 'Date',
  '/a(b)/giu': 'RegExp',
  'Object(1)': 'Number',
  "Object('text')": 'String',
  'Object(true)': 'Boolean',
  'Object(1n)': 'BigInt',
  '[1, , [2]]': 'Array',
  '({ a: { b: 1 } })': 'Object',
  'new (class Point { x = 1 })()': 'Object',
  "new Error('wrong', { cause: new Map() })": 'Error',
  "new TypeError('wrong')": 'TypeError',
  "new (class Missing extends RangeError {})('wrong')": 'RangeError',
  "new AggregateError([new Error('one')], 'several')": 'AggregateError',
}

const refused = {
  'new WeakMap()': 'a WeakMap',
  'Promise.resolve(1)': 'a Promise',
  '(function* () {})()': /^an? /,
  'new Intl.NumberFormat()': 'an Intl.NumberFormat',
  '[1].values()': /^an? /,
  'new Map().entries()': /^an? /,
  'Object(Symbol())': 'a Symbol',
}

/** What the functions see: the class by the engine's own test, and what is inside. */
const look = (value) => {
  const { toString } = Object.prototype
  const tag = toString.call(value).slice(8, -1)
  const kind = tag === 'Error' ? value.constructor.name : tag
  if (value instanceof Map || value instanceof Set) return [kind, value.size, [...value.keys()]]
  if (ArrayBuffer.isView(value)) return [kind, value.byteLength, value.byteOffset]
  if (value instanceof ArrayBuffer) return [kind, value.byteLength]
  if (value instanceof Error)
    return [kind, value.message, value.cause instanceof Map, value.errors?.length]
  return [kind, String(value), Object.keys(value)]
}

/** Values of a context, and a pool of the same or of another one. */
const settings = {
  'the package and the values in one context, as under jest': () => {
    const { evaluate, Pool } = packageInContext()
    return { evaluate, pool: new Pool({ engine, threads: 1, niceIncrement: 0 }) }
  },
  'the package in one context, the values of the outer one': () => {
    const { Pool } = packageInContext()
    const evaluate = (source) => vm.runInThisContext(source)
    return { evaluate, pool: new Pool({ engine, threads: 1, niceIncrement: 0 }) }
  },
  'the values alone in another context': () => {
    const pool = new Pool({ threads: 1 })
    const context = vm.createContext()
    return { evaluate: (source) => vm.runInContext(source, context), pool }
  },
}

for (const [name, make] of Object.entries(settings)) {
  describe(name, () => {
    it('each value arrives as structured clone would give it, wherever it stands', async () => {
      const { evaluate, pool } = make()
      try {
        for (const [source, kind] of Object.entries(carried)) {
          const value = evaluate(source)
          const seen = await pool.run(look, value)
          assert.equal(seen[0], kind, source)
          const wrapped = evaluate('(value) => ({ deep: [value] })')(value)
          const inside = `({ deep }) => (${look})(deep[0])`
          const calls = [
            pool.run({ source: inside }, wrapped),
            pool.map([wrapped], { source: inside }).then(([first]) => first),
            pool.run({ source: `(_, { args }) => (${inside})(args)` }, 0, { args: wrapped }),
          ]
          for (const call of calls) assert.equal(`${await call}`, `${seen}`, source)
          const shared = await pool.share('wrapped', wrapped)
          const read = { source: `(_, { shared }) => (${inside})(shared.wrapped)` }
          assert.equal(`${await pool.run(read, 0, { shared: [shared] })}`, `${seen}`, source)
          shared.dispose()
        }
      } finally {
        await pool.destroy()
      }
    })

    it('what cannot be carried is refused with its path', async () => {
      const { evaluate, pool } = make()
      try {
        for (const [source, what] of Object.entries(refused)) {
          const wrapped = evaluate(`({ deep: [${source}] })`)
          const error = await Promise.resolve()
            .then(() => pool.run(look, wrapped))
            .catch((reason) => reason)
          assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE', source)
          assert.equal(error.path, 'argument.deep[0]', source)
          if (typeof what === 'string') assert.equal(error.what, what)
          else assert.match(error.what, what)
        }
      } finally {
        await pool.destroy()
      }
    })

    it('typed arrays are items, their memory can be given up, and a signal stops a call', async () => {
      const { evaluate, pool } = make()
      try {
        const items = evaluate('Float64Array.of(1, 2, 3)')
        assert.equal(`${await pool.map(items, (x) => x * 2)}`, '2,4,6')
        assert.equal(await pool.reduce(items, { reduce: (a, b) => a + b }), 6)
        const endless = { source: '() => { for (;;) {} }' }
        const stop = new AbortController()
        const call = pool.run(endless, 0, { signal: stop.signal })
        setImmediate(() => stop.abort())
        await assert.rejects(Promise.resolve(call), { code: 'ERR_ISOLANE_ABORTED' })
      } finally {
        await pool.destroy()
      }
    })
  })
}

describe('a package that was loaded in a context', () => {
  it('gives results of that context, as its own literals would be', async () => {
    const { evaluate, Pool } = packageInContext()
    const pool = new Pool({ engine, threads: 1, niceIncrement: 0 })
    try {
      const make = () => ({
        list: [1],
        map: new Map([[1, { a: 1 }]]),
        floats: Float64Array.of(1),
        date: new Date(0),
        error: new RangeError('wrong'),
      })
      const got = await pool.run(make)
      const check = `(got) => [got instanceof Object, got.list instanceof Array, got.map instanceof Map,
        got.map.get(1) instanceof Object, got.floats instanceof Float64Array, got.date instanceof Date,
        got.error instanceof RangeError]`
      assert.deepEqual([...evaluate(check)(got)], Array(7).fill(true))
      const floats = await pool.map(evaluate('Float64Array.of(1, 2)'), (x) => x)
      assert.ok(evaluate('(got) => got instanceof Float64Array')(floats))
    } finally {
      await pool.destroy()
    }
  })

  it('moves buffers', async () => {
    const { evaluate, move, Pool } = packageInContext()
    const pool = new Pool({ engine, threads: 1, niceIncrement: 0 })
    try {
      for (const kind of ['Uint8Array', 'Float64Array']) {
        const floats = evaluate(`new ${kind}(20_000).fill(2)`)
        const total = await pool.run((list) => list.reduce((a, b) => a + b, 0), move(floats))
        assert.equal(total, 40_000)
        assert.equal(floats.length, 0)
      }
    } finally {
      await pool.destroy()
    }
  })
})

describe('a Node Worker or isolate', () => {
  it('a class that only calls itself by a built-in name is a class of the user', () =>
    withPool({ threads: 1 }, async (pool) => {
      class Tagged {
        x = 1
      }
      for (const name of ['Map', 'Set', 'ArrayBuffer', 'Date', 'DataView']) {
        Object.defineProperty(Tagged.prototype, Symbol.toStringTag, {
          value: name,
          configurable: true,
        })
        assert.deepEqual(await pool.run((x) => x, new Tagged()), { x: 1 })
      }
      const results = await pool.run(() => {
        class Error {
          message = 'none'
        }
        return [new Error(), Object.create({ constructor: Map, x: 1 })]
      })
      assert.deepEqual(results, [{ message: 'none' }, {}])
    }))

  it('refuses iterators and formatters among results', () =>
    withPool({ threads: 1 }, async (pool) => {
      for (const source of ['() => [[1].values()]', '() => [new Intl.Collator()]']) {
        const error = await rejection(pool.run({ source }))
        assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
        assert.equal(error.path, 'result[0]')
      }
    }))
})
