/** Deeper values are told without the stack. */
const DEEP = 32
/** Longer strings are told in pieces. */
export const PIECE = 65_536

/**
 * How many values a plain one has within it, up to `limit`; `limit` as well of what is not plain: more than its
 * elements and properties, with holes, too deep, or long text.
 */
export function weight(value: unknown, limit: number, depth = 0): number {
  if (typeof value === 'string') return value.length > PIECE ? limit : 1
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'function' || typeof value === 'symbol' ? limit : 1
  }
  if (depth > DEEP) return limit
  let sum = 1
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && sum < limit; i++) {
      const element: unknown = value[i]
      if (element === undefined && !(i in value)) return limit
      sum += weight(element, limit - sum, depth + 1)
    }
    return Math.min(sum, limit)
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return limit
  for (const key of Object.keys(value)) {
    if (key.length > PIECE) return limit
    sum += 1 + weight((value as Record<string, unknown>)[key], limit - sum, depth + 1)
    if (sum >= limit) return limit
  }
  return sum
}

/** The text of a value that has no parts and is no text. */
export function simpleText(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0,' : `${value},`
  return typeof value === 'bigint' ? `${value}n,` : `${String(value)},`
}

/** The text of values that are plain and small; it tells an object that comes again by its number. */
export class PlainText {
  readonly #known = new Map<object, number>()
  readonly #keys = new Map<string, string>()

  /** What stands for an object that has been told; `undefined` the first time. */
  reference(value: object): string | undefined {
    const index = this.#known.get(value)
    if (index !== undefined) return `#${index},`
    this.#known.set(value, this.#known.size)
    return undefined
  }

  of(value: unknown): string {
    if (typeof value === 'string') return `${JSON.stringify(value)},`
    if (typeof value !== 'object' || value === null) return simpleText(value)
    const before = this.reference(value)
    if (before !== undefined) return before
    if (Array.isArray(value)) {
      let text = '['
      for (let i = 0; i < value.length; i++) text += this.of(value[i])
      return `${text}]`
    }
    let text = '{'
    for (const key of Object.keys(value)) {
      text += this.#key(key) + this.of((value as Record<string, unknown>)[key])
    }
    return `${text}}`
  }

  #key(key: string): string {
    const known = this.#keys.get(key)
    if (known !== undefined) return known
    const text = `${JSON.stringify(key)},`
    if (this.#keys.size < 1000) this.#keys.set(key, text)
    return text
  }
}
