import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Polling } from '../../npm/isolane/dist/addon/polling.js'
import { onlyNode } from '../support/engine.mjs'
import { allIdle, range, rejection, runningFunctions, until, withPool } from '../support/pools.mjs'

const two = { threads: 2 }

/** How many chunks a map was cut into. */
async function chunksOf(pool, items, fn) {
  let chunks = 0
  await pool.map(items, fn, { onProgress: () => chunks++ })
  return chunks
}

describe('a map of few items', () => {
  it('is shared by the workers while nobody knows what its items cost', () =>
    withPool(two, async (pool) => {
      await allIdle(pool)
      const stop = new AbortController()
      const endless = { name: 'endless', source: '() => { for (;;) {} }' }
      const call = rejection(pool.map([1, 2], endless, { signal: stop.signal }))
      await until(() => runningFunctions(pool).length === 2, 'both workers run it')
      assert.deepEqual(runningFunctions(pool), ['endless', 'endless'])
      stop.abort()
      assert.equal((await call).code, 'ERR_ISOLANE_ABORTED')
    }))

  it('and so are two that are known to take long: they run at the same time', onlyNode, () =>
    withPool(two, async (pool) => {
      const meet = (place, index, { shared: { met } }) => {
        const flags = new Int32Array(met)
        Atomics.add(flags, place, 1)
        Atomics.notify(flags, place)
        // One and no other: of two the notice has been given.
        while (Atomics.load(flags, place) < 2) Atomics.wait(flags, place, 1)
        const end = performance.now() + 2
        while (performance.now() < end);
        return index
      }
      const places = range(5)
      const met = await pool.share('met', new SharedArrayBuffer(4 * places.length))
      for (const place of places) {
        assert.deepEqual(await pool.map([place, place], meet, { shared: [met] }), [0, 1])
      }
    }),
  )

  it('is one chunk once they are known to be cheap, and gives the same', () =>
    withPool(two, async (pool) => {
      const seven = (n) => n * 7
      await until(async () => (await chunksOf(pool, range(10), seven)) === 1, 'one chunk')
      assert.deepEqual(await pool.map(range(10), seven), range(10).map(seven))
      const doubles = Float64Array.from(range(10))
      assert.deepEqual(await pool.map(doubles, seven), doubles.map(seven))
      assert.equal(await chunksOf(pool, [], seven), 0)
    }))

  it('is cut as chunkSize says, whatever they cost', () =>
    withPool(two, async (pool) => {
      const same = (n) => n
      await until(async () => (await chunksOf(pool, range(10), same)) === 1, 'one chunk')
      let chunks = 0
      await pool.map(range(10), same, { chunkSize: 3, onProgress: () => chunks++ })
      assert.equal(chunks, 4)
    }))
})

describe('looking for answers', () => {
  /** Sends a call and lets the time pass in which its answer is looked for. */
  const inVain = (polling, now) => {
    if (!polling.begin(now, false)) return false
    assert.equal(polling.goesOn(now), true)
    assert.equal(polling.goesOn(now + 1000), false)
    return true
  }

  it('is done after each call while answers come', () => {
    const polling = new Polling()
    for (const now of range(10)) {
      assert.equal(polling.begin(now, false), true)
      polling.answered()
      assert.equal(polling.goesOn(now + 0.01), true)
    }
  })

  it('pauses for more and more calls while none comes, and never for good', () => {
    const polling = new Polling()
    const looked = range(200).filter((call) => inVain(polling, call * 1e4))
    const pauses = looked.slice(1).map((call, index) => call - looked[index] - 1)
    assert.deepEqual(pauses.slice(0, 6), [1, 3, 7, 15, 31, 31])
  })

  it('pauses for fewer calls when answers come again', () => {
    const polling = new Polling()
    let now = 0
    for (; now < 60e4; now += 1e4) inVain(polling, now)
    for (let answers = 0; answers < 6; now += 1e4) {
      if (!polling.begin(now, false)) continue
      polling.answered()
      answers++
    }
    assert.equal(inVain(polling, now), true)
    assert.equal(inVain(polling, (now += 1e4)), false)
    assert.equal(inVain(polling, now + 1e4), true)
  })

  it('lasts longer for a job that is known to be done soon', () => {
    const polling = new Polling()
    polling.begin(0, true)
    assert.equal(polling.goesOn(0.15), true)
    polling.answered()
    polling.begin(10, false)
    assert.equal(polling.goesOn(10.15), false)
  })
})
