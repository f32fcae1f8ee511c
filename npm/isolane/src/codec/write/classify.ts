import { VIEW_KINDS } from '../shared/format.js'
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
  SafeMap,
  SetPrototype,
  SetSize,
  SharedArrayBufferConstructor,
  SharedByteLength,
  StringConstructor,
  StringValueOf,
  SymbolConstructor,
  SymbolValueOf,
  TypedArrayPrototype,
  TypedArrayTag,
  TypeErrorConstructor,
  WeakMapConstructor,
  WeakMapHas,
  WeakRefDeref,
  WeakRefPrototype,
  WeakSetHas,
  WeakSetPrototype,
} from '../shared/primordials.js'

/** What an object that is no array and no plain record turns out to be. */
export const enum Kind {
  /** An instance of a class without engine data, or an object with a prototype of its own. */
  Record,
  Date,
  RegExp,
  Map,
  Set,
  Error,
  Number,
  String,
  Boolean,
  BigInt,
  ArrayBuffer,
  SharedArrayBuffer,
  View,
  /** Nothing a payload can carry. */
  Opaque,
}

type Test = (value: object) => unknown

/** A built-in prototype and the test that tells its real instances: each throws on others. */
const BRANDS = new SafeMap<object, readonly [Kind, Test]>()

function brand(prototype: object, kind: Kind, test: Test): void {
  BRANDS.set(prototype, [kind, test])
}

brand(DatePrototype, Kind.Date, DateGetTime as Test)
brand(RegExpConstructor.prototype, Kind.RegExp, RegExpSource)
brand(MapPrototype, Kind.Map, MapSize)
brand(SetPrototype, Kind.Set, SetSize)
brand(NumberConstructor.prototype, Kind.Number, NumberValueOf as Test)
brand(StringConstructor.prototype, Kind.String, StringValueOf as Test)
brand(BooleanPrototype, Kind.Boolean, BooleanValueOf as Test)
brand(BigIntConstructor.prototype, Kind.BigInt, BigIntValueOf as Test)
brand(SymbolConstructor.prototype, Kind.Opaque, SymbolValueOf as Test)
brand(ArrayBufferConstructor.prototype, Kind.ArrayBuffer, BufferByteLength)
brand(DataViewConstructor.prototype, Kind.View, DataViewByteOffset)
brand(WeakMapConstructor.prototype, Kind.Opaque, (v) => WeakMapHas(v, v))
brand(WeakSetPrototype, Kind.Opaque, (v) => WeakSetHas(v, v))
brand(WeakRefPrototype, Kind.Opaque, WeakRefDeref)
brand(PromisePrototype, Kind.Opaque, () => true)
brand(FinalizationRegistryPrototype, Kind.Opaque, () => true)
/** Whatever inherits from Error is one: DOMException has no engine data, yet users throw it. */
brand(ErrorPrototype, Kind.Error, () => true)
if (SharedArrayBufferConstructor !== undefined) {
  brand(SharedArrayBufferConstructor.prototype, Kind.SharedArrayBuffer, SharedByteLength!)
}
brand(TypedArrayPrototype, Kind.View, (v) => {
  if (!ArrayBufferIsView(v)) throw new TypeErrorConstructor('not a view')
})
/** Generators keep a suspended stack: there is nothing to copy. */
brand(ObjectGetPrototypeOf(function* () {}.prototype), Kind.Opaque, () => true)
brand(ObjectGetPrototypeOf(async function* () {}.prototype), Kind.Opaque, () => true)

/**
 * Finds out by the prototype chain, which starts with `prototype`, which built-in class an object may
 * belong to, and asks that class. Own properties and `Symbol.toStringTag` have no say.
 */
export function classify(value: object, prototype: object | null): Kind {
  while (prototype !== null && prototype !== ObjectPrototype) {
    const candidate = BRANDS.get(prototype)
    if (candidate !== undefined && holds(candidate[1], value)) return candidate[0]
    prototype = ObjectGetPrototypeOf(prototype) as object | null
  }
  return prototype === null ? classifyForeign(value) : Kind.Record
}

function holds(test: Test, value: object): boolean {
  try {
    test(value)
    return true
  } catch {
    return false
  }
}

const TESTS = privateArray<readonly [Kind, Test]>()
BRANDS.forEach((entry) => {
  if (entry[1].length > 0) TESTS[TESTS.length] = entry
})

/** Objects of another context (node:vm) inherit from built-ins that are not ours: try every class. */
function classifyForeign(value: object): Kind {
  for (let i = 0; i < TESTS.length; i++) {
    // By index: an iterator could be the user's.
    const entry = TESTS[i]!
    if (holds(entry[1], value)) return entry[0]
  }
  const tag = ObjectToString(value)
  if (tag === '[object Error]') return Kind.Error
  return tag === '[object Promise]' ? Kind.Opaque : Kind.Record
}

/** The index of a view's class in VIEW_KINDS, or -1 for a DataView. */
export function viewKind(view: object): number {
  const tag = TypedArrayTag(view)
  if (tag === undefined) return -1
  for (let i = 0; i < VIEW_KINDS.length; i++) if (VIEW_KINDS[i] === tag) return i
  return -1
}
