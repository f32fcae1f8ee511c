import { viewKind } from '../../codec/shared/view-kind.js'
import { classify } from '../../codec/write/classify.js'
import { Kind } from '../../codec/write/kinds.js'
import {
  ArrayBufferIsView,
  ArrayIsArray,
  BigIntValueOf,
  BooleanValueOf,
  BufferByteLength,
  DataViewBuffer,
  DataViewByteLength,
  DataViewByteOffset,
  DateGetTime,
  NumberValueOf,
  ObjectGetPrototypeOf,
  regExpFlags,
  RegExpSource,
  StringValueOf,
  TypedArrayBuffer,
  TypedArrayByteLength,
  TypedArrayByteOffset,
  Uint8ArrayConstructor,
} from '../../codec/shared/primordials.js'
import type { KeyValue } from '../operation.js'
import { Shape } from '../shape.js'

/** As `Object.is`, which user code can replace. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b ? a !== 0 || 1 / a === 1 / (b as number) : a !== a && b !== b
}

export function shapeOf(value: object): Shape {
  if (ArrayIsArray(value)) return Shape.Array
  switch (kindOf(value)) {
    case Kind.Record:
      return Shape.Record
    case Kind.Map:
      return Shape.Map
    case Kind.Set:
      return Shape.Set
    default:
      return Shape.Scalar
  }
}

function kindOf(value: object): Kind {
  return classify(value, ObjectGetPrototypeOf(value) as object | null)
}

/** Whether two objects that are compared as a whole are equal. Errors and opaque ones are only themselves. */
export function areEqualScalars(a: object, b: object): boolean {
  const kind = kindOf(a)
  if (kind !== kindOf(b)) return false
  switch (kind) {
    case Kind.Date:
      return isSame(DateGetTime(a as Date), DateGetTime(b as Date))
    case Kind.RegExp:
      return RegExpSource(a) === RegExpSource(b) && regExpFlags(a) === regExpFlags(b)
    case Kind.Number:
      return isSame(NumberValueOf(a as never), NumberValueOf(b as never))
    case Kind.String:
      return StringValueOf(a as never) === StringValueOf(b as never)
    case Kind.Boolean:
      return BooleanValueOf(a as never) === BooleanValueOf(b as never)
    case Kind.BigInt:
      return BigIntValueOf(a as never) === BigIntValueOf(b as never)
    case Kind.ArrayBuffer:
      return areEqualBytes(bytesOf(a as ArrayBuffer), bytesOf(b as ArrayBuffer))
    case Kind.View:
      return viewKind(a) === viewKind(b) && areEqualBytes(bytesOf(a), bytesOf(b))
    default:
      return false
  }
}

function bytesOf(value: object): Uint8Array {
  if (!ArrayBufferIsView(value)) {
    return new Uint8ArrayConstructor(value as ArrayBuffer, 0, BufferByteLength(value))
  }
  return viewKind(value) < 0
    ? new Uint8ArrayConstructor(
        DataViewBuffer(value),
        DataViewByteOffset(value),
        DataViewByteLength(value),
      )
    : new Uint8ArrayConstructor(
        TypedArrayBuffer(value),
        TypedArrayByteOffset(value),
        TypedArrayByteLength(value),
      )
}

function areEqualBytes(a: Uint8Array, b: Uint8Array): boolean {
  const length = TypedArrayByteLength(a)
  if (length !== TypedArrayByteLength(b)) return false
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Whether a value can tell an entry of a Map or a member of a Set in a path. */
export function isKeyValue(value: unknown): value is KeyValue {
  return (
    (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') ||
    value === null
  )
}
