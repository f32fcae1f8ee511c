import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { Decoder, Encoder } from '../../npm/isolane/dist/codec/index.js'
import { nodePlatform } from '../../npm/isolane/dist/codec/platform-node.js'

setFlagsFromString('--allow-natives-syntax')
// oxlint-disable-next-line no-new-func -- the syntax is not JavaScript's
const hasBoxes = new Function('array', 'return %HasObjectElements(array)')

const encoder = new Encoder(nodePlatform)
const decoder = new Decoder(nodePlatform)
const carried = (value) => decoder.decode(encoder.encode(value).slice())

const doubles = (length) => Array.from({ length }, (_, i) => i + 0.5)
const integers = (length) => Array.from({ length }, (_, i) => i)
const mixed = (length) => Array.from({ length }, (_, i) => (i % 2 === 0 ? i : i + 0.5))

describe('decoded arrays of numbers are to V8 what array literals of numbers are', () => {
  // What is made first must not decide what is made later.
  carried([['a', 'b', 'c', 'd', 'e'], [{ a: 1 }], [null, 1, 'x', {}]])

  for (const make of [doubles, integers, mixed]) {
    for (const length of [1, 2, 3, 4, 5, 100]) {
      it(`${length} ${make.name}, in records`, () => {
        const records = Array.from({ length: 20 }, (_, i) => ({
          name: `n${i}`,
          at: i % 3 === 0 ? integers(length) : make(length),
          tags: ['a', 'b', 'c', 'd', `e${i}`],
        }))
        const decoded = carried(records)
        // Not deepEqual: it reads arrays of all kinds in one place, and V8 then makes them all of one.
        assert.equal(JSON.stringify(decoded), JSON.stringify(records))
        for (const { at, tags } of decoded)
          assert.deepEqual([at, tags].map(hasBoxes), [false, true])
      })
    }
    for (const length of [1, 4, 5, 100]) {
      it(`${length} ${make.name}, by themselves and in one record`, () => {
        assert.equal(hasBoxes(carried(make(length))), false)
        assert.equal(hasBoxes(carried({ at: make(length) }).at), false)
      })
    }
  }
})
