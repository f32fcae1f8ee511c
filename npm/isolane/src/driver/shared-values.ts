import { ObjectDefineProperty, privateArray } from '../codec/shared/primordials.js'
import type { EncodedValue } from '../differ/late/patching.js'
import { FreezeMode, TARGET } from '../protocol.js'
import { deepFreeze, internStrings } from './late/freeze.js'

const { freeze } = Object
const bind = Function.prototype.call
const mapGet = bind.bind(Map.prototype.get) as (map: Map<number, unknown>, id: number) => unknown
const mapSet = bind.bind(Map.prototype.set) as (
  map: Map<number, unknown>,
  id: number,
  value: unknown,
) => void
const mapHas = bind.bind(Map.prototype.has) as (map: Map<number, unknown>, id: number) => boolean
const mapDelete = bind.bind(Map.prototype.delete) as (map: Map<number, unknown>, id: number) => void

/** What a call sees. */
export interface Selection {
  /** By name; frozen. */
  readonly values: object
  /** What it is to change a copy of, encoded; functions do not see it. */
  readonly target: EncodedValue | undefined
}

/** The shared values that this isolate has decoded, and those that the next call sees. */
export class SharedValues {
  readonly #values = new Map<number, unknown>()
  selection: Selection = { values: freeze({}), target: undefined }
  /** Whether values are frozen where that was left open: a function is here that may write to them. */
  isGuarded = false
  /** Built-in prototypes of the context that has lent values; frozen. */
  lent: readonly object[] = []
  /** Ids of values that are to be frozen once it is. Some may be gone. */
  #unfrozen = privateArray<number>()

  /** Freezes `value` as `mode` (a `FreezeMode`) says, and keeps it under `id`. */
  add(id: number, value: unknown, mode: number): void {
    const isOpen = mode === FreezeMode.AsNeeded
    if (mode === FreezeMode.Nothing || (isOpen && !this.isGuarded)) {
      internStrings(value)
      if (isOpen) this.#unfrozen[this.#unfrozen.length] = id
    } else {
      deepFreeze(value, mode !== FreezeMode.Objects)
    }
    mapSet(this.#values, id, value)
  }

  /** Keeps a value that another context lends, which has these prototypes. */
  borrow(id: number, value: unknown, prototypes: readonly object[]): void {
    this.lent = prototypes
    mapSet(this.#values, id, value)
  }

  /** Keeps what functions do not see. */
  keep(id: number, encoded: EncodedValue): void {
    mapSet(this.#values, id, encoded)
  }

  /** Freezes what was left open, for good: what is here, and what will be. */
  guard(): void {
    if (this.isGuarded) return
    const unfrozen = this.#unfrozen
    for (let i = 0; i < unfrozen.length; i++) deepFreeze(mapGet(this.#values, unfrozen[i]!), true)
    this.#unfrozen = privateArray()
    // Last: where it was stopped in the middle, it is done again.
    this.isGuarded = true
  }

  /** Whether a value is kept under `id`. */
  has(id: number): boolean {
    return mapHas(this.#values, id)
  }

  /** Says which values the next calls see, and by which names. */
  select(names: string[], ids: number[]): void {
    const values = {}
    let target: EncodedValue | undefined
    for (let i = 0; i < names.length; i++) {
      if (names[i] === TARGET) {
        target = mapGet(this.#values, ids[i]!) as EncodedValue
        continue
      }
      // Defined, not assigned: a name may be `__proto__`.
      ObjectDefineProperty(values, names[i]!, {
        value: mapGet(this.#values, ids[i]!),
        enumerable: true,
      })
    }
    this.selection = { values: freeze(values), target }
  }

  /** Lets a value go. */
  remove(id: number): void {
    mapDelete(this.#values, id)
    const unfrozen = this.#unfrozen
    for (let i = 0; i < unfrozen.length; i++) {
      if (unfrozen[i] !== id) continue
      unfrozen[i] = unfrozen[unfrozen.length - 1]!
      unfrozen.length--
      return
    }
  }
}
