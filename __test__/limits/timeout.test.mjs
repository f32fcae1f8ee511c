/* oxlint-disable always-return, getter-return, no-thenable -- functions that never end are the point */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, it } from 'node:test'
import { TimeoutError } from 'isolane'
import { engine, idAfterStop } from '../support/engine.mjs'
import { occupy, range, rejection, withPool } from '../support/pools.mjs'
import { sized } from '../support/size.mjs'

const one = { threads: 1 }

/** Each runs until it is stopped. */
const endless = {
  'an empty loop': () => {
    for (;;);
  },
  'a loop that catches everything': () => {
    for (;;) {
      try {
        for (;;);
      } catch {}
    }
  },
  'a loop in finally': () => {
    try {
      throw new Error('first')
    } finally {
      for (;;); // oxlint-disable-line no-unsafe-finally
    }
  },
  'an async loop of microtasks': async () => {
    for (;;) await Promise.resolve() // oxlint-disable-line no-unnecessary-await
  },
  'promises that start promises': () => {
    const again = () => Promise.resolve().then(again)
    return again()
  },
  // On the node engine such a call has its result.
  ...(engine === 'v8' && {
    'a loop left behind as a microtask': () => {
      Promise.resolve().then(() => {
        for (;;);
      })
      return 1
    },
  }),
  'a loop that leaves endless promises behind': () => {
    const again = () => Promise.resolve().then(again)
    void again()
    for (;;);
  },
  'a regular expression that backtracks': () => /^(\w+\s?)*$/.test(`${'a'.repeat(50)}!`),
  'arithmetic on huge integers': () => {
    let n = 3n
    for (;;) n *= n
  },
  'recursion that catches its overflow': () => {
    const deep = () => {
      try {
        deep()
      } finally {
        deep()
      }
    }
    deep()
  },
  'a getter of the result': () => ({
    get n() {
      for (;;);
    },
  }),
  'a thenable': () => ({
    then() {
      for (;;);
    },
  }),
  'the evaluation of the source': { name: 'eager', source: '(() => { for (;;); })()' },
}

describe('a function that runs for ever', () => {
  for (const [name, fn] of Object.entries(endless)) {
    it(`${name} ends at its timeout, and the next call on that worker succeeds`, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.run(fn, 0, { timeout: 50 }))
        assert.ok(error instanceof TimeoutError, error)
        assert.equal(error.name, 'TimeoutError')
        assert.equal(error.code, 'ERR_ISOLANE_TIMEOUT')
        assert.equal(error.timeout, 50)
        assert.match(error.message, /50 ms/)
        assert.equal(await pool.run((x) => x * 2, 21), 42)
        assert.deepEqual(await pool.map([1, 2], (x) => x), [1, 2])
        assert.deepEqual(
          pool.status().map(({ id }) => id),
          [idAfterStop],
        )
      }))
  }

  it('ends a map, in all its chunks', () =>
    withPool({ threads: 2 }, async (pool) => {
      const hang = (x) => {
        if (x >= 2) for (;;);
        return x
      }
      const error = await rejection(pool.map(range(10), hang, { chunkSize: 1, timeout: 50 }))
      assert.equal(error.code, 'ERR_ISOLANE_TIMEOUT')
      assert.match(error.message, /hang/)
      assert.deepEqual(await pool.map(range(10), (x) => x, { chunkSize: 1 }), range(10))
    }))

  it('ends calls of every kind', () =>
    withPool({ threads: 2 }, async (pool) => {
      const hang = endless['an empty loop']
      const options = { timeout: 30 }
      const calls = [
        pool.forEach([1], hang, options),
        pool.filter([1], hang, options),
        pool.reduce([1, 2, 3], { reduce: hang }, { ...options, chunkSize: 3 }),
        pool.reduce([1, 2, 3], { map: hang, reduce: (a, b) => a + b }, options),
        pool.stream([1], hang, options).next(),
      ]
      for (const call of calls.map(rejection))
        assert.equal((await call).code, 'ERR_ISOLANE_TIMEOUT')
    }))
})

describe('timeout', () => {
  it("of the pool holds for calls that have none, and yields to a call's own", () =>
    withPool({ threads: 1, timeout: 30 }, async (pool) => {
      const spin = (milliseconds) => {
        const end = Date.now() + milliseconds
        while (Date.now() < end);
        return 'done'
      }
      assert.equal((await rejection(pool.run(spin, 60_000))).timeout, 30)
      assert.equal(await pool.run(spin, 100, { timeout: Infinity }), 'done')
      assert.equal(await pool.run(spin, 100, { timeout: 60_000 }), 'done')
    }))

  it('counts from the start of execution, not from the call', () =>
    withPool(one, async (pool) => {
      const release = await occupy(pool)
      const call = pool.run((x) => x, 'in time', { timeout: 500 })
      await pause(600)
      await release()
      assert.equal(await call, 'in time')
    }))

  for (const timeout of [0, -1, NaN, -Infinity]) {
    it(`of ${timeout} throws RangeError`, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.map([1], (x) => x, { timeout }))
        assert.ok(error instanceof RangeError)
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.ok(error.message.includes(String(timeout)))
      }))
  }

  for (const timeout of [0.5, 1e9, Number.MAX_VALUE, Number.MIN_VALUE]) {
    it(`of ${timeout} is taken as it is`, () =>
      withPool(one, async (pool) => {
        const outcome = await pool.run((x) => x, 1, { timeout }).catch((error) => error.code)
        assert.ok(
          outcome === 1 || (timeout < 1 && outcome === 'ERR_ISOLANE_TIMEOUT'),
          String(outcome),
        )
        assert.equal(await pool.run((x) => x, 2), 2)
      }))
  }

  it('leaves nothing behind that the next call sees', () =>
    withPool(one, async (pool) => {
      const litter = () => {
        globalThis.litter = true
        Promise.resolve().then(() => (globalThis.late = true))
        for (;;);
      }
      await rejection(pool.run(litter, 0, { timeout: 30 }))
      assert.deepEqual(await pool.run(() => [typeof globalThis.litter, typeof globalThis.late]), [
        'undefined',
        'undefined',
      ])
    }))

  it('never hits the next call, however close it comes', () =>
    withPool(one, async (pool) => {
      const spin = (milliseconds) => {
        const end = Date.now() + milliseconds
        while (Date.now() < end);
        return 'done'
      }
      for (const n of range(100)) {
        const risky = pool.run(spin, 2, { timeout: 2 }).catch((error) => error.code)
        const safe = pool.run((x) => x, n)
        assert.match(await risky, /^(done|ERR_ISOLANE_TIMEOUT)$/)
        assert.equal(await safe, n)
      }
    }))

  it('of thousands of calls that take as long as they may ends each by itself', () =>
    withPool({ threads: 2 }, async (pool) => {
      const spin = (n) => {
        const end = Date.now() + 1
        while (Date.now() < end);
        return n
      }
      const outcomes = await Promise.all(
        range(sized(10_000, 2_000)).map((n) =>
          pool.run(spin, n, { timeout: 1 }).catch((error) => error.code),
        ),
      )
      outcomes.forEach((outcome, n) => {
        assert.ok(outcome === n || outcome === 'ERR_ISOLANE_TIMEOUT', `call ${n}: ${outcome}`)
      })
      const ids = pool.status().map(({ id }) => id)
      // A Node Worker that is not scheduled for a while looks like one that does not stop.
      if (engine === 'v8') assert.deepEqual(ids.sort(), [0, 1], 'no isolate was lost over it')
      assert.equal(await pool.run((x) => x, 1), 1)
    }))

  it('ends one call, not the others that run', () =>
    withPool({ threads: 2 }, async (pool) => {
      const doomed = rejection(pool.run(endless['an empty loop'], 0, { timeout: 30 }))
      const other = pool.map(range(200), (x) => x, { chunkSize: 1 })
      assert.equal((await doomed).code, 'ERR_ISOLANE_TIMEOUT')
      assert.deepEqual(await other, range(200))
    }))

  it('passes on what the function logged before', () =>
    withPool(one, async (pool) => {
      const lines = []
      pool.on('log', ({ message }) => lines.push(message))
      const logAndHang = (_, { log }) => {
        log('about to hang')
        for (;;);
      }
      await rejection(pool.run(logAndHang, 0, { timeout: 50 }))
      await pool.run(() => {})
      assert.deepEqual(lines, ['about to hang'])
    }))
})
