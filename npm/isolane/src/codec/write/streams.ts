import { Width, WIDTH_BYTES } from '../shared/format.js'
import { grownDoubles, grownInts } from '../shared/growing.js'
import {
  Float64ArrayConstructor,
  Int32ArrayConstructor,
  MathMax,
  TypedArrayBuffer,
  TypedArrayByteOffset,
  TypedArrayFill,
  TypedArraySet,
  Uint16ArrayConstructor,
  Uint8ArrayConstructor,
} from '../shared/primordials.js'
import type { ByteWriter } from './bytes.js'

/** What a stream starts with. */
export const INITIAL = 16
/** Streams that grew above this are given back after the payload. */
export const KEEP = 1 << 18
/** Fewer integers are not looked at for a sequence. */
const MIN_SEQUENCE = 8

const NO_INTS = new Int32ArrayConstructor(0)
const NO_DOUBLES = new Float64ArrayConstructor(0)

/** A growing stream of int32. */
export class Ints {
  data: Int32Array = NO_INTS
  capacity = 0
  count = 0

  push(value: number): void {
    const { count } = this
    if (count === this.capacity) this.grow()
    this.data[count] = value
    this.count = count + 1
  }

  private grow(): void {
    this.capacity = MathMax(INITIAL, this.capacity * 2)
    this.data = grownInts(this.data, this.capacity)
  }

  /** Appends `count` times the same value. */
  fill(value: number, count: number): void {
    while (this.capacity < this.count + count) this.grow()
    TypedArrayFill(this.data, value, this.count, this.count + count)
    this.count += count
  }

  /** Appends `count` integers from `first` up. */
  sequence(first: number, count: number): void {
    while (this.capacity < this.count + count) this.grow()
    const { data } = this
    const at = this.count
    for (let i = 0; i < count; i++) data[at + i] = first + i
    this.count = at + count
  }

  reset(): void {
    this.count = 0
    if (this.capacity <= KEEP) return
    this.capacity = 0
    this.data = NO_INTS
  }
}

/** A growing stream of doubles. */
export class Doubles {
  data: Float64Array = NO_DOUBLES
  capacity = 0
  count = 0

  push(value: number): void {
    const { count } = this
    if (count === this.capacity) this.grow()
    this.data[count] = value
    this.count = count + 1
  }

  /** Makes room for more values, in new memory. */
  grow(): void {
    this.capacity = MathMax(INITIAL, this.capacity * 2)
    this.data = grownDoubles(this.data, this.capacity)
  }

  reset(): void {
    this.count = 0
    if (this.capacity <= KEEP) return
    this.capacity = 0
    this.data = NO_DOUBLES
  }
}

/** Writes a stream of integers as narrow as they allow: width code to `meta`, values to `out`. */
export function writeInts(
  ints: Int32Array,
  count: number,
  out: ByteWriter,
  meta: ByteWriter,
): void {
  if (count >= MIN_SEQUENCE && isSequence(ints, count)) {
    return meta.token(Width.Sequence, ints[0]!)
  }
  const width = widthOf(ints, count)
  meta.byte(width)
  const bytes = WIDTH_BYTES[width]!
  out.align(bytes)
  out.reserve(count * bytes)
  const buffer = TypedArrayBuffer(out.bytes)
  const source = new Int32ArrayConstructor(
    TypedArrayBuffer(ints),
    TypedArrayByteOffset(ints),
    count,
  )
  const View =
    bytes === 1
      ? Uint8ArrayConstructor
      : bytes === 2
        ? Uint16ArrayConstructor
        : Int32ArrayConstructor
  TypedArraySet(new View(buffer, out.pos, count), source)
  out.pos += count * bytes
}

/** Whether each integer is one more than that before: numbers of records, or indices of new strings. */
function isSequence(ints: Int32Array, count: number): boolean {
  const first = ints[0]!
  if (first < 0) return false
  for (let i = 1; i < count; i++) if (ints[i] !== first + i) return false
  return true
}

function widthOf(ints: Int32Array, count: number): Width {
  // Bits that some value differs in from its sign, and the signs. No branch: what the engine has not
  // seen taken yet would cost it the compiled loop.
  let bits = 0
  let signs = 0
  for (let i = 0; i < count; i++) {
    const value = ints[i]!
    bits |= value ^ (value >> 31)
    signs |= value
  }
  if (bits < 0x80 && signs < 0) return Width.I8
  if (bits < 0x100 && signs >= 0) return Width.U8
  if (bits < 0x8000 && signs < 0) return Width.I16
  return bits < 0x10000 && signs >= 0 ? Width.U16 : Width.I32
}

/** Writes a stream of doubles to `out`. */
export function writeDoubles(doubles: Float64Array, count: number, out: ByteWriter): void {
  out.align(8)
  out.block(TypedArrayBuffer(doubles), count * 8)
}
