import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { queryObjects, setFlagsFromString } from 'node:v8'
import { Decoder, Encoder } from '../../npm/isolane/dist/codec/index.js'
import { nodePlatform } from '../../npm/isolane/dist/codec/platform-node.js'
import { SectionReader } from '../../npm/isolane/dist/codec/read/sections.js'
import { Shape } from '../../npm/isolane/dist/codec/write/shapes.js'
import { range } from '../support/pools.mjs'

setFlagsFromString('--allow-natives-syntax')
// oxlint-disable-next-line no-new-func -- the syntax is not JavaScript's
const areOfOneClass = new Function('a', 'b', 'return %HaveSameMap(a, b)')

const { release } = SectionReader.prototype
after(() => (SectionReader.prototype.release = release))

/** What a reader holds when it lets a payload go, and what stays of it. */
function watch() {
  const seen = []
  SectionReader.prototype.release = function () {
    const shapes = Array.from({ length: this.shapeCount }, (_, i) => this.shapes[i])
    release.call(this)
    seen.push({ shapes, example: this.example })
  }
  return seen
}

const records = (count) =>
  Array.from({ length: count }, (_, i) => ({ id: i, name: `n${i}`, at: i / 2 }))

describe('of what the decoder makes to read a payload, an example outlives it', () => {
  const encoder = new Encoder(nodePlatform)
  const decoder = new Decoder(nodePlatform)

  // V8 changes a class as it sees what its fields hold: numbers of one and of several bytes.
  for (const count of [10, 1_000, 100_000]) {
    it(`${count} records`, () => {
      const seen = watch()
      decoder.decode(encoder.encode(records(count)))
      const [{ shapes, example }] = seen
      assert.equal(shapes.length, 1)
      assert.ok(!shapes.includes(example))
      assert.ok(areOfOneClass(shapes[0], example))
      assert.ok(areOfOneClass(shapes[0].columns, example.columns))
      for (let i = 0; i < 3; i++) {
        assert.ok(areOfOneClass(shapes[0].columns[i], example.columns[0]))
      }
    })
  }
})

const PAYLOADS = 60
/** Of one payload. */
const SHAPES = 60
/** Enough of them that something is compiled for each shape. */
const ROWS = 150
const FIELDS = 13

/** Rows, each with some of 13 fields, and others than the rows of other payloads have. */
function payload(number) {
  return range(SHAPES).flatMap((shape) => {
    const chosen = number * SHAPES + shape
    const fields = range(FIELDS).filter((field) => (chosen >> field) & 1)
    return range(ROWS).map((i) => Object.fromEntries(fields.map((field) => [`f${field}`, i])))
  })
}

describe('what an encoder keeps of shapes', () => {
  it('is bounded, however many it meets', () => {
    const encoder = new Encoder(nodePlatform)
    const decoder = new Decoder(nodePlatform)
    const arrives = (number) => {
      const items = payload(number)
      const bytes = Uint8Array.from(encoder.encode(items))
      assert.deepEqual(decoder.decode(bytes, 0, bytes.length), items)
    }
    let most = 0
    for (const number of range(PAYLOADS)) {
      if (number % 10 !== 9) encoder.encode(payload(number))
      else {
        arrives(number)
        most = Math.max(most, queryObjects(Shape, { format: 'count' }))
      }
    }
    // Their weight is some 45 KiB, and of all 3,600 it is more than may be kept.
    assert.ok(most > 1000 && most < 3200, `${most} shapes`)
    // What it has forgotten.
    arrives(0)
  })
})
