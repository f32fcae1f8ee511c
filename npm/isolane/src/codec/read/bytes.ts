import type { ReceivedBuffers } from './attachments.js'
import { BadPayloadError } from '../shared/errors.js'
import type { Platform } from '../shared/platform.js'
import {
  Float64ArrayConstructor,
  StringFromCharCode,
  TypedArrayBuffer,
  Uint8ArrayConstructor,
} from '../shared/primordials.js'

const double = new Float64ArrayConstructor(1)
const doubleBytes = new Uint8ArrayConstructor(TypedArrayBuffer(double))
const NO_BYTES = new Uint8ArrayConstructor(0)
/** Strings up to this length are made from their units, without a call to the platform. */
const SHORT_STRING = 8

/** Reads bytes in order and never past `end`. Positions are indices into `bytes`. */
export class ByteReader {
  bytes: Uint8Array = NO_BYTES
  /** Where the payload starts; offsets in it and alignment count from here. */
  start = 0
  pos = 0
  end = 0
  /** What came beside the payload. */
  received: ReceivedBuffers | undefined

  constructor(readonly platform: Platform) {}

  /** @throws {BadPayloadError} always */
  fail(what: string): never {
    throw new BadPayloadError(this.pos - this.start, what)
  }

  /** The position of the next `size` bytes, which are skipped. */
  take(size: number): number {
    const { pos } = this
    if (size > this.end - pos) this.fail(`${size} bytes announced, ${this.end - pos} left`)
    this.pos = pos + size
    return pos
  }

  byte(): number {
    if (this.pos >= this.end) this.fail('unexpected end')
    return this.bytes[this.pos++]!
  }

  varint(): number {
    const first = this.byte()
    if (first < 0x80) return first
    let value = first & 0x7f
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      // An integer to V8 again: the fields that it goes to would hold doubles otherwise.
      if (byte < 0x80) return value <= 0xffffffff ? value >>> 0 : this.fail('number too large')
    }
    return this.fail('number too long')
  }

  /** A varint that counts things of which each takes at least one byte of the payload. */
  count(): number {
    const value = this.varint()
    if (value > this.end - this.start) this.fail(`${value} values announced in a shorter payload`)
    return value
  }

  u32(): number {
    const at = this.take(4)
    const { bytes } = this
    return (
      (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
    )
  }

  double(): number {
    const at = this.take(8)
    for (let i = 0; i < 8; i++) doubleBytes[i] = this.bytes[at + i]!
    return double[0]!
  }

  align(alignment: number): void {
    const offset = this.pos - this.start
    this.take(((offset + alignment - 1) & -alignment) - offset)
  }

  latin1(length: number): string {
    const at = this.take(length)
    if (length > SHORT_STRING) return this.platform.readLatin1(this.bytes, at, length)
    const { bytes } = this
    switch (length) {
      case 0:
        return ''
      case 1:
        return StringFromCharCode(bytes[at]!)
      case 2:
        return StringFromCharCode(bytes[at]!, bytes[at + 1]!)
      case 3:
        return StringFromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!)
      case 4:
        return StringFromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!)
      default:
        return longerLatin1(bytes, at, length)
    }
  }

  utf16(length: number): string {
    const at = this.take(length * 2)
    return length === 0 ? '' : this.platform.readUtf16(this.bytes, at, length * 2)
  }

  /** A string written by itself; see `ByteWriter.text`. */
  text(): string {
    const head = this.varint()
    const length = head >>> 1
    return (head & 1) === 0 ? this.latin1(length) : this.utf16(length)
  }
}

/** Five to eight units. */
function longerLatin1(bytes: Uint8Array, at: number, length: number): string {
  const a = bytes[at]!
  const b = bytes[at + 1]!
  const c = bytes[at + 2]!
  const d = bytes[at + 3]!
  const e = bytes[at + 4]!
  if (length === 5) return StringFromCharCode(a, b, c, d, e)
  const f = bytes[at + 5]!
  if (length === 6) return StringFromCharCode(a, b, c, d, e, f)
  const g = bytes[at + 6]!
  if (length === 7) return StringFromCharCode(a, b, c, d, e, f, g)
  return StringFromCharCode(a, b, c, d, e, f, g, bytes[at + 7]!)
}
