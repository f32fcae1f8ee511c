/**
 * Tells values that can be encoded without running any of the user's code: what a terminated call
 * has finished is encoded after its time is up, and a getter could take all the time in the world.
 */

import type { Platform } from '../codec/index.js'

const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect
const { isArray } = Array
const { isView } = ArrayBuffer
const { keys: keysOf, hasOwn, setPrototypeOf } = Object
const NativeSet = Set
const NativeError = Error.prototype
const ArrayPrototype = Array.prototype
const ObjectPrototype = Object.prototype
const MapPrototype = Map.prototype
const SetPrototype = Set.prototype
const uncurry = Function.prototype.call
const setHas = uncurry.bind(Set.prototype.has) as (set: Set<object>, value: object) => boolean
const setAdd = uncurry.bind(Set.prototype.add) as (set: Set<object>, value: object) => void
const mapForEach = uncurry.bind(Map.prototype.forEach) as (
  map: object,
  visit: (value: unknown, key: unknown) => void,
) => void
const setForEach = uncurry.bind(Set.prototype.forEach) as (
  set: object,
  visit: (value: unknown) => void,
) => void

/** Longest chain of prototypes that is followed. */
const MAX_CHAIN = 64
/** Values visited between two looks at the clock. */
const VISITS_PER_LOOK = 1024

/** Judges values, for so long as `mayGoOn` says. */
export class Inertness {
  readonly #isOpaque: NonNullable<Platform['isOpaque']>
  readonly #mayGoOn: () => boolean
  readonly #seen = new NativeSet<object>()
  readonly #waiting = setPrototypeOf([], null) as object[]
  #visits = 0
  #inert = true

  constructor(isOpaque: NonNullable<Platform['isOpaque']>, mayGoOn: () => boolean) {
    this.#isOpaque = isOpaque
    this.#mayGoOn = mayGoOn
  }

  /**
   * Whether encoding arrays and plain objects runs no getter of theirs that was put on the
   * built-in prototypes.
   */
  static prototypesAre(): boolean {
    return (
      getPrototypeOf(ArrayPrototype) === ObjectPrototype &&
      hasNoAccessor(ArrayPrototype, 'length') &&
      hasNoAccessor(ObjectPrototype, '__proto__')
    )
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
    if (typeof value !== 'object' || value === null) return
    if (++this.#visits % VISITS_PER_LOOK === 0 && !this.#mayGoOn()) this.#inert = false
    if (setHas(this.#seen, value)) return
    setAdd(this.#seen, value)
    this.#waiting[this.#waiting.length] = value
  }

  #look(value: object): void {
    if (!this.#hasTameChain(value)) {
      this.#inert = false
    } else if (isArray(value)) {
      // Asked for `index`, which the results of regular expressions have.
      if (getPrototypeOf(value) === ArrayPrototype) this.#lookAtProperties(value, 'index')
      else this.#inert = false
    } else if (!isView(value)) {
      this.#lookAtProperties(value, Symbol.toStringTag)
      this.#lookAtEntries(value)
    }
  }

  /** No proxy, which has traps; no error, whose stack may be formatted by a function. */
  #hasTameChain(value: object): boolean {
    let link = value
    for (let i = 0; i < MAX_CHAIN; i++) {
      if (this.#isOpaque(link) || link === NativeError) return false
      const next = getPrototypeOf(link)
      // What inherits from strangers only is asked for its `Symbol.toStringTag`. What inherits from
      // nothing may still be an error.
      if (next === null)
        return link === ObjectPrototype || (link === value && !hasOwn(link, 'stack'))
      link = next
    }
    return false
  }

  /**
   * Looks at what is read of an object: what can be enumerated, and `hidden`. Not at anything else:
   * to describe the stack of an error is to format it.
   */
  #lookAtProperties(value: object, hidden: PropertyKey): void {
    const keys = keysOf(value)
    for (let i = 0; i < keys.length && this.#inert; i++) this.#lookAtProperty(value, keys[i]!)
    if (hasOwn(value, hidden)) this.#lookAtProperty(value, hidden)
  }

  #lookAtProperty(value: object, key: PropertyKey): void {
    const descriptor = getOwnPropertyDescriptor(value, key)!
    if (hasOwn(descriptor, 'value')) this.#visit(descriptor.value)
    else this.#inert = false
  }

  #lookAtEntries(value: object): void {
    const visit = (entry: unknown, key?: unknown) => {
      this.#visit(entry)
      this.#visit(key)
    }
    try {
      if (inherits(value, MapPrototype)) mapForEach(value, visit)
      else if (inherits(value, SetPrototype)) setForEach(value, visit)
    } catch {
      // It only pretends to be one, and then it is no more than an object.
    }
  }
}

function inherits(value: object, prototype: object): boolean {
  let link = getPrototypeOf(value)
  while (link !== null && link !== prototype) link = getPrototypeOf(link)
  return link !== null
}

function hasNoAccessor(object: object, except: string): boolean {
  const keys = ownKeys(object)
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] === except) continue
    if (!hasOwn(getOwnPropertyDescriptor(object, keys[i]!)!, 'value')) return false
  }
  return true
}
