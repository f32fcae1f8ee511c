/* oxlint-disable require-yield -- a generator cannot be carried, which is the point */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  DataCloneError,
  FunctionError,
  InvalidRangeError,
  InvalidTypeError,
  NeverSettlesError,
  SourceError,
} from 'isolane'
import { range, rejection, settled, withPool } from '../support/pools.mjs'

const two = { threads: 2 }

/** Fails at 1, 4, 7, 10, … */
const failing = (x) => {
  if (x % 3 === 1) throw new TypeError(`bad ${x}`)
  return x * 10
}

/** Each makes item 5, and no other, fail. */
const faults = {
  'an exception': (x) => {
    if (x === 5) throw new Error('five')
    return x
  },
  'a value that is no Error': (x) => {
    if (x === 5) throw null // oxlint-disable-line no-throw-literal
    return x
  },
  'an error with a getter that throws': (x) => {
    if (x === 5) {
      throw Object.defineProperty(new Error('five'), 'extra', {
        enumerable: true,
        get() {
          throw new Error('no')
        },
      })
    }
    return x
  },
  'a rejected promise': async (x) => {
    if (x === 5) throw new Error('five')
    return x
  },
  'a promise that never settles': (x) => (x === 5 ? new Promise(() => {}) : x),
  'a stack overflow': (x) => {
    const deeper = () => 1 + deeper()
    return x === 5 ? deeper() : x
  },
  'a result that is a function': (x) => (x === 5 ? () => x : x),
  'a result that holds a generator': (x) => (x === 5 ? { deep: [(function* () {})()] } : x),
  'a result nested too deep': (x) => {
    if (x !== 5) return x
    let nest = {}
    for (let i = 0; i < 200_000; i++) nest = { nest }
    return nest
  },
  'a getter of the result that throws': (x) => {
    if (x !== 5) return x
    return {
      get value() {
        throw new Error('five')
      },
    }
  },
  'a thenable that throws': (x) => {
    if (x !== 5) return x
    // oxlint-disable-next-line no-thenable
    return { then() { throw new Error('five') } } // prettier-ignore
  },
}

describe('onError', () => {
  for (const [name, fn] of Object.entries(faults)) {
    it(`bears ${name}, in one chunk and in many`, () =>
      withPool(two, async (pool) => {
        for (const chunkSize of [1, 4, 100]) {
          const outcome = await settled(
            pool.map(range(12), fn, { onError: () => 'instead', chunkSize }),
          )
          assert.deepEqual(
            outcome.results,
            range(12).map((x) => (x === 5 ? 'instead' : x)),
          )
          assert.deepEqual(
            [outcome.status, outcome.completed, outcome.missing],
            ['complete', 12, []],
          )
          assert.deepEqual(
            outcome.failures.map(({ index, error }) => [index, error instanceof Error]),
            [[5, true]],
          )
        }
      }))
  }

  it("'reject' is the default and names the first item that failed", () =>
    withPool(two, async (pool) => {
      for (const options of [undefined, { onError: 'reject' }]) {
        const error = await rejection(pool.map(range(30), failing, { ...options, chunkSize: 30 }))
        assert.ok(error instanceof FunctionError)
        assert.equal(error.index, 1)
      }
    }))

  it("'original' puts the very same item in", () =>
    withPool(two, async (pool) => {
      const items = range(30).map((n) => ({ n, host: Symbol('host') }))
      for (const item of items) delete item.host
      const secret = new WeakSet(items)
      const fails = ({ n }) => {
        if (n % 2) throw new Error('odd')
        return n
      }
      const { results, failures } = await pool.map(items, fails, { onError: 'original' })
      results.forEach((result, n) => assert.equal(result, n % 2 ? items[n] : n))
      assert.ok(secret.has(results[1]))
      assert.equal(failures.length, 15)
      const typed = await pool.map(Int16Array.of(1, 2, 3), failing, { onError: 'original' })
      assert.deepEqual(typed.results, Int16Array.of(1, 20, 30))
    }))

  it("'settle' gives what Promise.allSettled gives", () =>
    withPool(two, async (pool) => {
      const { results } = await pool.map(range(6), failing, { onError: 'settle' })
      const expected = await Promise.allSettled(range(6).map(async (x) => failing(x)))
      assert.deepEqual(
        results.map(({ status, value, reason }) => [status, value, reason?.cause.message]),
        expected.map(({ status, value, reason }) => [status, value, reason?.message]),
      )
      assert.ok(results[1].reason instanceof FunctionError)
      assert.equal(results[1].reason.index, 1)
      const typed = await pool.map(Float32Array.of(0, 1), failing, { onError: 'settle' })
      assert.deepEqual(typed.results[0], { status: 'fulfilled', value: 0 })
      assert.equal(typed.results[1].status, 'rejected')
    }))

  it("'omit' leaves failures and holes out", () =>
    withPool(two, async (pool) => {
      const items = range(8)
      delete items[3]
      assert.deepEqual(
        (await pool.map(items, failing, { onError: 'omit' })).results,
        [0, 20, 50, 60],
      )
      const typed = await pool.map(Int32Array.from(range(6)), failing, { onError: 'omit' })
      assert.deepEqual(typed.results, Int32Array.of(0, 20, 30, 50))
    }))

  it('a function gets item, index and error, and runs here', () =>
    withPool(two, async (pool) => {
      const here = []
      const onError = (item, index, error) => {
        here.push([item, index, error.cause.name])
        return -index
      }
      const { results } = await pool.map([10, 11, 12, 13], failing, { onError, chunkSize: 1 })
      assert.deepEqual(results, [-0, 110, 120, -3].map((x) => x || -0)) // prettier-ignore
      assert.deepEqual(
        here.sort((a, b) => a[1] - b[1]),
        [
          [10, 0, 'TypeError'],
          [13, 3, 'TypeError'],
        ],
      )
    }))

  it('a function that throws rejects the call with that', () =>
    withPool(two, async (pool) => {
      const mine = new Error('mine')
      const onError = () => {
        throw mine
      }
      assert.equal(await rejection(pool.map(range(30), failing, { onError })), mine)
      assert.equal(await pool.run((x) => x, 1), 1)
    }))

  it('a function must give what a typed array holds', () =>
    withPool(two, async (pool) => {
      const fill = (onError) => pool.map(Float64Array.of(0, 1), failing, { onError })
      assert.deepEqual((await fill(() => NaN)).results, Float64Array.of(0, NaN))
      const error = await rejection(fill(() => 'text'))
      assert.ok(error instanceof InvalidTypeError)
      assert.match(error.message, /item 1 must be a number; got 'text'/)
    }))

  it('goes with filter: the original stays, others go', () =>
    withPool(two, async (pool) => {
      const even = (x) => {
        if (x === 3) throw new Error('three')
        return x % 2 === 0
      }
      const kept = async (onError) => (await pool.filter(range(6), even, { onError })).results
      assert.deepEqual(await kept('original'), [0, 2, 3, 4])
      assert.deepEqual(await kept('omit'), [0, 2, 4])
      assert.deepEqual(await kept((item) => item === 3), [0, 2, 3, 4])
      assert.deepEqual(await kept(() => 0), [0, 2, 4])
    }))

  it('goes with forEach', () =>
    withPool(two, async (pool) => {
      const { results, failures, completed } = await pool.forEach(range(6), failing, {
        onError: 'settle',
      })
      assert.equal(results, undefined)
      assert.equal(completed, 6)
      assert.deepEqual(
        failures.map(({ index }) => index),
        [1, 4],
      )
      const seen = []
      await pool.forEach(range(6), failing, { onError: (item) => seen.push(item) })
      assert.deepEqual(seen.sort(), [1, 4])
    }))

  it('goes with stream, also past a timeout of an item', () =>
    withPool(two, async (pool) => {
      const collect = async (fn, options) => {
        const results = []
        for await (const result of pool.stream(range(6), fn, options)) results.push(result)
        return results
      }
      assert.deepEqual(await collect(failing, { onError: 'original' }), [0, 1, 20, 30, 4, 50])
      assert.deepEqual(await collect(failing, { onError: 'omit' }), [0, 20, 30, 50])
      const named = (item, index, error) => `${item}${index}${error.cause.name}`
      assert.deepEqual((await collect(failing, { onError: named })).slice(0, 2), [0, '11TypeError'])
      const settledOnes = await collect(failing, { onError: 'settle' })
      assert.deepEqual(settledOnes[0], { status: 'fulfilled', value: 0 })
      assert.equal(settledOnes[4].reason.cause.message, 'bad 4')
      const hang = (x) => {
        if (x === 2) for (;;);
        return x
      }
      const past = await collect(hang, { onError: 'settle', timeout: 50 })
      assert.equal(past[2].reason.code, 'ERR_ISOLANE_TIMEOUT')
      assert.equal(past[5].value, 5)
    }))

  it('does not bear what is not of one item', () =>
    withPool(two, async (pool) => {
      const run = (fn, options) => rejection(pool.map([1, 2], fn, { onError: 'omit', ...options }))
      assert.ok((await run({ source: 'x =>' })) instanceof SourceError)
      assert.equal((await run({ source: 'nothing' })).cause.name, 'ReferenceError')
      const hang = () => {
        for (;;);
      }
      assert.equal((await run(hang, { timeout: 40 })).code, 'ERR_ISOLANE_TIMEOUT')
      const signal = AbortSignal.abort()
      assert.equal((await run(hang, { signal })).code, 'ERR_ISOLANE_ABORTED')
      assert.ok((await run((x) => x, { args: () => 1 })) instanceof DataCloneError)
    }))

  it('tells each kind of failure by its class', () =>
    withPool(two, async (pool) => {
      const mixed = (x) => [() => x, () => new Promise(() => {}), () => x(), () => () => x][x % 4]()
      const { failures } = await pool.map(range(4), mixed, { onError: 'omit', chunkSize: 4 })
      assert.deepEqual(
        failures.map(({ index, error }) => [index, error.constructor]),
        [
          [1, NeverSettlesError],
          [2, FunctionError],
          [3, DataCloneError],
        ],
      )
      assert.equal(failures[2].error.path, 'result[3]')
    }))
})

describe('maxFailures', () => {
  it('caps the list at the first failures and counts the others', () =>
    withPool(two, async (pool) => {
      const always = (x) => {
        throw new Error(`no ${x}`)
      }
      for (const onError of ['original', 'omit', 'settle', () => 0]) {
        const options = { onError, maxFailures: 5, chunkSize: 100 }
        const { failures, failuresOmitted, completed } = await pool.map(
          range(1000),
          always,
          options,
        )
        assert.equal(completed, 1000)
        assert.deepEqual(
          failures.map(({ index }) => index),
          range(5),
        )
        assert.equal(failuresOmitted, 995)
      }
      const none = await pool.map(range(10), always, { onError: 'original', maxFailures: 0 })
      assert.deepEqual([none.failures, none.failuresOmitted, none.results], [[], 10, range(10)])
    }))

  it('is 1000 by default; settle and a function still get every error', () =>
    withPool(two, async (pool) => {
      const always = (x) => {
        throw new Error(`no ${x}`)
      }
      const { failures, failuresOmitted, results } = await pool.map(range(3000), always, {
        onError: 'settle',
      })
      assert.deepEqual([failures.length, failuresOmitted], [1000, 2000])
      results.forEach(({ reason }, index) => assert.equal(reason.cause.message, `no ${index}`))
    }))
})

describe('a wrong onError, onTimeout or maxFailures', () => {
  const wrong = [
    ['map', { onError: 'ignore' }, InvalidRangeError, /'settle'/],
    ['map', { onError: true }, InvalidTypeError, /function/],
    ['map', { onTimeout: 'return' }, InvalidRangeError, /'partial'/],
    ['map', { maxFailures: -1 }, InvalidRangeError, /maxFailures/],
    ['map', { maxFailures: 'all' }, InvalidTypeError, /maxFailures/],
    ['map', { onError: 'settle', into: 'Int8Array' }, InvalidTypeError, /Int8Array/],
    ['map', { onError: 'original', into: 'Int8Array' }, InvalidTypeError, /Int8Array/],
    ['filter', { onError: 'settle' }, InvalidRangeError, /'original', 'omit'/],
    ['forEach', { onError: 'original' }, InvalidRangeError, /'settle'/],
  ]
  for (const [method, options, kind, message] of wrong) {
    it(`rejects: ${method}, ${JSON.stringify(options)}`, () =>
      withPool(two, async (pool) => {
        const error = await rejection(pool[method]([1], (x) => x, options))
        assert.ok(error instanceof kind, error)
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, message)
      }))
  }

  it('is refused where there is nothing to give: run and reduce', () =>
    withPool(two, async (pool) => {
      for (const options of [{ onError: 'omit' }, { onTimeout: 'partial' }]) {
        const run = await rejection(pool.run((x) => x, 1, options))
        const reduce = await rejection(pool.reduce([1], { reduce: (a, b) => a + b }, options))
        for (const error of [run, reduce]) {
          assert.ok(error instanceof InvalidTypeError)
          assert.match(error.message, /There is no option/)
        }
      }
    }))
})
