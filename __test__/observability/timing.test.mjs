/** The option `onTiming` is told where the time of its call went. */
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { onlyNode } from '../support/engine.mjs'
import {
  allIdle,
  occupy,
  range,
  rejection,
  runningFunctions,
  settled,
  until,
  withPool,
} from '../support/pools.mjs'

const identity = (value) => value

/** Runs for some time by its own clock, and gives how long that was. */
const spend = (ms) => {
  const since = performance.now()
  for (;;) {
    const spent = performance.now() - since
    if (spent >= ms) return spent
  }
}

/** What a call is told, once; with what it gives or rejects with, and how long that took. */
async function timed(make) {
  const told = []
  const since = performance.now()
  const [end] = await Promise.allSettled([
    settled(make({ onTiming: (timing) => told.push(timing) })),
  ])
  const total = performance.now() - since
  assert.equal(told.length, 1)
  const [timing] = told
  assert.deepEqual(Object.keys(timing), ['queued', 'run', 'encode', 'decode', 'workers'])
  for (const ms of Object.values(timing).slice(0, 4)) assert.ok(ms >= 0 && ms <= total, `${ms}`)
  return { ...timing, total, ...end }
}

/** Digits that the wire cuts off. */
const EXACT = 0.01

describe('the option onTiming', () => {
  it('tells how long a call ran, on which worker, and what of it was reading and writing', () =>
    withPool({ threads: 2 }, async (pool) => {
      const { value, queued, run, encode, decode, workers, total } = await timed((options) =>
        pool.run(spend, 20, options),
      )
      assert.ok(run >= value - EXACT, `${run} of ${value}`)
      assert.ok(encode > 0 && decode > 0)
      assert.ok(queued + run + encode + decode <= total + EXACT)
      const ids = pool.status().map(({ id }) => id)
      assert.ok(workers.length === 1 && ids.includes(workers[0]), `${workers} of ${ids}`)
    }))

  it('tells of reduce what both of its runs took, once', () =>
    withPool({ threads: 2 }, async (pool) => {
      const slowly = { map: spend, reduce: (sum, ms) => sum + ms }
      const { value, queued, run, encode, decode, workers, total } = await timed((options) =>
        pool.reduce([10, 10, 10], slowly, { ...options, chunkSize: 1 }),
      )
      assert.ok(run >= 10 - EXACT, `${run} of ${value}`)
      assert.ok(encode > 0 && decode >= 0)
      assert.ok(queued + run <= total + EXACT)
      assert.deepEqual(workers, [...new Set(workers)].sort())
      const failing = {
        reduce: (sum) => sum,
        map: () => {
          throw new Error('no')
        },
      }
      const failed = await timed((options) => pool.reduce([1, 2], failing, options))
      assert.equal(failed.reason.code, 'ERR_ISOLANE_FUNCTION')
      assert.ok(failed.run > 0)
      const single = await timed((options) => pool.reduce([1], { reduce: (sum) => sum }, options))
      assert.equal(single.value, 1)
    }))

  it('tells how long it waited, also where it never ran', () =>
    withPool({ threads: 1 }, async (pool) => {
      const release = await occupy(pool)
      const stop = new AbortController()
      const first = timed((options) => pool.run(identity, 1, options))
      const second = timed((options) => pool.run(identity, 1, { ...options, signal: stop.signal }))
      await turn()
      const since = performance.now()
      await until(() => performance.now() - since > 5)
      stop.abort()
      const never = await second
      const waited = performance.now() - since
      await release()
      const { queued, workers } = await first
      assert.ok(queued >= waited - EXACT, `${queued} of ${waited}`)
      assert.equal(workers.length, 1)
      assert.equal(never.reason.code, 'ERR_ISOLANE_ABORTED')
      assert.ok(never.queued >= 5 - EXACT, `${never.queued}`)
      assert.deepEqual([never.run, never.workers], [0, []])
    }))

  it('is of every call over items: from its first chunk to its last, with all its workers', () =>
    withPool({ threads: 2 }, async (pool) => {
      await allIdle(pool)
      const calls = {
        map: (options) => pool.map(range(50), spend, options),
        filter: (options) => pool.filter(range(50), identity, options),
        forEach: (options) => pool.forEach(range(50), identity, options),
        outcome: (options) => pool.map(range(50), identity, { ...options, onError: 'settle' }),
        elements: (options) => pool.map(Float64Array.from(range(50)), identity, options),
        text: (options) => pool.map('[1, 2, 3]', identity, { ...options, from: 'json' }),
        written: (options) => pool.map([1], identity, { ...options, into: 'json' }),
        parsed: (options) => pool.run(identity, '{"a": 1}', { ...options, from: 'json' }),
      }
      for (const [name, call] of Object.entries(calls)) {
        const { status, run, encode, decode, workers } = await timed(call)
        assert.equal(status, 'fulfilled', name)
        assert.ok(run > 0 && encode > 0 && decode > 0, name)
        assert.ok(workers.length > 0 && workers.every((id, i) => id > (workers[i - 1] ?? -1)), name)
      }
      const stop = new AbortController()
      const forever = { name: 'forever', source: '() => { for (;;); }' }
      const both = timed((options) =>
        pool.map([1, 2], forever, { ...options, chunkSize: 1, signal: stop.signal }),
      )
      await until(() => runningFunctions(pool).length === 2, 'both workers run it')
      const ids = pool
        .status()
        .map(({ id }) => id)
        .toSorted((a, b) => a - b)
      stop.abort()
      assert.deepEqual((await both).workers, ids)
    }))

  it('counts what is read and written in many turns of the event loop', () =>
    withPool({ threads: 1, sliceMs: 0.01 }, async (pool) => {
      const rows = range(30_000).map((i) => ({ i, text: `row ${i}` }))
      const one = await timed((options) => pool.run(identity, rows, options))
      assert.deepEqual(one.value, rows)
      const many = await timed((options) => pool.map([rows, rows], identity, options))
      assert.deepEqual(many.value, [rows, rows])
      // The least of several: the machine may be busy elsewhere during one.
      const few = []
      for (let i = 0; i < 5; i++) few.push(await timed((options) => pool.run(identity, 1, options)))
      const least = (key) => Math.min(...few.map((each) => each[key]))
      for (const { encode, decode } of [one, many]) {
        assert.ok(encode > least('encode') && decode > least('decode'), `${encode}, ${decode}`)
      }
    }))

  it('is told of calls that fail, and of those that are never admitted', () =>
    withPool({ threads: 1, maxQueue: 0 }, async (pool) => {
      const fail = () => {
        throw new Error('no')
      }
      const failed = await timed((options) => pool.run(fail, 1, options))
      assert.equal(failed.reason.code, 'ERR_ISOLANE_FUNCTION')
      assert.equal(failed.workers.length, 1)
      const slow = { name: 'slow', source: '() => { for (;;); }' }
      const late = await timed((options) => pool.run(slow, 1, { ...options, timeout: 20 }))
      assert.equal(late.reason.code, 'ERR_ISOLANE_TIMEOUT')
      assert.ok(late.run >= 20 - EXACT, `${late.run}`)
      await allIdle(pool)
      const release = await occupy(pool)
      const full = await timed((options) => pool.run(identity, 1, options))
      await release()
      assert.equal(full.reason.code, 'ERR_ISOLANE_QUEUE_FULL')
      assert.deepEqual([full.queued, full.run, full.workers], [0, 0, []])
    }))

  it('names a worker that is lost', onlyNode, () =>
    withPool({ threads: 1 }, async (pool) => {
      await allIdle(pool)
      const [{ id }] = pool.status()
      const lost = await timed((options) => pool.run(() => process.exit(), 1, options))
      assert.equal(lost.reason.code, 'ERR_ISOLANE_WORKER_LOST')
      assert.deepEqual(lost.workers, [id])
      const next = await timed((options) => pool.run(identity, 1, options))
      assert.notDeepEqual(next.workers, [id])
    }),
  )

  it('is called before the promise settles, in the async context of its caller', () =>
    withPool({ threads: 1 }, async (pool) => {
      const storage = new AsyncLocalStorage()
      const order = []
      const onTiming = () => order.push(storage.getStore())
      await storage.run('told', () => pool.run(identity, 1, { onTiming }))
      order.push('settled')
      assert.deepEqual(order, ['told', 'settled'])
    }))

  it('is not told of what is never sent', () =>
    withPool({ threads: 1 }, async (pool) => {
      const onTiming = () => assert.fail('it was sent')
      const error = await rejection(pool.run(identity, identity, { onTiming }))
      assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
      const signal = AbortSignal.abort()
      const aborted = await rejection(pool.map([1], identity, { onTiming, signal }))
      assert.equal(aborted.code, 'ERR_ISOLANE_ABORTED')
    }))

  it('is a function, of calls that can be timed', () =>
    withPool({ threads: 1 }, async (pool) => {
      for (const onTiming of [1, 'x', {}, null]) {
        const error = await rejection(pool.run(identity, 1, { onTiming }))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, /options\.onTiming/)
      }
      const patched = pool.patch({}, [], { onTiming: () => {} })
      assert.match((await rejection(patched)).message, /onTiming/)
    }))
})
