// Fuzzes the codec: `node __test__/codec/fuzz.mjs [seconds] [seed]`. Prints the seed; the same seed
// gives the same inputs.

import assert from 'node:assert/strict'
import { makeRandom } from '../../bench/workloads/random.mjs'
import { BadPayloadError, Decoder, Encoder, interpreted, nodePlatform } from './support.mjs'

const seconds = Number(process.argv[2] ?? process.env.FUZZ_SECONDS ?? 10)
const seed = Number(process.argv[3] ?? process.env.FUZZ_SEED ?? Date.now() % 1e9)
const random = makeRandom(seed)
console.log(`fuzzing for ${seconds} s with seed ${seed}`)

const codecs = [nodePlatform, interpreted].map((platform) => ({
  encoder: new Encoder(platform),
  decoder: new Decoder(platform),
}))
/** Containers that the current value may still have. */
let room = 0
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

function randomValue(depth, shared = []) {
  // Shared values share nothing themselves: comparing walks them once for each reference.
  if (depth > 1 && shared.length > 0 && random.chance(0.05)) return random.pick(shared)
  if (depth === 0 || --room < 0 || random.chance(0.2)) return scalar()
  const value = random.pick([array, records, object, map, set, typed, sparse])(depth - 1, shared)
  if (depth === 1) shared.push(value)
  return value
}

function scalar() {
  return random.pick([
    () => random.integer(-(2 ** 31), 2 ** 31),
    () => random.integer(-3, 200),
    () => random.next() * 10 ** random.integer(-300, 300),
    () => random.pick([undefined, null, true, false, NaN, -0, 0, Infinity]),
    () => 'x'.repeat(random.integer(0, 40)) + random.integer(0, 50),
    () =>
      String.fromCharCode(
        ...Array.from({ length: random.integer(0, 12) }, () => random.integer(0, 65535)),
      ),
    () => BigInt(random.integer(0, 2 ** 31)) ** BigInt(random.integer(0, 9)),
    () => new Date(random.integer(0, 2e9)),
    () => /a+(b|c)/gi,
    () => Object(random.integer(0, 9)),
  ])()
}

const many = (most, make) => Array.from({ length: random.integer(0, most) }, make)
const key = () =>
  random.pick(['a', 'b', 'id', 'name', '__proto__', 'constructor', '0', '17', 'ü', '日', ''])
const array = (depth, shared) => many(30, () => randomValue(depth, shared))
const map = (depth, shared) => new Map(many(6, () => [scalar(), randomValue(depth, shared)]))
const set = (depth, shared) => new Set(many(6, () => randomValue(depth, shared)))

function object(depth, shared) {
  const result = {}
  for (const name of many(6, key)) define(result, name, randomValue(depth, shared))
  return result
}

function define(target, name, value) {
  Object.defineProperty(target, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

/** Records of a few shapes, enough of them that columns and compiled code come into play. */
function records(depth, shared) {
  const makers = many(3, () => {
    const names = [...new Set(many(5, key))]
    const kinds = names.map(() =>
      random.pick([
        scalar,
        () => random.integer(0, 9),
        () => `s${random.integer(0, 9)}`,
        () => randomValue(Math.min(depth, 1), shared),
      ]),
    )
    return () => {
      const record = {}
      names.forEach((name, i) => define(record, name, kinds[i]()))
      return record
    }
  })
  return makers.length === 0 ? [] : many(200, () => random.pick(makers)())
}

function typed() {
  const memory = new ArrayBuffer(random.integer(0, 8) * 8)
  const views = [new Uint8Array(memory), new Float64Array(memory), new DataView(memory)]
  return random.chance(0.5) ? random.pick(views) : views
}

function sparse(depth, shared) {
  const result = []
  for (let i = 0; i < 4; i++)
    result[random.integer(0, 10 ** random.integer(0, 5))] = randomValue(depth, shared)
  return result
}

const end = Date.now() + seconds * 1000
while (Date.now() < end) {
  room = 300
  const value = randomValue(random.integer(0, 5))
  // Deep inside columns, named properties of arrays may be missed; see docs/codec.md.
  if (Array.isArray(value) && random.chance(0.2)) value.extra = scalar()
  const bytes = checkRoundTrip(value)
  for (let i = 0; i < 20; i++) survive(mutate(bytes))
  survive(randomBytes())
  runs.random++
}
console.log(JSON.stringify(runs))
