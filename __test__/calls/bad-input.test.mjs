import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ItemError } from 'isolane'
import { onlyV8, Pool } from '../support/engine.mjs'
import { range, rejection, settled, withPool } from '../support/pools.mjs'
import { sized } from '../support/size.mjs'

const two = { threads: 2 }

const MANY = sized(10_000_000, 2_000_000)

describe('sizes at the edge', () => {
  it('an empty array', () =>
    withPool(two, async (pool) => {
      assert.deepEqual(await pool.map([], (x) => x), [])
      assert.deepEqual(await pool.map(new Set(), (x) => x), [])
      assert.equal(pool.stats().failed, 0)
    }))

  it('an empty array and a function that would throw', () =>
    withPool(two, async (pool) => {
      const fail = () => {
        throw new Error('called')
      }
      assert.deepEqual(await pool.map([], fail), [])
      assert.deepEqual(await pool.filter([], fail), [])
      assert.equal(await pool.forEach([], fail), undefined)
    }))

  it('one item', () =>
    withPool(two, async (pool) => {
      assert.deepEqual(await pool.map(['only'], (x, index) => x + index), ['only0'])
    }))

  it('millions of numbers in an array', () =>
    withPool(two, async (pool) => {
      const items = range(MANY)
      const result = await pool.map(items, (x) => x + 1)
      assert.equal(result.length, items.length)
      assert.ok(result.every((value, index) => value === index + 1))
    }))

  it('millions of numbers in a typed array', () =>
    withPool(two, async (pool) => {
      const result = await pool.map(new Float64Array(MANY).fill(1), (x, index) => x + index)
      assert.equal(result.length, MANY)
      assert.ok(result.every((value, index) => value === index + 1))
    }))

  it('one huge item among small ones', () =>
    withPool(two, async (pool) => {
      const items = ['a', 'x'.repeat(20_000_000), 'b']
      assert.deepEqual(await pool.map(items, (x) => x.length), [1, 20_000_000, 1])
    }))
})

/* oxlint-disable no-sparse-arrays -- holes are the point */
describe('sparse arrays', () => {
  it('keep their holes, which are not visited', () =>
    withPool(two, async (pool) => {
      const sparse = [1, , 3, , ,]
      for (const chunkSize of [1, 2, 100]) {
        const result = await pool.map(sparse, (x) => (x === undefined ? 'visited' : x), {
          chunkSize,
        })
        assert.equal(result.length, 5)
        assert.deepEqual(Object.keys(result), ['0', '2'])
        assert.deepEqual([result[0], result[2]], [1, 3])
      }
    }))

  it('differ from arrays of undefined, which are visited', () =>
    withPool(two, async (pool) => {
      const result = await pool.map([undefined, 1], (x) => (x === undefined ? 'visited' : x))
      assert.deepEqual(result, ['visited', 1])
    }))

  it('may consist of holes', () =>
    withPool(two, async (pool) => {
      const holes = []
      holes.length = 1000
      const result = await pool.map(holes, () => 'visited')
      assert.equal(result.length, 1000)
      assert.deepEqual(Object.keys(result), [])
    }))

  it('fill typed arrays with zero where they have holes', () =>
    withPool(two, async (pool) => {
      assert.deepEqual(
        await pool.map([1, , 3], (x) => x, { into: 'Int8Array' }),
        Int8Array.of(1, 0, 3),
      )
    }))
})
/* oxlint-enable no-sparse-arrays */

describe('items that throw', () => {
  for (const k of [0, 1, 499, 998, 999]) {
    it(`at index ${k} of 1000`, () =>
      withPool(two, async (pool) => {
        const fail = (item, index, { args }) => {
          if (index === args) throw new Error(`at ${index}`)
          return item
        }
        const error = await rejection(pool.map(range(1000), fail, { args: k }))
        assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
        assert.equal(error.index, k)
        assert.equal(error.cause.message, `at ${k}`)
      }))
  }

  it('at every index: one of them is named, and it is the one that was thrown', () =>
    withPool(two, async (pool) => {
      const fail = (item) => {
        throw new Error(`at ${item}`)
      }
      const error = await rejection(pool.map(range(1000), fail))
      assert.ok(error.index >= 0 && error.index < 1000)
      assert.equal(error.cause.message, `at ${error.index}`)
    }))

  it('as getters of an item on the host', () =>
    withPool(two, async (pool) => {
      const failure = new Error('no such property')
      const items = [
        { n: 1 },
        {
          get n() {
            throw failure
          },
        },
      ]
      const error = await rejection(pool.map(items, (x) => x))
      assert.ok(error instanceof ItemError)
      assert.deepEqual([error.code, error.index, error.cause], ['ERR_ISOLANE_ITEM', 1, failure])
      assert.match(error.message, /^Item 1 cannot be read: Error: no such property$/)
      assert.deepEqual(await pool.map([1], (x) => x), [1])
    }))

  it('as an iterator on the host', () =>
    withPool(two, async (pool) => {
      const failure = new Error('the iterator failed')
      const items = (function* () {
        yield 1
        throw failure
      })()
      assert.equal(await rejection(pool.map(items, (x) => x)), failure)
    }))
})

describe('what is no function', () => {
  for (const fn of [
    undefined,
    null,
    5,
    {},
    [],
    Symbol('f'),
    { source: 5 },
    { source: 'x => x', name: 5 },
  ]) {
    it(typeof fn === 'symbol' ? 'a symbol' : (JSON.stringify(fn) ?? 'undefined'), () =>
      withPool(two, async (pool) => {
        for (const call of [
          pool.map([1], fn),
          pool.run(fn),
          pool.forEach([1], fn),
          pool.filter([1], fn),
          pool.reduce([1], { reduce: fn }),
        ]) {
          const error = await rejection(call)
          assert.ok(error instanceof TypeError)
          assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
          assert.match(error.message, /^fn/)
        }
      }),
    )
  }

  it('is refused for an empty array too', () =>
    withPool(two, async (pool) => {
      assert.equal((await rejection(pool.map([], 5))).code, 'ERR_ISOLANE_INVALID_ARGUMENT')
    }))
})

describe('what is no list of items', () => {
  for (const items of [
    undefined,
    null,
    5,
    true,
    {},
    { length: -1 },
    { length: 1.5 },
    () => {},
    new Map().entries,
  ]) {
    it(
      typeof items === 'function'
        ? `a function ${items.name}`
        : (JSON.stringify(items) ?? 'undefined'),
      () =>
        withPool(two, async (pool) => {
          for (const call of [
            pool.map(items, (x) => x),
            pool.forEach(items, (x) => x),
            pool.filter(items, (x) => x),
            pool.reduce(items, { reduce: (x) => x }),
          ]) {
            const error = await rejection(call)
            assert.ok(error instanceof TypeError)
            assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
            assert.match(error.message, /^items must be/)
          }
        }),
    )
  }

  it('a detached typed array counts as empty, as everywhere', () =>
    withPool(two, async (pool) => {
      const items = Float64Array.of(1, 2)
      structuredClone(items.buffer, { transfer: [items.buffer] })
      assert.deepEqual(await pool.map(items, (x) => x), new Float64Array(0))
    }))
})

describe('a result that cannot be carried', () => {
  const results = {
    'a function': () => () => {},
    'a symbol': () => Symbol('s'),
    'a WeakMap': () => new WeakMap(),
    'a generator': () => (function* () {})(),
  }
  for (const [name, fn] of Object.entries(results)) {
    it(`${name}: DataCloneError with the path`, () =>
      withPool({ threads: 1 }, async (pool) => {
        const error = await rejection(pool.run(fn))
        assert.equal(error.name, 'DataCloneError')
        assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
        assert.equal(error.path, 'result')
        assert.equal(await pool.run(() => 42), 42)
      }))
  }

  it('names the place in the whole result of a map', () =>
    withPool(two, async (pool) => {
      const fn = (item) => (item === 17 ? { owner: { save() {} } } : { owner: item })
      for (const chunkSize of [1, 5, 100]) {
        const error = await rejection(pool.map(range(30), fn, { chunkSize }))
        assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
        assert.equal(error.path, 'result[17].owner.save')
        assert.match(error.message, /result\[17\]\.owner\.save is a function/)
      }
    }))

  it('may be one whose getter throws', () =>
    withPool({ threads: 1 }, async (pool) => {
      const error = await rejection(
        pool.run(() => ({
          get n() {
            throw new Error('from a getter')
          },
        })),
      )
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.equal(error.cause.message, 'from a getter')
    }))
})

describe('an input that cannot be carried', () => {
  it('names the place in the items', () =>
    withPool(two, async (pool) => {
      for (const chunkSize of [1, 7, 100_000]) {
        const items = range(50_000).map((id) => ({ id }))
        items[40_000] = { id: 1, nested: [0, () => {}] }
        const error = await rejection(pool.map(items, (x) => x, { chunkSize }))
        assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
        assert.equal(error.path, 'items[40000].nested[1]')
      }
      assert.deepEqual(await pool.map([1], (x) => x), [1])
    }))

  it('as args or argument', () =>
    withPool(two, async (pool) => {
      const inArgs = await rejection(pool.map([1], (x) => x, { args: { f: () => {} } }))
      assert.equal(inArgs.path, 'args.f')
      const inArgument = await rejection(pool.run((x) => x, [new WeakSet()]))
      assert.equal(inArgument.code, 'ERR_ISOLANE_NOT_CLONEABLE')
      assert.match(inArgument.path, /^arg(ument)?\[0\]$/)
      const promise = await rejection(pool.run((x) => x, Promise.resolve()))
      assert.equal(promise.code, 'ERR_ISOLANE_NOT_CLONEABLE')
    }))
})

describe('a function that breaks what it finds', () => {
  it('does not break the next call', onlyV8, () =>
    withPool({ threads: 1 }, async (pool) => {
      const vandalise = () => {
        for (const Class of [Array, Map, Set, String, Promise, Function, Uint8Array, Error, Date]) {
          for (const key of Object.getOwnPropertyNames(Class.prototype)) {
            try {
              if (key !== 'constructor') Class.prototype[key] = undefined
            } catch {}
          }
        }
        const root = Object.getPrototypeOf({})
        Object.defineProperty(root, '0', { set() {}, get: () => 'polluted', configurable: true })
        Object.defineProperty(root, 'kind', { set() {}, configurable: true })
        Object.keys = Object.defineProperty = Reflect.apply = Array.isArray = JSON.parse = undefined
        globalThis.Object = globalThis.Map = globalThis.Promise = globalThis.Error = undefined
        return { done: [1, 2] }
      }
      const double = (item, _, { args }) => ({ twice: item.n * args.by, list: [item.n] })
      assert.deepEqual(await pool.run(vandalise), { done: [1, 2] })
      assert.deepEqual(await pool.map([{ n: 1 }, { n: 2 }], double, { args: { by: 2 } }), [
        { twice: 2, list: [1] },
        { twice: 4, list: [2] },
      ])
      const fail = () => {
        null.x // oxlint-disable-line no-unused-expressions -- throws
      }
      assert.equal((await rejection(pool.run(fail))).cause.name, 'TypeError')
    }),
  )
})

describe('a listener or onProgress that throws', () => {
  it('is reported as an uncaught exception, and every call still settles', () =>
    withPool(two, async (pool) => {
      const uncaught = []
      const onUncaught = (error) => uncaught.push(error.message)
      const before = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException')
      process.on('uncaughtException', onUncaught)
      try {
        const onProgress = () => {
          throw new Error('from onProgress')
        }
        const calls = Promise.allSettled([
          pool.map(range(5000), (x) => x, { chunkSize: 1, onProgress }),
          pool.map(range(5000), (x) => x, { chunkSize: 1 }),
        ])
        const outcomes = await settled(calls)
        assert.equal(outcomes[1].status, 'fulfilled')
        assert.ok(
          uncaught.includes('from onProgress') || outcomes[0].reason?.message === 'from onProgress',
        )
        assert.equal(await settled(pool.run(() => 1)), 1)
      } finally {
        process.off('uncaughtException', onUncaught)
        for (const listener of before) process.on('uncaughtException', listener)
      }
    }))
})

describe('new Pool()', () => {
  it('needs new', () => {
    assert.throws(() => Pool({ threads: 1 }), TypeError)
  })
})
