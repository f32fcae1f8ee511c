import { Int32ArrayConstructor, privateArray, SafeMap, SafeSet } from '../shared/primordials.js'
import { grownInts } from '../shared/growing.js'

/** How many objects are found by comparing; a set costs more than that to set up. */
const FEW = 8
/** Numbers kept above this are given back after the payload. */
const KEEP = 1 << 20

/**
 * Numbers objects in the order of first sight and recognises them when they come again.
 *
 * It holds the objects that nothing cheaper recognises; see `Fingerprints` for the others, which
 * take their numbers here.
 */
export class Identity {
  /** The next number. */
  private count = 0
  private held = 0
  private readonly few = privateArray<object | undefined>()
  /** The numbers of the objects in `few` or `set`, in the order of their insertion. */
  private numbers: Int32Array = new Int32ArrayConstructor(FEW)
  private capacity = FEW
  /** While no object in it has come twice: `add` and `size` tell new from known in one look-up. */
  private set: Set<object> | undefined
  /** From the first repeated object on. */
  private map: Map<object, number> | undefined

  /** A number for an object that is not held here. */
  next(): number {
    return this.count++
  }

  /** @returns the number that `object` got before, or -1 if it is new and has got one now */
  track(object: object): number {
    const { set } = this
    if (set === undefined) return this.trackSlow(object)
    set.add(object)
    if (set.size === this.held) return this.startMap().get(object)!
    this.hold(this.count++)
    return -1
  }

  private trackSlow(object: object): number {
    const known = this.find(object)
    if (known === -1) this.adopt(object, this.count++)
    return known
  }

  /** The number of `object` if it is held here, or -1. */
  find(object: object): number {
    if (this.map !== undefined) return this.map.get(object) ?? -1
    if (this.set !== undefined) return this.set.has(object) ? this.startMap().get(object)! : -1
    const { few, held } = this
    for (let i = 0; i < held; i++) if (few[i] === object) return this.numbers[i]!
    return -1
  }

  /** Holds an object that has its number. */
  adopt(object: object, number: number): void {
    if (this.map !== undefined) {
      this.map.set(object, number)
      return
    }
    if (this.set !== undefined) this.set.add(object)
    else this.few[this.held] = object
    this.hold(number)
    if (this.held === FEW && this.set === undefined) this.startSet()
  }

  private hold(number: number): void {
    if (this.held === this.capacity) this.numbers = grownInts(this.numbers, (this.capacity *= 2))
    this.numbers[this.held++] = number
  }

  private startSet(): void {
    const set = new SafeSet<object>()
    for (let i = 0; i < FEW; i++) set.add(this.few[i]!)
    this.set = set
  }

  private startMap(): Map<object, number> {
    const map = new SafeMap<object, number>()
    const { numbers } = this
    let index = 0
    this.set!.forEach((seen) => {
      map.set(seen, numbers[index++]!)
    })
    this.set = undefined
    return (this.map = map)
  }

  reset(): void {
    for (let i = 0; i < FEW && i < this.held; i++) this.few[i] = undefined
    this.count = this.held = 0
    this.set = undefined
    this.map = undefined
    if (this.capacity <= KEEP) return
    this.capacity = FEW
    this.numbers = new Int32ArrayConstructor(FEW)
  }
}
