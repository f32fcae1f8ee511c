import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyV8 } from '../support/engine.mjs'
import { range, withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

const small = { threads: 1, memoryLimitMb: 64 }

/** A module whose `g` calls the import `m.f`. */
const CALLS = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 109, 1, 102, 0, 0, 3, 2, 1, 0, 7, 5,
  1, 1, 103, 0, 1, 10, 6, 1, 4, 0, 16, 0, 11,
]

describe('what is charged to an isolate outside of its heap', () => {
  it('comes back with the garbage', onlyV8, () =>
    withPool(small, async (pool) => {
      const litter = () => {
        const make = () => new ArrayBuffer(1, { maxByteLength: 8192 })
        for (let n = 0; n < 10_000; n++) make()
        for (let n = 0; n < 30; n++) new Intl.Segmenter('en').segment('x'.repeat(2e6))
        return make().maxByteLength
      }
      for (const _ of range(2)) assert.equal(await pool.run(litter), 8192)
    }),
  )

  it(
    'comes back from stacks as their calls end, however long their promises are kept',
    onlyV8,
    () =>
      withPool(small, async (pool) => {
        const suspended = async (bytes) => {
          const log = []
          const f = new WebAssembly.Suspending(async () => {
            log.push('suspended')
          })
          const { exports } = new WebAssembly.Instance(
            new WebAssembly.Module(new Uint8Array(bytes)),
            {
              m: { f },
            },
          )
          const call = WebAssembly.promising(exports.g)
          const kept = []
          for (let n = 0; n < 500; n++) {
            kept.push(call())
            await kept.at(-1) // oxlint-disable-line no-await-in-loop
          }
          return [log.length, kept.length, typeof call]
        }
        assert.deepEqual(await pool.run(suspended, CALLS), [500, 500, 'function'])
      }),
  )

  it('is not kept by waits that nobody wakes, call after call', onlyV8, () =>
    withPool(small, async (pool) => {
      const wait = () => {
        const words = new Int32Array(new SharedArrayBuffer(8))
        for (let n = 0; n < 5000; n++) Atomics.waitAsync(words, 0, 0)
        return Atomics.notify(words, 0, 1)
      }
      for (const _ of range(20)) assert.equal(await pool.run(wait), 1)
    }),
  )

  it('is not taken by what does not wait', onlyV8, () =>
    withPool(small, async (pool) => {
      const look = () => {
        const words = new Int32Array(new SharedArrayBuffer(8))
        let last
        for (let n = 0; n < 100_000; n++) last = Atomics.waitAsync(words, 0, 1)
        return last
      }
      assert.deepEqual(await pool.run(look), { async: false, value: 'not-equal' })
    }),
  )

  it('behaves as in the language', onlyV8, () =>
    withPool(small, async (pool) => {
      const names = () => {
        const segments = new Intl.Segmenter('en', { granularity: 'word' }).segment('one two')
        const words = [...segments].map(({ segment }) => segment)
        const { segment } = Intl.Segmenter.prototype
        const iterate = Object.getPrototypeOf(segments)[Symbol.iterator]
        const locale = new Intl.Locale('en').maximize().toString()
        const { normalize } = String.prototype
        const long = 'e\u0301'.repeat(1e5)
        const normal = [long, new String(long), { toString: () => long }].map(
          (text) => normalize.call(text).length,
        )
        const refused = [null, undefined, Symbol('s')].map((text) => {
          try {
            return normalize.call(text)
          } catch ({ name }) {
            return name
          }
        })
        const { waitAsync } = Atomics
        return [
          ...normal,
          ...refused,
          normalize.name,
          waitAsync.name,
          waitAsync.length,
          words,
          segment.name,
          segment.length,
          iterate.name,
          iterate.length,
          locale,
        ]
      }
      const texts = [
        1e5,
        1e5,
        1e5,
        'TypeError',
        'TypeError',
        'TypeError',
        'normalize',
        'waitAsync',
        4,
      ]
      const expected = [
        ...texts,
        ['one', ' ', 'two'],
        'segment',
        1,
        '[Symbol.iterator]',
        0,
        'en-Latn-US',
      ]
      assert.deepEqual(await pool.run(names), expected)
    }),
  )
})

describe('memory mappings of the process', () => {
  it('are enough for all isolates of all pools together', onlyV8, async () => {
    const { code, signal, stdout } = await runScript(`
      import { Pool } from './__test__/support/engine.mjs'
      const hoard = () => {
        const all = []
        try {
          for (;;) all.push(new ArrayBuffer(1, { maxByteLength: 8192 }))
        } catch {}
        globalThis.all = all
        return all.length
      }
      const pools = [1, 2].map(() => new Pool({ threads: 3 }))
      const calls = pools.flatMap((pool) => [1, 2, 3].map(() => pool.run(hoard, 0, { stateful: true })))
      const held = await Promise.all(calls)
      const more = new Pool({ threads: 4, memoryLimitMb: 64 })
      const next = await more.map([1, 2, 3, 4], (x) => new Uint8Array(1e6).fill(x)[9], { chunkSize: 1 })
      console.log(held.every((count) => count <= 16_384), next.join())
      process.exit()
    `)
    assert.deepEqual({ code, signal }, { code: 0, signal: null })
    assert.equal(stdout, 'true 1,2,3,4\n')
  })
})
