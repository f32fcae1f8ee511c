import {
  ERROR_CLASSES,
  ErrorField,
  Token,
  VIEW_ATTACHED,
  VIEW_BUFFER,
  VIEW_DATAVIEW,
  VIEW_KINDS,
} from '../../shared/format.js'
import type { ByteReader } from '../bytes.js'
import type { Platform } from '../../shared/platform.js'
import { Lacking } from '../../shared/errors.js'
import {
  ArrayBufferConstructor,
  BigIntConstructor,
  BufferByteLength,
  DataViewConstructor,
  DateConstructor,
  ERRORS,
  MapConstructor,
  MapSet,
  NumberToString,
  ObjectConstructor,
  AggregateErrorPrototype,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  RegExpConstructor,
  SetAdd,
  SetConstructor,
  isShared,
  TypedArrayBuffer,
  TypedArrayByteOffset,
  TypedArraySet,
  Uint8ArrayConstructor,
  VIEWS,
} from '../../shared/primordials.js'

/** What the readers here need from the reader of values. */
export interface ValueSource extends ByteReader {
  readonly platform: Platform
  value(): unknown
  properties(object: object): void
  reserve(): number
  assign(number: number, object: object): void
  /** Gives `inPlace` for what the engine cannot make, or throws. */
  lacks<T>(lacking: Lacking, inPlace: T): T
}

/** Reads the rest of a value whose token is none of the common ones. */
export function readExotic(source: ValueSource, token: number): unknown {
  switch (token) {
    case Token.BigInt:
      return readBigInt(source)
    case Token.Date:
      return numbered(source, new DateConstructor(source.double()))
    case Token.RegExp:
      return readRegExp(source)
    case Token.Map:
      return readMap(source)
    case Token.Set:
      return readSet(source)
    case Token.Error:
      return readError(source)
    case Token.Boxed:
      return readBoxed(source)
    case Token.ArrayBuffer:
      return readBuffer(source)
    case Token.View:
      return readView(source)
    case Token.WholeView:
      return readWholeView(source)
    case Token.SharedArrayBuffer:
      return readShared(source)
    case Token.Attached:
      return readAttached(source)
    default:
      return source.fail(`unknown token ${token}`)
  }
}

function numbered<T extends object>(source: ValueSource, object: T): T {
  source.assign(source.reserve(), object)
  return object
}

function readBigInt(source: ValueSource): bigint {
  const negative = source.byte() === 1
  const length = source.varint()
  const at = source.take(length)
  const { bytes } = source
  let hex = '0x0'
  for (let i = at + length - 1; i >= at; i--) {
    const byte = bytes[i]!
    hex += byte < 16 ? `0${NumberToString(byte, 16)}` : NumberToString(byte, 16)
  }
  const magnitude = tried(source, () => BigIntConstructor(hex))
  return negative ? -magnitude : magnitude
}

/** Runs a constructor that refuses what only a bad payload can hold. */
function tried<T>(source: ValueSource, make: () => T): T {
  try {
    return make()
  } catch (error) {
    return source.fail((error as Error).message)
  }
}

/** Runs a constructor that an engine may refuse what another one has made; `inPlace` is for what it refuses. */
function made<T>(source: ValueSource, what: string, inPlace: T, make: () => T): T {
  try {
    return make()
  } catch (error) {
    return source.lacks(new Lacking(what, (error as Error).message), inPlace)
  }
}

function text(source: ValueSource): string {
  const value = source.value()
  return typeof value === 'string' ? value : source.fail('a string was expected')
}

function readRegExp(source: ValueSource): object {
  const number = source.reserve()
  const pattern = text(source)
  const flags = text(source)
  const regExp = made<object>(source, 'a RegExp', {}, () => new RegExpConstructor(pattern, flags))
  source.assign(number, regExp)
  return regExp
}

function readMap(source: ValueSource): Map<unknown, unknown> {
  const map = numbered(source, new MapConstructor<unknown, unknown>())
  const count = source.count()
  for (let i = 0; i < count; i++) {
    const key = source.value()
    MapSet(map, key, source.value())
  }
  return map
}

function readSet(source: ValueSource): Set<unknown> {
  const set = numbered(source, new SetConstructor<unknown>())
  const count = source.count()
  for (let i = 0; i < count; i++) SetAdd(set, source.value())
  return set
}

function readError(source: ValueSource): Error {
  const index = source.byte()
  if (index >= ERROR_CLASSES.length) source.fail(`unknown error class ${index}`)
  const fields = source.byte()
  const number = source.reserve()
  const error = makeError(index)
  if ((fields & ErrorField.Message) !== 0) hidden(error, 'message', text(source))
  hidden(error, 'stack', (fields & ErrorField.Stack) !== 0 ? text(source) : undefined)
  if ((fields & ErrorField.Name) !== 0) hidden(error, 'name', text(source))
  source.assign(number, error)
  if ((fields & ErrorField.Cause) !== 0) hidden(error, 'cause', source.value())
  if ((fields & ErrorField.Errors) !== 0) hidden(error, 'errors', source.value())
  source.properties(error)
  return error
}

/** AggregateError's constructor iterates its argument, which user code can observe. */
function makeError(index: number): Error {
  if (ERROR_CLASSES[index] !== 'AggregateError') return new ERRORS[index]!()
  return ObjectSetPrototypeOf(new ERRORS[0]!(), AggregateErrorPrototype) as Error
}

/** Built-in properties of errors are not enumerable. */
function hidden(error: Error, key: string, value: unknown): void {
  ObjectDefineProperty(error, key, {
    // @ts-expect-error The literal's prototype: a descriptor must not inherit `get` or `set`.
    __proto__: null,
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  })
}

function readBoxed(source: ValueSource): object {
  const number = source.reserve()
  const primitive = source.value()
  if (primitive === null || primitive === undefined || typeof primitive === 'object') {
    return source.fail('a primitive was expected')
  }
  const object = ObjectConstructor(primitive) as object
  source.assign(number, object)
  return object
}

function readBuffer(source: ValueSource): ArrayBuffer {
  const number = source.reserve()
  const length = source.varint()
  const maximum = source.varint()
  source.align(8)
  const buffer = maximum === 0 ? copied(source, length) : resizable(source, length, maximum - 1)
  source.assign(number, buffer)
  return buffer
}

/** The next `length` bytes as memory of their own, which the engine need not clear first. */
function copied(source: ValueSource, length: number): ArrayBuffer {
  return TypedArrayBuffer(new Uint8ArrayConstructor(block(source, length)))
}

function block(source: ValueSource, length: number): Uint8Array {
  const at = source.take(length)
  const { bytes } = source
  return new Uint8ArrayConstructor(
    TypedArrayBuffer(bytes),
    TypedArrayByteOffset(bytes) + at,
    length,
  )
}

/** A maximum is address space, not memory; the engine refuses what it has not. */
function resizable(source: ValueSource, length: number, maximum: number): ArrayBuffer {
  const view = block(source, length)
  const buffer = made(
    source,
    `a resizable ArrayBuffer of up to ${maximum} bytes`,
    new ArrayBufferConstructor(length),
    // @ts-expect-error The literal's prototype, and an option that TypeScript's ES2022 does not know.
    () => new ArrayBufferConstructor(length, { __proto__: null, maxByteLength: maximum }),
  )
  TypedArraySet(new Uint8ArrayConstructor(buffer), view)
  return buffer
}

const ELEMENT_BYTES = [1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8, 2] as const

function readView(source: ValueSource): object {
  const number = source.reserve()
  const kind = source.byte()
  const offset = source.varint()
  const byteLength = source.varint()
  const buffer = source.value()
  if (!isBuffer(buffer)) return source.fail('a view of what is no buffer')
  const view = isLacking(kind)
    ? source.lacks<object>(new Lacking(`a ${VIEW_KINDS[kind]}`, ''), {})
    : tried(source, () => makeView(source, kind, buffer, offset, byteLength))
  source.assign(number, view)
  return view
}

/** Whether it is the kind of a view that this engine has not. */
function isLacking(kind: number): boolean {
  return kind < VIEW_KINDS.length && VIEWS[kind] === undefined
}

function makeView(
  source: ValueSource,
  kind: number,
  buffer: ArrayBuffer,
  offset: number,
  byteLength: number,
): ArrayBufferView {
  if (kind === VIEW_DATAVIEW) return new DataViewConstructor(buffer, offset, byteLength)
  const View = VIEWS[kind] ?? source.fail(`no view of kind ${kind}`)
  return new View(buffer, offset, byteLength / ELEMENT_BYTES[kind]!)
}

function isBuffer(value: unknown): value is ArrayBuffer {
  try {
    BufferByteLength(value)
    return true
  } catch {
    return isShared(value)
  }
}

function readWholeView(source: ValueSource): Uint8Array {
  const number = source.reserve()
  const kind = source.byte()
  if (kind !== VIEW_BUFFER && kind !== VIEW_ATTACHED) source.fail('unknown view')
  const length = source.varint()
  if (kind === VIEW_BUFFER) source.align(8)
  const buffer = kind === VIEW_BUFFER ? copied(source, length) : attached(source, length)
  const bytes = new Uint8ArrayConstructor(buffer)
  const { toBuffer } = source.platform
  const view = toBuffer === undefined ? bytes : toBuffer(bytes)
  source.assign(number, view)
  return view
}

function readAttached(source: ValueSource): ArrayBuffer {
  const number = source.reserve()
  const buffer = attached(source, source.varint())
  source.assign(number, buffer)
  return buffer
}

function attached(source: ValueSource, length: number): ArrayBuffer {
  const buffer = source.received?.take()
  if (buffer === undefined || BufferByteLength(buffer) !== length) {
    return source.fail(`an attachment of ${length} bytes is missing`)
  }
  return buffer
}

function readShared(source: ValueSource): SharedArrayBuffer {
  const number = source.reserve()
  const index = source.varint()
  const buffer = source.platform.sharedBuffer?.(index)
  if (buffer === undefined) return source.fail(`no shared buffer ${index}`)
  source.assign(number, buffer)
  return buffer
}
