/** Buffers that are given up, large buffers beside payloads, and results put where they belong. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { move } from 'isolane'
import { engine } from '../support/engine.mjs'
import { rejection, withPool } from '../support/pools.mjs'

const KIB = 1 << 10
const MIB = 1 << 20

const counting = (length, Kind = Uint8Array) => Kind.from({ length }, (_, i) => i & 0x7f)
/** Whatever the engine gives: compared as bytes. */
const sameBytes = (actual, expected) =>
  assert.ok(Buffer.compare(bytes(actual), bytes(expected)) === 0)
const bytes = (value) =>
  ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value)

describe('move', () => {
  test('takes the memory out of its argument', () => {
    for (const make of [
      () => new ArrayBuffer(10),
      () => new Uint8Array(10),
      () => new Float64Array(10),
      () => new BigInt64Array(10),
      () => new DataView(new ArrayBuffer(10)),
      () => Buffer.alloc(100_000),
    ]) {
      const value = make()
      const { byteLength } = value
      const moved = move(value)
      assert.equal((ArrayBuffer.isView(value) ? value.buffer : value).byteLength, 0)
      assert.equal(moved.byteLength, byteLength)
      assert.equal(Object.prototype.toString.call(moved), Object.prototype.toString.call(make()))
      assert.equal(Buffer.isBuffer(moved), Buffer.isBuffer(make()))
    }
    assert.deepEqual(move(Float64Array.of(1, 2)), Float64Array.of(1, 2))
  })

  test('refuses what cannot be moved, and leaves it as it is', () => {
    const detached = new ArrayBuffer(8)
    structuredClone(detached, { transfer: [detached] })
    const pooled = Buffer.from('pooled')
    const refused = [
      [new SharedArrayBuffer(8), /shared/],
      [new Uint8Array(new SharedArrayBuffer(8)), /shared/],
      [new ArrayBuffer(8, { maxByteLength: 16 }), /resizable/],
      [detached, /detached already/],
      [new WebAssembly.Memory({ initial: 1 }).buffer, /cannot be moved/],
      [pooled, /6 of the \d+ bytes/],
      [pooled.buffer, /cannot be moved/],
      [new Uint8Array(pooled.buffer), /cannot be moved/],
      [new Float64Array(new ArrayBuffer(32), 8), /24 of the 32 bytes/],
    ]
    for (const [value, message] of refused) {
      const before = value.byteLength
      assert.throws(() => move(value), { code: 'ERR_ISOLANE_INVALID_ARGUMENT', message })
      assert.equal(value.byteLength, before)
    }
    for (const value of [undefined, null, 1, 'text', {}, [1], new Blob([])]) {
      assert.throws(() => move(value), {
        code: 'ERR_ISOLANE_INVALID_ARGUMENT',
        message: /value must be an ArrayBuffer or a view/,
      })
    }
    assert.equal(String(pooled), 'pooled')
    const twice = new Uint8Array(8)
    move(twice)
    assert.throws(() => move(twice), /detached already/)
  })

  test('gives items to map, forEach and reduce', () =>
    withPool({ threads: 2 }, async (pool) => {
      const moved = move(counting(100_000, Float64Array))
      const doubled = await pool.map(moved, (x, i) => x * 2 + i, { chunkSize: 999 })
      assert.deepEqual(
        doubled,
        counting(100_000, Float64Array).map((x, i) => x * 2 + i),
      )
      assert.equal(moved.byteLength, 0)
      assert.equal(await pool.forEach(move(counting(1000)), () => {}), undefined)
      const reduce = (a, b) => a + b
      assert.equal(await pool.reduce(move(new Float64Array(1000).fill(3)), { reduce }), 3000)
      assert.deepEqual(await pool.map(move(new Uint8Array(0)), (x) => x), new Uint8Array(0))
    }))

  test('gives what calls need back to nobody', () =>
    withPool({ threads: 1 }, async (pool) => {
      const odd = await pool.filter(move(counting(100_000)), (x) => x % 2 === 1)
      assert.deepEqual(
        odd,
        counting(100_000).filter((x) => x % 2 === 1),
      )
      const onError = (item) => item + 1
      const fails = (x) => {
        if (x === 5) throw new Error('five')
        return x
      }
      const replaced = await pool.map(move(counting(10)), fails, { onError })
      assert.deepEqual(replaced.results, Uint8Array.of(0, 1, 2, 3, 4, 6, 6, 7, 8, 9))
      const omitted = await pool.map(move(counting(10)), fails, { onError: 'omit' })
      assert.deepEqual(omitted.results, Uint8Array.of(0, 1, 2, 3, 4, 6, 7, 8, 9))
    }))

  test('gives arguments and what is inside of items', () =>
    withPool({ threads: 2 }, async (pool) => {
      for (const size of [10, 64 * KIB - 1, 64 * KIB, 3 * MIB]) {
        const given = move(counting(size))
        const { buffer } = given
        const sum = await pool.run(({ data }) => data.reduce((a, b) => a + b), { data: given })
        assert.equal(
          sum,
          counting(size).reduce((a, b) => a + b),
        )
        if (size >= 64 * KIB) assert.equal(buffer.byteLength, 0)
      }
      const items = Array.from({ length: 20 }, (_, id) => ({
        id,
        image: move(Buffer.alloc(100_000, id)),
        raw: move(new ArrayBuffer(70_000)),
      }))
      const seen = await pool.map(items, ({ id, image, raw }) => [
        id,
        image.every((byte) => byte === id),
        image.length,
        raw.byteLength,
      ])
      assert.deepEqual(
        seen,
        items.map(({ id }) => [id, true, 100_000, 70_000]),
      )
    }))

  test('keeps one identity within a payload, and only there', () =>
    withPool({ threads: 1 }, async (pool) => {
      const given = move(new Uint8Array(100_000).fill(1))
      const pair = await pool.run(
        ([a, b]) => [a === b, a.buffer === b.buffer, b.length],
        [given, given],
      )
      assert.deepEqual(pair, [true, true, 100_000])
      const error = await rejection(pool.run((x) => x.length, given))
      assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
      assert.match(error.message, /detached/)
    }))

  test('takes a part of what was moved as a copy', () =>
    withPool({ threads: 1 }, async (pool) => {
      const given = move(counting(200_000))
      const part = Buffer.from(given.buffer, 5, 100_000)
      sameBytes(await pool.run((x) => x, part), counting(200_000).subarray(5, 100_005))
      assert.equal(given.length, 200_000)
    }))
})

describe('large buffers', () => {
  test('arrive with their kind, their views and their identity', () =>
    withPool({ threads: 1 }, async (pool) => {
      const buffer = counting(200_000).buffer
      const value = {
        buffer,
        whole: new Uint8Array(buffer),
        part: new Float64Array(buffer, 8, 100),
        view: new DataView(buffer, 1, 5),
        again: buffer,
        other: counting(100_000, Int32Array),
        node: Buffer.alloc(100_000, 7),
        small: counting(10),
      }
      const back = await pool.run((x) => x, value)
      // Isolates have no Buffers.
      const node = engine === 'v8' ? new Uint8Array(value.node) : value.node
      assert.deepEqual(back, { ...value, node })
      assert.equal(back.whole.buffer, back.buffer)
      assert.equal(back.again, back.buffer)
      assert.equal(back.part.byteOffset, 8)
      assert.equal(buffer.byteLength, 200_000, 'what was not moved stays')
    }))

  test('are as they were when the call was made', () =>
    withPool({ threads: 1 }, async (pool) => {
      const data = new Uint8Array(MIB).fill(1)
      const call = pool.run((x) => x.every((byte) => byte === 1), data)
      data.fill(2)
      assert.equal(await call, true)
    }))

  test('are the function’s own, and the result is as it was when it was given', () =>
    withPool({ threads: 1 }, async (pool) => {
      const keep = (x) => {
        globalThis.kept ??= x
        Promise.resolve().then(() => globalThis.kept.fill(9))
        return globalThis.kept
      }
      const options = engine === 'v8' ? { stateful: true, tenant: 'keeper' } : {}
      const first = await pool.run(keep, new Uint8Array(MIB).fill(1), options)
      assert.ok(first.every((byte) => byte === 1))
      const second = await pool.run(keep, new Uint8Array(MIB).fill(2), options)
      assert.ok(second.every((byte) => byte === 9))
      assert.ok(
        first.every((byte) => byte === 1),
        'nobody writes to a result',
      )
      first.fill(3)
      assert.equal((await pool.run(keep, undefined, options))[0], 9)
    }))

  test('come with the results of map, in every chunk', () =>
    withPool({ threads: 2 }, async (pool) => {
      const make = (n) => ({ n, data: new Uint8Array(70_000).fill(n) })
      const made = await pool.map(
        Array.from({ length: 30 }, (_, n) => n),
        make,
        { chunkSize: 4 },
      )
      for (const [n, { data }] of made.entries()) {
        assert.equal(made[n].n, n)
        assert.ok(data.length === 70_000 && data.every((byte) => byte === n))
      }
      const { results, failures } = await pool.map(
        [1, 2, 3],
        (n) => {
          if (n === 2) throw new Error('two')
          return new Uint8Array(70_000).fill(n)
        },
        { onError: 'omit' },
      )
      assert.deepEqual(
        results.map((data) => [data.length, data[0]]),
        [
          [70_000, 1],
          [70_000, 3],
        ],
      )
      assert.equal(failures[0].index, 1)
    }))

  test('may be used up by the function like any other', () =>
    withPool({ threads: 1 }, async (pool) => {
      const consume = (data) => {
        if (data.buffer.transfer === undefined) return [data.length, 0, 9]
        const shorter = data.buffer.transfer(100_000)
        const moved = shorter.transfer()
        return [moved.byteLength + 100_000, data.length, new Uint8Array(moved)[99_999]]
      }
      for (const give of [(data) => data, move]) {
        const seen = await pool.run(consume, give(new Uint8Array(200_000).fill(9)))
        assert.equal(seen[0], 200_000)
        assert.deepEqual(seen.slice(1), [0, 9])
      }
    }))

  test('that a getter takes away meanwhile are missed, and nothing else', () =>
    withPool({ threads: 1 }, async (pool) => {
      const data = new Uint8Array(100_000)
      const value = {
        data,
        get late() {
          return structuredClone(data.buffer, { transfer: [data.buffer] }).byteLength
        },
      }
      const error = await rejection(pool.run((x) => x, value))
      assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
      assert.match(error.message, /a getter that detaches/)
      const take = () => {
        const buffer = new ArrayBuffer(100_000)
        const detach = () =>
          buffer.transfer === undefined
            ? structuredClone(buffer, { transfer: [buffer] })
            : buffer.transfer()
        return {
          buffer,
          get late() {
            return detach().byteLength
          },
        }
      }
      assert.equal((await rejection(pool.run(take))).code, 'ERR_ISOLANE_NOT_CLONEABLE')
      assert.equal(await pool.run(() => 1), 1)
    }))

  test('of a value whose getter makes a call stay with their payloads', () =>
    withPool({ threads: 1 }, async (pool) => {
      let inner
      const value = {
        before: new Uint8Array(100_000).fill(1),
        get call() {
          inner = pool.run((x) => x, new Uint8Array(80_000).fill(2))
          return 3
        },
        after: new Uint8Array(90_000).fill(4),
      }
      const { before, call, after } = await pool.run((x) => x, value)
      assert.deepEqual([before.length, before[9], call], [100_000, 1, 3])
      assert.deepEqual([after.length, after[9]], [90_000, 4])
      assert.deepEqual(await inner, new Uint8Array(80_000).fill(2))
    }))

  test('count against maxResultMb', () =>
    withPool({ threads: 1, maxResultMb: 1 }, async (pool) => {
      const error = await rejection(pool.run(() => new Uint8Array(1.5 * 1024 * 1024)))
      assert.equal(error.code, 'ERR_ISOLANE_RESULT_TOO_LARGE')
      const many = await rejection(pool.map(new Float64Array(200_000), (x) => x))
      assert.equal(many.code, 'ERR_ISOLANE_RESULT_TOO_LARGE')
    }))

  test(
    'count against memoryLimitMb',
    { skip: engine === 'node' && 'a Worker counts its heap only' },
    () =>
      withPool({ threads: 1, memoryLimitMb: 64 }, async (pool) => {
        const keep = (x) => {
          globalThis.all ??= []
          globalThis.all.push(x)
          return globalThis.all.length
        }
        const options = { stateful: true, tenant: 'hoarder' }
        let kept = 0
        const error = await rejection(
          (async () => {
            for (;;) kept = await pool.run(keep, new Uint8Array(4 * MIB), options)
          })(),
        )
        assert.equal(error.code, 'ERR_ISOLANE_MEMORY_LIMIT')
        assert.ok(kept < 16, `kept ${kept} times 4 MiB of 64`)
        // What is not kept is given back.
        for (let i = 0; i < 50; i++) {
          assert.equal(await pool.run((x) => x.length, new Uint8Array(4 * MIB)), 4 * MIB)
        }
      }),
  )
})
