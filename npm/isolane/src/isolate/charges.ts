import type { Native } from './native.js'

const bind = Function.prototype.call
const weakGet = bind.bind(WeakMap.prototype.get) as (map: object, key: object) => object | undefined
const weakSet = bind.bind(WeakMap.prototype.set) as (map: object, key: object, to: unknown) => void

/** Which objects have been charged for. A charge is an object too, and ends with its collection. */
export class Charges {
  readonly #native: Native
  readonly #byOwner = new WeakMap<object, object>()

  constructor(native: Native) {
    this.#native = native
  }

  /** Takes `bytes` from the budget. */
  take(bytes: number): object {
    const charge = this.#native.charge(bytes)
    if (charge === undefined) throw new RangeError('Array buffer allocation failed')
    return charge
  }

  of(owner: object): object | undefined {
    return weakGet(this.#byOwner, owner)
  }

  /** Keeps `charge` while `owner` lives. */
  keep<T extends object>(owner: T, charge: object | undefined): T {
    if (charge !== undefined) weakSet(this.#byOwner, owner, charge)
    return owner
  }
}
