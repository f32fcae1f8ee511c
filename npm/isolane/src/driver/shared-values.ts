import { ObjectDefineProperty } from '../codec/shared/primordials.js'
import { FreezeMode } from '../protocol.js'
import { deepFreeze } from './late/freeze.js'

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

/** The shared values that this isolate has decoded, and those that the next call sees. */
export class SharedValues {
  readonly #values = new Map<number, unknown>()
  /** By name; frozen. */
  selected: object = freeze({})

  /** Freezes `value` as `mode` (a `FreezeMode`) says, and keeps it under `id`. */
  add(id: number, value: unknown, mode: number): void {
    mapSet(this.#values, id, deepFreeze(value, mode === FreezeMode.Deep))
  }

  /** Whether a value is kept under `id`. */
  has(id: number): boolean {
    return mapHas(this.#values, id)
  }

  /** Says which values the next calls see, and by which names. */
  select(names: string[], ids: number[]): void {
    const selected = {} as Record<string, unknown>
    for (let i = 0; i < names.length; i++) {
      // Defined, not assigned: a name may be `__proto__`.
      ObjectDefineProperty(selected, names[i]!, {
        value: mapGet(this.#values, ids[i]!),
        enumerable: true,
      })
    }
    this.selected = freeze(selected)
  }

  /** Lets a value go. */
  remove(id: number): void {
    mapDelete(this.#values, id)
  }
}
