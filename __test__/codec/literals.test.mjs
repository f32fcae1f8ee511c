/** What the prelude reads and writes without the codec must be what the codec reads and writes. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { Decoder, Encoder, nodePlatform } from './support.mjs'

const require = createRequire(import.meta.url)
const {
  NO_LITERAL,
  readLiteral,
  writeLiteral,
} = require('../../npm/isolane/dist/driver/literals.js')

const encoder = new Encoder(nodePlatform)
const decoder = new Decoder(nodePlatform)
const payloadOf = (value) => encoder.encode(value).slice()

const powers = Array.from({ length: 32 }, (_, i) => 2 ** i)
const integers = [...powers, ...powers.map((n) => n - 1), ...powers.map((n) => n + 1)]
  .flatMap((n) => [n, -n])
  .filter((n) => (n | 0) === n && !Object.is(n, -0))
const literals = [undefined, null, false, true, ...integers]
const others = [-0, NaN, 0.5, 2 ** 31, -(2 ** 31) - 1, Infinity, '', 'x', 0n, [], {}, new Date(0)]

describe('literals', () => {
  it('are written as the encoder writes them', () => {
    for (const value of literals) assert.deepEqual(writeLiteral(value), payloadOf(value))
  })

  it('are read as the decoder reads them, wherever they are', () => {
    for (const value of literals) {
      const payload = payloadOf(value)
      assert.ok(Object.is(readLiteral(payload, 0, payload.length), value), String(value))
      const bytes = Uint8Array.of(9, 9, 9, ...payload, 9, 9)
      assert.ok(Object.is(readLiteral(bytes, 3, payload.length), value), String(value))
    }
  })

  it('are all: any other value is left to the codec', () => {
    for (const value of others) {
      assert.equal(writeLiteral(value), undefined, String(value))
      const payload = payloadOf(value)
      assert.equal(readLiteral(payload, 0, payload.length), NO_LITERAL, String(value))
    }
    for (const value of [Symbol('x'), () => 1]) assert.equal(writeLiteral(value), undefined)
  })

  it('are never what the decoder reads otherwise, or refuses', () => {
    const bytes = new Uint8Array(8)
    for (let token = 0; token < 256; token++) {
      for (const tail of [
        [],
        [0],
        [1],
        [0x80],
        [0xff, 0xff, 0xff, 0xff, 0x0f],
        [0x80, 0x80, 0x80, 0x80, 0x10],
        [0xff, 1],
      ]) {
        // prettier-ignore
        for (const head of [[1, 0], [1, 2], [2, 0], [0, 0]]) { // prettier-ignore
          bytes.fill(0)
          bytes.set([...head, token, ...tail])
          const length = 3 + tail.length
          const value = readLiteral(bytes, 0, length)
          if (value !== NO_LITERAL) assert.ok(Object.is(value, decoder.decode(bytes, 0, length)))
        }
      }
    }
    for (let length = 0; length < 3; length++) {
      assert.equal(readLiteral(payloadOf(1), 0, length), NO_LITERAL)
    }
  })
})
