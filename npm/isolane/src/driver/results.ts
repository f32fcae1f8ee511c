import {
  ArrayBufferIsView,
  cell,
  ObjectSetPrototypeOf,
  TypedArrayBuffer,
  TypedArrayByteLength,
  TypedArrayLength,
  Uint8ArrayConstructor,
} from '../codec/shared/primordials.js'
import { CHANGES, CODEC, ELEMENT_KINDS, Operation, type ElementArray } from '../protocol.js'
import { fold, isEmpty, truthMask, type Context, type UserFunction } from './folding.js'
import type { RunHost } from './run-host.js'
import type { Outcome } from './late/outcome.js'
import type { TextResults } from './late/text-results.js'

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
  if (kind !== CODEC && kind < CHANGES) return new ELEMENT_KINDS[kind - 1]!(count)
  if (isSingle(operation) && !isSalvaged) return cell()
  return arrayOf(count < MAX_PREALLOCATED ? count : 0)
}

/** Whether an operation calls its function once. */
function isSingle(operation: number): boolean {
  return (
    operation === Operation.Run || operation === Operation.Item || operation === Operation.Patch
  )
}

/** An array without a prototype: a setter that user code put on one cannot catch what is stored. */
export function arrayOf(length: number): unknown[] {
  return ObjectSetPrototypeOf(new NativeArray(length), null) as unknown[]
}

/** What a chunk has come to. */
export interface Computed {
  readonly operation: number
  readonly results: Results
  /** Writes the results, where they are to be text. */
  readonly text: TextResults | undefined
  readonly items: readonly unknown[]
}

/** Adds the results [start, end) of an operation to an outcome. */
export function addResults(
  { operation, results, text, items }: Computed,
  outcome: Outcome,
  start: number,
  end: number,
): void {
  const values = results as unknown[]
  if (text !== undefined) text.addTo(outcome, values, items, start, end)
  else if (operation === Operation.ForEach) outcome.add(start, end - start, EMPTY)
  else if (operation === Operation.Filter)
    outcome.add(start, end - start, truthMask(values, start, end))
  else if (ArrayBufferIsView(results)) outcome.add(start, end - start, bytesOf(results, start, end))
  else outcome.addValues(values, start, end)
}

function bytesOf(elements: ElementArray, start: number, end: number): Uint8Array {
  const size = TypedArrayByteLength(elements) / TypedArrayLength(elements)
  return new Uint8ArrayConstructor(TypedArrayBuffer(elements), start * size, (end - start) * size)
}

/** Bytes for the engine to carry away. An `ArrayBuffer` is given away. */
export type Answer = Uint8Array | ArrayBuffer

/** What a chunk answers with that has no outcome, and no text. */
export function encodeResults(
  { operation, results }: Computed,
  fn: UserFunction,
  context: Context,
  { output, services }: RunHost,
): Answer {
  const values = results as unknown[]
  switch (operation) {
    case Operation.Run:
    case Operation.Item:
      return output.encode(values[0])
    case Operation.Combine:
      return output.encode(fold(fn, values, context))
    case Operation.Reduce:
      // A chunk of holes has no partial result.
      if (isEmpty(values)) return EMPTY
      return services.codec.encoder.encode([fold(fn, values, context)], 'result')
    case Operation.Filter:
      return truthMask(values, 0, values.length)
    case Operation.ForEach:
      return EMPTY
    default:
      return ArrayBufferIsView(results) ? TypedArrayBuffer(results) : output.encode(results)
  }
}
