import type { Identity } from './identity.js'
import {
  Float64ArrayConstructor,
  Int32ArrayConstructor,
  MathImul,
  privateArray,
  TypedArrayBuffer,
  TypedArrayFill,
} from './primordials.js'
import { grownInts } from './streams.js'
import { sample } from './strings.js'

const INITIAL_SLOTS = 64
/** Look-alikes after which a table that has more of them than of others is given up. */
const TRIAL = 64
/** Tables above this are given back after the payload. */
const KEEP = 1 << 20

/** Places in a cell. */
const CELL = 16

/**
 * Objects are kept in small arrays that die with the payload. In one that lives longer the engine
 * would have to note every young object, which costs more than all the rest.
 */
type Cell = (object | undefined)[]

function newCell(): Cell {
  const u = undefined
  return [u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u]
}

const double = new Float64ArrayConstructor(1)
const halves = new Int32ArrayConstructor(TypedArrayBuffer(double))

/** Adds a number or a sample of a string to a fingerprint; other values say nothing. */
export function mix(hash: number, value: unknown): number {
  if (typeof value === 'string') return MathImul(hash ^ sample(value), 0x9e3779b1)
  if (typeof value !== 'number') return hash
  const int = value | 0
  return MathImul(hash ^ (int === value ? int : mixDouble(value)), 0x9e3779b1)
}

/** The bits of a double, as an integer. */
export function mixDouble(value: number): number {
  double[0] = value
  return halves[0]! ^ MathImul(halves[1]!, 0x85ebca6b)
}

/**
 * Recognises objects of one kind by a fingerprint of what they hold: an object that comes again has
 * the same one. That is exact, because the objects themselves are compared, and costs less than a
 * Set, for which the engine must invent a hash for every object. Look-alikes go to the Set; where
 * they are the rule, so do all objects.
 */
export class Fingerprints {
  /** An open table of fingerprints: small and full, since what misses the cache costs most. */
  private slots = new Int32ArrayConstructor(INITIAL_SLOTS)
  private slotCount = INITIAL_SLOTS
  private count = 0
  private hashes: Int32Array = new Int32ArrayConstructor(INITIAL_SLOTS)
  /** The first object of each fingerprint, and its number. */
  private readonly objects = privateArray<Cell>()
  private numbers: Int32Array = new Int32ArrayConstructor(INITIAL_SLOTS)
  private alike = 0
  private useless = false

  /** @returns the number that `object` got before, or -1 if it is new and has got one now */
  track(hash: number, object: object, identity: Identity): number {
    if (this.useless) return identity.track(object)
    const { slots, hashes } = this
    const mask = this.slotCount - 1
    let slot = (hash ^ (hash >>> 15)) & mask
    for (let entry = slots[slot]!; entry !== 0; entry = slots[slot]!) {
      if (hashes[entry - 1] === hash) return this.compare(entry - 1, object, identity)
      slot = (slot + 1) & mask
    }
    this.insert(slot, hash, object)
    this.numbers[this.count] = identity.next()
    if (++this.count * 3 > this.slotCount * 2) this.grow()
    return -1
  }

  private insert(slot: number, hash: number, object: object): void {
    const { count } = this
    this.slots[slot] = count + 1
    this.hashes[count] = hash
    if (count % CELL === 0) this.objects[count / CELL] = newCell()
    this.objects[(count / CELL) | 0]![count % CELL] = object
  }

  /** The same for an object whose fingerprint is known: that of entry `entry`. */
  private compare(entry: number, object: object, identity: Identity): number {
    if (this.objects[(entry / CELL) | 0]![entry % CELL] === object) return this.numbers[entry]!
    if (++this.alike > TRIAL && this.alike > this.count) this.giveUp(identity)
    return identity.track(object)
  }

  /** Hands all objects over to the identity set. */
  private giveUp(identity: Identity): void {
    for (let i = 0; i < this.count; i++) {
      identity.adopt(this.objects[(i / CELL) | 0]![i % CELL]!, this.numbers[i]!)
    }
    this.useless = true
  }

  private grow(): void {
    const slotCount = this.slotCount * 2
    const slots = new Int32ArrayConstructor(slotCount)
    for (let i = 0; i < this.count; i++) {
      const hash = this.hashes[i]!
      let slot = (hash ^ (hash >>> 15)) & (slotCount - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (slotCount - 1)
      slots[slot] = i + 1
    }
    this.slots = slots
    this.slotCount = slotCount
    this.numbers = grownInts(this.numbers, slotCount)
    this.hashes = grownInts(this.hashes, slotCount)
  }

  /** Forgets all objects. */
  reset(): void {
    if (this.count === 0) return
    this.count = this.alike = this.objects.length = 0
    this.useless = false
    if (this.slotCount > KEEP) this.shrink()
    else TypedArrayFill(this.slots, 0)
  }

  private shrink(): void {
    this.slotCount = INITIAL_SLOTS
    this.slots = new Int32ArrayConstructor(INITIAL_SLOTS)
    this.numbers = new Int32ArrayConstructor(INITIAL_SLOTS)
    this.hashes = new Int32ArrayConstructor(INITIAL_SLOTS)
  }
}
