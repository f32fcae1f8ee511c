import { STRING_BLOCK } from './format.js'
import type { Platform } from './platform.js'
import {
  Int32ArrayConstructor,
  MathImul,
  privateArray,
  StringCharCodeAt,
  TypedArrayFill,
} from './primordials.js'
import { writeInts } from './streams.js'
import type { Writer } from './writer.js'

const INITIAL_SLOTS = 256
/** Tables above this are given back after the payload. */
const KEEP = 1 << 18
/** Longer probing means that sampling cannot tell these strings apart: let them be written twice. */
const MAX_PROBES = 12
/** Longer strings are rarely equal, and comparing them costs. */
const MAX_DEDUPLICATED = 256

/** A sample of the string: hashing all of it would cost more than most strings are worth. */
function sample(s: string, length: number): number {
  let hash = length
  if (length > 0) {
    hash = MathImul(hash, 31) + StringCharCodeAt(s, length - 1)
    hash = MathImul(hash, 31) + StringCharCodeAt(s, length >> 1)
    hash = MathImul(hash, 31) + StringCharCodeAt(s, 0)
    if (length > 3) {
      hash = MathImul(hash, 31) + StringCharCodeAt(s, length - 2)
      hash = MathImul(hash, 31) + StringCharCodeAt(s, length - 3)
      hash = MathImul(hash, 31) + StringCharCodeAt(s, length >> 2)
    }
  }
  hash = MathImul(hash, 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

/** The string section under construction: each distinct string once, as far as that pays. */
export class StringTable {
  count = 0
  private strings = privateArray<string>()
  private slots = new Int32ArrayConstructor(INITIAL_SLOTS)
  private slotCount = INITIAL_SLOTS
  private used = 0
  private lengths: Int32Array = new Int32ArrayConstructor(256)
  private lengthCapacity = 256

  constructor(private readonly platform: Platform) {}

  /** The index of `s`, which is added if the table does not have it. */
  intern(s: string): number {
    const { length } = s
    if (length > MAX_DEDUPLICATED) return this.append(s)
    const { slots, strings } = this
    const mask = this.slotCount - 1
    let slot = sample(s, length) & mask
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const entry = slots[slot]!
      if (entry === 0) return this.insert(s, slot)
      if (strings[entry - 1] === s) return entry - 1
      slot = (slot + 1) & mask
    }
    return this.append(s)
  }

  /** Adds `s` without looking for an equal one. */
  append(s: string): number {
    this.strings[this.count] = s
    return this.count++
  }

  private insert(s: string, slot: number): number {
    const index = this.append(s)
    this.slots[slot] = index + 1
    if (++this.used * 2 > this.slotCount) this.rehash()
    return index
  }

  private rehash(): void {
    const { slots, strings } = this
    const old = this.slotCount
    const count = old * 4
    const grown = new Int32ArrayConstructor(count)
    for (let i = 0; i < old; i++) {
      const entry = slots[i]!
      if (entry === 0) continue
      const s = strings[entry - 1]!
      let slot = sample(s, s.length) & (count - 1)
      while (grown[slot] !== 0) slot = (slot + 1) & (count - 1)
      grown[slot] = entry
    }
    this.slots = grown
    this.slotCount = count
  }

  /** Writes the blocks: lengths and description to `meta`, characters to `out`. */
  write(out: Writer, meta: Writer): void {
    meta.varint(this.count)
    for (let start = 0; start < this.count;) start = this.writeBlock(start, out, meta)
  }

  private writeBlock(start: number, out: Writer, meta: Writer): number {
    const { strings, count } = this
    // Engines keep a sum of strings as a tree until it is read: faster than joining an array.
    let block = strings[start]!
    let end = start + 1
    while (end < count && block.length + strings[end]!.length <= STRING_BLOCK)
      block += strings[end++]!
    meta.varint(end - start)
    if (this.platform.isLatin1(block)) this.writeNarrow(block, start, end, out, meta)
    else this.writeMixed(start, end, out, meta)
    return end
  }

  private writeNarrow(block: string, start: number, end: number, out: Writer, meta: Writer): void {
    const { strings } = this
    const lengths = this.reserveLengths(end - start)
    for (let i = start; i < end; i++) lengths[i - start] = strings[i]!.length
    meta.byte(0)
    writeInts(lengths, end - start, out, meta)
    this.writeLatin1(block, out, meta)
  }

  private reserveLengths(count: number): Int32Array {
    if (count > this.lengthCapacity) {
      this.lengthCapacity = count * 2
      this.lengths = new Int32ArrayConstructor(this.lengthCapacity)
    }
    return this.lengths
  }

  /** Two blocks, one for each width; the low bit of a length says which block the string is in. */
  private writeMixed(start: number, end: number, out: Writer, meta: Writer): void {
    const lengths = this.reserveLengths(end - start)
    let narrow = ''
    let wide = ''
    for (let i = start; i < end; i++) {
      const s = this.strings[i]!
      const isWide = hasWide(s)
      lengths[i - start] = (s.length << 1) | (isWide ? 1 : 0)
      if (isWide) wide += s
      else narrow += s
    }
    meta.byte(1)
    writeInts(lengths, end - start, out, meta)
    this.writeLatin1(narrow, out, meta)
    meta.varint(wide.length)
    out.align(2)
    out.reserve(wide.length * 2)
    this.platform.writeUtf16(wide, out.bytes, out.pos)
    out.pos += wide.length * 2
  }

  private writeLatin1(block: string, out: Writer, meta: Writer): void {
    meta.varint(block.length)
    out.reserve(block.length)
    this.platform.writeLatin1(block, out.bytes, out.pos)
    out.pos += block.length
  }

  reset(): void {
    if (this.count === 0) return
    this.strings = privateArray()
    this.count = 0
    this.used = 0
    if (this.slotCount > KEEP) {
      this.slotCount = INITIAL_SLOTS
      this.slots = new Int32ArrayConstructor(INITIAL_SLOTS)
    } else {
      TypedArrayFill(this.slots, 0)
    }
  }
}

function hasWide(s: string): boolean {
  for (let i = 0; i < s.length; i++) if (StringCharCodeAt(s, i) > 0xff) return true
  return false
}
