/**
 * Payloads of `undefined`, `null`, booleans and integers of 32 bits, without the codec: a call whose
 * values are such need not wait for that (`docs/codec.md` has the format).
 */

import { Token, VERSION } from '../codec/shared/format.js'
import { ArrayBufferConstructor, Uint8ArrayConstructor } from '../codec/shared/primordials.js'

/** Version, flags and one token. */
const SHORTEST = 3
/** With a varint of 32 bits. */
const LONGEST = SHORTEST + 5

const memory = new ArrayBufferConstructor(LONGEST)
const output = new Uint8ArrayConstructor(memory)
output[0] = VERSION

/** What {@link readLiteral} gives for any other payload. */
export const NO_LITERAL = {}

/** The value of the payload in `bytes[offset]` up to `bytes[offset + length]`. */
export function readLiteral(bytes: Uint8Array, offset: number, length: number): unknown {
  if (length < SHORTEST || length > LONGEST) return NO_LITERAL
  if (bytes[offset] !== VERSION || bytes[offset + 1] !== 0) return NO_LITERAL
  const token = bytes[offset + 2]!
  if (token === Token.Int) return readInt(bytes, offset + SHORTEST, offset + length)
  return length === SHORTEST ? constant(token) : NO_LITERAL
}

function constant(token: number): unknown {
  switch (token) {
    case Token.Undefined:
      return undefined
    case Token.Null:
      return null
    case Token.False:
      return false
    case Token.True:
      return true
    default:
      return token >= Token.SmallInt && token < Token.ShortString
        ? token - Token.SmallInt
        : NO_LITERAL
  }
}

/** The varint [start, end), zigzag. One that an encoder does not write is left to the decoder. */
function readInt(bytes: Uint8Array, start: number, end: number): unknown {
  let zigzag = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    zigzag |= (byte & 0x7f) << ((at - start) * 7)
    if (byte < 0x80 !== (at === end - 1) || (at - start === 4 && byte > 0xf)) return NO_LITERAL
  }
  return start === end ? NO_LITERAL : (zigzag >>> 1) ^ -(zigzag & 1)
}

/**
 * The payload of `value` if that is so simple.
 *
 * @returns a view on memory that the next call overwrites
 */
export function writeLiteral(value: unknown): Uint8Array | undefined {
  if (typeof value === 'number') return writeInt(value)
  const token = tokenOf(value)
  if (token === undefined) return undefined
  output[2] = token
  return new Uint8ArrayConstructor(memory, 0, SHORTEST)
}

function tokenOf(value: unknown): Token | undefined {
  if (value === undefined) return Token.Undefined
  if (value === null) return Token.Null
  if (typeof value === 'boolean') return value ? Token.True : Token.False
  return undefined
}

function writeInt(value: number): Uint8Array | undefined {
  const int = value | 0
  if (int !== value || (int === 0 && 1 / value < 0)) return undefined
  let end = SHORTEST
  if (int >= 0 && int < 64) output[2] = Token.SmallInt + int
  else {
    output[2] = Token.Int
    let zigzag = ((int << 1) ^ (int >> 31)) >>> 0
    for (; zigzag > 0x7f; zigzag >>>= 7) output[end++] = (zigzag & 0x7f) | 0x80
    output[end++] = zigzag
  }
  return new Uint8ArrayConstructor(memory, 0, end)
}
