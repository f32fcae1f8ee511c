/** The payload of a long string that comes in pieces. */

import type { Platform } from '../codec/index.js'
import { Token, VERSION } from '../codec/shared/format.js'
import { ByteWriter } from '../codec/write/bytes.js'
import type { Steps } from './json-pieces.js'
import type { OpenSink, PayloadSink } from './payload-sink.js'

/** An engine makes no longer strings: 2²⁹ − 24 units. */
const LONGEST = 536_870_888

/** Bytes that are handed over together. */
const TOGETHER = 128 << 10

/**
 * What an encoder makes of all pieces together, behind `head`; `undefined` where they are too long for a
 * string. Yields behind each piece.
 */
export function* textPayload<S extends PayloadSink>(
  platform: Platform,
  pieces: readonly string[],
  head: Uint8Array,
  open: OpenSink<S>,
): Steps<S | undefined> {
  let length = 0
  let isNarrow = true
  for (let i = 0; i < pieces.length; i++) {
    length += pieces[i]!.length
    isNarrow &&= platform.isLatin1(pieces[i]!)
    yield
  }
  if (length > LONGEST) return undefined
  const start = new ByteWriter(16)
  start.byte(VERSION)
  start.byte(0)
  start.token(isNarrow ? Token.Latin1 : Token.Utf16, length)
  const unit = isNarrow ? 1 : 2
  const sink = open(head.length + start.pos + length * unit)
  sink.put(head)
  sink.put(start.bytes.subarray(0, start.pos))
  let bytes = new Uint8Array(Math.min(TOGETHER, length * unit))
  let filled = 0
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]!
    const size = piece.length * unit
    if (filled + size > bytes.length) {
      sink.put(bytes.subarray(0, filled))
      filled = 0
      if (size > bytes.length) bytes = new Uint8Array(size)
    }
    if (isNarrow) platform.writeLatin1(piece, bytes, filled)
    else platform.writeUtf16(piece, bytes, filled)
    filled += size
    yield
  }
  sink.put(bytes.subarray(0, filled))
  return sink
}
