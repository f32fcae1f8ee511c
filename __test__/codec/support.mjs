import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const dist = process.env.ISOLANE_CODEC ?? '../../npm/isolane/dist/codec'

export const { BadPayloadError, DataCloneError, Decoder, Encoder, LargeDecoder } = require(
  `${dist}/index.js`,
)
export const { nodePlatform } = require(`${dist}/platform-node.js`)

/** An encoder and a decoder that generate no code, as on a host that forbids it. */
export const interpreted = { ...nodePlatform, codegen: false }

/** A function that encodes and decodes, with an encoder and a decoder of its own. */
export function makeRoundTrip(platform = nodePlatform) {
  const encoder = new Encoder(platform)
  const decoder = new Decoder(platform)
  return (value, root) => decoder.decode(Uint8Array.from(encoder.encode(value, root)))
}

export const roundTrip = makeRoundTrip()

/** `count` values of `make`. */
export const times = (count, make) => Array.from({ length: count }, (_, i) => make(i))
