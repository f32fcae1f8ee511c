import {
  ArrayBufferConstructor,
  ArrayBufferIsView,
  ArrayIsArray,
  ArrayPrototype,
  DatePrototype,
  MapForEach,
  MapPrototype,
  ObjectDefineProperty,
  ObjectFreeze,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
  ObjectHasOwn,
  ObjectIsFrozen,
  ObjectPrototype,
  privateArray,
  ReflectOwnKeys,
  SafeSet,
  SetForEach,
  SetPrototype,
  SharedArrayBufferConstructor,
  StringStartsWith,
  TypeErrorConstructor,
} from '../../codec/shared/primordials.js'
import { Interner } from './intern.js'

/**
 * Deep freezing of a decoded shared value, so that no call can leave a mark that another call
 * sees. Strings are interned on the way, since a shared value is decoded once and read often.
 * Maps, Sets and Dates keep their contents behind methods that freezing does not reach: their
 * mutators are shadowed. The elements of typed arrays cannot be frozen at all (a rule of the
 * language); the docs say so.
 */

const MAP_MUTATORS = ['set', 'delete', 'clear']
const SET_MUTATORS = ['add', 'delete', 'clear']

/** What of a value is frozen; all of it, if it is plain. */
type Extent = 'nothing' | 'objects' | 'all' | 'plain'

/**
 * Freezes `root` and all that can be reached from it; returns it. Without `arrays`, arrays stay as
 * they are and only what they hold is frozen. Needs no native stack for depth.
 */
export function deepFreeze<T>(root: T, arrays: boolean): T {
  walk(root, arrays ? 'all' : 'objects')
  return root
}

/**
 * Freezes `root` as {@link deepFreeze} does where all that can be reached from it are arrays and plain
 * objects, whose whole state freezing protects. Gives whether it is so; if not, some of it may be frozen.
 */
export function freezePlain(root: unknown): boolean {
  return walk(root, 'plain')
}

/** Interns the strings of `root` and of all that can be reached from it, and freezes nothing. */
export function internStrings(root: unknown): void {
  walk(root, 'nothing')
}

function walk(root: unknown, extent: Extent): boolean {
  const todo = privateArray<object>()
  // What is not frozen needs another mark against cycles.
  const seen = new SafeSet<object>()
  const interner = new Interner()
  const freezes = (value: object) =>
    extent === 'all' || extent === 'plain' || (extent === 'objects' && !ArrayIsArray(value))
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null || ObjectIsFrozen(value)) return
    if (!freezes(value)) {
      if (seen.has(value)) return
      seen.add(value)
    }
    todo[todo.length] = value
  }
  visit(root)
  while (todo.length > 0) {
    const value = todo[todo.length - 1]!
    todo.length--
    // The decoder made it: what it is its prototype says.
    const prototype = ObjectGetPrototypeOf(value) as object | null
    if (extent === 'plain' && !isPlain(prototype)) return false
    if (ArrayBufferIsView(value) || isBufferPrototype(prototype)) continue
    if (extent === 'objects' || extent === 'all') shadowMutators(value, prototype)
    if (prototype === MapPrototype) {
      MapForEach(value as never, (item: unknown, key: unknown) => (visit(item), visit(key)))
    } else if (prototype === SetPrototype) {
      SetForEach(value as never, visit)
    }
    if (isPlain(prototype)) visitPlain(value, interner, visit)
    else visitProperties(value, ReflectOwnKeys(value), 0, interner, visit)
    if (freezes(value)) ObjectFreeze(value)
  }
  return true
}

/** Of arrays and plain objects the decoder has defined each property: no reading of one runs a getter. */
function visitPlain(value: object, interner: Interner, visit: (value: unknown) => void): void {
  const keys = ReflectOwnKeys(value)
  if (ArrayIsArray(value)) {
    // Of a sparse one the length says nothing.
    if (keys.length <= value.length) return visitProperties(value, keys, 0, interner, visit)
    // By numbers, which is faster, and without holes, behind which a prototype may have a getter.
    let count = 0
    for (let i = 0; i < value.length; i++) {
      if (!ObjectHasOwn(value, i)) continue
      count++
      const item = value[i] as unknown
      if (typeof item === 'string') value[i] = interner.intern(item)
      else visit(item)
    }
    // Indexes come first, then the length, which is the only other one of nearly all.
    if (keys.length > count + 1) visitProperties(value, keys, count, interner, visit)
    return
  }
  const object = value as Record<PropertyKey, unknown>
  for (let i = 0; i < keys.length; i++) {
    const item = object[keys[i]!]
    if (typeof item === 'string') object[keys[i]!] = interner.intern(item)
    else visit(item)
  }
}

/** Properties from a place on of anything, whose getters must not run. */
function visitProperties(
  value: object,
  keys: readonly PropertyKey[],
  from: number,
  interner: Interner,
  visit: (value: unknown) => void,
): void {
  for (let i = from; i < keys.length; i++) {
    const property = ObjectGetOwnPropertyDescriptor(value, keys[i]!)!
    if (typeof property.value !== 'string') visit(property.value)
    // Own and writable, so this runs no setter.
    else if (property.writable === true) {
      ;(value as Record<PropertyKey, unknown>)[keys[i]!] = interner.intern(property.value)
    }
  }
}

function isPlain(prototype: object | null): boolean {
  return prototype === null || prototype === ObjectPrototype || prototype === ArrayPrototype
}

function shadowMutators(value: object, prototype: object | null): void {
  if (prototype === MapPrototype) shadow(value, MAP_MUTATORS)
  else if (prototype === SetPrototype) shadow(value, SET_MUTATORS)
  else if (prototype === DatePrototype) shadow(value, dateMutators())
}

function isBufferPrototype(prototype: object | null): boolean {
  // A host may have been started without shared ones.
  return (
    prototype === ArrayBufferConstructor.prototype ||
    (SharedArrayBufferConstructor !== undefined &&
      prototype === SharedArrayBufferConstructor.prototype)
  )
}

function dateMutators(): string[] {
  const names = privateArray<string>()
  const keys = ReflectOwnKeys(DatePrototype)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    if (typeof key === 'string' && StringStartsWith(key, 'set')) names[names.length] = key
  }
  return names
}

function shadow(value: object, methods: string[]): void {
  for (let i = 0; i < methods.length; i++) {
    ObjectDefineProperty(value, methods[i]!, {
      value: () => {
        throw new TypeErrorConstructor(`Cannot ${methods[i]} on a shared value: it is read-only`)
      },
    })
  }
}
