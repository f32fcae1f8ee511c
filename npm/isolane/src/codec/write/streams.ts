import { Width } from '../shared/format.js'
import {
  Float64ArrayConstructor,
  Int32ArrayConstructor,
  TypedArrayBuffer,
  TypedArrayByteOffset,
  TypedArraySet,
  Uint16ArrayConstructor,
  Uint8ArrayConstructor,
} from '../shared/primordials.js'
import type { Writer } from './bytes.js'

/** Bytes of one value, by width code. */
export const WIDTH_BYTES: readonly number[] = [1, 1, 2, 2, 4]

/** Fewer integers are not looked at for a sequence. */
const MIN_SEQUENCE = 8

/** Writes a stream of integers as narrow as they allow: width code to `meta`, values to `out`. */
export function writeInts(ints: Int32Array, count: number, out: Writer, meta: Writer): void {
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
export function writeDoubles(doubles: Float64Array, count: number, out: Writer): void {
  out.align(8)
  out.block(TypedArrayBuffer(doubles), count * 8)
}

/** `ints`, or a copy twice as large if index `count` does not fit. */
export function grownInts(ints: Int32Array, capacity: number): Int32Array {
  const grown = new Int32ArrayConstructor(capacity)
  TypedArraySet(grown, ints)
  return grown
}

export function grownDoubles(doubles: Float64Array, capacity: number): Float64Array {
  const grown = new Float64ArrayConstructor(capacity)
  TypedArraySet(grown, doubles)
  return grown
}

export function grownUnits(units: Uint16Array, capacity: number): Uint16Array {
  const grown = new Uint16ArrayConstructor(capacity)
  TypedArraySet(grown, units)
  return grown
}

export function grownBytes(bytes: Uint8Array, capacity: number): Uint8Array {
  const grown = new Uint8ArrayConstructor(capacity)
  TypedArraySet(grown, bytes)
  return grown
}
