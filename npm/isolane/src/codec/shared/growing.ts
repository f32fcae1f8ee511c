import {
  Float64ArrayConstructor,
  Int32ArrayConstructor,
  TypedArraySet,
  Uint16ArrayConstructor,
  Uint8ArrayConstructor,
} from './primordials.js'

/** A copy with room for `capacity` elements. */
export function grownInts(ints: Int32Array, capacity: number): Int32Array {
  const grown = new Int32ArrayConstructor(capacity)
  TypedArraySet(grown, ints)
  return grown
}

/** A copy with room for `capacity` elements. */
export function grownDoubles(doubles: Float64Array, capacity: number): Float64Array {
  const grown = new Float64ArrayConstructor(capacity)
  TypedArraySet(grown, doubles)
  return grown
}

/** A copy with room for `capacity` elements. */
export function grownUnits(units: Uint16Array, capacity: number): Uint16Array {
  const grown = new Uint16ArrayConstructor(capacity)
  TypedArraySet(grown, units)
  return grown
}

/** A copy with room for `capacity` elements. */
export function grownBytes(bytes: Uint8Array, capacity: number): Uint8Array {
  const grown = new Uint8ArrayConstructor(capacity)
  TypedArraySet(grown, bytes)
  return grown
}
