import type { Native } from './native.js'

const bind = Function.prototype.call
const weakGet = bind.bind(WeakMap.prototype.get) as (map: object, key: object) => Charge | undefined
const weakSet = bind.bind(WeakMap.prototype.set) as (map: object, key: object, to: Charge) => void
const transfer = bind.bind(
  (ArrayBuffer.prototype as unknown as { transfer(length: number): ArrayBuffer }).transfer,
) as (buffer: ArrayBuffer, length?: number) => ArrayBuffer
const ResizableBuffer = ArrayBuffer as unknown as new (
  length: number,
  options: { maxByteLength: number },
) => ArrayBuffer

/** Memory mappings of a buffer that can grow: what can be used, and what is reserved behind it. */
export const BUFFER_MAPPINGS = 2

/** What has been taken from the budget. An object of V8's: it ends with its collection. */
export type Charge = ArrayBuffer

/** Which objects have been charged for. */
export class Charges {
  readonly #native: Native
  readonly #byOwner = new WeakMap<object, Charge>()

  constructor(native: Native) {
    this.#native = native
  }

  /** Takes `bytes` from the budget, and memory mappings of the process if it is made of such. */
  take(bytes: number, mappings = 0): Charge {
    const charge = this.#native.charge(bytes, mappings)
    if (charge === undefined) throw new RangeError('Array buffer allocation failed')
    return charge
  }

  /** A buffer that can grow. */
  resizable(length: number, maxByteLength: number): ArrayBuffer {
    const charge = this.take(maxByteLength, BUFFER_MAPPINGS)
    return this.keep(new ResizableBuffer(length, { maxByteLength }), charge)
  }

  /** Another buffer with the memory of one that is detached by it. */
  move(buffer: ArrayBuffer): ArrayBuffer {
    return this.keep(transfer(buffer), this.of(buffer))
  }

  of(owner: object): Charge | undefined {
    return weakGet(this.#byOwner, owner)
  }

  /** Keeps `charge` while `owner` lives. */
  keep<T extends object>(owner: T, charge: Charge | undefined): T {
    if (charge !== undefined) weakSet(this.#byOwner, owner, charge)
    return owner
  }

  /** Gives a charge back before its collection. */
  release(charge: Charge): void {
    transfer(charge, 0)
  }
}
