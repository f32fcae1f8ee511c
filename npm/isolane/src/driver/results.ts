import {
  ArrayBufferIsView,
  cell,
  ObjectSetPrototypeOf,
  TypedArrayBuffer,
  TypedArrayByteLength,
  TypedArrayLength,
  Uint8ArrayConstructor,
} from '../codec/shared/primordials.js'
import { CODEC, ELEMENT_KINDS, Operation, type ElementArray } from '../protocol.js'
import { truthMask } from './folding.js'
import type { Outcome } from './late/outcome.js'

/** Results of a chunk, by index in the chunk. */
export type Results = unknown[] | ElementArray

/** Larger results are not preallocated: `new Array(n)` would make them slow dictionaries. */
const MAX_PREALLOCATED = 1 << 20
const NativeArray = Array
const EMPTY = new Uint8ArrayConstructor(0)

/**
 * Where results of a chunk go.
 *
 * @param isSalvaged whether it must show which of them exist
 */
export function newResults(
  operation: number,
  kind: number,
  count: number,
  isSalvaged: boolean,
): Results {
  if (kind !== CODEC) return new ELEMENT_KINDS[kind - 1]!(count)
  const isSingle = operation === Operation.Run || operation === Operation.Item
  if (isSingle && !isSalvaged) return cell()
  return arrayOf(count < MAX_PREALLOCATED ? count : 0)
}

/** An array without a prototype: a setter that user code put on one cannot catch what is stored. */
export function arrayOf(length: number): unknown[] {
  return ObjectSetPrototypeOf(new NativeArray(length), null) as unknown[]
}

/** Adds the results [start, end) of an operation to an outcome. */
export function addResults(
  operation: number,
  results: Results,
  outcome: Outcome,
  start: number,
  end: number,
): void {
  const values = results as unknown[]
  if (operation === Operation.ForEach) outcome.add(start, end - start, EMPTY)
  else if (operation === Operation.Filter)
    outcome.add(start, end - start, truthMask(values, start, end))
  else if (ArrayBufferIsView(results)) outcome.add(start, end - start, bytesOf(results, start, end))
  else outcome.addValues(values, start, end)
}

function bytesOf(elements: ElementArray, start: number, end: number): Uint8Array {
  const size = TypedArrayByteLength(elements) / TypedArrayLength(elements)
  return new Uint8ArrayConstructor(TypedArrayBuffer(elements), start * size, (end - start) * size)
}
