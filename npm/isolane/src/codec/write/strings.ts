import { STRING_BLOCK } from '../shared/format.js'
import type { Platform } from '../shared/platform.js'
import {
  Int32ArrayConstructor,
  MathImul,
  MathMax,
  privateArray,
  StringCharCodeAt,
  StringSubstring,
  TypedArrayBuffer,
  TypedArrayFill,
  Uint16ArrayConstructor,
  Uint8ArrayConstructor,
} from '../shared/primordials.js'
import { grownInts, grownUnits } from '../shared/growing.js'
import { writeInts } from './streams.js'
import { ByteWriter } from './bytes.js'

const INITIAL_SLOTS = 256
const INITIAL_UNITS = 1024
/** Tables above this are given back after the payload. */
const KEEP = 1 << 20
/** Longer probing means that sampling cannot tell these strings apart: let them be written twice. */
const MAX_PROBES = 12
/** Longer strings are rarely equal, and comparing them costs. */
const MAX_DEDUPLICATED = 256
/** Longer strings are copied by the platform, whose call costs as much as so many units here. */
const COPIED_HERE = 40
/** Units after which a rope is written. */
const ROPE = 8192
/** Longer strings never join a rope: that would copy them twice. */
const MAX_ROPED = 1024
/** The first strings of a payload are copied one by one: writing a rope costs as much as so many. */
const FIRST_SINGLES = 32
/** So are those behind a rope that was not all Latin-1; twice as many after the next such rope. */
const SINGLES = 1024

/** A sample of the string: hashing all of it would cost more than most strings are worth. */
export function sample(s: string): number {
  const { length } = s
  if (length === 0) return 0
  let hash = MathImul(length, 0x01000193) ^ StringCharCodeAt(s, length - 1)
  hash = MathImul(hash, 0x01000193) ^ StringCharCodeAt(s, length >> 1)
  if (length > 2) hash = MathImul(hash, 0x01000193) ^ StringCharCodeAt(s, length - 2)
  if (length > 4) hash = MathImul(hash, 0x01000193) ^ StringCharCodeAt(s, length - 3)
  hash = MathImul(hash, 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

/**
 * The string section under construction: each distinct string once, as far as that pays. Units go to
 * one block of Latin-1 bytes or to one of UTF-16. The engine joins strings and writes what it joined
 * faster than units can be copied here, so strings first collect in a rope, until it proves not to
 * be Latin-1.
 */
export class StringTable {
  count = 0
  /** The element at which `appendRun` has stopped; read already, so not to be read again. */
  stoppedAt: unknown
  /** The length of each string, or its complement if the string is in `wide`. */
  private heads: Int32Array = new Int32ArrayConstructor(INITIAL_SLOTS)
  private headCapacity = INITIAL_SLOTS
  private readonly narrow = new ByteWriter(INITIAL_UNITS)
  private wide: Uint16Array = new Uint16ArrayConstructor(0)
  private wideCapacity = 0
  private wideCount = 0
  /** The last strings added, which are in neither block yet, and the index of the first of them. */
  private rope = ''
  private ropeStart = 0
  /** How many strings, the next ones, are to be copied one by one. */
  private singles = FIRST_SINGLES
  private nextSingles = SINGLES
  /** An open table of the strings that others are compared with. */
  private slots: Int32Array = new Int32ArrayConstructor(INITIAL_SLOTS)
  private slotCount = INITIAL_SLOTS
  private readonly known = privateArray<string | undefined>()
  private indices: Int32Array = new Int32ArrayConstructor(INITIAL_SLOTS)
  private knownCount = 0

  constructor(private readonly platform: Platform) {}

  /** The index of `s`, whose {@link sample} is `hash`. It is added if the table does not have it. */
  intern(s: string, hash: number): number {
    const { slots, known } = this
    const mask = this.slotCount - 1
    let slot = hash & mask
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const entry = slots[slot]!
      if (entry === 0) return this.insert(s, slot)
      if (known[entry - 1] === s) return this.indices[entry - 1]!
      slot = (slot + 1) & mask
    }
    return this.append(s)
  }

  private insert(s: string, slot: number): number {
    const index = this.append(s)
    if (s.length > MAX_DEDUPLICATED) return index
    const { knownCount } = this
    this.slots[slot] = knownCount + 1
    this.known[knownCount] = s
    this.indices[knownCount] = index
    if (++this.knownCount * 3 > this.slotCount * 2) this.rehash()
    return index
  }

  private rehash(): void {
    const { known, knownCount } = this
    const count = this.slotCount * 2
    const grown = new Int32ArrayConstructor(count)
    for (let i = 0; i < knownCount; i++) {
      let slot = sample(known[i]!) & (count - 1)
      while (grown[slot] !== 0) slot = (slot + 1) & (count - 1)
      grown[slot] = i + 1
    }
    this.slots = grown
    this.slotCount = count
    this.indices = grownInts(this.indices, count)
  }

  /** Adds `s` without looking for an equal one. */
  append(s: string): number {
    const { length } = s
    const index = this.count
    if (index === this.headCapacity) {
      this.heads = grownInts(this.heads, (this.headCapacity *= 2))
    }
    this.heads[index] = length
    if (this.singles > 0 || length > MAX_ROPED) this.appendSingle(s, index)
    else this.rope += s
    this.count = index + 1
    if (this.rope.length > ROPE) this.writeRope()
    return index
  }

  /**
   * Appends the strings from `list[start]` on, of which `first` is the first, up to the first element
   * that is none: `stoppedAt`.
   *
   * @returns the index of that element, or `end`
   */
  appendRun(list: readonly unknown[], start: number, end: number, first: string): number {
    let element: unknown = first
    let i = start
    while (typeof element === 'string') {
      this.append(element)
      i = this.extendRope(list, i + 1, end)
      if (i === end) return end
      element = this.stoppedAt
    }
    return i
  }

  /**
   * Adds strings to the rope, as many as it takes, in local variables: to store each in an old object
   * costs as much as adding it.
   */
  private extendRope(list: readonly unknown[], start: number, end: number): number {
    const { heads, headCapacity } = this
    const limit = this.singles > 0 ? -1 : MAX_ROPED
    let { rope, count } = this
    let i = start
    try {
      for (; i < end; i++) {
        const s = list[i]
        if (
          typeof s !== 'string' ||
          s.length > limit ||
          rope.length > ROPE ||
          count === headCapacity
        ) {
          this.stoppedAt = s
          break
        }
        heads[count++] = s.length
        rope += s
      }
    } finally {
      this.rope = rope
      this.count = count
    }
    return i
  }

  private appendSingle(s: string, index: number): void {
    this.writeRope()
    this.copy(s, index)
    this.ropeStart = index + 1
    if (this.singles > 0) this.singles--
  }

  /** Copies the units of the string of that index to the block that they fit. */
  private copy(s: string, index: number): void {
    if (s.length <= COPIED_HERE ? this.narrow.shortLatin1(s) : this.longLatin1(s)) return
    this.heads[index] = ~s.length
    this.appendWide(s, s.length)
  }

  /** Moves the strings of the rope to the blocks. */
  private writeRope(): void {
    const { rope } = this
    if (rope === '') return
    this.rope = ''
    if (!this.longLatin1(rope)) {
      this.copyParts(rope)
      this.singles = this.nextSingles
      this.nextSingles *= 2
    }
    this.ropeStart = this.count
  }

  private copyParts(rope: string): void {
    let at = 0
    for (let i = this.ropeStart; i < this.count; i++) {
      const end = at + this.heads[i]!
      this.copy(StringSubstring(rope, at, end), i)
      at = end
    }
  }

  private longLatin1(s: string): boolean {
    if (!this.platform.isLatin1(s)) return false
    const { narrow } = this
    narrow.reserve(s.length)
    this.platform.writeLatin1(s, narrow.bytes, narrow.pos)
    narrow.pos += s.length
    return true
  }

  private appendWide(s: string, length: number): void {
    const { wideCount } = this
    if (wideCount + length > this.wideCapacity) {
      this.wideCapacity = MathMax(this.wideCapacity * 2, wideCount + length, INITIAL_UNITS)
      this.wide = grownUnits(this.wide, this.wideCapacity)
    }
    const { wide } = this
    if (length > COPIED_HERE) {
      const bytes = new Uint8ArrayConstructor(TypedArrayBuffer(wide))
      this.platform.writeUtf16(s, bytes, wideCount * 2)
    } else {
      for (let i = 0; i < length; i++) wide[wideCount + i] = StringCharCodeAt(s, i)
    }
    this.wideCount = wideCount + length
  }

  /** Writes the blocks: lengths and description to `meta`, units to `out`. */
  write(out: ByteWriter, meta: ByteWriter): void {
    const { count } = this
    meta.varint(count)
    this.writeRope()
    const from: Position = { string: 0, narrow: 0, wide: 0 }
    while (from.string < count) this.writeBlock(from, out, meta)
  }

  /** Writes the strings from `from` on that make one block, and moves `from` behind them. */
  private writeBlock(from: Position, out: ByteWriter, meta: ByteWriter): void {
    const { heads, count } = this
    let end = from.string
    let narrow = 0
    let wide = 0
    do {
      const head = heads[end]!
      if (head >= 0) narrow += head
      else wide += ~head
      end++
    } while (end < count && narrow + wide + (heads[end]! ^ (heads[end]! >> 31)) <= STRING_BLOCK)
    const length = end - from.string
    const block = new Int32ArrayConstructor(TypedArrayBuffer(heads), from.string * 4, length)
    meta.varint(length)
    meta.byte(wide === 0 ? 0 : 1)
    if (wide > 0) for (let i = 0; i < length; i++) block[i] = markedLength(block[i]!)
    writeInts(block, length, out, meta)
    meta.varint(narrow)
    out.block(TypedArrayBuffer(this.narrow.bytes), narrow, from.narrow)
    if (wide > 0) {
      meta.varint(wide)
      out.align(2)
      out.block(TypedArrayBuffer(this.wide), wide * 2, from.wide * 2)
    }
    from.string = end
    from.narrow += narrow
    from.wide += wide
  }

  reset(): void {
    if (this.count === 0) return
    this.count = this.wideCount = this.ropeStart = 0
    this.singles = FIRST_SINGLES
    this.nextSingles = SINGLES
    this.rope = ''
    this.stoppedAt = undefined
    this.narrow.reset()
    if (this.headCapacity > KEEP) {
      this.headCapacity = INITIAL_SLOTS
      this.heads = new Int32ArrayConstructor(INITIAL_SLOTS)
    }
    if (this.wideCapacity > KEEP) {
      this.wideCapacity = 0
      this.wide = new Uint16ArrayConstructor(0)
    }
    if (this.knownCount > 0) this.forget()
  }

  private forget(): void {
    const { known, knownCount } = this
    // A large table is not cleared again and again for small payloads.
    if (this.slotCount > KEEP || this.slotCount > (knownCount + INITIAL_SLOTS) * 64) {
      this.slotCount = INITIAL_SLOTS
      this.slots = new Int32ArrayConstructor(INITIAL_SLOTS)
      this.indices = new Int32ArrayConstructor(INITIAL_SLOTS)
      known.length = 0
    } else {
      TypedArrayFill(this.slots, 0)
      for (let i = 0; i < knownCount; i++) known[i] = undefined
    }
    this.knownCount = 0
  }
}

/** Twice a length, plus one if it is the complement of one. */
const markedLength = (head: number): number => (head >= 0 ? head * 2 : ~head * 2 + 1)

/** How far the strings, and the units of each width, have been written. */
interface Position {
  string: number
  narrow: number
  wide: number
}
