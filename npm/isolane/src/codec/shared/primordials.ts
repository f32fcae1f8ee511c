/**
 * The built-ins as they were when the codec was loaded. In an isolate user code runs afterwards and
 * may replace any of them; nothing in the codec may reach a prototype that user code can reach.
 * (The approach is that of Node's own `primordials`.)
 */

import { ERROR_CLASSES, VIEW_KINDS } from './format.js'

type Method = (this: never, ...args: never[]) => unknown
/** What methods of primitives and of objects are called on; lib.d.ts does not say it. */
type Self = object | string | number | bigint | boolean | symbol
type Uncurried<F> = F extends (this: infer T, ...args: infer A) => infer R
  ? (self: unknown extends T ? Self : T, ...args: A) => R
  : never

const { bind, call } = Function.prototype

/** `uncurryThis(f)(self, ...args)` is `f.call(self, ...args)` whatever user code did to `call`. */
export const uncurryThis = bind.bind(call) as unknown as <F extends Method>(f: F) => Uncurried<F>

function getterOf(prototype: object, key: PropertyKey): (self: unknown) => unknown {
  const get = Object.getOwnPropertyDescriptor(prototype, key)?.get
  if (get === undefined) throw new TypeError(`no getter ${String(key)}`)
  return uncurryThis(get as Method) as (self: unknown) => unknown
}

const { defineProperty, getOwnPropertyDescriptor } = Object
export const {
  create: ObjectCreate,
  freeze: ObjectFreeze,
  getPrototypeOf: ObjectGetPrototypeOf,
  isFrozen: ObjectIsFrozen,
  keys: ObjectKeys,
  setPrototypeOf: ObjectSetPrototypeOf,
} = Object
export const ObjectPrototype = Object.prototype

/** As `Object.defineProperty`, but `descriptor` gives up its prototype: it inherits no `get` or `writable`. */
export function ObjectDefineProperty<T extends object>(
  target: T,
  key: PropertyKey,
  descriptor: PropertyDescriptor,
): T {
  return defineProperty(target, key, ObjectSetPrototypeOf(descriptor, null))
}

/** As `Object.getOwnPropertyDescriptor`, but what the descriptor has not got it does not inherit. */
export function ObjectGetOwnPropertyDescriptor(
  target: object,
  key: PropertyKey,
): PropertyDescriptor | undefined {
  const descriptor = getOwnPropertyDescriptor(target, key)
  return descriptor && ObjectSetPrototypeOf(descriptor, null)
}

export const ObjectHasOwn = uncurryThis(Object.prototype.hasOwnProperty) as (
  self: object,
  key: PropertyKey,
) => boolean
export const ObjectToString = uncurryThis(Object.prototype.toString) as (self: unknown) => string
export const { ownKeys: ReflectOwnKeys, apply: ReflectApply, construct: ReflectConstruct } = Reflect
export const ArrayConstructor = Array
export const { isArray: ArrayIsArray } = Array
export const ArrayPrototype = Array.prototype
export const ArrayIncludes = uncurryThis(Array.prototype.includes) as (
  self: readonly unknown[],
  element: unknown,
) => boolean
export const ArrayJoin = uncurryThis(Array.prototype.join)
export const ArrayToSpliced = uncurryThis(Array.prototype.toSpliced) as (
  self: readonly unknown[],
  start: number,
) => unknown[]
export const { isInteger: NumberIsInteger, isSafeInteger: NumberIsSafeInteger } = Number
export const {
  floor: MathFloor,
  imul: MathImul,
  max: MathMax,
  min: MathMin,
  trunc: MathTrunc,
} = Math
export const { parse: JSONParse, stringify: JSONStringify } = JSON
export const { fromCharCode: StringFromCharCode } = String
export const StringCharCodeAt = uncurryThis(String.prototype.charCodeAt)
export const StringConstructor = String
export const StringIncludes = uncurryThis(String.prototype.includes)
export const StringIndexOf = uncurryThis(String.prototype.indexOf)
export const StringReplaceAll = uncurryThis(String.prototype.replaceAll) as (
  self: string,
  what: string,
  by: () => string,
) => string
export const StringSlice = uncurryThis(String.prototype.slice)
export const StringSubstring = uncurryThis(String.prototype.substring)
export const StringStartsWith = uncurryThis(String.prototype.startsWith)
export const NumberConstructor = Number
export const NumberToString = uncurryThis(Number.prototype.toString)
export const FunctionConstructor = Function
export const FunctionHasInstance = uncurryThis(Function.prototype[Symbol.hasInstance]) as (
  self: unknown,
  value: unknown,
) => boolean
export const FunctionToString = uncurryThis(Function.prototype.toString) as (
  self: unknown,
) => string

export const BigIntConstructor = BigInt
export const BigIntToString = uncurryThis(BigInt.prototype.toString)
export const BigIntValueOf = uncurryThis(BigInt.prototype.valueOf)
export const NumberValueOf = uncurryThis(Number.prototype.valueOf)
export const StringValueOf = uncurryThis(String.prototype.valueOf)
export const BooleanPrototype = Boolean.prototype
export const BooleanValueOf = uncurryThis(Boolean.prototype.valueOf)
export const SymbolValueOf = uncurryThis(Symbol.prototype.valueOf)
export const SymbolConstructor = Symbol
export const {
  hasInstance: SymbolHasInstance,
  iterator: SymbolIterator,
  toStringTag: SymbolToStringTag,
} = Symbol
export const ObjectConstructor = Object

export const DateConstructor = Date
export const { now: DateNow } = Date
export const DatePrototype = Date.prototype
export const DateToISOString = uncurryThis(Date.prototype.toISOString)
export const DateGetTime = uncurryThis(Date.prototype.getTime)
export const RegExpConstructor = RegExp
export const RegExpExec = uncurryThis(RegExp.prototype.exec)
export const RegExpSource = getterOf(RegExp.prototype, 'source')
const FLAGS = 'dgimsuvy'
/** By flag: the `flags` getter itself would look up user-visible properties. */
const flagGetters = 'hasIndices global ignoreCase multiline dotAll unicode unicodeSets sticky'
  .split(' ')
  .map((name) => (name in RegExp.prototype ? getterOf(RegExp.prototype, name) : undefined))

/** The flags of a RegExp, as letters. */
export function regExpFlags(value: object): string {
  let flags = ''
  for (let i = 0; i < FLAGS.length; i++) {
    if (flagGetters[i]?.(value) === true) flags += FLAGS[i]!
  }
  return flags
}

/**
 * Copies the methods that the codec uses to a subclass without a prototype chain that user code can
 * reach. Not all of them: that would take a tenth of what it takes to set up an isolate's codec.
 */
function harden<C extends abstract new (...args: never[]) => object>(
  base: C,
  safe: C,
  keys: readonly string[],
): C {
  for (let i = 0; i < keys.length; i++) {
    const descriptor = Object.getOwnPropertyDescriptor(base.prototype, keys[i]!)!
    Object.defineProperty(safe.prototype, keys[i]!, descriptor)
  }
  Object.setPrototypeOf(safe.prototype, null)
  Object.freeze(safe.prototype)
  return safe
}

/** A Map whose methods user code cannot replace. */
export const SafeMap = harden(
  Map,
  class SafeMap<K, V> extends Map<K, V> {
    // The implicit one spreads its arguments with an iterator.
    // oxlint-disable-next-line no-useless-constructor
    constructor() {
      super()
    }
  } as typeof Map,
  ['get', 'set', 'has', 'forEach', 'size'],
)
/** A Set whose methods user code cannot replace. */
export const SafeSet = harden(
  Set,
  class SafeSet<T> extends Set<T> {
    // oxlint-disable-next-line no-useless-constructor
    constructor() {
      super()
    }
  } as typeof Set,
  ['add', 'has', 'delete', 'forEach', 'size'],
)

/** A WeakMap whose methods user code cannot replace. */
export const SafeWeakMap = harden(
  WeakMap,
  class SafeWeakMap<K extends WeakKey, V> extends WeakMap<K, V> {
    // oxlint-disable-next-line no-useless-constructor
    constructor() {
      super()
    }
  } as typeof WeakMap,
  ['get', 'set'],
)

export const MapConstructor = Map
export const MapPrototype = Map.prototype
export const MapSet = uncurryThis(Map.prototype.set)
export const MapForEach = uncurryThis(Map.prototype.forEach)
export const MapSize = getterOf(Map.prototype, 'size') as (self: unknown) => number
export const SetConstructor = Set
export const SetPrototype = Set.prototype
export const SetAdd = uncurryThis(Set.prototype.add)
export const SetForEach = uncurryThis(Set.prototype.forEach)
export const SetSize = getterOf(Set.prototype, 'size') as (self: unknown) => number
export const WeakMapConstructor = WeakMap
export const WeakMapGet = uncurryThis(WeakMap.prototype.get) as (
  self: object,
  key: unknown,
) => unknown
export const WeakMapSet = uncurryThis(WeakMap.prototype.set) as (
  self: object,
  key: object,
  value: unknown,
) => unknown
export const WeakMapHas = uncurryThis(WeakMap.prototype.has) as (
  self: unknown,
  key: unknown,
) => boolean
export const WeakSetPrototype = WeakSet.prototype
export const WeakSetHas = uncurryThis(WeakSet.prototype.has) as (
  self: unknown,
  k: object,
) => boolean
export const WeakRefPrototype = WeakRef.prototype
export const WeakRefDeref = uncurryThis(WeakRef.prototype.deref) as (self: unknown) => unknown
export const FinalizationRegistryPrototype = FinalizationRegistry.prototype

const TypedArray = Object.getPrototypeOf(Uint8Array) as { prototype: Uint8Array }
export const ArrayBufferConstructor = ArrayBuffer
export const ArrayBufferIsView = ArrayBuffer.isView
export const BufferByteLength = getterOf(ArrayBuffer.prototype, 'byteLength') as (
  self: unknown,
) => number
export const SharedArrayBufferConstructor =
  typeof SharedArrayBuffer === 'undefined' ? undefined : SharedArrayBuffer
export const SharedByteLength =
  typeof SharedArrayBuffer === 'undefined'
    ? undefined
    : (getterOf(SharedArrayBuffer.prototype, 'byteLength') as (self: unknown) => number)
export const BufferMaxByteLength =
  'maxByteLength' in ArrayBuffer.prototype
    ? (getterOf(ArrayBuffer.prototype, 'maxByteLength') as (self: unknown) => number)
    : undefined
export const BufferResizable =
  'resizable' in ArrayBuffer.prototype
    ? (getterOf(ArrayBuffer.prototype, 'resizable') as (self: unknown) => boolean)
    : undefined
export const TypedArrayPrototype = TypedArray.prototype
export const TypedArrayTag = getterOf(TypedArray.prototype, Symbol.toStringTag) as (
  self: unknown,
) => string | undefined
export const TypedArrayBuffer = getterOf(TypedArray.prototype, 'buffer') as (
  self: unknown,
) => ArrayBuffer
export const TypedArrayByteOffset = getterOf(TypedArray.prototype, 'byteOffset') as (
  self: unknown,
) => number
export const TypedArrayByteLength = getterOf(TypedArray.prototype, 'byteLength') as (
  self: unknown,
) => number
export const TypedArrayLength = getterOf(TypedArray.prototype, 'length') as (
  self: unknown,
) => number
export const TypedArraySet = uncurryThis(TypedArray.prototype.set) as (
  self: ArrayBufferView,
  source: ArrayLike<number>,
  offset?: number,
) => void
export const TypedArrayFill = uncurryThis(TypedArray.prototype.fill) as (
  self: ArrayBufferView,
  value: number,
  start?: number,
  end?: number,
) => unknown
export const DataViewConstructor = DataView
export const DataViewBuffer = getterOf(DataView.prototype, 'buffer') as (
  self: unknown,
) => ArrayBuffer
export const DataViewByteOffset = getterOf(DataView.prototype, 'byteOffset') as (
  self: unknown,
) => number
export const DataViewByteLength = getterOf(DataView.prototype, 'byteLength') as (
  self: unknown,
) => number

export const Uint8ArrayConstructor = Uint8Array
export const Int8ArrayConstructor = Int8Array
export const Uint16ArrayConstructor = Uint16Array
export const Uint32ArrayConstructor = Uint32Array
export const Int16ArrayConstructor = Int16Array
export const Int32ArrayConstructor = Int32Array
export const Float64ArrayConstructor = Float64Array
export const BigUint64ArrayConstructor = BigUint64Array

type ViewConstructor = new (
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
) => ArrayBufferView

/** The view classes of VIEW_KINDS, by index; undefined where the engine lacks one. */
export const VIEWS = globals<ViewConstructor>(VIEW_KINDS)
/** The error classes of ERROR_CLASSES, by index. */
export const ERRORS = globals<new () => Error>(ERROR_CLASSES)

export const PromisePrototype = Promise.prototype
export const PromiseResolve = Promise.resolve.bind(Promise)
export const PromiseThen = uncurryThis(Promise.prototype.then) as (
  self: Promise<unknown>,
  fulfilled: (value: unknown) => void,
  rejected: (reason: unknown) => void,
) => Promise<unknown>
export const { prototype: ErrorPrototype } = Error
export const ErrorConstructor = Error
export const TypeErrorConstructor = TypeError
export const RangeErrorConstructor = RangeError
const { prototype: RangeErrorPrototype } = RangeError
export const AggregateErrorPrototype = AggregateError.prototype

function globals<T>(names: readonly string[]): (T | undefined)[] {
  const found = privateArray<T | undefined>()
  for (let i = 0; i < names.length; i++) {
    found[i] = (globalThis as unknown as Record<string, T | undefined>)[names[i]!]
  }
  return found
}

/** Whether the engine threw `error` since the stack was full. */
export function isStackOverflow(error: unknown): boolean {
  return rangeErrorText(error) === 'Maximum call stack size exceeded'
}

/** Whether it did since there was no memory for an array buffer, or none is so large. */
export function isOutOfMemory(error: unknown): boolean {
  const text = rangeErrorText(error)
  return (
    text === 'Array buffer allocation failed' ||
    StringStartsWith(text, 'Invalid typed array length')
  )
}

/** The message of an unaltered RangeError; empty for all else. */
function rangeErrorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  if (ObjectGetPrototypeOf(error) !== RangeErrorPrototype) return ''
  const message = ObjectGetOwnPropertyDescriptor(error, 'message')?.value as unknown
  return typeof message === 'string' ? message : ''
}

/** An array for the codec's own use: no prototype, so no setter that user code put on one. */
export function privateArray<T>(): T[] {
  return ObjectSetPrototypeOf([], null) as T[]
}

/** Defines a property that holds `value`, without asking a setter. */
export function defineValue(
  target: object,
  key: PropertyKey,
  value: unknown,
  enumerable: boolean,
): void {
  ObjectDefineProperty(target, key, { value, writable: true, enumerable, configurable: true })
}

/** Whether a buffer's memory has been taken away. Node 20 has no getter for that. */
export function isDetached(buffer: ArrayBuffer): boolean {
  try {
    return TypedArrayByteLength(new Uint8ArrayConstructor(buffer)) < 0
  } catch {
    return true
  }
}

/** Elements of a {@link cell}, a power of two. */
export const CELL = 16

/**
 * A small array for the codec's own use. Its elements exist, so assigning them meets no setter; a literal
 * costs a tenth of a {@link privateArray}.
 */
export function cell<T>(): (T | undefined)[] {
  const u = undefined
  return [u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u]
}

/** Whether `value` is a SharedArrayBuffer, of whichever context. */
export function isShared(value: unknown): boolean {
  try {
    SharedByteLength!(value)
    return true
  } catch {
    return false
  }
}
