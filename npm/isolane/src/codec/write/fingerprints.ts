import type { Identity } from './identity.js'
import {
  CELL,
  cell,
  Float64ArrayConstructor,
  Int32ArrayConstructor,
  MathImul,
  MathMin,
  privateArray,
  TypedArrayBuffer,
  TypedArrayFill,
} from '../shared/primordials.js'
import { grownInts } from '../shared/growing.js'
import { sample } from './strings.js'

const INITIAL_SLOTS = 64
/** Look-alikes after which a table that has more of them than of others is given up. */
const TRIAL = 64
/** Tables above this are given back after the payload. */
const KEEP = 1 << 20

const CELL_BITS = 4

const double = new Float64ArrayConstructor(1)
const halves = new Int32ArrayConstructor(TypedArrayBuffer(double))

/** What a fingerprint takes from a value: of objects and constants nothing. */
export function trait(value: unknown): number {
  if (typeof value === 'string') return sample(value)
  if (typeof value !== 'number') return 0
  const int = value | 0
  return int === value ? int : mixDouble(value)
}

/** Adds a trait to a fingerprint. */
export const mix = (hash: number, more: number): number => MathImul(hash ^ more, 0x9e3779b1)

/** The bits of a double, as an integer. */
export function mixDouble(value: number): number {
  double[0] = value
  return halves[0]! ^ MathImul(halves[1]!, 0x85ebca6b)
}

/** Where in a table of pairs a fingerprint may stand, before masking. */
const place = (hash: number): number => (hash ^ (hash >>> 15)) << 1

/**
 * Recognises objects of one kind by a fingerprint of what they hold: an object that comes again has
 * the same one. That is exact, because the objects themselves are compared, and costs less than a
 * Set, for which the engine must invent a hash for every object. Look-alikes go to the Set; where
 * they are the rule, so do all objects.
 */
export class Fingerprints {
  /**
   * An open table, at most half full, of pairs: a fingerprint, and the number of its entry from 1.
   * A pair is in one cache line, and what misses the cache costs most.
   */
  private slots: Int32Array = new Int32ArrayConstructor(INITIAL_SLOTS * 2)
  private slotCount = INITIAL_SLOTS
  private count = 0
  /**
   * The first object of each fingerprint, in cells that die with the payload: in an array that lives
   * longer the engine would have to note every young object, which costs more than all the rest.
   */
  private readonly objects = privateArray<(object | undefined)[]>()
  /** Their numbers. */
  private numbers: Int32Array = new Int32ArrayConstructor(INITIAL_SLOTS >> 1)
  private alike = 0
  private useless = false

  /** @returns the number that `object` got before, or -1 if it is new and has got one now */
  track(hash: number, object: object, identity: Identity): number {
    if (this.useless) return identity.track(object)
    const { slots, count } = this
    const mask = this.slotCount * 2 - 1
    let at = place(hash) & mask
    for (let entry = slots[at + 1]!; entry !== 0; entry = slots[at + 1]!) {
      if (slots[at] === hash) return this.compare(entry - 1, object, identity)
      at = (at + 2) & mask
    }
    slots[at] = hash
    slots[at + 1] = this.count = count + 1
    const index = count & (CELL - 1)
    if (index === 0) this.objects[count >> CELL_BITS] = cell()
    this.objects[count >> CELL_BITS]![index] = object
    this.numbers[count] = identity.next()
    if (count * 2 + 2 >= this.slotCount) this.resize(this.slotCount * 2)
    return -1
  }

  /** The same for an object whose fingerprint is known: that of entry `entry`. */
  private compare(entry: number, object: object, identity: Identity): number {
    // In this order: the engine looks into the left operand only, and the right one is not in the cache.
    if (object === this.objects[entry >> CELL_BITS]![entry & (CELL - 1)]) {
      return this.numbers[entry]!
    }
    if (++this.alike > TRIAL && this.alike > this.count) this.giveUp(identity)
    return identity.track(object)
  }

  /** Hands all objects over to the identity set. */
  private giveUp(identity: Identity): void {
    for (let i = 0; i < this.count; i++) {
      identity.adopt(this.objects[i >> CELL_BITS]![i & (CELL - 1)]!, this.numbers[i]!)
    }
    this.useless = true
  }

  private resize(slotCount: number): void {
    const { slots } = this
    const grown = new Int32ArrayConstructor(slotCount * 2)
    const mask = slotCount * 2 - 1
    const end = this.count === 0 ? 0 : this.slotCount * 2
    for (let i = 0; i < end; i += 2) {
      if (slots[i + 1] === 0) continue
      let at = place(slots[i]!) & mask
      while (grown[at + 1] !== 0) at = (at + 2) & mask
      grown[at] = slots[i]!
      grown[at + 1] = slots[i + 1]!
    }
    this.slots = grown
    this.slotCount = slotCount
    this.numbers = grownInts(this.numbers, slotCount >> 1)
  }

  /** Forgets all objects. */
  reset(): void {
    const { count, slotCount } = this
    if (count === 0) return
    this.count = this.alike = this.objects.length = 0
    this.useless = false
    // A large table is not cleared again and again for small payloads.
    if (slotCount > KEEP || slotCount > count * 64) this.shrink(MathMin(KEEP, count * 4))
    else TypedArrayFill(this.slots, 0)
  }

  private shrink(least: number): void {
    let slotCount = INITIAL_SLOTS
    while (slotCount < least) slotCount *= 2
    this.slotCount = slotCount
    this.slots = new Int32ArrayConstructor(slotCount * 2)
    this.numbers = new Int32ArrayConstructor(slotCount >> 1)
  }
}
