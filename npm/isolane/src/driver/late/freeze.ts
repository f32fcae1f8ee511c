import {
  ArrayBufferConstructor,
  ArrayBufferIsView,
  ArrayIsArray,
  DatePrototype,
  MapForEach,
  MapPrototype,
  ObjectDefineProperty,
  ObjectFreeze,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
  ObjectIsFrozen,
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

/**
 * Freezes `root` and all that can be reached from it; returns it. Without `arrays`, arrays stay as
 * they are and only what they hold is frozen. Needs no native stack for depth.
 */
export function deepFreeze<T>(root: T, arrays: boolean): T {
  const todo = privateArray<object>()
  // Arrays that are not frozen need another mark against cycles.
  const seen = new SafeSet<object>()
  const interner = new Interner()
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null || ObjectIsFrozen(value)) return
    if (!arrays && ArrayIsArray(value)) {
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
    if (ArrayBufferIsView(value) || isBufferPrototype(prototype)) continue
    if (prototype === MapPrototype) {
      shadow(value, MAP_MUTATORS)
      MapForEach(value as never, (item: unknown, key: unknown) => (visit(item), visit(key)))
    } else if (prototype === SetPrototype) {
      shadow(value, SET_MUTATORS)
      SetForEach(value as never, visit)
    } else if (prototype === DatePrototype) {
      shadow(value, dateMutators())
    }
    const keys = ReflectOwnKeys(value)
    for (let i = 0; i < keys.length; i++) {
      const property = ObjectGetOwnPropertyDescriptor(value, keys[i]!)!
      if (typeof property.value === 'string') internProperty(value, keys[i]!, property, interner)
      else visit(property.value)
    }
    if (arrays || !ArrayIsArray(value)) ObjectFreeze(value)
  }
  return root
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

function internProperty(
  object: object,
  key: string | symbol,
  property: PropertyDescriptor,
  interner: Interner,
): void {
  if (property.writable !== true) return
  // Own and writable, so this runs no setter.
  ;(object as Record<PropertyKey, unknown>)[key] = interner.intern(property.value as string)
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
