import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contextKeys } from '../support/engine.mjs'
import { allIdle, range, rejection, until, withPool } from '../support/pools.mjs'

const two = { threads: 2 }

describe('pool.map', () => {
  it('gives what Array.prototype.map gives', () =>
    withPool(two, async (pool) => {
      const rooms = range(500).map((id) => ({
        id,
        name: `room ${id}`,
        beds: [id % 3, { kind: 'queen' }],
      }))
      const describeRoom = (room, index) => ({
        ...room,
        index,
        beds: room.beds.length,
        even: room.id % 2 === 0,
      })
      assert.deepEqual(await pool.map(rooms, describeRoom), rooms.map(describeRoom))
    }))

  it('takes turns with the event loop while it encodes and decodes', () =>
    withPool({ threads: 1, sliceMs: Number.MIN_VALUE }, async (pool) => {
      let turns = 0
      let running = true
      const turn = () => void (turns++, running && setImmediate(turn))
      setImmediate(turn)
      const items = range(5000).map((id) => ({ id, name: `item ${id}` }))
      const results = await pool.map(items, ({ id }) => id, { chunkSize: 50 })
      running = false
      assert.deepEqual(results, range(5000))
      // A slice ends after one step, so each of the 100 parts had a turn of its own.
      assert.ok(turns >= 50, `${turns} turns`)
    }))

  it('keeps input order however uneven the items are', () =>
    withPool(two, async (pool) => {
      const work = (item) => {
        let sum = 0
        for (let i = 0; i < (item % 7 === 0 ? 200_000 : 10); i++) sum += i
        return sum < 0 ? sum : item
      }
      assert.deepEqual(await pool.map(range(400), work, { chunkSize: 3 }), range(400))
    }))

  it('calls the function with item, index and { args, shared, log }', () =>
    withPool(two, async (pool) => {
      const inspect = (item, index, context) => [
        item,
        index,
        Object.keys(context).toSorted(),
        typeof context.log,
      ]
      assert.deepEqual(await pool.map(['a', 'b'], inspect), [
        ['a', 0, contextKeys, 'function'],
        ['b', 1, contextKeys, 'function'],
      ])
    }))

  it('indexes items in the whole input, not in their chunk', () =>
    withPool(two, async (pool) => {
      const result = await pool.map(range(1000), (item, index) => item - index, { chunkSize: 7 })
      assert.ok(result.every((difference) => difference === 0))
    }))

  it('passes one value to all items as args', () =>
    withPool(two, async (pool) => {
      const scale = (item, _, { args }) => item * args.factor + args.offset
      const options = { args: { factor: 3, offset: 1 }, chunkSize: 2 }
      assert.deepEqual(
        await pool.map(range(9), scale, options),
        range(9).map((item) => item * 3 + 1),
      )
    }))

  it('leaves args undefined where none were passed, also after a call that had some', () =>
    withPool({ threads: 1 }, async (pool) => {
      const kind = (_, __, { args }) => typeof args
      assert.deepEqual(await pool.map([0], kind, { args: 5 }), ['number'])
      assert.deepEqual(await pool.map([0], kind), ['undefined'])
    }))

  it('carries null and false as args', () =>
    withPool({ threads: 1 }, async (pool) => {
      assert.deepEqual(await pool.map([0], (_, __, { args }) => args === null, { args: null }), [
        true,
      ])
      assert.deepEqual(await pool.map([0], (_, __, { args }) => args === false, { args: false }), [
        true,
      ])
    }))

  it('leaves the items on the host as they were', () =>
    withPool(two, async (pool) => {
      const items = [{ n: 1, list: [1] }]
      const result = await pool.map(items, (item) => {
        item.n = 2
        item.list.push(2)
        return item
      })
      assert.deepEqual(result, [{ n: 2, list: [1, 2] }])
      assert.deepEqual(items, [{ n: 1, list: [1] }])
    }))

  for (const chunkSize of [1, 2, 9, 10, 11, 1_000_000]) {
    it(`gives the same with chunks of ${chunkSize}`, () =>
      withPool(two, async (pool) => {
        assert.deepEqual(
          await pool.map(range(10), (x) => x * x, { chunkSize }),
          range(10).map((x) => x * x),
        )
      }))
  }

  it('spreads chunks over the workers', () =>
    withPool(two, async (pool) => {
      await allIdle(pool)
      const spin = (item) => {
        const end = Date.now() + 2
        while (Date.now() < end);
        return item
      }
      await pool.map(range(100), spin, { chunkSize: 1 })
      const done = pool.status().map(({ itemsDone }) => itemsDone)
      assert.equal(done[0] + done[1], 100)
      assert.ok(done[0] > 0 && done[1] > 0, `items done by each worker: ${done}`)
    }))

  it('lets the event loop turn meanwhile', () =>
    withPool({ threads: 1 }, async (pool) => {
      let turns = 0
      const turn = () => (turns++, (timer = setImmediate(turn)))
      let timer = setImmediate(turn)
      const spin = (item) => {
        const end = Date.now() + 20
        while (Date.now() < end);
        return item
      }
      await pool.map(range(5), spin)
      clearImmediate(timer)
      assert.ok(turns > 5, `the event loop turned ${turns} times during the map`)
    }))

  it('runs many maps at once, each with its own result', () =>
    withPool(two, async (pool) => {
      const results = await Promise.all(
        range(50).map((n) =>
          pool.map(range(40), (item, _, { args }) => item + args, { args: n * 1000 }),
        ),
      )
      results.forEach((result, n) =>
        assert.deepEqual(
          result,
          range(40).map((item) => item + n * 1000),
        ),
      )
    }))
})

describe('what pool.map takes', () => {
  const inputs = {
    'an array-like object': { length: 3, 0: 'a', 1: 'b', 2: 'c' },
    'a Set': new Set(['a', 'b', 'c']),
    'a generator': (function* () {
      yield* ['a', 'b', 'c']
    })(),
    'an arguments object': (function () {
      return arguments
    })('a', 'b', 'c'),
    'an array of a class of its own': class Letters extends Array {}.from(['a', 'b', 'c']),
    'a frozen array': Object.freeze(['a', 'b', 'c']),
    'a proxied array': new Proxy(['a', 'b', 'c'], {}),
  }
  for (const [name, items] of Object.entries(inputs)) {
    it(name, () =>
      withPool({ threads: 1 }, async (pool) => {
        const result = await pool.map(items, (item, index) => item + index)
        assert.deepEqual(result, ['a0', 'b1', 'c2'])
        assert.equal(Object.getPrototypeOf(result), Array.prototype)
      }),
    )
  }

  it('a Map, as its entries', () =>
    withPool({ threads: 1 }, async (pool) => {
      const items = new Map([
        ['a', 1],
        ['b', 2],
      ])
      assert.deepEqual(await pool.map(items, ([key, value]) => key + value), ['a1', 'b2'])
    }))
})

describe('pool.map over typed arrays', () => {
  const kinds = {
    Int8Array: [-1, 0, 1],
    Uint8Array: [0, 1, 200],
    Uint8ClampedArray: [0, 1, 200],
    Int16Array: [-300, 0, 300],
    Uint16Array: [0, 300, 60_000],
    Int32Array: [-70_000, 0, 70_000],
    Uint32Array: [0, 1, 4_000_000_000],
    Float32Array: [-0.5, 0, 1.5],
    Float64Array: [Math.PI, -0, NaN],
    BigInt64Array: [-1n, 0n, 1n],
    BigUint64Array: [0n, 1n, 2n ** 63n],
  }
  for (const [name, values] of Object.entries(kinds)) {
    it(`gives a ${name} for a ${name}`, () =>
      withPool(two, async (pool) => {
        const items = globalThis[name].from(values)
        const double = (item) => item + item
        const result = await pool.map(items, double, { chunkSize: 1 })
        assert.deepEqual(result, items.map(double))
        assert.equal(Object.getPrototypeOf(result), globalThis[name].prototype)
      }))
  }

  it('gives a Float16Array for a Float16Array', { skip: !globalThis.Float16Array }, () =>
    withPool(two, async (pool) => {
      const result = await pool.map(Float16Array.of(0.5, 1.5), (item) => item + 1)
      assert.deepEqual(result, Float16Array.of(1.5, 2.5))
    }),
  )

  it('converts results as the typed array does', () =>
    withPool({ threads: 1 }, async (pool) => {
      assert.deepEqual(await pool.map(Uint8Array.of(1), () => 257), Uint8Array.of(1))
      assert.deepEqual(
        await pool.map(Uint8ClampedArray.of(1), () => 257),
        Uint8ClampedArray.of(255),
      )
      assert.deepEqual(await pool.map(Float64Array.of(1), () => 'no number'), Float64Array.of(NaN))
    }))

  it('rejects with the index where a result does not convert', () =>
    withPool({ threads: 1 }, async (pool) => {
      const error = await rejection(
        pool.map(Float64Array.of(1, 2, 3), (item) => (item === 2 ? 5n : item)),
      )
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.equal(error.index, 1)
      assert.equal(error.cause.name, 'TypeError')
    }))

  it('reads a view at its offset and length', () =>
    withPool({ threads: 1 }, async (pool) => {
      const view = new Float64Array(Float64Array.of(1, 2, 3, 4, 5).buffer, 8, 3)
      assert.deepEqual(await pool.map(view, (item) => item), Float64Array.of(2, 3, 4))
    }))

  it('reads a view of a SharedArrayBuffer', () =>
    withPool({ threads: 1 }, async (pool) => {
      const view = new Int32Array(new SharedArrayBuffer(12))
      view.set([1, 2, 3])
      assert.deepEqual(Array.from(await pool.map(view, (item) => item * 2)), [2, 4, 6])
    }))

  it('takes a Buffer', () =>
    withPool({ threads: 1 }, async (pool) => {
      assert.deepEqual(
        Array.from(await pool.map(Buffer.from('abc'), (item) => item + 1)),
        [98, 99, 100],
      )
    }))

  it('gives an empty one for an empty one', () =>
    withPool({ threads: 1 }, async (pool) => {
      assert.deepEqual(await pool.map(new Float64Array(0), (item) => item), new Float64Array(0))
    }))

  it('puts results into an array with into: "Array"', () =>
    withPool(two, async (pool) => {
      const result = await pool.map(Int32Array.of(1, 2), (item) => ({ item }), { into: 'Array' })
      assert.deepEqual(result, [{ item: 1 }, { item: 2 }])
    }))

  it('puts results of an array into a typed array with into', () =>
    withPool(two, async (pool) => {
      const result = await pool.map(['a', 'bb', 'ccc'], (item) => item.length, {
        into: 'Uint16Array',
        chunkSize: 1,
      })
      assert.deepEqual(result, Uint16Array.of(1, 2, 3))
    }))

  it('puts results into a typed array of another kind', () =>
    withPool(two, async (pool) => {
      const result = await pool.map(Int8Array.of(1, 2), (item) => item / 2, {
        into: 'Float64Array',
      })
      assert.deepEqual(result, Float64Array.of(0.5, 1))
    }))
})

describe('onProgress', () => {
  class Uncallable {
    value = 1
  }

  it('is a function that can be called: a class is refused before anything runs, as onError too', () =>
    withPool(two, async (pool) => {
      for (const options of [
        { onProgress: Uncallable },
        { onError: Uncallable },
        { onProgress: 5 },
      ]) {
        await assert.rejects(
          pool.map([1], (x) => x, options),
          { code: 'ERR_ISOLANE_INVALID_ARGUMENT', message: /must be .*a function; got/ },
        )
      }
    }))

  it('counts up to the total, on the host', () =>
    withPool(two, async (pool) => {
      const seen = []
      await pool.map(range(20), (x) => x, {
        chunkSize: 4,
        onProgress: (progress) => seen.push(progress),
      })
      assert.equal(seen.length, 5)
      assert.ok(seen.every(({ total }) => total === 20))
      assert.deepEqual(
        seen.map(({ done }) => done),
        [4, 8, 12, 16, 20],
      )
    }))

  it('comes while other chunks still run', () =>
    withPool({ threads: 1 }, async (pool) => {
      const stop = new AbortController()
      const onProgress = ({ done }) => done === 1 && stop.abort()
      const hangAtOne = (item) => {
        if (item === 1) for (;;);
        return item
      }
      const error = await rejection(
        pool.map([0, 1], hangAtOne, { chunkSize: 1, onProgress, signal: stop.signal }),
      )
      assert.equal(error.code, 'ERR_ISOLANE_ABORTED')
    }))

  it('does not come any more once the map has failed', () =>
    withPool(two, async (pool) => {
      let calls = 0
      const fail = (item) => {
        if (item === 3) throw new Error('no')
        return item
      }
      await rejection(pool.map(range(50), fail, { chunkSize: 1, onProgress: () => calls++ }))
      const atEnd = calls
      await pool.run(() => 1)
      await until(() => pool.stats().running === 0)
      assert.equal(calls, atEnd)
    }))
})
