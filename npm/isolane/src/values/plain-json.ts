import type { Platform } from '../codec/index.js'
import { MAX_DEPTH } from '../codec/shared/format.js'
import type { Steps } from './json-pieces.js'

/** Values, or properties, that are looked at in one step. */
const AT_ONCE = 64

/**
 * Whether JSON carries a value without a loss: only then may a shared value go to the isolates as
 * JSON. `JSON.parse` gives objects, arrays and strings in the form that V8 reads fastest, which
 * pays for values that are decoded once and read millions of times. Yields from time to time.
 */
export function* isPlainJson(platform: Platform, root: unknown): Steps<boolean> {
  const seen = new Set<object>()
  let level: unknown[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    const below: unknown[] = []
    let looked = 0
    for (const value of level) {
      if (++looked % AT_ONCE === 0) yield
      if (typeof value === 'object' && value !== null) {
        // The codec's to refuse.
        if (depth === MAX_DEPTH) return false
        // Met twice: JSON would lose the identity, or never end.
        if (seen.has(value)) return false
        seen.add(value)
        const isPlain = Array.isArray(value)
          ? value.length > AT_ONCE
            ? yield* isPlainLongArray(platform, value, below)
            : isPlainArray(value, below)
          : yield* isPlainObject(value, below)
        if (!isPlain) return false
      } else if (!isPlainScalar(value)) {
        return false
      }
    }
    level = below
  }
  return true
}

function isPlainScalar(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
    default:
      return value === null
  }
}

/** Dense, and with nothing but elements, which are added to `below`. */
function isPlainArray(array: unknown[], below: unknown[]): boolean {
  const keys = Object.keys(array)
  return (
    Object.getPrototypeOf(array) === Array.prototype &&
    keys.length === array.length &&
    Reflect.ownKeys(array).length === array.length + 1 &&
    !('toJSON' in array) &&
    addAllData(array, keys, below)
  )
}

/** The same, without a list of all keys. Adds the elements to `below`. */
function* isPlainLongArray(platform: Platform, array: unknown[], below: unknown[]): Steps<boolean> {
  const isOther =
    Object.getPrototypeOf(array) !== Array.prototype ||
    'toJSON' in array ||
    platform.hasNamedKeys?.(array) !== false
  if (isOther) return false
  for (let i = 0; i < array.length; i++) {
    if (i % AT_ONCE === 0) yield
    if (!addData(array, i, below)) return false
  }
  return true
}

/** Adds the values of the properties to `below`. */
function* isPlainObject(object: object, below: unknown[]): Steps<boolean> {
  if (Object.getPrototypeOf(object) !== Object.prototype || 'toJSON' in object) return false
  const keys = Object.keys(object)
  if (keys.length <= AT_ONCE) {
    const hasOthers = Reflect.ownKeys(object).length !== keys.length
    return !hasOthers && addAllData(object, keys, below)
  }
  for (let i = 0; i < keys.length; i++) {
    if (i % AT_ONCE === 0) yield
    if (!addData(object, keys[i]!, below)) return false
  }
  return true
}

/** One by one: a list of all descriptors of an object takes five times as long. */
function addAllData(object: object, keys: readonly string[], below: unknown[]): boolean {
  for (const key of keys) if (!addData(object, key, below)) return false
  return true
}

/** Adds the value of a property that is there and no getter: those run once, in the codec. */
function addData(object: object, key: string | number, below: unknown[]): boolean {
  const property = Object.getOwnPropertyDescriptor(object, key)
  if (property === undefined || !Object.hasOwn(property, 'value') || property.enumerable !== true)
    return false
  below.push(property.value)
  return true
}
