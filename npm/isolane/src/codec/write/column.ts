import { MAX_COLUMN_DEPTH, NONE, TAGGED, Type } from '../shared/format.js'
import {
  MathMin,
  privateArray,
  TypedArrayBuffer,
  TypedArrayFill,
  Uint8ArrayConstructor,
} from '../shared/primordials.js'
import { grownBytes } from '../shared/growing.js'
import { Doubles, INITIAL, Ints, KEEP, writeDoubles, writeInts } from './streams.js'
import { sample, type StringTable } from './strings.js'
import type { ByteWriter } from './bytes.js'

/** Strings after which a column decides whether looking for equal ones pays. */
const TRIAL = 128
/** Strings that it takes as they come when that did not pay, at first and at most. */
const PAUSE = 128
const MAX_PAUSE = 8192

/** What a column knows of the shape of its objects. */
export interface ColumnShape {
  /** Among the shapes with columns in this payload. */
  readonly index: number
}

/** Writes objects of one shape to the shape's columns. */
export interface RowWriter {
  /**
   * Writes an object of the shape, or a reference if it was written before. The object stands in
   * `column`, or inline if there is none.
   */
  write(object: object, column: Column | undefined): void
  /**
   * Writes the elements of `list` from index `start` to `column`, up to the first one that is no
   * plain object of the shape: `stoppedAt` of the sink.
   *
   * @returns its index, or `end`
   */
  many(list: readonly unknown[], start: number, end: number, column: Column): number
  /** Whether an object is a plain one of the shape. */
  isPlain(object: object): boolean
}

/** Writers that a column remembers besides the last one. */
const MAX_WRITERS = 3

const NO_TAGS = new Uint8ArrayConstructor(0)

/**
 * The values that one place of the data takes: a field of a shape, or the elements of the arrays in
 * one field. While all have one type, its stream alone tells them; a second type adds a tag stream.
 */
export class Column {
  /** The type of all values, NONE or TAGGED. */
  only: number = NONE
  readonly ints = new Ints()
  readonly doubles = new Doubles()
  readonly strings = new Ints()
  readonly lengths = new Ints()
  /** Which shape each object has; empty while `shape` is the only one. */
  private readonly shapeIds = new Ints()
  private shape: ColumnShape | undefined
  private objects = 0
  /** Values of types that need no stream, while untagged. */
  private plain = 0
  private tags: Uint8Array = NO_TAGS
  private tagCount = 0
  private tagCapacity = 0
  /** Writes objects of the shape that came last. */
  writer: RowWriter | undefined
  /** Those that came before, of other shapes. */
  private readonly otherWriters = privateArray<RowWriter>()
  /** Whether an object was seen, here or inline. */
  sawObject = false
  /** Whether an array had named properties. */
  sawNames = false
  private deduplicate = true
  /** Strings still to be taken as they come, and how many next time. */
  private pause = 0
  private nextPause = PAUSE
  private internTried = 0
  private internNew = 0
  private lastString = ''
  private lastIndex = NONE
  private elementColumn: Column | undefined
  /** Index of the element that is being written, or -1 where `count` tells it; see `ItemSink`. */
  at = -1
  /** Of the elements before it: how many indices are in runs of holes, less the runs. */
  missing = 0

  constructor(private readonly depth = 0) {}

  /** The column of the elements of this column's arrays; none when nested too deep. */
  get elements(): Column | undefined {
    if (this.elementColumn !== undefined) return this.elementColumn
    if (this.depth === MAX_COLUMN_DEPTH) return undefined
    return (this.elementColumn = new Column(this.depth + 1))
  }

  /** Number of values so far. */
  get count(): number {
    switch (this.only) {
      case NONE:
        return 0
      case TAGGED:
        return this.tagCount
      case Type.Int:
        return this.ints.count
      case Type.Double:
        return this.doubles.count
      case Type.String:
        return this.strings.count
      case Type.Array:
        return this.lengths.count
      case Type.Object:
        return this.objects
      default:
        return this.plain
    }
  }

  number(value: number): void {
    const int = value | 0
    if (int === value && (int !== 0 || 1 / value > 0)) {
      if (this.only === Type.Int) this.ints.push(int)
      else this.intSlow(int)
    } else if (this.only === Type.Double) {
      this.doubles.push(value)
    } else {
      this.doubleSlow(value)
    }
  }

  private intSlow(value: number): void {
    if (this.only === Type.Double) {
      this.doubles.push(value)
    } else {
      this.tag(Type.Int)
      this.ints.push(value)
    }
  }

  private doubleSlow(value: number): void {
    if (this.only === Type.Int) this.widen()
    if (this.only !== Type.Double) this.tag(Type.Double)
    this.doubles.push(value)
  }

  /** A column of numbers stays untagged: its integers become doubles too. */
  private widen(): void {
    const { ints, doubles } = this
    for (let i = 0; i < ints.count; i++) doubles.push(ints.data[i]!)
    ints.count = 0
    this.only = Type.Double
  }

  string(value: string, table: StringTable): void {
    if (this.only !== Type.String) this.tag(Type.String)
    if (value === this.lastString && this.lastIndex !== NONE) this.strings.push(this.lastIndex)
    else this.otherString(value, this.deduplicate ? sample(value) : 0, table)
  }

  /** The same for a string whose sample is known. */
  sampled(value: string, hash: number, table: StringTable): void {
    if (this.only !== Type.String) this.tag(Type.String)
    if (value === this.lastString && this.lastIndex !== NONE) this.strings.push(this.lastIndex)
    else this.otherString(value, hash, table)
  }

  /** A string that is not the one before. */
  private otherString(value: string, hash: number, table: StringTable): void {
    const index = this.deduplicate ? this.intern(value, hash, table) : this.append(value, table)
    this.lastString = value
    this.lastIndex = index
    this.strings.push(index)
  }

  private intern(value: string, hash: number, table: StringTable): number {
    const before = table.count
    const index = table.intern(value, hash)
    if (index === before) this.internNew++
    if (++this.internTried === TRIAL) {
      if (this.internNew * 8 > TRIAL * 7) {
        // The first strings of a large vocabulary are all new, too: it will look again.
        this.deduplicate = false
        this.pause = this.nextPause
        this.nextPause = MathMin(this.pause * 2, MAX_PAUSE)
      } else this.nextPause = PAUSE
      this.internTried = this.internNew = 0
    }
    return index
  }

  /** Whether `stringRun` may be called. */
  get takesRuns(): boolean {
    return !this.deduplicate && this.only === Type.String
  }

  /**
   * Puts the strings from `list[start]` on, of which `first` is the first, up to the first element
   * that is none, as they come.
   *
   * @returns the index of the element that comes next, which is `stoppedAt` of the table, or `end`
   */
  stringRun(
    list: readonly unknown[],
    start: number,
    end: number,
    first: string,
    table: StringTable,
  ): number {
    const index = table.count
    const limit = MathMin(end, start + this.pause)
    let stop = start
    try {
      stop = table.appendRun(list, start, limit, first)
    } finally {
      // Also where an element could not be read.
      this.strings.sequence(index, table.count - index)
    }
    this.pause -= stop - start
    if (this.pause === 0) this.deduplicate = true
    if (stop === limit && limit < end) table.stoppedAt = list[limit]
    return stop
  }

  private append(value: string, table: StringTable): number {
    if (--this.pause === 0) this.deduplicate = true
    return table.append(value)
  }

  /** An array of `length` follows in `elements`. */
  array(length: number): void {
    if (this.only !== Type.Array) this.tag(Type.Array)
    this.lengths.push(length)
  }

  object(shape: ColumnShape): void {
    if (this.only !== Type.Object) this.tag(Type.Object)
    if (shape === this.shape && this.shapeIds.count === 0) {
      this.objects++
      return
    }
    this.objectSlow(shape)
  }

  private objectSlow(shape: ColumnShape): void {
    if (this.shape === undefined) this.shape = shape
    else {
      if (this.shapeIds.count === 0) this.shapeIds.fill(this.shape.index, this.objects)
      this.shapeIds.push(shape.index)
    }
    this.objects++
  }

  /** Remembers who writes objects of the shape that came last. */
  setWriter(writer: RowWriter): void {
    const { otherWriters } = this
    const before = this.writer
    this.writer = writer
    if (before === undefined) return
    for (let i = 0; i < otherWriters.length; i++) {
      if (otherWriters[i] !== writer) continue
      otherWriters[i] = before
      return
    }
    if (otherWriters.length < MAX_WRITERS) otherWriters[otherWriters.length] = before
  }

  /** Who writes objects of the shape of `object`, where such objects came here lately. */
  writerOf(object: object): RowWriter | undefined {
    const { otherWriters } = this
    for (let i = 0; i < otherWriters.length; i++) {
      const writer = otherWriters[i]!
      if (!writer.isPlain(object)) continue
      otherWriters[i] = this.writer!
      return (this.writer = writer)
    }
    return undefined
  }

  /** A value whose type says all: undefined, null, false, true, or the next inline value. */
  constant(type: Type): void {
    if (this.only !== type) this.tag(type)
    if (this.only !== TAGGED) this.plain++
  }

  /** Notes the type of the next value, whose type is not `only`. */
  private tag(type: Type): void {
    if (this.only === NONE) {
      this.only = type
      return
    }
    if (this.only !== TAGGED) this.startTags()
    if (this.tagCount === this.tagCapacity) {
      this.tags = grownBytes(this.tags, (this.tagCapacity *= 2))
    }
    this.tags[this.tagCount++] = type
  }

  private startTags(): void {
    const { count, only } = this
    this.tagCapacity = count * 2 + INITIAL
    this.tags = new Uint8ArrayConstructor(this.tagCapacity)
    TypedArrayFill(this.tags, only, 0, count)
    this.tagCount = count
    this.plain = 0
    this.only = TAGGED
  }

  /**
   * Writes description to `meta` and streams to `out`. The reader knows `count` or reads it.
   *
   * @returns the number of values in this column and in those of its elements
   */
  write(out: ByteWriter, meta: ByteWriter): number {
    const { count } = this
    meta.byte(this.only & 0xff)
    if (this.only === TAGGED) out.block(TypedArrayBuffer(this.tags), this.tagCount)
    if (this.ints.count > 0) writeInts(this.ints.data, this.ints.count, out, meta)
    if (this.doubles.count > 0) writeDoubles(this.doubles.data, this.doubles.count, out)
    if (this.strings.count > 0) writeInts(this.strings.data, this.strings.count, out, meta)
    if (this.objects > 0) this.writeShapes(out, meta)
    return this.lengths.count > 0 ? count + this.writeArrays(out, meta) : count
  }

  private writeShapes(out: ByteWriter, meta: ByteWriter): void {
    if (this.shapeIds.count === 0) {
      meta.varint(this.shape!.index + 1)
    } else {
      meta.byte(0)
      writeInts(this.shapeIds.data, this.shapeIds.count, out, meta)
    }
  }

  private writeArrays(out: ByteWriter, meta: ByteWriter): number {
    writeInts(this.lengths.data, this.lengths.count, out, meta)
    const elements = this.elements!
    meta.varint(elements.count)
    return elements.write(out, meta)
  }

  reset(): void {
    this.only = NONE
    this.ints.reset()
    this.doubles.reset()
    this.strings.reset()
    this.lengths.reset()
    this.shapeIds.reset()
    this.shape = undefined
    this.writer = undefined
    if (this.otherWriters.length > 0) this.otherWriters.length = 0
    this.objects = this.plain = this.tagCount = 0
    if (this.tagCapacity > KEEP) {
      this.tags = NO_TAGS
      this.tagCapacity = 0
    }
    this.sawObject = this.sawNames = false
    this.deduplicate = true
    this.nextPause = PAUSE
    this.internTried = this.internNew = 0
    this.lastString = ''
    this.lastIndex = NONE
    this.at = -1
    this.missing = 0
    this.elementColumn?.reset()
  }
}
