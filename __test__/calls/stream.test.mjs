import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { range, rejection, settled, until, withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

const two = { threads: 2 }

async function collect(iterable) {
  const values = []
  for await (const value of iterable) values.push(value)
  return values
}

/** A source that counts what was taken from it and whether it was closed. */
function observed(values) {
  const seen = { taken: 0, closed: false }
  async function* source() {
    try {
      for (const value of values) {
        seen.taken++
        yield value
      }
    } finally {
      seen.closed = true
    }
  }
  return { seen, source: source() }
}

function* naturals() {
  for (let n = 0; ; n++) yield n
}

describe('pool.stream', () => {
  it('maps an iterable', () =>
    withPool(two, async (pool) => {
      const results = await collect(pool.stream(new Set([1, 2, 3]), (item, index) => [item, index]))
      assert.deepEqual(results, [
        [1, 0],
        [2, 1],
        [3, 2],
      ])
    }))

  it('maps an async iterable', () =>
    withPool(two, async (pool) => {
      const { source, seen } = observed(range(200))
      assert.deepEqual(
        await collect(pool.stream(source, (item) => item * 2)),
        range(200).map((n) => n * 2),
      )
      assert.equal(seen.closed, true)
    }))

  it('gives nothing for an empty source', () =>
    withPool(two, async (pool) => {
      assert.deepEqual(await collect(pool.stream([], (item) => item)), [])
    }))

  it('passes args and shared values', () =>
    withPool(two, async (pool) => {
      const names = await pool.share('names', ['zero', 'one'])
      const results = pool.stream(
        [1, 0],
        (item, _, { args, shared }) => args + shared.names[item],
        {
          args: '>',
          shared: [names],
        },
      )
      assert.deepEqual(await collect(results), ['>one', '>zero'])
    }))

  it('keeps input order by default, also when a later item is done first', () =>
    withPool(two, async (pool) => {
      const slowFirst = (item) => {
        const end = Date.now() + (item === 0 ? 50 : 0)
        while (Date.now() < end);
        return item
      }
      assert.deepEqual(await collect(pool.stream(range(20), slowFirst)), range(20))
    }))

  it('gives results as they come with ordered: false', () =>
    withPool(two, async (pool) => {
      const hangAtFirst = (item) => {
        if (item === 0) for (;;);
        return item
      }
      const results = []
      for await (const value of pool.stream(range(10), hangAtFirst, {
        ordered: false,
        concurrency: 3,
      })) {
        results.push(value)
        if (results.length === 9) break
      }
      assert.deepEqual(results.toSorted(), range(10).slice(1))
    }))

  it('gives every result once with ordered: false', () =>
    withPool(two, async (pool) => {
      const results = await collect(pool.stream(range(300), (item) => item, { ordered: false }))
      assert.deepEqual(
        results.toSorted((a, b) => a - b),
        range(300),
      )
    }))

  for (const ordered of [true, false]) {
    it(`takes at most concurrency items ahead of the reader (ordered: ${ordered})`, () =>
      withPool(two, async (pool) => {
        const { source, seen } = observed(naturals())
        let read = 0
        for await (const value of pool.stream(source, (item) => item, {
          concurrency: 3,
          ordered,
        })) {
          assert.equal(typeof value, 'number')
          await pool.run(() => {}, undefined, { priority: 'low' })
          assert.ok(seen.taken - read <= 3, `taken ${seen.taken}, read ${read}`)
          if (++read === 20) break
        }
        assert.equal(seen.closed, true)
      }))
  }

  it('runs one call at a time with concurrency: 1', () =>
    withPool(two, async (pool) => {
      const { source, seen } = observed(range(5))
      let read = 0
      for await (const _ of pool.stream(source, (item) => item, { concurrency: 1 })) {
        assert.equal(seen.taken, ++read)
      }
      assert.equal(read, 5)
    }))

  it('takes nothing from the source before the reader asks', () =>
    withPool(two, async (pool) => {
      const { source, seen } = observed([1])
      const results = pool.stream(source, (item) => item)
      await pool.run(() => {})
      assert.equal(seen.taken, 0)
      await collect(results)
      assert.equal(seen.taken, 1)
    }))

  it('ends when the reader leaves while the source is silent', () =>
    withPool({ threads: 1 }, async (pool) => {
      for (const leave of [
        (stream) => stream.return(),
        (stream) => stream.throw(new Error('enough')).catch(() => {}),
      ]) {
        let returned = 0
        const silent = {
          [Symbol.asyncIterator]: () => ({
            next: () => new Promise(() => {}),
            return: async () => returned++,
          }),
        }
        const stream = pool.stream(silent, (x) => x)
        const next = stream.next()
        await settled(leave(stream))
        assert.deepEqual(await settled(next), { value: undefined, done: true })
        assert.deepEqual(await stream.next(), { value: undefined, done: true })
        assert.equal(returned, 1)
      }
    }))

  it('ends as a Readable that is destroyed while the source is silent', () =>
    withPool({ threads: 1 }, async (pool) => {
      const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }
      const readable = Readable.from(pool.stream(silent, (x) => x))
      readable.read()
      const closed = once(readable, 'close')
      readable.destroy()
      await settled(closed)
    }))

  it('stops the source and the calls when the reader leaves', () =>
    withPool(two, async (pool) => {
      const { source, seen } = observed(naturals())
      const hangAfterThree = (item) => {
        if (item > 3) for (;;);
        return item
      }
      for await (const value of pool.stream(source, hangAfterThree)) if (value === 3) break
      assert.equal(seen.closed, true)
      assert.deepEqual(await Promise.all([1, 2].map((n) => pool.run((x) => x, n))), [1, 2])
    }))

  it('throws where a call fails, and closes the source', () =>
    withPool(two, async (pool) => {
      const { source, seen } = observed(naturals())
      const failAtFive = (item) => {
        if (item === 5) throw new Error('five')
        return item
      }
      const results = []
      const error = await rejection(
        (async () => {
          for await (const value of pool.stream(source, failAtFive)) results.push(value)
        })(),
      )
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.equal(error.cause.message, 'five')
      assert.deepEqual(results, range(5))
      assert.equal(seen.closed, true)
    }))

  it('names the failing item by its index', () =>
    withPool(two, async (pool) => {
      const fail = (item) => {
        if (item === 'c') throw new Error('no c')
      }
      const error = await rejection(collect(pool.stream(['a', 'b', 'c'], fail)))
      assert.equal(error.index, 2)
    }))

  it('throws what the source throws', () =>
    withPool(two, async (pool) => {
      const failure = new Error('the source failed')
      async function* source() {
        yield 1
        throw failure
      }
      assert.equal(await rejection(collect(pool.stream(source(), (item) => item))), failure)
    }))

  for (const ordered of [true, false]) {
    it(`keeps nothing of the results it has handed on (ordered: ${ordered})`, async () => {
      const { stdout, stderr } = await runScript(
        `import { Pool } from 'isolane'
         import { setImmediate as turn } from 'node:timers/promises'
         const pool = new Pool({ threads: 1 })
         const { signal } = new AbortController()
         const handedOn = []
         for await (const value of pool.stream(Array(200).keys(), (n) => ({ n }), { signal, ordered: ${ordered} })) {
           handedOn.push(new WeakRef(value))
           if (handedOn.length < 200) continue
           // What a WeakRef gave or was made for lives until the turn ends.
           await turn()
           globalThis.gc()
           console.log(handedOn.filter((ref) => ref.deref() !== undefined).length < 20)
         }
         await pool.close()`,
        { flags: ['--expose-gc'] },
      )
      assert.equal(stdout, 'true\n', stderr)
    })
  }

  it('ends with AbortError when its signal is aborted', () =>
    withPool(two, async (pool) => {
      const stop = new AbortController()
      const { source, seen } = observed(naturals())
      const error = await rejection(
        (async () => {
          for await (const value of pool.stream(source, (item) => item, { signal: stop.signal })) {
            if (value === 4) stop.abort('enough')
          }
        })(),
      )
      assert.equal(error.name, 'AbortError')
      assert.equal(error.cause, 'enough')
      assert.equal(seen.closed, true)
    }))

  it('ends with AbortError also while the source is silent', () =>
    withPool(two, async (pool) => {
      const stop = new AbortController()
      async function* source() {
        yield 1
        await new Promise(() => {})
      }
      const results = pool.stream(source(), (item) => item, { signal: stop.signal, concurrency: 1 })
      assert.deepEqual(await results.next(), { done: false, value: 1 })
      const next = rejection(results.next())
      stop.abort()
      assert.equal((await next).name, 'AbortError')
    }))

  it('gives what is ready while the source is silent', () =>
    withPool(two, async (pool) => {
      async function* source() {
        yield 1
        await new Promise(() => {})
      }
      const results = pool.stream(source(), (item) => item, { concurrency: 4 })
      assert.deepEqual(await settled(results.next()), { done: false, value: 1 })
    }))

  it('ends with AbortError at once when its signal was aborted before', () =>
    withPool(two, async (pool) => {
      const { source, seen } = observed(naturals())
      const signal = AbortSignal.abort('never')
      const error = await rejection(collect(pool.stream(source, (item) => item, { signal })))
      assert.equal(error.name, 'AbortError')
      assert.equal(error.cause, 'never')
      assert.ok(seen.taken <= 1)
    }))

  it('does not leave an unhandled rejection behind the one it throws', () =>
    withPool(two, async (pool) => {
      const unhandled = []
      const onUnhandled = (reason) => unhandled.push(reason)
      process.on('unhandledRejection', onUnhandled)
      const fail = (item) => {
        throw new Error(`no ${item}`)
      }
      await rejection(collect(pool.stream(range(10), fail, { concurrency: 10 })))
      await until(() => pool.stats().running + pool.stats().queued === 0)
      await new Promise((resolve) => setImmediate(resolve))
      process.off('unhandledRejection', onUnhandled)
      assert.deepEqual(unhandled, [])
    }))

  it('refuses a source that is not iterable', () =>
    withPool(two, async (pool) => {
      for (const source of [undefined, null, 5, {}]) {
        const error = await rejection((async () => collect(pool.stream(source, (item) => item)))())
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT', `source: ${String(source)}`)
        assert.match(error.message, /source/)
      }
    }))

  it('takes a string, which is iterable', () =>
    withPool(two, async (pool) => {
      assert.deepEqual(await collect(pool.stream('aé😀', (item) => item)), ['a', 'é', '😀'])
    }))
})
