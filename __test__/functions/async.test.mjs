/* oxlint-disable no-unnecessary-await, no-thenable -- what an isolate awaits is the point */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NeverSettlesError } from 'isolane'
import { engine, onlyV8 } from '../support/engine.mjs'
import { range, rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }
/** One worker, which awaits the promises of a chunk together. */
const together = engine === 'v8' ? one : { ...one, concurrency: 2 }

describe('an async function', () => {
  it('is awaited: results in input order', () =>
    withPool({ threads: 2 }, async (pool) => {
      const later = async (x) => {
        for (let n = 0; n < x % 5; n++) await null
        return x * 2
      }
      for (const chunkSize of [1, 7, 1000]) {
        assert.deepEqual(
          await pool.map(range(100), later, { chunkSize }),
          range(100).map((x) => x * 2),
        )
      }
      assert.equal(await pool.run(later, 4), 8)
    }))

  it('may mix results and promises', () =>
    withPool(one, async (pool) => {
      const sometimes = (x) => (x % 2 ? Promise.resolve(x) : x)
      assert.deepEqual(await pool.map(range(10), sometimes), range(10))
    }))

  it('may fill a typed array', () =>
    withPool(one, async (pool) => {
      assert.deepEqual(
        await pool.map(Float64Array.of(1, 2), async (x) => x / 2),
        Float64Array.of(0.5, 1),
      )
    }))

  it('may give a thenable, which is awaited as await does', () =>
    withPool(one, async (pool) => {
      assert.equal(await pool.run(() => ({ then: (resolve) => resolve('then') })), 'then')
      assert.equal(
        await pool.run(() => ({ then: (resolve) => resolve({ then: (next) => next('nested') }) })),
        'nested',
      )
      const error = await rejection(
        pool.run(() => ({ then: (_, reject) => reject(new Error('refused')) })),
      )
      assert.equal(error.cause.message, 'refused')
      const throwing = await rejection(
        pool.run(() => ({
          get then() {
            throw new Error('no then')
          },
        })),
      )
      assert.equal(throwing.cause.message, 'no then')
    }))

  it('may give an object whose then is no function', () =>
    withPool(one, async (pool) => {
      assert.deepEqual(await pool.run(() => ({ then: 5 })), { then: 5 })
    }))

  it('may use Promise.all, race, allSettled and async iteration', () =>
    withPool(one, async (pool) => {
      const busy = async () => {
        async function* numbers() {
          yield 1
          yield 2
        }
        let sum = 0
        for await (const n of numbers()) sum += n
        const all = await Promise.all([1, Promise.resolve(2)])
        const race = await Promise.race([new Promise(() => {}), Promise.resolve('won')])
        const [settled] = await Promise.allSettled([Promise.reject(new Error('no'))])
        return [sum, all, race, settled.status]
      }
      assert.deepEqual(await pool.run(busy), [3, [1, 2], 'won', 'rejected'])
    }))
})

describe('a promise that rejects', () => {
  it('rejects the call with its item and cause', () =>
    withPool({ threads: 2 }, async (pool) => {
      const fail = async (x) => {
        await null
        if (x === 7) throw new RangeError('seven')
        return x
      }
      const error = await rejection(pool.map(range(20), fail, { chunkSize: 3 }))
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.equal(error.index, 7)
      assert.equal(error.cause.name, 'RangeError')
      assert.match(error.cause.stack, /isolane:fail:3:/)
    }))

  it('of several in a chunk, the first item counts, whichever rejects first', () =>
    withPool(one, async (pool) => {
      const fail = async (x) => {
        for (let n = 0; n < 10 - x; n++) await null
        throw new Error(`no ${x}`)
      }
      const error = await rejection(pool.map(range(5), fail, { chunkSize: 5 }))
      assert.equal(error.index, 0)
      assert.equal(error.cause.message, 'no 0')
    }))

  it('is the failure also where other promises of the chunk never settle', () =>
    withPool(together, async (pool) => {
      const fail = (x) => (x === 0 ? new Promise(() => {}) : Promise.reject(new Error('rejected')))
      const error = await rejection(pool.map([0, 1], fail, { chunkSize: 2 }))
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.equal(error.index, 1)
    }))

  it('and belongs to nobody is dropped; nothing is unhandled', onlyV8, () =>
    withPool(one, async (pool) => {
      const careless = () => {
        Promise.reject(new Error('dropped'))
        return 'fine'
      }
      assert.equal(await pool.run(careless), 'fine')
      assert.equal(await pool.run((x) => x, 1), 1)
    }),
  )
})

describe('a promise that can never settle', () => {
  it('rejects at once, with a reason', () =>
    withPool(one, async (pool) => {
      const error = await rejection(
        pool.run(function forever() {
          return new Promise(() => {})
        }),
      )
      assert.ok(error instanceof NeverSettlesError)
      assert.equal(error.name, 'NeverSettlesError')
      assert.equal(error.code, 'ERR_ISOLANE_NEVER_SETTLES')
      assert.equal(error.index, undefined)
      assert.match(error.message, /forever.*never settle.*no timer or I\/O is left/s)
      assert.equal(await pool.run(() => 42), 42)
    }))

  it('names its item', () =>
    withPool({ threads: 2 }, async (pool) => {
      const forever = (x) => (x === 13 ? new Promise(() => {}) : x)
      const error = await rejection(pool.map(range(30), forever, { chunkSize: 4 }))
      assert.equal(error.code, 'ERR_ISOLANE_NEVER_SETTLES')
      assert.equal(error.index, 13)
    }))

  it('as a thenable that does nothing', () =>
    withPool(one, async (pool) => {
      assert.equal(
        (await rejection(pool.run(() => ({ then() {} })))).code,
        'ERR_ISOLANE_NEVER_SETTLES',
      )
    }))

  it('in every kind of call', () =>
    withPool(one, async (pool) => {
      const forever = () => new Promise(() => {})
      for (const call of [
        pool.forEach([1], forever),
        pool.filter([1], forever),
        pool.reduce([1, 2], { map: forever, reduce: (a, b) => a + b }),
        pool.stream([1], forever).next(),
        pool.map(Int8Array.of(1), forever),
      ].map(rejection)) {
        assert.equal((await call).code, 'ERR_ISOLANE_NEVER_SETTLES')
      }
    }))
})

describe('what a call leaves behind in promises', () => {
  const together = engine === 'v8' ? { tenant: 'one', stateful: true } : {}

  it('has run when the call ends, and does not run in the next', () =>
    withPool(one, async (pool) => {
      const leave = () => {
        globalThis.count = 0
        const step = async () => {
          for (let n = 0; n < 10; n++) {
            await null
            globalThis.count++
          }
        }
        step()
        return 'left'
      }
      assert.equal(await pool.run(leave, 0, together), 'left')
      assert.equal(await pool.run(() => globalThis.count, 0, together), 10)
    }))

  for (const [what, source] of Object.entries({
    'throws while it is evaluated': '(() => { leave(); throw new Error("no") })()',
    'is no function': 'leave()',
  })) {
    it(`has run too where the source ${what}`, () =>
      withPool(one, async (pool) => {
        await pool.run(
          () => {
            globalThis.steps = 0
            globalThis.leave = async () => {
              for (let n = 0; n < 10; n++) {
                await null
                globalThis.steps++
              }
            }
          },
          0,
          together,
        )
        const error = await rejection(pool.run({ name: 'broken', source }, 0, together))
        assert.match(error.code, /^ERR_ISOLANE_(SOURCE|FUNCTION)$/)
        assert.equal(await pool.run(() => globalThis.steps, 0, together), 10)
      }))
  }

  it('for ever, by a source that throws, ends that call and not the next', onlyV8, () =>
    withPool({ ...one, memoryLimitMb: 64 }, async (pool) => {
      const source =
        '(() => { const again = () => Promise.resolve().then(() => again()); again(); throw 1 })()'
      const error = await rejection(pool.run({ name: 'endless', source }, 0, { timeout: 100 }))
      assert.match(error.code, /^ERR_ISOLANE_(TIMEOUT|MEMORY_LIMIT)$/)
      assert.equal(await pool.run((x) => x, 'next'), 'next')
    }),
  )

  it('settled by a later call changes nothing for the one that ended', () =>
    withPool(one, async (pool) => {
      const wait = () => new Promise((resolve) => (globalThis.resolveLater = resolve))
      assert.equal((await rejection(pool.run(wait, 0, together))).code, 'ERR_ISOLANE_NEVER_SETTLES')
      const wake = () => {
        globalThis.resolveLater('woken')
        return 'waker'
      }
      assert.equal(await pool.run(wake, 0, together), 'waker')
      assert.equal(await pool.run((x) => x, 'next', together), 'next')
    }))
})
