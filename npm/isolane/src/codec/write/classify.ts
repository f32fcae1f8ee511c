import { Kind, type Brand, type Test } from './kinds.js'
import { brandOfStranger } from './late/strangers.js'
import {
  ArrayBufferConstructor,
  ArrayBufferIsView,
  BigIntConstructor,
  BigIntValueOf,
  BooleanPrototype,
  BooleanValueOf,
  BufferByteLength,
  DataViewByteOffset,
  DataViewConstructor,
  DateGetTime,
  DatePrototype,
  ErrorPrototype,
  FinalizationRegistryPrototype,
  MapPrototype,
  MapSize,
  NumberConstructor,
  NumberValueOf,
  ObjectGetPrototypeOf,
  ObjectPrototype,
  ObjectToString,
  privateArray,
  PromisePrototype,
  RegExpConstructor,
  RegExpSource,
  SafeWeakMap,
  SetPrototype,
  SetSize,
  SharedArrayBufferConstructor,
  SharedByteLength,
  StringConstructor,
  StringValueOf,
  SymbolConstructor,
  SymbolValueOf,
  TypedArrayPrototype,
  TypeErrorConstructor,
  WeakMapConstructor,
  WeakMapHas,
  WeakRefDeref,
  WeakRefPrototype,
  WeakSetHas,
  WeakSetPrototype,
} from '../shared/primordials.js'

/** Brands by prototype; null for a prototype that is nobody's but the user's. */
const BRANDS = new SafeWeakMap<object, Brand | null>()
/** Those with a test that can tell. */
const TESTABLE = privateArray<Brand>()

function brand(prototype: object, name: string, kind: Kind, test?: Test): void {
  const made = { name, kind, test: test ?? (() => true) }
  BRANDS.set(prototype, made)
  if (test !== undefined) TESTABLE[TESTABLE.length] = made
}

brand(DatePrototype, 'Date', Kind.Date, DateGetTime as Test)
brand(RegExpConstructor.prototype, 'RegExp', Kind.RegExp, RegExpSource)
brand(MapPrototype, 'Map', Kind.Map, MapSize)
brand(SetPrototype, 'Set', Kind.Set, SetSize)
brand(NumberConstructor.prototype, 'Number', Kind.Number, NumberValueOf as Test)
brand(StringConstructor.prototype, 'String', Kind.String, StringValueOf as Test)
brand(BooleanPrototype, 'Boolean', Kind.Boolean, BooleanValueOf as Test)
brand(BigIntConstructor.prototype, 'BigInt', Kind.BigInt, BigIntValueOf as Test)
brand(SymbolConstructor.prototype, 'Symbol', Kind.Opaque, SymbolValueOf as Test)
brand(ArrayBufferConstructor.prototype, 'ArrayBuffer', Kind.ArrayBuffer, BufferByteLength)
brand(DataViewConstructor.prototype, 'DataView', Kind.View, DataViewByteOffset)
brand(WeakMapConstructor.prototype, 'WeakMap', Kind.Opaque, (v) => WeakMapHas(v, v))
brand(WeakSetPrototype, 'WeakSet', Kind.Opaque, (v) => WeakSetHas(v, v))
brand(WeakRefPrototype, 'WeakRef', Kind.Opaque, WeakRefDeref)
brand(PromisePrototype, 'Promise', Kind.Opaque)
brand(FinalizationRegistryPrototype, 'FinalizationRegistry', Kind.Opaque)
/** Whatever inherits from Error is one: DOMException has no engine data, yet users throw it. */
brand(ErrorPrototype, 'Error', Kind.Error)
if (SharedArrayBufferConstructor !== undefined) {
  const { prototype } = SharedArrayBufferConstructor
  brand(prototype, 'SharedArrayBuffer', Kind.SharedArrayBuffer, SharedByteLength!)
}
brand(TypedArrayPrototype, 'TypedArray', Kind.View, (v) => {
  if (!ArrayBufferIsView(v)) throw new TypeErrorConstructor('not a view')
})
/** Generators keep a suspended stack: there is nothing to copy. */
brand(ObjectGetPrototypeOf(function* () {}.prototype), 'Generator', Kind.Opaque)
brand(ObjectGetPrototypeOf(async function* () {}.prototype), 'AsyncGenerator', Kind.Opaque)

/**
 * Finds out by the prototype chain, which starts with `prototype`, which built-in class an object may
 * belong to, and asks that class. The chain may be of another context (node:vm, jest), or of several.
 * Own properties and `Symbol.toStringTag` have no say.
 */
export function classify(value: object, prototype: object | null): Kind {
  while (prototype !== null && prototype !== ObjectPrototype) {
    let candidate = BRANDS.get(prototype)
    if (candidate === undefined) {
      candidate = brandOfStranger(prototype, TESTABLE)
      BRANDS.set(prototype, candidate)
    }
    if (candidate !== null && holds(candidate.test, value)) return candidate.kind
    prototype = ObjectGetPrototypeOf(prototype) as object | null
  }
  return prototype === null ? classifyStray(value) : Kind.Record
}

function holds(test: Test, value: object): boolean {
  try {
    test(value)
    return true
  } catch {
    return false
  }
}

/** Objects that inherit from no context's built-ins, whose prototypes were replaced: try every class. */
function classifyStray(value: object): Kind {
  for (let i = 0; i < TESTABLE.length; i++) {
    // By index: an iterator could be the user's.
    const { test, kind } = TESTABLE[i]!
    if (holds(test, value)) return kind
  }
  const tag = ObjectToString(value)
  if (tag === '[object Error]') return Kind.Error
  return tag === '[object Promise]' ? Kind.Opaque : Kind.Record
}
