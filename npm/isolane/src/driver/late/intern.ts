/**
 * Interned strings. V8 tells two interned strings apart by their addresses, and others by their
 * characters: functions that compare strings of a shared value, as rules do, run up to half as fast
 * again when these are interned (`npm run bench` measures it as part of room-by-tag). Equal strings
 * also become one.
 */

import { ObjectCreate, SafeMap } from '../../codec/shared/primordials.js'

/** Longer strings are hardly compared, and more often unique: hashing them would not pay. */
const MAX_LENGTH = 64

/** Interns strings; remembers them while it lives. */
export class Interner {
  readonly #known = new SafeMap<string, string>()

  /** The interned string of the same characters, or `text` itself where that would not pay. */
  intern(text: string): string {
    if (text.length > MAX_LENGTH) return text
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const interned = asKey(text)
    this.#known.set(interned, interned)
    return interned
  }
}

/** Names of properties are always interned; there is no other way to ask for it in JavaScript. */
function asKey(text: string): string {
  // No prototype: a setter that user code put on Object.prototype must not run.
  const holder = ObjectCreate(null) as Record<string, unknown>
  holder[text] = true
  for (const key in holder) return key
  return text
}
