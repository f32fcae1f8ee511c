import { Interner } from './intern.js'

/**
 * Deep freezing of a decoded shared value, so that no call can leave a mark that another call
 * sees. Strings are interned on the way, since a shared value is decoded once and read often.
 * Maps, Sets and Dates keep their contents behind methods that freezing does not reach: their
 * mutators are shadowed. The elements of typed arrays cannot be frozen at all (a rule of the
 * language); the docs say so.
 */

const { freeze, isFrozen, defineProperty, getOwnPropertyDescriptor } = Object
const { ownKeys, apply } = Reflect
const { isView } = ArrayBuffer
const { isArray } = Array
const bind = Function.prototype.call
const setHas = bind.bind(Set.prototype.has) as (set: Set<object>, value: object) => boolean
const setAdd = bind.bind(Set.prototype.add) as (set: Set<object>, value: object) => void
const { forEach: mapForEach } = Map.prototype
const { forEach: setForEach } = Set.prototype
const DatePrototype = Date.prototype

const MAP_MUTATORS = ['set', 'delete', 'clear']
const SET_MUTATORS = ['add', 'delete', 'clear']
const DATE_MUTATORS: string[] = []
for (const key of Object.getOwnPropertyNames(DatePrototype)) {
  if (key.startsWith('set')) DATE_MUTATORS.push(key)
}

/**
 * Freezes `root` and all that can be reached from it; returns it. Without `arrays`, arrays stay as
 * they are and only what they hold is frozen. Needs no native stack for depth.
 */
export function deepFreeze<T>(root: T, arrays: boolean): T {
  const todo: object[] = []
  // Arrays that are not frozen need another mark against cycles.
  const seen = new Set<object>()
  const interner = new Interner()
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null || isFrozen(value)) return
    if (!arrays && isArray(value)) {
      if (setHas(seen, value)) return
      setAdd(seen, value)
    }
    todo[todo.length] = value
  }
  visit(root)
  while (todo.length > 0) {
    const value = todo[todo.length - 1]!
    todo.length--
    if (isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
      continue
    }
    if (value instanceof Map) {
      shadow(value, MAP_MUTATORS)
      apply(mapForEach, value, [(item: unknown, key: unknown) => (visit(item), visit(key))])
    } else if (value instanceof Set) {
      shadow(value, SET_MUTATORS)
      apply(setForEach, value, [visit])
    } else if (value instanceof Date) {
      shadow(value, DATE_MUTATORS)
    }
    const keys = ownKeys(value)
    for (let i = 0; i < keys.length; i++) {
      const property = getOwnPropertyDescriptor(value, keys[i]!)!
      if (typeof property.value === 'string') internProperty(value, keys[i]!, property, interner)
      else visit(property.value)
    }
    if (arrays || !isArray(value)) freeze(value)
  }
  return root
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
    defineProperty(value, methods[i]!, {
      value: () => {
        throw new TypeError(`Cannot ${methods[i]} on a shared value: it is read-only`)
      },
    })
  }
}
