import assert from 'node:assert/strict'
import { it } from 'node:test'
import { queryObjects } from 'node:v8'
import { Shape } from '../../npm/isolane/dist/codec/write/shapes.js'
import { range } from '../support/pools.mjs'
import { Decoder, Encoder, nodePlatform } from './support.mjs'

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

it('what an encoder keeps of shapes is bounded, however many it meets', () => {
  const encoder = new Encoder(nodePlatform)
  const decoder = new Decoder(nodePlatform)
  const arrives = (number) => {
    const items = payload(number)
    const bytes = Uint8Array.from(encoder.encode(items))
    assert.deepEqual(decoder.decode(bytes, 0, bytes.length), items)
  }
  let most = 0
  for (const number of range(PAYLOADS)) {
    if (number % 5 !== 0) encoder.encode(payload(number))
    else {
      arrives(number)
      most = Math.max(most, queryObjects(Shape, { format: 'count' }))
    }
  }
  // Their weight is some 45 KiB, and of all 3,600 it is more than may be kept.
  assert.ok(most > 1000 && most < 3000, `${most} shapes`)
  // What it has forgotten.
  arrives(0)
})
