import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BadPayloadError, Decoder, Encoder, nodePlatform, times } from './support.mjs'

const encoder = new Encoder(nodePlatform)
const decoder = new Decoder(nodePlatform)
const encode = (value) => Uint8Array.from(encoder.encode(value))

const refused = (bytes) =>
  assert.throws(
    () => decoder.decode(Uint8Array.from(bytes)),
    (error) =>
      error instanceof BadPayloadError &&
      error.code === 'ERR_ISOLANE_BAD_PAYLOAD' &&
      Number.isInteger(error.offset) &&
      error.offset >= 0,
  )

describe('hostile bytes', () => {
  test('no bytes, a wrong version, unknown flags, an unknown token', () => {
    for (const bytes of [[], [1], [1, 0], [2, 0, 0], [1, 8, 0], [1, 0, 0x3f], [1, 0, 0xff]])
      refused(bytes)
  })

  test('every truncation of a payload with sections', () => {
    const bytes = encode(times(50, (i) => ({ id: i, name: `n${i}`, list: [i, i / 2] })))
    for (let length = 0; length < bytes.length; length++) refused(bytes.subarray(0, length))
  })

  test('lengths that the input does not justify', () => {
    const huge = [0xff, 0xff, 0xff, 0xff, 0x0f]
    for (const token of [4 + 3, 8, 9, 19, 22, 23, 26, 28])
      refused([1, 0, token, ...huge, ...huge, 0, 0])
  })

  test('a sequence of integers that leaves their range', () => {
    const bytes = [...encode(times(20, (i) => i + 5))]
    const at = bytes.lastIndexOf(5, bytes.length - 9)
    // The width code of a sequence, then its first integer.
    assert.deepEqual(bytes.slice(at - 1, at + 1), [5, 5])
    refused([...bytes.slice(0, at), 0xff, 0xff, 0xff, 0xff, 0x07, ...bytes.slice(at + 1)])
    refused([...bytes.slice(0, at), 0xff, 0xff, 0xff, 0xff, 0x0f, ...bytes.slice(at + 1)])
  })

  test('bytes behind the value', () => {
    refused([...encode(1), 0, 0, 0, 0, 0, 0, 0, 0])
  })

  test('references to objects that are not there', () => {
    refused([1, 2, 14, 0])
    refused([1, 0, 14, 0])
    refused([1, 2, 0xc1, 14, 1])
  })

  test('a payload may stand anywhere in a larger buffer', () => {
    const value = times(100, (i) => ({ id: i, ratio: i / 3, name: `n${i % 7}` }))
    const bytes = encode(value)
    for (let offset = 0; offset < 9; offset++) {
      const large = new Uint8Array(bytes.length + offset + 5).fill(0xee)
      large.set(bytes, offset)
      assert.deepEqual(decoder.decode(large, offset, bytes.length), value)
    }
  })

  test('decodeInto refuses what is no array, and fills the target otherwise', () => {
    const bytes = encode({})
    assert.throws(() => decoder.decodeInto(bytes, 0, bytes.length, [], 0), BadPayloadError)
    for (const count of [0, 3, 200]) {
      const items = times(count, (i) => ({ i }))
      const payload = Uint8Array.from(encoder.encodeRange(['x', ...items, 'y'], 1, count + 1))
      assert.deepEqual(decoder.decode(payload), items)
      const target = new Array(count + 4).fill(null)
      assert.equal(decoder.decodeInto(payload, 0, payload.length, target, 2), count)
      assert.deepEqual(target, [null, null, ...items, null, null])
    }
  })
})
