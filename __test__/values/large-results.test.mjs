import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rejection, withPool } from '../support/pools.mjs'

/** Makers of large results. */
const makers = {
  'an object of many keys': () => {
    const value = {}
    for (let i = 0; i < 150_000; i++) value[`key${i}`] = i
    return value
  },
  'objects of many shapes': () =>
    Array.from({ length: 50_000 }, (_, i) => ({ [`a${i % 5000}`]: i, [`b${i % 70}`]: [`${i}`] })),
  'a long list within an object': () => ({
    rows: { all: Array.from({ length: 100_000 }, (_, i) => ({ i, text: `row ${i}` })) },
  }),
  'many long texts': () => Array.from({ length: 1200 }, (_, i) => `${i % 10}`.repeat(40_000)),
}

describe('a large result', () => {
  for (const [name, make] of Object.entries(makers)) {
    it(`${name}: is made in many turns of the event loop, in which others have theirs`, () =>
      withPool({ threads: 1, sliceMs: 1 }, async (pool) => {
        const ends = []
        // Its bytes are there: from now on it is made.
        pool.once('drain', () => setImmediate(() => ends.push('another turn')))
        const value = await pool.run(make).finally(() => ends.push('large'))
        assert.deepEqual(ends, ['another turn', 'large'])
        assert.deepStrictEqual(value, make())
      }))
  }

  it('is there when close() has resolved', () =>
    withPool({ threads: 1, sliceMs: 1 }, async (pool) => {
      let isThere = false
      const result = pool.run(makers['an object of many keys']).then(() => (isThere = true))
      await pool.close()
      assert.ok(isThere)
      await result
    }))

  it('with buffers beside it, and with what is no plain data', () =>
    withPool({ threads: 1 }, async (pool) => {
      const value = await pool.run(() => {
        const texts = Array.from({ length: 30_000 }, (_, i) => `text number ${i}`)
        const bytes = new Uint8Array(200_000).fill(7)
        return { bytes, again: bytes, texts, map: new Map([[texts, new Date(5)]]) }
      })
      assert.equal(value.bytes, value.again)
      assert.equal(value.bytes[199_999], 7)
      assert.deepEqual(value.map.get(value.texts), new Date(5))
      const error = await rejection(
        pool.run(() => ({ texts: Array(30_000).fill('some text'), deep: [() => 1] })),
      )
      assert.equal(error.path, 'result.deep[0]')
    }))
})
