import { MAX_DEPTH } from '../codec/shared/format.js'

/**
 * Whether JSON carries a value without a loss: only then may a shared value go to the isolates as
 * JSON. `JSON.parse` gives objects, arrays and strings in the form that V8 reads fastest, which
 * pays for values that are decoded once and read millions of times.
 */
export function isPlainJson(root: unknown): boolean {
  const seen = new Set<object>()
  let level: unknown[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    const below: unknown[] = []
    for (const value of level) {
      if (typeof value === 'object' && value !== null) {
        // The codec's to refuse.
        if (depth === MAX_DEPTH) return false
        // Met twice: JSON would lose the identity, or never end.
        if (seen.has(value)) return false
        seen.add(value)
        if (!(Array.isArray(value) ? isPlainArray(value) : isPlainObject(value))) return false
        for (const key of Object.keys(value)) below.push((value as Record<string, unknown>)[key])
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

/** Dense, and with nothing but elements. */
function isPlainArray(array: unknown[]): boolean {
  return (
    Object.getPrototypeOf(array) === Array.prototype &&
    Reflect.ownKeys(array).length === array.length + 1 &&
    Object.keys(array).length === array.length &&
    hasOnlyData(array) &&
    !('toJSON' in array)
  )
}

function isPlainObject(object: object): boolean {
  return (
    Object.getPrototypeOf(object) === Object.prototype &&
    Reflect.ownKeys(object).length === Object.keys(object).length &&
    hasOnlyData(object) &&
    !('toJSON' in object)
  )
}

/** No getters: they run once, in the codec. */
function hasOnlyData(object: object): boolean {
  const properties = Object.getOwnPropertyDescriptors(object) as Record<string, PropertyDescriptor>
  return Object.keys(properties).every((key) => Object.hasOwn(properties[key]!, 'value'))
}
