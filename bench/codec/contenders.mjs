import { createRequire } from 'node:module'
import { deserialize, serialize } from 'node:v8'

const require = createRequire(import.meta.url)
const dist = process.env.ISOLANE_CODEC ?? '../../npm/isolane/dist/codec'
const { Decoder, Encoder } = require(`${dist}/index.js`)
const { nodePlatform } = require(`${dist}/platform-node.js`)

const encoder = new Encoder(nodePlatform)
const decoder = new Decoder(nodePlatform)

/**
 * Each contender's two halves. An encoder's result is valid until its next call; `keep` makes it
 * stay, outside of what is measured.
 */
export const contenders = {
  isolane: {
    encode: (value) => encoder.encode(value),
    keep: (bytes) => Uint8Array.from(bytes),
    decode: (bytes) => decoder.decode(bytes),
    size: (bytes) => bytes.byteLength,
    carries: () => true,
  },
  json: {
    encode: (value) => JSON.stringify(value),
    keep: (text) => text,
    decode: (text) => JSON.parse(text),
    size: (text) => Buffer.byteLength(text),
    carries: (corpus) => corpus.json,
  },
  v8: {
    encode: (value) => serialize(value),
    keep: (bytes) => bytes,
    decode: (bytes) => deserialize(bytes),
    size: (bytes) => bytes.byteLength,
    carries: () => true,
  },
  memcpy: {
    encode: (value) => scratch(value).set(value),
    keep: () => Float64Array.from({ length: 1e6 }, (_, i) => i / 3),
    decode: (doubles) => new Float64Array(doubles),
    size: () => 8e6,
    carries: (corpus) => corpus.value instanceof Float64Array,
  },
}

let warm
/** Memory that was written before, as an encoder's buffer is. */
function scratch(value) {
  warm ??= new Float64Array(value.length).fill(1)
  return warm
}
