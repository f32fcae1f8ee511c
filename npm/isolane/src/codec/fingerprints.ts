import type { Identity } from './identity.js'
import {
  Float64ArrayConstructor,
  Int32ArrayConstructor,
  MathImul,
  privateArray,
  StringCharCodeAt,
  TypedArrayBuffer,
  TypedArrayFill,
} from './primordials.js'
import { grownInts } from './streams.js'

const INITIAL_SLOTS = 64
/** Objects with equal fingerprints looked at before the identity set takes over. */
const MAX_PROBES = 8
/** Objects after which a table with mostly equal fingerprints is given up. */
const TRIAL = 256
/** Tables above this are given back after the payload. */
const KEEP = 1 << 20

const double = new Float64ArrayConstructor(1)
const halves = new Int32ArrayConstructor(TypedArrayBuffer(double))

/** Adds a number or a sample of a string to a fingerprint; other values say nothing. */
export function mix(hash: number, value: unknown): number {
  if (typeof value === 'number') {
    const int = value | 0
    if (int === value) return MathImul(hash ^ int, 0x9e3779b1)
    double[0] = value
    return MathImul(hash ^ halves[0]! ^ MathImul(halves[1]!, 0x85ebca6b), 0x9e3779b1)
  }
  if (typeof value !== 'string') return hash
  const { length } = value
  if (length === 0) return hash
  const sample = StringCharCodeAt(value, length - 1) + (StringCharCodeAt(value, length >> 1) << 8)
  return MathImul(hash ^ sample ^ (length << 16), 0x9e3779b1)
}

/**
 * Recognises objects of one kind by a fingerprint of what they hold: an object that comes again has
 * the same one. That is exact, because the objects themselves are compared, and costs a third of a
 * Set, for which the engine must invent a hash for every object. Where most objects look alike, the
 * Set takes over.
 */
export class Fingerprints {
  private slots = new Int32ArrayConstructor(INITIAL_SLOTS)
  private slotCount = INITIAL_SLOTS
  private readonly objects = privateArray<object | undefined>()
  private numbers: Int32Array = new Int32ArrayConstructor(INITIAL_SLOTS)
  private hashes: Int32Array = new Int32ArrayConstructor(INITIAL_SLOTS)
  private count = 0
  private overflows = 0
  private useless = false

  /** @returns the number that `object` got before, or -1 if it is new and has got one now */
  track(hash: number, object: object, identity: Identity): number {
    if (this.useless) return identity.track(object)
    const { slots, objects } = this
    const mask = this.slotCount - 1
    let slot = (hash ^ (hash >>> 15)) & mask
    let probes = 0
    for (let entry = slots[slot]!; entry !== 0; entry = slots[slot]!) {
      if (objects[entry - 1] === object) return this.numbers[entry - 1]!
      slot = (slot + 1) & mask
      probes++
    }
    if (probes > MAX_PROBES) return this.overflow(object, identity)
    // An object that overflowed may find a free slot after the table grew.
    const known = this.overflows > 0 ? identity.find(object) : -1
    return known === -1 ? this.insert(slot, hash, object, identity) : known
  }

  private insert(slot: number, hash: number, object: object, identity: Identity): number {
    const { count } = this
    this.slots[slot] = count + 1
    this.objects[count] = object
    this.hashes[count] = hash
    this.numbers[count] = identity.next()
    if (++this.count * 2 > this.slotCount) this.grow()
    return -1
  }

  /** Objects with too many like them go to the set, whose cost does not depend on likeness. */
  private overflow(object: object, identity: Identity): number {
    this.overflows++
    if (this.overflows > TRIAL && this.overflows > this.count) {
      for (let i = 0; i < this.count; i++) identity.adopt(this.objects[i]!, this.numbers[i]!)
      this.useless = true
    }
    return identity.track(object)
  }

  private grow(): void {
    const slotCount = this.slotCount * 4
    const slots = new Int32ArrayConstructor(slotCount)
    for (let i = 0; i < this.count; i++) {
      const hash = this.hashes[i]!
      let slot = (hash ^ (hash >>> 15)) & (slotCount - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (slotCount - 1)
      slots[slot] = i + 1
    }
    this.slots = slots
    this.slotCount = slotCount
    // The table grows after the object that makes it too full.
    this.numbers = grownInts(this.numbers, slotCount / 2 + 1)
    this.hashes = grownInts(this.hashes, slotCount / 2 + 1)
  }

  reset(): void {
    if (this.count === 0) return
    for (let i = 0; i < this.count; i++) this.objects[i] = undefined
    this.count = this.overflows = 0
    this.useless = false
    if (this.slotCount > KEEP) this.shrink()
    else TypedArrayFill(this.slots, 0)
  }

  private shrink(): void {
    this.slotCount = INITIAL_SLOTS
    this.slots = new Int32ArrayConstructor(INITIAL_SLOTS)
    this.numbers = new Int32ArrayConstructor(INITIAL_SLOTS)
    this.hashes = new Int32ArrayConstructor(INITIAL_SLOTS)
    this.objects.length = 0
  }
}
