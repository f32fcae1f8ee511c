import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { AbortError } from 'isolane'
import { idAfterStop, onlyV8 } from '../support/engine.mjs'
import { occupy, range, rejection, runningFunctions, until, withPool } from '../support/pools.mjs'

const hang = () => {
  for (;;);
}

/** A value whose getter aborts a signal. */
function abortsWhenRead(reason) {
  const stop = new AbortController()
  const value = {
    get x() {
      stop.abort(reason)
      return 1
    },
  }
  return { value, signal: stop.signal }
}

function assertAborted(error, reason) {
  assert.ok(error instanceof AbortError)
  assert.equal(error.name, 'AbortError')
  assert.equal(error.code, 'ERR_ISOLANE_ABORTED')
  assert.equal(error.cause, reason)
}

describe('a signal aborted before the call', () => {
  it('rejects, and the function never runs', () =>
    withPool({ threads: 1 }, async (pool) => {
      const reason = new Error('changed my mind')
      const signal = AbortSignal.abort(reason)
      const lines = []
      pool.on('log', ({ message }) => lines.push(message))
      const loud = (_, context) => (context.log ?? context).call(null, 'ran')
      assertAborted(await rejection(pool.run(loud, 0, { signal })), reason)
      assertAborted(await rejection(pool.map([1], loud, { signal })), reason)
      assertAborted(await rejection(pool.map([], loud, { signal })), reason)
      assertAborted(await rejection(pool.map(Float64Array.of(1), loud, { signal })), reason)
      assertAborted(await rejection(pool.forEach([1], loud, { signal })), reason)
      assertAborted(await rejection(pool.filter([1], loud, { signal })), reason)
      assertAborted(await rejection(pool.reduce([1, 2], { reduce: loud }, { signal })), reason)
      await pool.run(() => {})
      assert.deepEqual(lines, [])
    }))

  it('has the default reason where none was given', () =>
    withPool({ threads: 1 }, async (pool) => {
      const signal = AbortSignal.abort()
      const error = await rejection(pool.run(() => 1, 0, { signal }))
      assertAborted(error, signal.reason)
      assert.equal(error.cause.name, 'AbortError')
    }))
})

describe('a signal aborted during the call', () => {
  for (const reason of ['text', new Error('reason'), undefined]) {
    it(`stops a running loop: reason ${String(reason)}`, () =>
      withPool({ threads: 1 }, async (pool) => {
        const stop = new AbortController()
        const call = pool.run(hang, 0, { signal: stop.signal })
        await until(() => runningFunctions(pool).includes('hang'))
        stop.abort(reason)
        assertAborted(await rejection(call), stop.signal.reason)
        assert.equal(await pool.run(() => 42), 42)
        assert.deepEqual(
          pool.status().map(({ id }) => id),
          [idAfterStop],
        )
      }))
  }

  it('frees its worker before the call rejects', onlyV8, () =>
    withPool({ threads: 1, maxQueue: 0 }, async (pool) => {
      for (const n of range(20)) {
        const stop = new AbortController()
        const call = pool.run(hang, 0, { signal: stop.signal })
        await until(() => runningFunctions(pool).includes('hang'))
        stop.abort()
        await rejection(call)
        // With no queue, it is refused unless a worker can take it at once.
        assert.equal(await pool.run((x) => x, n), n)
      }
    }),
  )

  it('in the turn of the call', () =>
    withPool({ threads: 1 }, async (pool) => {
      const stop = new AbortController()
      const call = rejection(pool.run(hang, 0, { signal: stop.signal }))
      stop.abort('at once')
      assertAborted(await call, 'at once')
    }))

  it('stops all chunks of a map', () =>
    withPool({ threads: 2 }, async (pool) => {
      const stop = new AbortController()
      const call = pool.map(range(100), hang, { chunkSize: 1, signal: stop.signal })
      await until(() => runningFunctions(pool).length === 2)
      stop.abort('enough')
      assertAborted(await rejection(call), 'enough')
      assert.deepEqual(await pool.map(range(50), (x) => x, { chunkSize: 1 }), range(50))
    }))

  it('while items are still being encoded', () =>
    withPool({ threads: 2 }, async (pool) => {
      const stop = new AbortController()
      const items = range(500_000).map((id) => ({ id, text: `item ${id}` }))
      const call = rejection(pool.map(items, (x) => x, { signal: stop.signal }))
      stop.abort('early')
      assertAborted(await call, 'early')
      assert.equal(await pool.run(() => 1), 1)
    }))

  it('by a getter, while its values are being encoded', () =>
    withPool({ threads: 1 }, async (pool) => {
      const never = async () => hang()
      const calls = {
        run: (value, options) => pool.run(hang, value, options),
        map: (value, options) => pool.map([value], hang, options),
        'map in parts': (value, options) =>
          pool.map([1, value, 2], hang, { ...options, chunkSize: 1 }),
        filter: (value, options) => pool.filter([value], never, options),
        forEach: (value, options) => pool.forEach([value], hang, options),
        reduce: (value, options) => pool.reduce([1, value], { reduce: hang }, options),
        args: (args, options) => pool.run(hang, 0, { ...options, args }),
        'args of a typed array': (args, options) =>
          pool.map(Float64Array.of(1, 2), hang, { ...options, args }),
        stream: (value, options) => pool.stream([value], hang, options).next(),
      }
      for (const [name, call] of Object.entries(calls)) {
        const { value, signal } = abortsWhenRead(name)
        assertAborted(await rejection(call(value, { signal })), name)
      }
      assert.equal(await pool.run(() => 1), 1)
    }))

  it('also where another listener keeps the event from reaching others', () =>
    withPool({ threads: 1 }, async (pool) => {
      const stop = new AbortController()
      stop.signal.addEventListener('abort', (event) => event.stopImmediatePropagation())
      const call = rejection(pool.run(hang, 0, { signal: stop.signal }))
      stop.abort('anyway')
      assertAborted(await call, 'anyway')
    }))

  it('with a signal that is no class of Node', () =>
    withPool({ threads: 1 }, async (pool) => {
      const listeners = new Set()
      const signal = {
        aborted: false,
        reason: undefined,
        addEventListener: (_, listener) => listeners.add(listener),
        removeEventListener: (_, listener) => listeners.delete(listener),
      }
      assert.equal(await pool.run((x) => x, 1, { signal }), 1)
      assert.equal(listeners.size, 0)
      const calls = [pool.run(hang, 0, { signal }), pool.stream([1], hang, { signal }).next()]
      const errors = Promise.all(calls.map(rejection))
      Object.assign(signal, { aborted: true, reason: 'own' })
      for (const listener of listeners) listener({ type: 'abort' })
      for (const error of await errors) assertAborted(error, 'own')
      assertAborted(await rejection(pool.run(hang, 0, { signal })), 'own')
    }))

  it('takes a call that waits out of the queue', () =>
    withPool({ threads: 1 }, async (pool) => {
      const release = await occupy(pool)
      const stop = new AbortController()
      const lines = []
      pool.on('log', ({ message }) => lines.push(message))
      const waiting = rejection(pool.run((_, { log }) => log('ran'), 0, { signal: stop.signal }))
      const other = pool.run((x) => x, 'other')
      stop.abort('no longer')
      assertAborted(await waiting, 'no longer')
      await release()
      assert.equal(await other, 'other')
      assert.deepEqual(lines, [])
    }))

  it('stops what a function cannot catch or clean up after', () =>
    withPool({ threads: 1 }, async (pool) => {
      const stop = new AbortController()
      const stubborn = async () => {
        for (;;) {
          try {
            for (;;);
          } catch {
            continue
          } finally {
            for (;;); // oxlint-disable-line no-unsafe-finally
          }
        }
      }
      const call = pool.run(stubborn, 0, { signal: stop.signal })
      await until(() => runningFunctions(pool).includes('stubborn'))
      stop.abort('anyway')
      assertAborted(await rejection(call), 'anyway')
      assert.equal(await pool.run(() => 42), 42)
    }))

  it('leaves the other calls of the pool alone', () =>
    withPool({ threads: 2 }, async (pool) => {
      const stop = new AbortController()
      const doomed = pool.map(range(50), hang, { chunkSize: 1, signal: stop.signal })
      const others = range(100).map((n) => pool.run((x) => x, n, { priority: 'high' }))
      await until(() => runningFunctions(pool).includes('hang'))
      stop.abort()
      await rejection(doomed)
      assert.deepEqual(await Promise.all(others), range(100))
    }))

  it('stops many calls with one signal', () =>
    withPool({ threads: 2 }, async (pool) => {
      const stop = new AbortController()
      const calls = range(100).map(() => rejection(pool.run(hang, 0, { signal: stop.signal })))
      await until(() => runningFunctions(pool).length === 2)
      stop.abort('all')
      for (const error of await Promise.all(calls)) assertAborted(error, 'all')
      assert.deepEqual(await pool.map([1, 2, 3], (x) => x), [1, 2, 3])
    }))

  it('works with AbortSignal.timeout', () =>
    withPool({ threads: 1 }, async (pool) => {
      const signal = AbortSignal.timeout(30)
      const error = await rejection(pool.run(hang, 0, { signal }))
      assertAborted(error, signal.reason)
      assert.equal(error.cause.name, 'TimeoutError')
    }))

  it('never hits the next call, however close it comes', () =>
    withPool({ threads: 1 }, async (pool) => {
      const outcomes = []
      for (const n of range(300)) {
        const stop = new AbortController()
        const first = pool.run((x) => x, n, { signal: stop.signal }).catch((error) => error.code)
        const second = pool.run((x) => x, n)
        if (n % 2 === 0) setImmediate(() => stop.abort())
        else queueMicrotask(() => stop.abort())
        outcomes.push(await first)
        assert.equal(await second, n)
      }
      for (const [n, outcome] of outcomes.entries())
        assert.ok(outcome === n || outcome === 'ERR_ISOLANE_ABORTED')
    }))
})

describe('a signal aborted after the call', () => {
  it('changes nothing, and no listener stays on the signal', () =>
    withPool({ threads: 2 }, async (pool) => {
      const stop = new AbortController()
      const { signal } = stop
      assert.equal(await pool.run((x) => x, 1, { signal }), 1)
      assert.deepEqual(await pool.map([1, 2], (x) => x, { signal, chunkSize: 1 }), [1, 2])
      await rejection(
        pool.run(
          () => {
            throw new Error('no')
          },
          0,
          { signal },
        ),
      )
      for await (const _ of pool.stream([1], (x) => x, { signal }));
      await rejection(pool.map([() => {}], (x) => x, { signal }))
      assert.equal(
        await pool.reduce([1, 2], { reduce: (a, b) => a + b }, { signal, chunkSize: 2 }),
        3,
      )
      assert.equal(getEventListeners(signal, 'abort').length, 0)
      stop.abort()
      assert.equal(await pool.run((x) => x, 2), 2)
    }))

  it('a call whose options or argument were refused leaves no listener either', () =>
    withPool({ threads: 1 }, async (pool) => {
      const { signal } = new AbortController()
      await rejection(
        pool.run(
          (x) => x,
          () => {},
          { signal },
        ),
      )
      await rejection(pool.map([1], (x) => x, { signal, args: () => {} }))
      await rejection(pool.map([1], 5, { signal }))
      assert.equal(getEventListeners(signal, 'abort').length, 0)
    }))
})
