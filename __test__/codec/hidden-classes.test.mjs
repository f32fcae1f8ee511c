import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { Decoder, Encoder } from '../../npm/isolane/dist/codec/index.js'
import { nodePlatform } from '../../npm/isolane/dist/codec/platform-node.js'
import { SectionReader } from '../../npm/isolane/dist/codec/read/sections.js'

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
