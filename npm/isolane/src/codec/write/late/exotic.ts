import { Kind } from '../kinds.js'
import {
  ERROR_CLASSES,
  ErrorField,
  Token,
  VIEW_ATTACHED,
  VIEW_BUFFER,
  VIEW_DATAVIEW,
} from '../../shared/format.js'
import type { Attach } from '../../shared/attachment.js'
import type { Platform } from '../../shared/platform.js'
import {
  BigIntConstructor,
  BigUint64ArrayConstructor,
  BigIntToString,
  BigIntValueOf,
  BooleanValueOf,
  BufferByteLength,
  BufferMaxByteLength,
  BufferResizable,
  CELL,
  cell,
  DataViewBuffer,
  DataViewByteLength,
  DataViewByteOffset,
  DateGetTime,
  isDetached,
  isShared,
  MapForEach,
  MapSize,
  NumberValueOf,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
  ObjectHasOwn,
  ObjectKeys,
  privateArray,
  regExpFlags,
  RegExpSource,
  SetForEach,
  SetSize,
  StringCharCodeAt,
  StringValueOf,
  TypedArrayBuffer,
  TypedArrayByteLength,
  TypedArrayByteOffset,
  Uint8ArrayConstructor,
} from '../../shared/primordials.js'
import { viewKind } from '../../shared/view-kind.js'
import type { ByteWriter } from '../bytes.js'

/** What the writers here need from the writer of values. */
export interface ValueSink {
  readonly out: ByteWriter
  readonly attach: Attach | undefined
  readonly platform: Platform
  value(value: unknown): void
  string(value: string): void
  properties(value: object, keys: readonly string[]): void
  refuse(value: unknown): never
}

/** Writes an object that is neither array nor record. Its number was taken already. */
export function writeExotic(sink: ValueSink, value: object, kind: Kind): void {
  const { out } = sink
  switch (kind) {
    case Kind.Date:
      out.byte(Token.Date)
      return out.double(DateGetTime(value as Date))
    case Kind.RegExp:
      return writeRegExp(sink, value)
    case Kind.Map:
      return writeMap(sink, value as Map<unknown, unknown>)
    case Kind.Set:
      return writeSet(sink, value as Set<unknown>)
    case Kind.Error:
      return writeError(sink, value)
    case Kind.ArrayBuffer:
      return writeBuffer(sink, value as ArrayBuffer)
    case Kind.SharedArrayBuffer:
      return writeShared(sink, value as SharedArrayBuffer)
    case Kind.View:
      return writeView(sink, value as ArrayBufferView)
    default:
      out.byte(Token.Boxed)
      return sink.value(unboxed(value, kind))
  }
}

function unboxed(value: object, kind: Kind): unknown {
  if (kind === Kind.Number) return NumberValueOf(value as never)
  if (kind === Kind.String) return StringValueOf(value as never)
  return kind === Kind.Boolean ? BooleanValueOf(value as never) : BigIntValueOf(value as never)
}

const ZERO = BigIntConstructor(0)
const word = new BigUint64ArrayConstructor(1)
const wordBytes = new Uint8ArrayConstructor(TypedArrayBuffer(word))

/** Sign byte, varint byte length, magnitude from the least byte up. */
export function writeBigInt(out: ByteWriter, value: bigint): void {
  const negative = value < ZERO
  const magnitude = negative ? -value : value
  out.byte(Token.BigInt)
  word[0] = magnitude
  if (word[0] === magnitude) {
    let length = 8
    while (length > 1 && wordBytes[length - 1] === 0) length--
    out.token(negative ? 1 : 0, length)
    out.bytesOf(wordBytes, length)
  } else writeDigits(out, negative, BigIntToString(magnitude, 16))
}

function writeDigits(out: ByteWriter, negative: boolean, digits: string): void {
  const length = (digits.length + 1) >> 1
  out.token(negative ? 1 : 0, length)
  out.reserve(length)
  const { bytes } = out
  let { pos } = out
  for (let i = digits.length - 1; i >= 0; i -= 2) {
    const high = i === 0 ? 0 : hexDigit(StringCharCodeAt(digits, i - 1))
    bytes[pos++] = high * 16 + hexDigit(StringCharCodeAt(digits, i))
  }
  out.pos = pos
}

const hexDigit = (unit: number): number => (unit < 58 ? unit - 48 : unit - 87)

function writeRegExp(sink: ValueSink, value: object): void {
  sink.out.byte(Token.RegExp)
  sink.string(RegExpSource(value) as string)
  sink.string(regExpFlags(value))
}

const entryList = (count: number): unknown[] => (count <= CELL ? cell() : privateArray())

/** Entries are copied before any is written: writing may run getters, and those may change the map. */
function writeMap(sink: ValueSink, map: Map<unknown, unknown>): void {
  const entries = entryList(MapSize(map) * 2)
  let count = 0
  MapForEach(map, (value: unknown, key: unknown) => {
    entries[count++] = key
    entries[count++] = value
  })
  sink.out.token(Token.Map, count / 2)
  for (let i = 0; i < count; i++) sink.value(entries[i])
}

function writeSet(sink: ValueSink, set: Set<unknown>): void {
  const entries = entryList(SetSize(set))
  let count = 0
  SetForEach(set, (value: unknown) => {
    entries[count++] = value
  })
  sink.out.token(Token.Set, count)
  for (let i = 0; i < count; i++) sink.value(entries[i])
}

function writeError(sink: ValueSink, error: object): void {
  const { out } = sink
  const fields = error as Record<'name' | 'message' | 'stack' | 'cause' | 'errors', unknown>
  const { name } = fields
  const className = errorClass(error, name)
  const { message, stack } = fields
  const hasCause = ObjectHasOwn(error, 'cause')
  const hasErrors = className === ERROR_CLASSES.length - 1 && ObjectHasOwn(error, 'errors')
  const hasMessage =
    typeof message === 'string' && (message !== '' || ObjectHasOwn(error, 'message'))
  const hasName =
    typeof name === 'string' &&
    name !== ERROR_CLASSES[className] &&
    ObjectGetOwnPropertyDescriptor(error, 'name')?.enumerable !== true
  out.byte(Token.Error)
  out.byte(className)
  out.byte(
    (hasMessage ? ErrorField.Message : 0) |
      (typeof stack === 'string' ? ErrorField.Stack : 0) |
      (hasCause ? ErrorField.Cause : 0) |
      (hasErrors ? ErrorField.Errors : 0) |
      (hasName ? ErrorField.Name : 0),
  )
  if (hasMessage) sink.string(message as string)
  if (typeof stack === 'string') sink.string(stack)
  if (hasName) sink.string(name)
  if (hasCause) sink.value(fields.cause)
  if (hasErrors) sink.value(fields.errors)
  sink.properties(error, ownErrorKeys(error))
}

/** By the name, as structured clone does: a subclass arrives as the class it names, or as Error. */
function errorClass(error: object, name: unknown): number {
  for (let i = 0; i < ERROR_CLASSES.length; i++) if (ERROR_CLASSES[i] === name) return i
  let prototype = ObjectGetPrototypeOf(error) as object | null
  while (prototype !== null) {
    const own = ObjectGetOwnPropertyDescriptor(prototype, 'name')?.value as unknown
    for (let i = 1; i < ERROR_CLASSES.length; i++) if (ERROR_CLASSES[i] === own) return i
    prototype = ObjectGetPrototypeOf(prototype) as object | null
  }
  return 0
}

function ownErrorKeys(error: object): string[] {
  const all = ObjectKeys(error)
  const keys = privateArray<string>()
  let count = 0
  for (let i = 0; i < all.length; i++) {
    const key = all[i]!
    if (key === 'message' || key === 'stack' || key === 'cause' || key === 'errors') continue
    keys[count++] = key
  }
  return keys
}

function writeBuffer(sink: ValueSink, buffer: ArrayBuffer): void {
  const { out, attach } = sink
  const length = BufferByteLength(buffer)
  if (length === 0 && isDetached(buffer)) sink.refuse(buffer)
  const resizable = BufferResizable?.(buffer) === true
  if (!resizable && attach?.(buffer, 0, length) === true) return out.token(Token.Attached, length)
  out.token(Token.ArrayBuffer, length)
  out.varint(resizable ? BufferMaxByteLength!(buffer) + 1 : 0)
  out.align(8)
  out.block(buffer, length)
}

function writeShared(sink: ValueSink, buffer: SharedArrayBuffer): void {
  const { shareBuffer } = sink.platform
  if (shareBuffer === undefined) sink.refuse(buffer)
  sink.out.token(Token.SharedArrayBuffer, shareBuffer!(buffer))
}

/** Where they can be shared a Buffer over one is a Uint8Array, as by structured clone. */
const canShare = ({ platform }: ValueSink): boolean => platform.shareBuffer !== undefined

function writeView(sink: ValueSink, view: ArrayBufferView): void {
  const kind = viewKind(view)
  const isDataView = kind === -1
  const buffer = isDataView ? DataViewBuffer(view) : TypedArrayBuffer(view)
  // The getters of a DataView throw then.
  if (isDataView && isDetached(buffer)) sink.refuse(view)
  const offset = isDataView ? DataViewByteOffset(view) : TypedArrayByteOffset(view)
  const length = isDataView ? DataViewByteLength(view) : TypedArrayByteLength(view)
  if (length === 0 && isDetached(buffer)) sink.refuse(view)
  const isBuffer =
    kind === 1 && sink.platform.isBuffer?.(view) === true && !(canShare(sink) && isShared(buffer))
  const code = isBuffer ? VIEW_BUFFER : isDataView ? VIEW_DATAVIEW : kind
  writeViewParts(sink, code, buffer, offset, length)
}

function writeViewParts(
  sink: ValueSink,
  code: number,
  buffer: ArrayBuffer,
  offset: number,
  length: number,
): void {
  const { out, attach } = sink
  if (code === VIEW_BUFFER) {
    // A Buffer is usually a slice of Node's pool: its memory is not the user's to copy.
    out.byte(Token.WholeView)
    if (attach?.(buffer, offset, length) === true) return out.token(VIEW_ATTACHED, length)
    out.token(code, length)
    out.align(8)
    return out.block(buffer, length, offset)
  }
  out.byte(Token.View)
  out.token(code, offset)
  out.varint(length)
  sink.value(buffer)
}
