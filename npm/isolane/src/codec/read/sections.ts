import { MAX_PAYLOAD, NONE, TAGGED, Type, TYPES, Width, WIDTH_BYTES } from '../shared/format.js'
import { KeyList, ReadColumn, ReadShape, type KeyListCache } from './shapes.js'
import type { Platform } from '../shared/platform.js'
import {
  Float64ArrayConstructor,
  Int16ArrayConstructor,
  Int32ArrayConstructor,
  Int8ArrayConstructor,
  MathMax,
  privateArray,
  StringSubstring,
  TypedArrayBuffer,
  TypedArrayByteOffset,
  TypedArraySet,
  Uint16ArrayConstructor,
  Uint8ArrayConstructor,
} from '../shared/primordials.js'
import { ByteReader } from './bytes.js'
import { grownInts } from '../shared/growing.js'

const FOOTER = 8
/** Fewer values are copied one by one: a view costs more. */
const FEW = 24
/** Integer memory above this is given back after the payload. */
const KEEP = 1 << 22
const INITIAL_INTS = 256
const NO_INTS = new Int32ArrayConstructor(0)
const NO_BYTES = new Uint8ArrayConstructor(0)
const NO_DOUBLES = new Float64ArrayConstructor(0)
const NO_KEYS = new KeyList(privateArray(), 0, false, new Uint8ArrayConstructor(0), 0)

/** Reads the sections of a payload and checks all that can be checked before values are made. */
export class SectionReader {
  ints: Int32Array = NO_INTS
  doubles: Float64Array = NO_DOUBLES
  strings = privateArray<string>()
  shapes = privateArray<ReadShape>()
  roots = privateArray<ReadColumn>()
  stringCount = 0
  private stringTotal = 0
  shapeCount = 0
  rootCount = 0
  private intCapacity = 0
  protected intCount = 0
  /** What the sections say of themselves. */
  protected readonly description: ByteReader
  /** Bytes of streams still to come. */
  protected readonly data: ByteReader
  /** How many values the payload may still announce. */
  private budget = 0
  private readonly histogram = new Int32ArrayConstructor(TYPES)
  /**
   * A shape with a column. At a full garbage collection V8 forgets a hidden class that no object has,
   * and with it all that it has compiled for such objects: between two payloads, the whole reader.
   */
  private example: ReadShape | undefined

  constructor(
    platform: Platform,
    private readonly lists: KeyListCache,
    Data = ByteReader,
  ) {
    this.description = new ByteReader(platform)
    this.data = new Data(platform)
  }

  /**
   * Reads the sections of bytes [start, end), whose start is aligned to eight in memory.
   *
   * @returns where the inline value ends
   */
  load(bytes: Uint8Array, start: number, end: number): number {
    const inlineEnd = this.begin(bytes, start, end)
    while (this.readStringBlock());
    this.finish()
    return inlineEnd
  }

  /** The first step of {@link load}, before the blocks of strings, one by one, and {@link finish}. */
  begin(bytes: Uint8Array, start: number, end: number): number {
    this.open(bytes, start, end)
    this.stringTotal = this.description.count()
    return this.data.pos
  }

  /** What comes behind the strings. */
  finish(): void {
    // Lengths of strings are no longer needed.
    this.intCount = 0
    this.readShapes()
    this.rootCount = this.description.count()
    for (let i = 0; i < this.rootCount; i++) this.roots[i] = this.readColumn(this.announced())
  }

  private open(bytes: Uint8Array, start: number, end: number): void {
    const { data, description } = this
    const length = end - start
    description.bytes = data.bytes = bytes
    description.start = data.start = start
    description.end = end
    if (length < FOOTER + 2) description.fail('sections announced, none there')
    description.pos = end - FOOTER
    const dataStart = description.u32()
    const at = description.u32()
    if (dataStart > at || at > length - FOOTER || dataStart < 2 || dataStart % 8 !== 0) {
      description.fail('sections outside the payload')
    }
    data.pos = start + dataStart
    data.end = description.pos = start + at
    description.end = end - FOOTER
    this.budget = length
    const buffer = TypedArrayBuffer(bytes)
    this.doubles = new Float64ArrayConstructor(
      buffer,
      TypedArrayByteOffset(bytes) + start,
      length >> 3,
    )
    this.intCount = 0
  }

  /**
   * Every integer takes at least a byte, or is one of the strings or values whose number the payload's
   * size bounds; so that bounds what all need.
   */
  protected growInts(needed: number): void {
    this.intCapacity = MathMax(needed, this.intCapacity * 2, INITIAL_INTS)
    this.ints = grownInts(this.ints, this.intCapacity)
  }

  /** Whether it holds something of a payload. */
  get isLoaded(): boolean {
    return this.rootCount > 0 || this.shapeCount > 0 || this.stringCount > 0
  }

  /** Lets the payload go. */
  release(): void {
    this.description.bytes = this.data.bytes = NO_BYTES
    this.strings = privateArray()
    this.shapes = privateArray()
    this.roots = privateArray()
    this.stringCount = this.shapeCount = this.rootCount = 0
    this.doubles = NO_DOUBLES
    // A new one each time: V8 changes the classes of old ones as it learns more.
    this.example = exampleShape()
    if (this.intCapacity <= KEEP) return
    this.intCapacity = 0
    this.ints = NO_INTS
  }

  /** A number of values, taken from the budget. */
  private announced(): number {
    const count = this.description.varint()
    if (count > this.budget) this.description.fail(`${count} values announced in a shorter payload`)
    this.budget -= count
    return count
  }

  /** Reads the next block of strings; returns whether there was one. */
  readStringBlock(): boolean {
    const { description, stringTotal, stringCount } = this
    if (stringCount === stringTotal) return false
    const count = description.count()
    if (count === 0 || count > stringTotal - stringCount)
      description.fail('wrong number of strings')
    const kind = description.byte()
    const lengths = this.readInts(count)
    if (kind === 0) this.readBlock(lengths, count)
    else if (kind === 1) this.readMixedBlocks(lengths, count)
    else description.fail(`unknown string block ${kind}`)
    this.stringCount += count
    return true
  }

  private readBlock(lengths: number, count: number): void {
    const { ints, strings, stringCount } = this
    const size = this.description.varint()
    const block = this.data.latin1(size)
    if (count === 1) {
      if (ints[lengths] !== size) this.description.fail('string lengths do not match')
      strings[stringCount] = block
      return
    }
    let at = 0
    for (let i = 0; i < count; i++) {
      const length = ints[lengths + i]!
      if (length < 0 || length > size - at) this.description.fail('string lengths do not match')
      strings[stringCount + i] = StringSubstring(block, at, (at += length))
    }
    if (at !== size) this.description.fail('string lengths do not match')
  }

  private readMixedBlocks(lengths: number, count: number): void {
    const { ints, strings, stringCount, data } = this
    const narrowSize = this.description.varint()
    const narrow = data.latin1(narrowSize)
    const wideSize = this.description.varint()
    data.align(2)
    const wide = data.utf16(wideSize)
    let narrowAt = 0
    let wideAt = 0
    for (let i = 0; i < count; i++) {
      const head = ints[lengths + i]!
      const length = head >>> 1
      const isWide = (head & 1) === 1
      if (length > (isWide ? wideSize - wideAt : narrowSize - narrowAt)) {
        this.description.fail('string lengths do not match')
      }
      strings[stringCount + i] = isWide
        ? StringSubstring(wide, wideAt, (wideAt += length))
        : StringSubstring(narrow, narrowAt, (narrowAt += length))
    }
  }

  private readShapes(): void {
    const { shapes } = this
    const count = this.description.count()
    for (let i = 0; i < count; i++)
      shapes[i] = new ReadShape(this.lists.read(this.description), this.announced())
    this.shapeCount = count
    for (let i = 0; i < count; i++) {
      const { columns, list, rows } = shapes[i]!
      for (let j = 0; j < list.size; j++) {
        if (rows > this.budget) this.description.fail('more values than bytes')
        this.budget -= rows
        columns[j] = this.readColumn(rows)
      }
    }
  }

  private readColumn(count: number): ReadColumn {
    const column = new ReadColumn(count)
    const type = this.description.byte()
    if (type === (NONE & 0xff) && count === 0) return column
    const { histogram } = this
    for (let i = 0; i < TYPES; i++) histogram[i] = 0
    if (type === (TAGGED & 0xff)) this.readTags(column, count)
    else if (type >= TYPES) this.description.fail(`unknown column type ${type}`)
    else {
      column.only = type
      histogram[type] = count
    }
    const strings = histogram[Type.String]!
    const objects = histogram[Type.Object]!
    const arrays = histogram[Type.Array]!
    if (histogram[Type.Int]! > 0) column.int = this.readInts(histogram[Type.Int]!)
    if (histogram[Type.Double]! > 0) column.double = this.readDoubles(histogram[Type.Double]!)
    if (strings > 0) column.string = this.readIndices(strings, this.stringCount)
    if (objects > 0) this.readShapeIndices(column, objects)
    if (arrays > 0) {
      column.length = this.readIndices(arrays, 0x7fffffff)
      column.lengthEnd = column.length + arrays
      column.elements = this.readColumn(this.announced())
    }
    return column
  }

  private readTags(column: ReadColumn, count: number): void {
    const { histogram } = this
    const { bytes } = this.data
    column.only = TAGGED
    column.tag = this.data.take(count)
    const end = column.tag + count
    for (let i = column.tag; i < end; i++) {
      const type = bytes[i]!
      if (type >= TYPES) this.description.fail(`unknown type ${type}`)
      histogram[type]!++
    }
    column.numbers = count === histogram[Type.Int]! + histogram[Type.Double]!
  }

  private readShapeIndices(column: ReadColumn, count: number): void {
    const shape = this.description.varint()
    if (shape > this.shapeCount) this.description.fail(`no shape ${shape - 1}`)
    if (shape > 0) column.shape = this.shapes[shape - 1]!
    else column.shapeAt = this.readIndices(count, this.shapeCount)
  }

  private readDoubles(count: number): number {
    this.data.align(8)
    return (this.data.take(count * 8) - this.data.start) >> 3
  }

  /** @returns the index of the first one in `ints` */
  protected readIndices(count: number, limit: number): number {
    const first = this.readInts(count)
    this.checkIndices(first, count, limit)
    return first
  }

  protected checkIndices(first: number, count: number, limit: number): void {
    const { ints } = this
    for (let i = first; i < first + count; i++) {
      if (ints[i]! >>> 0 >= limit) this.description.fail(`index ${ints[i]} out of range`)
    }
  }

  protected readInts(count: number): number {
    const width = this.description.byte()
    const at = this.locate(width, count)
    const first = this.takeInts(count)
    this.put(width, at, count, first)
    return first
  }

  /** Where the next `count` integers stand; the first of a sequence. */
  protected locate(width: Width, count: number): number {
    if (width === Width.Sequence) {
      const start = this.description.varint()
      if (start > MAX_PAYLOAD - count) this.description.fail('sequence out of range')
      return start
    }
    const { data } = this
    const size = WIDTH_BYTES[width]
    if (size === undefined) return this.description.fail(`unknown width ${width}`)
    data.align(size)
    return data.take(count * size)
  }

  /** Puts the integers from `at` on, as {@link locate} tells, to `ints[first]` and what follows. */
  protected put(width: Width, at: number, count: number, first: number): void {
    const { ints } = this
    if (width === Width.Sequence) {
      for (let i = 0; i < count; i++) ints[first + i] = at + i
    } else if (width === Width.U8 && count < FEW) {
      for (let i = 0; i < count; i++) ints[first + i] = this.data.bytes[at + i]!
    } else {
      TypedArraySet(ints, this.view(width, at, count), first)
    }
  }

  /** Room for `count` integers; the index of the first one in `ints`. */
  private takeInts(count: number): number {
    const first = this.intCount
    this.intCount = first + count
    if (this.intCount > this.intCapacity) this.growInts(this.intCount)
    return first
  }

  private view(width: Width, at: number, count: number): ArrayLike<number> {
    const buffer = TypedArrayBuffer(this.data.bytes)
    const offset = TypedArrayByteOffset(this.data.bytes) + at
    switch (width) {
      case Width.U8:
        return new Uint8ArrayConstructor(buffer, offset, count)
      case Width.I8:
        return new Int8ArrayConstructor(buffer, offset, count)
      case Width.U16:
        return new Uint16ArrayConstructor(buffer, offset, count)
      case Width.I16:
        return new Int16ArrayConstructor(buffer, offset, count)
      default:
        return new Int32ArrayConstructor(buffer, offset, count)
    }
  }
}

function exampleShape(): ReadShape {
  const shape = new ReadShape(NO_KEYS, 0)
  shape.columns[0] = new ReadColumn(0)
  return shape
}
