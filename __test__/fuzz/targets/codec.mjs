/** Values there and back, and bytes that no encoder has written, in this process. */
import assert from 'node:assert/strict'
import { Decoder, Encoder, interpreted, nodePlatform } from '../../codec/support.mjs'
import { makeValues } from '../../codec/random-values.mjs'
import { Finding, isTyped, shown } from '../finding.mjs'
import { mutated, randomBytes } from '../mutations.mjs'

export const engines = [undefined]
export const block = 2000

const MUTATIONS = 20
/** Decoding takes no more than the bytes justify. */
const BOUND_MB = 700

export async function open() {
  const codecs = [nodePlatform, interpreted].map((platform) => ({
    encoder: new Encoder(platform),
    decoder: new Decoder(platform),
  }))
  return {
    boundMb: BOUND_MB,
    hasNoPool: true,
    async round(_, random) {
      const bytes = roundTrip(codecs, makeValues(random).next())
      let refused = 0
      for (let n = 0; n < MUTATIONS; n++) refused += survive(codecs, mutated(random, bytes))
      survive(codecs, codecBytes(random))
      return refused > 0 ? 'round trip, some of its mutations refused' : 'round trip, none refused'
    },
    async close() {},
  }
}

/** A value arrives as structured clone would deliver it, whoever encodes and decodes. */
function roundTrip(codecs, value) {
  const expected = structuredClone(value)
  let bytes
  for (const { encoder } of codecs) {
    bytes = Uint8Array.from(encoder.encode(value))
    for (const { decoder } of codecs) {
      try {
        assert.deepStrictEqual(decoder.decode(bytes), expected)
      } catch (error) {
        throw new Finding('round trip', error.message.slice(0, 1500))
      }
    }
  }
  return bytes
}

/** Decoding either works or refuses. Returns how often it refused. */
function survive(codecs, bytes) {
  let refused = 0
  for (const { decoder } of codecs) {
    try {
      decoder.decode(bytes)
    } catch (error) {
      if (!isTyped(error)) {
        throw new Finding('untyped error', `${shown(error)}\nfor the bytes ${shown([...bytes])}`)
      }
      refused++
    }
  }
  return refused
}

/** With a head that lets the rest be read. */
function codecBytes(random) {
  const bytes = randomBytes(random, 64)
  bytes[0] = 1
  bytes[1] = random.integer(0, 3)
  return bytes
}
