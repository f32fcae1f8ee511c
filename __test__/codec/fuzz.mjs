// Fuzzes the codec: `node __test__/codec/fuzz.mjs [seconds] [seed]`. Prints the seed; the same seed
// gives the same inputs.

import assert from 'node:assert/strict'
import { makeRandom } from '../../bench/workloads/random.mjs'
import { makeValues } from './random-values.mjs'
import { BadPayloadError, Decoder, Encoder, interpreted, nodePlatform } from './support.mjs'

const seconds = Number(process.argv[2] ?? process.env.FUZZ_SECONDS ?? 10)
const seed = Number(process.argv[3] ?? process.env.FUZZ_SEED ?? Date.now() % 1e9)
const random = makeRandom(seed)
console.log(`fuzzing for ${seconds} s with seed ${seed}`)

const codecs = [nodePlatform, interpreted].map((platform) => ({
  encoder: new Encoder(platform),
  decoder: new Decoder(platform),
}))
const values = makeValues(random)
const runs = { roundTrips: 0, mutations: 0, refused: 0, random: 0 }

/** A value arrives as structured clone would deliver it, whoever encodes and decodes. */
function checkRoundTrip(value) {
  const expected = structuredClone(value)
  let bytes
  for (const { encoder } of codecs) {
    bytes = Uint8Array.from(encoder.encode(value))
    for (const { decoder } of codecs) assert.deepStrictEqual(decoder.decode(bytes), expected)
  }
  runs.roundTrips++
  return bytes
}

/** Decoding either works or refuses; it allocates no more than the input justifies. */
function survive(bytes) {
  for (const { decoder } of codecs) {
    try {
      decoder.decode(bytes)
    } catch (error) {
      if (!(error instanceof BadPayloadError || error instanceof RangeError)) throw error
      runs.refused++
    }
  }
  runs.mutations++
}

function mutate(bytes) {
  const copy = Uint8Array.from(bytes)
  const edits = random.integer(1, 4)
  for (let i = 0; i < edits; i++) {
    const at = random.integer(0, copy.length - 1)
    copy[at] = random.pick([
      random.integer(0, 255),
      copy[at] ^ (1 << random.integer(0, 7)),
      0xff,
      0,
    ])
  }
  return random.chance(0.2) ? copy.subarray(0, random.integer(0, copy.length)) : copy
}

function randomBytes() {
  const bytes = Uint8Array.from({ length: random.integer(0, 64) }, () => random.integer(0, 255))
  bytes[0] = 1
  bytes[1] = random.integer(0, 3)
  return bytes
}

const end = Date.now() + seconds * 1000
while (Date.now() < end) {
  const value = values.next()
  const bytes = checkRoundTrip(value)
  for (let i = 0; i < 20; i++) survive(mutate(bytes))
  survive(randomBytes())
  runs.random++
}
console.log(JSON.stringify(runs))
