import { TooLarge } from '../shared/errors.js'
import { MAX_PAYLOAD } from '../shared/format.js'
import type { Platform } from '../shared/platform.js'
import {
  Float64ArrayConstructor,
  MathMax,
  MathMin,
  StringCharCodeAt,
  TypedArrayBuffer,
  TypedArraySet,
  Uint8ArrayConstructor,
} from '../shared/primordials.js'

const INITIAL = 4096
/** Buffers above this are given back after the payload that needed them. */
const KEEP = 64 << 20

const double = new Float64ArrayConstructor(1)
const doubleBytes = new Uint8ArrayConstructor(TypedArrayBuffer(double))

/** A growing byte buffer with a write position. */
export class ByteWriter {
  bytes: Uint8Array
  pos = 0

  constructor(private capacity = INITIAL) {
    this.bytes = new Uint8ArrayConstructor(capacity)
  }

  /** Makes room for `size` more bytes. */
  reserve(size: number): void {
    if (this.pos + size > this.capacity) this.grow(size)
  }

  private grow(size: number): void {
    const needed = this.pos + size
    if (needed > MAX_PAYLOAD) throw new TooLarge()
    this.capacity = MathMin(MAX_PAYLOAD, MathMax(needed, this.capacity * 2))
    const bytes = new Uint8ArrayConstructor(this.capacity)
    TypedArraySet(bytes, new Uint8ArrayConstructor(TypedArrayBuffer(this.bytes), 0, this.pos))
    this.bytes = bytes
  }

  /** Forgets what was written, and a very large buffer with it. */
  reset(): void {
    this.pos = 0
    if (this.capacity <= KEEP) return
    this.capacity = INITIAL
    this.bytes = new Uint8ArrayConstructor(INITIAL)
  }

  byte(value: number): void {
    if (this.pos === this.capacity) this.grow(1)
    this.bytes[this.pos++] = value
  }

  /** Unsigned, up to 2^32 - 1. */
  varint(value: number): void {
    if (this.pos + 5 > this.capacity) this.grow(5)
    const { bytes } = this
    let pos = this.pos
    while (value > 0x7f) {
      bytes[pos++] = (value & 0x7f) | 0x80
      value >>>= 7
    }
    bytes[pos++] = value
    this.pos = pos
  }

  /** A byte, then a varint. */
  token(token: number, value: number): void {
    this.byte(token)
    this.varint(value)
  }

  u32(value: number): void {
    this.reserve(4)
    this.putU32(this.pos, value)
    this.pos += 4
  }

  putU32(at: number, value: number): void {
    const { bytes } = this
    bytes[at] = value
    bytes[at + 1] = value >>> 8
    bytes[at + 2] = value >>> 16
    bytes[at + 3] = value >>> 24
  }

  double(value: number): void {
    if (this.pos + 8 > this.capacity) this.grow(8)
    double[0] = value
    const { bytes, pos } = this
    for (let i = 0; i < 8; i++) bytes[pos + i] = doubleBytes[i]!
    this.pos = pos + 8
  }

  /** Zeros up to a multiple of `alignment`, a power of two. */
  align(alignment: number): void {
    const end = (this.pos + alignment - 1) & -alignment
    this.reserve(end - this.pos)
    while (this.pos < end) this.bytes[this.pos++] = 0
  }

  /** The first `length` bytes of a buffer. */
  block(buffer: ArrayBufferLike, length: number, offset = 0): void {
    this.reserve(length)
    TypedArraySet(this.bytes, new Uint8ArrayConstructor(buffer, offset, length), this.pos)
    this.pos += length
  }

  /** A few bytes: a loop is cheaper than setting up a block copy. */
  bytesOf(source: Uint8Array, length: number): void {
    if (this.pos + length > this.capacity) this.grow(length)
    const { bytes, pos } = this
    for (let i = 0; i < length; i++) bytes[pos + i] = source[i]!
    this.pos = pos + length
  }

  /** A string by itself: varint 2 * length, plus 1 if UTF-16, then the code units. */
  text(s: string, platform: Platform): void {
    const { length } = s
    const narrow = platform.isLatin1(s)
    this.varint(length * 2 + (narrow ? 0 : 1))
    this.reserve(length * 2)
    if (narrow) platform.writeLatin1(s, this.bytes, this.pos)
    else platform.writeUtf16(s, this.bytes, this.pos)
    this.pos += narrow ? length : length * 2
  }

  /**
   * Writes a short string's code units as bytes.
   *
   * @returns false, with nothing written, if one is above 255
   */
  shortLatin1(s: string): boolean {
    const { length } = s
    if (this.pos + length > this.capacity) this.grow(length)
    const { bytes, pos } = this
    for (let i = 0; i < length; i++) {
      const unit = StringCharCodeAt(s, i)
      if (unit > 0xff) return false
      bytes[pos + i] = unit
    }
    this.pos = pos + length
    return true
  }
}
