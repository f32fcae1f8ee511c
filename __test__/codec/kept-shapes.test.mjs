import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { range } from '../support/pools.mjs'
import { Decoder, Encoder, nodePlatform } from './support.mjs'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

const MIB = 2 ** 20
const PAYLOADS = 80
/** Of one payload. */
const SHAPES = 60
/** Enough of them that V8 compiles what is made for a shape. */
const ROWS = 150
const FIELDS = 13

const KINDS = [
  (i) => i,
  (i) => i / 3,
  (i) => `text ${i}`,
  (i) => i % 2 === 0,
  () => null,
  (i) => [i],
  (i) => ({ a: i }),
]

/** Rows, each with some of 13 fields, and others than the rows of other payloads have. */
function payload(number) {
  return range(SHAPES).flatMap((shape) => {
    const chosen = number * SHAPES + shape
    const fields = range(FIELDS).filter((field) => (chosen >> field) & 1)
    const valueOf = (field, i) => KINDS[(i + field) % KINDS.length](i)
    return range(ROWS).map((i) =>
      Object.fromEntries(fields.map((field) => [`f${field}`, valueOf(field, i)])),
    )
  })
}

function heap() {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

it('what an encoder keeps of shapes is bounded, however many it meets', () => {
  const encoder = new Encoder(nodePlatform)
  const decoder = new Decoder(nodePlatform)
  const arrives = (number) => {
    const items = payload(number)
    const bytes = Uint8Array.from(encoder.encode(items))
    assert.deepEqual(decoder.decode(bytes, 0, bytes.length), items)
  }
  arrives(0)
  const before = heap()
  let most = 0
  for (let number = 1; number < PAYLOADS; number++) {
    encoder.encode(payload(number))
    if (number % 5 === 0) most = Math.max(most, heap() - before)
  }
  assert.ok(most < 140 * MIB, `${(most / MIB).toFixed(0)} MiB more`)
  // What it has forgotten, and what it knows.
  arrives(0)
  arrives(PAYLOADS - 1)
})
