/**
 * Interned strings. V8 tells two interned strings apart by their addresses, and others by their
 * characters: functions that compare strings of a shared value, as rules do, run up to half as fast
 * again when these are interned (`npm run bench` measures it as part of room-by-tag). Equal strings
 * also become one.
 */

const { create } = Object
const bind = Function.prototype.call
const mapGet = bind.bind(Map.prototype.get) as (
  map: Map<string, string>,
  key: string,
) => string | undefined
const mapSet = bind.bind(Map.prototype.set) as (
  map: Map<string, string>,
  key: string,
  value: string,
) => void

/** Longer strings are hardly compared, and more often unique: hashing them would not pay. */
const MAX_LENGTH = 64

/** Interns strings; remembers them while it lives. */
export class Interner {
  readonly #known = new Map<string, string>()

  /** The interned string of the same characters, or `text` itself where that would not pay. */
  intern(text: string): string {
    if (text.length > MAX_LENGTH) return text
    const known = mapGet(this.#known, text)
    if (known !== undefined) return known
    const interned = asKey(text)
    mapSet(this.#known, interned, interned)
    return interned
  }
}

/** Names of properties are always interned; there is no other way to ask for it in JavaScript. */
function asKey(text: string): string {
  // No prototype: a setter that user code put on Object.prototype must not run.
  const holder = create(null) as Record<string, unknown>
  holder[text] = true
  for (const key in holder) return key
  return text
}
