/**
 * Tells values that can be encoded without running any of the user's code: what a terminated call
 * has finished is encoded after its time is up, and a getter could take all the time in the world.
 */

import type { Platform } from '../../codec/index.js'
import {
  ArrayBufferIsView,
  ArrayIsArray,
  ArrayPrototype,
  ErrorPrototype,
  MapForEach,
  MapPrototype,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
  ObjectHasOwn,
  ObjectKeys,
  ObjectPrototype,
  privateArray,
  ReflectOwnKeys,
  SafeSet,
  SetForEach,
  SetPrototype,
  SymbolToStringTag,
} from '../../codec/shared/primordials.js'

/** Longest chain of prototypes that is followed. */
const MAX_CHAIN = 64
/** Values visited between two looks at the clock. */
const VISITS_PER_LOOK = 1024

/**
 * Whether encoding arrays and plain objects runs no getter of theirs that was put on the built-in
 * prototypes.
 */
export function prototypesAreInert(): boolean {
  return (
    ObjectGetPrototypeOf(ArrayPrototype) === ObjectPrototype &&
    hasNoAccessor(ArrayPrototype, 'length') &&
    hasNoAccessor(ObjectPrototype, '__proto__')
  )
}

/** Judges values, for so long as `mayGoOn` says. */
export class Inertness {
  readonly #isOpaque: NonNullable<Platform['isOpaque']>
  readonly #lent: readonly object[]
  readonly #isForText: boolean
  readonly #mayGoOn: () => boolean
  readonly #seen = new SafeSet<object>()
  readonly #waiting = privateArray<object>()
  #visits = 0
  #inert = true

  /**
   * @param lent prototypes that nobody can change, besides the context's own
   * @param isForText whether `JSON.stringify` is to read them, which calls methods `toJSON`
   */
  constructor(
    isOpaque: NonNullable<Platform['isOpaque']>,
    lent: readonly object[],
    isForText: boolean,
    mayGoOn: () => boolean,
  ) {
    this.#isOpaque = isOpaque
    this.#lent = lent
    this.#isForText = isForText
    this.#mayGoOn = mayGoOn
  }

  /** Whether `value`, with all that hangs on it, can be read without running code. */
  holds(value: unknown): boolean {
    const waiting = this.#waiting
    waiting.length = 0
    this.#inert = true
    this.#visit(value)
    while (this.#inert && waiting.length > 0) {
      const next = waiting[waiting.length - 1]!
      waiting.length--
      this.#look(next)
    }
    return this.#inert
  }

  #visit(value: unknown): void {
    if (this.#isForText && (typeof value === 'bigint' || typeof value === 'function')) {
      // What these do is decided by prototypes that anybody may have changed.
      this.#inert = false
    }
    if (typeof value !== 'object' || value === null) return
    if (++this.#visits % VISITS_PER_LOOK === 0 && !this.#mayGoOn()) this.#inert = false
    if (this.#seen.has(value)) return
    this.#seen.add(value)
    this.#waiting[this.#waiting.length] = value
  }

  #look(value: object): void {
    if (!this.#hasTameChain(value) || (this.#isForText && 'toJSON' in value)) {
      this.#inert = false
    } else if (ArrayIsArray(value)) {
      // Asked for `index`, which the results of regular expressions have.
      const prototype = ObjectGetPrototypeOf(value) as object | null
      if (prototype === ArrayPrototype || this.#isLent(prototype))
        this.#lookAtProperties(value, 'index')
      else this.#inert = false
    } else if (!ArrayBufferIsView(value)) {
      this.#lookAtProperties(value, SymbolToStringTag)
      this.#lookAtEntries(value)
    }
  }

  /** No proxy, which has traps; no error, whose stack may be formatted by a function. */
  #hasTameChain(value: object): boolean {
    let link = value
    for (let i = 0; i < MAX_CHAIN; i++) {
      if (this.#isOpaque(link) || link === ErrorPrototype) return false
      const next = ObjectGetPrototypeOf(link)
      // What inherits from strangers only is asked for its `Symbol.toStringTag`. What inherits from
      // nothing may still be an error.
      if (next === null)
        return (
          link === ObjectPrototype ||
          this.#isLent(link) ||
          (link === value && !ObjectHasOwn(link, 'stack'))
        )
      link = next
    }
    return false
  }

  #isLent(prototype: object | null): boolean {
    const lent = this.#lent
    for (let i = 0; i < lent.length; i++) if (lent[i] === prototype) return true
    return false
  }

  /**
   * Looks at what is read of an object: what can be enumerated, and `hidden`. Not at anything else:
   * to describe the stack of an error is to format it.
   */
  #lookAtProperties(value: object, hidden: PropertyKey): void {
    const keys = ObjectKeys(value)
    for (let i = 0; i < keys.length && this.#inert; i++) this.#lookAtProperty(value, keys[i]!)
    if (ObjectHasOwn(value, hidden)) this.#lookAtProperty(value, hidden)
  }

  #lookAtProperty(value: object, key: PropertyKey): void {
    const descriptor = ObjectGetOwnPropertyDescriptor(value, key)!
    if (ObjectHasOwn(descriptor, 'value')) this.#visit(descriptor.value)
    else this.#inert = false
  }

  #lookAtEntries(value: object): void {
    const visit = (entry: unknown, key?: unknown) => {
      this.#visit(entry)
      this.#visit(key)
    }
    try {
      if (inherits(value, MapPrototype)) MapForEach(value as never, visit)
      else if (inherits(value, SetPrototype)) SetForEach(value as never, visit)
    } catch {
      // It only pretends to be one, and then it is no more than an object.
    }
  }
}

function inherits(value: object, prototype: object): boolean {
  let link = ObjectGetPrototypeOf(value)
  while (link !== null && link !== prototype) link = ObjectGetPrototypeOf(link)
  return link !== null
}

function hasNoAccessor(object: object, except: string): boolean {
  const keys = ReflectOwnKeys(object)
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] === except) continue
    if (!ObjectHasOwn(ObjectGetOwnPropertyDescriptor(object, keys[i]!)!, 'value')) return false
  }
  return true
}
