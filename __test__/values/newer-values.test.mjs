import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyV8 } from '../support/engine.mjs'
import { rejection, withPool } from '../support/pools.mjs'

/** What isolates have, and the host may lack: source, what errors call it, and how the host makes one. */
const newer = [
  ['/(?i:a)b/', /^a RegExp that the receiving V8 lacks \(.+\/\(\?i:a\)b\/.+\)$/, () => new RegExp('(?i:a)b')],
  ['/(?<y>a)|(?<y>b)/', /^a RegExp that/, () => new RegExp('(?<y>a)|(?<y>b)')],
  ['new Float16Array(2)', /^a Float16Array that the receiving V8 lacks$/, () => new Float16Array(2)],
] // prettier-ignore

function isLacking(make) {
  try {
    make()
    return false
  } catch {
    return true
  }
}

describe('values that only a newer V8 has', onlyV8, () => {
  for (const [source, what, make] of newer) {
    const skip = isLacking(make) ? false : 'this Node has them'

    it(`${source}: a call that gives one rejects with its path`, { skip }, () =>
      withPool({ threads: 1 }, async (pool) => {
        const error = await rejection(pool.run({ source: `() => ({ deep: [new Map([['k', ${source}]])] })` })) // prettier-ignore
        assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
        assert.equal(error.path, 'result.deep[0].get("k")')
        assert.match(error.what, what)
        assert.match(error.message, /; send it in another form$/)
        const map = pool.map([1, 2, 3], { source: `(x) => (x === 3 ? { deep: ${source} } : x)` })
        assert.equal((await rejection(map)).path, 'result[2].deep')
        assert.equal(await pool.run((x) => x, 1), 1)
      }),
    )

    it(`${source}: only the item that gives one fails`, { skip }, () =>
      withPool({ threads: 1 }, async (pool) => {
        const fn = { source: `(x) => (x % 3 === 1 ? [x, { deep: ${source} }] : [x])` }
        const items = [0, 1, 2, 3, 4, 5]
        const given = {
          settle: [[0], 'path', [2], [3], 'path', [5]],
          omit: [[0], [2], [3], [5]],
          original: [[0], 1, [2], [3], 4, [5]],
        }
        for (const chunkSize of [1, 2, 6]) {
          for (const [onError, expected] of Object.entries(given)) {
            const { results, failures } = await pool.map(items, fn, { onError, chunkSize })
            const seen = results.map((result) => {
              if (onError !== 'settle') return result
              return result.status === 'fulfilled' ? result.value : 'path'
            })
            assert.deepEqual(seen, expected)
            const paths = failures.map(({ index, error }) => [index, error.path, error.code])
            assert.deepEqual(paths, [
              [1, 'result[1][1].deep', 'ERR_ISOLANE_NOT_CLONEABLE'],
              [4, 'result[4][1].deep', 'ERR_ISOLANE_NOT_CLONEABLE'],
            ])
          }
        }
      }),
    )

    it(`${source}: buffers beside the payload and objects met twice stay what they are`, { skip }, () =>
      withPool({ threads: 1 }, async (pool) => {
        const make = `(x) => {
          const bytes = new Uint8Array(100_000).fill(x)
          return x === 1 ? { bytes, newer: ${source} } : { bytes, again: bytes }
        }`
        const { results } = await pool.map([1, 2], { source: make }, { onError: 'original', chunkSize: 2 }) // prettier-ignore
        assert.equal(results[0], 1)
        assert.equal(results[1].bytes[99_999], 2)
        assert.equal(results[1].bytes, results[1].again)
      })) // prettier-ignore

    it(`${source}: an error that carries one is told`, { skip }, () =>
      withPool({ threads: 1 }, async (pool) => {
        const thrower = `() => { throw Object.assign(new RangeError('wrong'), { newer: ${source}, at: 5 }) }`
        const error = await rejection(pool.run({ source: thrower }))
        assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
        assert.deepEqual([error.cause.name, error.cause.message, error.cause.at], ['RangeError', 'wrong', 5]) // prettier-ignore
      }),
    )
  }
})
