import {
  TypedArrayBuffer,
  ArrayBufferIsView,
  cell,
  ObjectSetPrototypeOf,
  Uint8ArrayConstructor,
} from '../codec/shared/primordials.js'
import { CODEC, ELEMENT_KINDS, Operation, type ElementArray } from '../protocol.js'
import { truthMask, type Context, type UserFunction } from './folding.js'
import type { Outcome } from './late/outcome.js'

/** A chunk being computed: what it needs again once its promises have settled. */
export interface Chunk {
  operation: number
  fn: UserFunction
  context: Context
  /** Index of the first item in the whole input. */
  first: number
  results: unknown[] | ElementArray
  /** Where failures of single items go, and what the chunk answers with if that is wanted. */
  outcome: Outcome | undefined
  /** Whether a failing item leaves the others alone. */
  perItemErrors: boolean
  /** Items that have been gone through, once that is all of them or no more can be for now. */
  passed: number
  /** What is left to do, where no more promises could be awaited. */
  rest: Rest | undefined
}

/** The items from index `next` on, to be mapped by `fn`. */
export interface Rest {
  fn: UserFunction
  items: unknown[] | ElementArray
  next: number
}

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
): unknown[] | ElementArray {
  if (kind !== CODEC) return new ELEMENT_KINDS[kind - 1]!(count)
  const isSingle = operation === Operation.Run || operation === Operation.Item
  if (isSingle && !isSalvaged) return cell()
  return arrayOf(count < MAX_PREALLOCATED ? count : 0)
}

/** An array without a prototype: a setter that user code put on one cannot catch what is stored. */
export function arrayOf(length: number): unknown[] {
  return ObjectSetPrototypeOf(new NativeArray(length), null) as unknown[]
}

/** Adds the results [start, end) to an outcome. */
export function addResults(
  { operation, results }: Chunk,
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
  const size = elements.BYTES_PER_ELEMENT
  return new Uint8ArrayConstructor(TypedArrayBuffer(elements), start * size, (end - start) * size)
}
