import { privateArray, SafeMap, SafeSet } from './primordials.js'

/** How many objects are found by comparing; a set costs more than that to set up. */
const FEW = 8

/** Numbers objects in the order of first sight and recognises them when they come again. */
export class Identity {
  private count = 0
  private readonly few = privateArray<object>()
  /** While no object has come twice: `add` and `size` tell new from known in one look-up. */
  private set: Set<object> | undefined
  /** From the first repeated object on. */
  private map: Map<object, number> | undefined

  /** @returns the number the object got before, or -1 if it is new */
  track(object: object): number {
    const { set } = this
    if (set === undefined) return this.trackFew(object)
    set.add(object)
    if (set.size !== this.count) {
      this.count++
      return -1
    }
    return this.find(object)
  }

  private trackFew(object: object): number {
    if (this.map !== undefined) return this.find(object)
    const { few, count } = this
    for (let i = 0; i < count; i++) if (few[i] === object) return i
    few[count] = object
    if (++this.count === FEW) this.startSet()
    return -1
  }

  private startSet(): void {
    const set = new SafeSet<object>()
    for (let i = 0; i < FEW; i++) set.add(this.few[i]!)
    this.set = set
  }

  private find(object: object): number {
    const map = this.map ?? this.startMap()
    const known = map.get(object)
    if (known !== undefined) return known
    map.set(object, this.count++)
    return -1
  }

  private startMap(): Map<object, number> {
    const map = new SafeMap<object, number>()
    let index = 0
    this.set!.forEach((seen) => {
      map.set(seen, index++)
    })
    this.set = undefined
    return (this.map = map)
  }

  reset(): void {
    for (let i = 0; i < FEW && i < this.count; i++) this.few[i] = undefined!
    this.count = 0
    this.set = undefined
    this.map = undefined
  }
}
