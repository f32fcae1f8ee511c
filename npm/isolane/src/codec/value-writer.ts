import { classify, Kind } from './classify.js'
import { Column } from './column.js'
import { ASK_PLATFORM, namedKeys, nextIndex } from './arrays.js'
import { compileWriter } from './codegen.js'
import { writeBigInt, writeExotic } from './exotic-writer.js'
import {
  HOT_SHAPE,
  MAX_INLINE_STRINGS,
  MAX_ROOT_COLUMNS,
  MAX_SHAPES,
  MIN_COLUMN,
  Token,
  Type,
} from './format.js'
import { Fingerprints, mix } from './fingerprints.js'
import { Identity } from './identity.js'
import type { Platform } from './platform.js'
import {
  ArrayIsArray,
  ObjectGetPrototypeOf,
  ObjectHasOwn,
  ObjectKeys,
  ObjectPrototype,
  privateArray,
} from './primordials.js'
import { COMPILE_AFTER, ShapeTree, type Shape } from './shapes.js'
import { StringTable } from './strings.js'
import { Writer } from './writer.js'

/** Arrays that a column checks for named properties before it stops expecting any. */
const SAMPLED_ARRAYS = 16

type Record = { [key: string]: unknown }

/** Thrown inside the codec; the encoder turns it into a DataCloneError that names the path. */
export class Uncloneable {
  constructor(readonly value: unknown) {}
}

/** Writes values: each either inline, or to the column of the place where it stands. */
export class ValueWriter {
  readonly out = new Writer()
  readonly strings: StringTable
  readonly identity = new Identity()
  hasReferences = false
  /** Shapes with columns in this payload. */
  readonly shapes = privateArray<Shape>()
  shapeCount = 0
  /** Columns of arrays that stand inline. */
  readonly roots = privateArray<Column>()
  rootCount = 0
  private readonly tree = new ShapeTree()
  private touched = privateArray<Shape>()
  private touchedCount = 0
  private inlineShapes = 0
  private inlineStrings = 0
  /** Whether `for in` shows the own keys of a plain object only. */
  private plainForIn = true
  private readonly arrays = new Fingerprints()

  constructor(readonly platform: Platform) {
    this.strings = new StringTable(platform)
  }

  /** To be called before each payload. */
  start(): void {
    this.plainForIn = true
    for (const _ in {}) this.plainForIn = false
  }

  /** Forgets the payload and every value in it. */
  reset(): void {
    this.identity.reset()
    this.arrays.reset()
    this.strings.reset()
    for (let i = 0; i < this.touchedCount; i++) this.touched[i]!.reset()
    for (let i = 0; i < this.rootCount; i++) this.roots[i]!.reset()
    this.touchedCount = this.shapeCount = this.rootCount = 0
    this.inlineShapes = this.inlineStrings = 0
    this.hasReferences = false
    this.tree.prune()
  }

  /** Writes `value` inline. */
  value(value: unknown): void {
    switch (typeof value) {
      case 'number':
        return this.number(value)
      case 'string':
        return this.string(value)
      case 'object':
        return value === null ? this.out.byte(Token.Null) : this.object(value)
      case 'undefined':
        return this.out.byte(Token.Undefined)
      case 'boolean':
        return this.out.byte(value ? Token.True : Token.False)
      case 'bigint':
        return writeBigInt(this.out, value)
      default:
        throw new Uncloneable(value)
    }
  }

  number(value: number): void {
    const int = value | 0
    if (int !== value || (int === 0 && 1 / value < 0)) {
      this.out.byte(Token.Double)
      this.out.double(value)
    } else if (int >= 0 && int < 64) {
      this.out.byte(Token.SmallInt + int)
    } else {
      this.out.token(Token.Int, ((int << 1) ^ (int >> 31)) >>> 0)
    }
  }

  string(value: string): void {
    const { length } = value
    const { out } = this
    if (length < 32) {
      const { pos } = out
      out.byte(Token.ShortString + length)
      if (out.shortLatin1(value)) return
      out.pos = pos
    }
    if (this.inlineStrings === MAX_INLINE_STRINGS) {
      out.token(Token.StringRef, this.strings.intern(value))
      return
    }
    this.inlineStrings++
    this.longString(value)
  }

  private longString(value: string): void {
    const { length } = value
    const { out, platform } = this
    const narrow = platform.isLatin1(value)
    out.token(narrow ? Token.Latin1 : Token.Utf16, length)
    out.reserve(length * 2)
    if (narrow) platform.writeLatin1(value, out.bytes, out.pos)
    else platform.writeUtf16(value, out.bytes, out.pos)
    out.pos += narrow ? length : length * 2
  }

  /** Whether `value` was written before; then a reference stands in `column`, or inline. */
  private known(column: Column | undefined, value: object): boolean {
    const number = this.identity.track(value)
    if (number !== -1) this.reference(column, number)
    return number !== -1
  }

  private reference(column: Column | undefined, number: number): void {
    this.hasReferences = true
    if (column !== undefined) column.constant(Type.Inline)
    this.out.token(Token.Reference, number)
  }

  object(value: object): void {
    if (ArrayIsArray(value)) return this.array(value)
    const prototype = ObjectGetPrototypeOf(value) as object | null
    if (prototype === ObjectPrototype || prototype === null) {
      return this.record(
        value as Record,
        this.shapeOf(value, prototype === null),
        prototype === null,
      )
    }
    const kind = this.kindOf(value)
    if (kind === Kind.Record) return this.record(value as Record, this.instanceShape(value), false)
    if (!this.known(undefined, value)) writeExotic(this, value, kind)
  }

  refuse(value: unknown): never {
    throw new Uncloneable(value)
  }

  private kindOf(value: object): Kind {
    const kind = classify(value)
    if (
      kind === Kind.Opaque ||
      (kind === Kind.Record && this.platform.isOpaque?.(value) === true)
    ) {
      throw new Uncloneable(value)
    }
    return kind
  }

  /** The shape of a plain object, or undefined if it is a dictionary. */
  private shapeOf(value: object, bare: boolean): Shape | undefined {
    let shape: Shape | undefined = this.tree.root(bare)
    if (!this.plainForIn && !bare) return this.instanceShape(value)
    for (const key in value) {
      shape = shape.next(key)
      if (shape === undefined) return undefined
    }
    return shape
  }

  /** The same for an object whose prototypes may have enumerable properties. */
  private instanceShape(value: object): Shape | undefined {
    let shape: Shape | undefined = this.tree.root(false)
    const keys = ObjectKeys(value)
    for (let i = 0; i < keys.length; i++) {
      shape = shape.next(keys[i]!)
      if (shape === undefined) return undefined
    }
    return shape
  }

  private record(value: Record, shape: Shape | undefined, bare: boolean): void {
    if (shape !== undefined && (shape.index !== -1 || this.warm(shape))) {
      return this.row(value, shape, undefined)
    }
    if (this.known(undefined, value)) return
    if (shape === undefined) this.dictionary(value, bare)
    else this.inlineObject(value, shape)
  }

  private inlineObject(value: Record, shape: Shape): void {
    this.shapeReference(shape)
    const { keys, size } = shape
    for (let i = 0; i < size; i++) this.value(value[keys[i]!])
  }

  /** Counts an object that would stand inline; whether its shape has earned columns by now. */
  private warm(shape: Shape): boolean {
    if (shape.seen === 0) this.touch(shape)
    shape.inSet = true
    if (++shape.seen < HOT_SHAPE || this.shapeCount === MAX_SHAPES) return false
    this.activate(shape)
    return true
  }

  private touch(shape: Shape): void {
    this.touched[this.touchedCount++] = shape
  }

  private activate(shape: Shape): void {
    if (shape.seen === 0) this.touch(shape)
    shape.seen++
    shape.activate(this.shapeCount)
    this.shapes[this.shapeCount++] = shape
  }

  private shapeReference(shape: Shape): void {
    const { out } = this
    const { inlineIndex } = shape
    if (inlineIndex === -1) {
      shape.inlineIndex = this.inlineShapes++
      out.byte(Token.Object)
      shape.writeDefinition(out, this.platform)
    } else if (inlineIndex < 32) {
      out.byte(Token.ShortObject + inlineIndex)
    } else {
      out.token(Token.ObjectAgain, inlineIndex)
    }
  }

  private dictionary(value: Record, bare: boolean): void {
    const keys = ObjectKeys(value)
    const { length } = keys
    const { out } = this
    if (length < MIN_COLUMN) {
      out.byte(Token.Dictionary)
      out.token(bare ? 1 : 0, length)
      for (let i = 0; i < length; i++) {
        this.string(keys[i]!)
        this.value(value[keys[i]!])
      }
      return
    }
    const root = this.root()
    out.byte(Token.ColumnDictionary)
    out.token(bare ? 1 : 0, root)
    out.varint(length)
    for (let i = 0; i < length; i++) {
      this.string(keys[i]!)
      this.put(this.roots[root]!, value[keys[i]!])
    }
  }

  /** The index of a column for an inline array: a new one while there are few. */
  private root(): number {
    if (this.rootCount === MAX_ROOT_COLUMNS) return MAX_ROOT_COLUMNS - 1
    this.roots[this.rootCount] ??= new Column()
    return this.rootCount++
  }

  array(value: readonly unknown[]): void {
    const first = value[0]
    const number = this.trackArray(value, first)
    if (number !== -1) return this.reference(undefined, number)
    this.newArray(value, first, namedKeys(value, this.platform, value.length < ASK_PLATFORM))
  }

  private newArray(value: readonly unknown[], first: unknown, names: string[] | undefined): void {
    if (names !== undefined) this.out.byte(Token.NamedArray)
    this.elements(value, 0, value.length, first)
    if (names !== undefined) this.properties(value, names)
  }

  /** Arrays of scalars are known by their length and first element. */
  private trackArray(value: object, first: unknown): number {
    const type = typeof first
    if (type !== 'number' && type !== 'string') return this.identity.track(value)
    const hash = mix((value as unknown[]).length, first)
    return this.arrays.track(hash, value, this.identity)
  }

  /** Writes a count, and keys with their values. */
  properties(value: object, keys: readonly string[]): void {
    this.out.varint(keys.length)
    for (let i = 0; i < keys.length; i++) {
      this.string(keys[i]!)
      this.value((value as Record)[keys[i]!])
    }
  }

  /** Writes the elements [start, end) as an array. `first` is the first of them, read already. */
  elements(value: readonly unknown[], start: number, end: number, first: unknown): void {
    const { out } = this
    const length = end - start
    if (length >= MIN_COLUMN) {
      const root = this.root()
      out.token(Token.ColumnArray, root)
      const at = out.pos
      out.u32(0)
      out.putU32(at, this.columnElements(this.roots[root]!, value, start, end, first))
      return
    }
    out.byte(Token.ShortArray + length)
    for (let i = start; i < end; i++) {
      const element = i === start ? first : value[i]
      if (element === undefined && !ObjectHasOwn(value, i)) out.token(Token.Holes, 1)
      else this.value(element)
    }
  }

  /** Puts the elements into a column; the number of values that took. */
  private columnElements(
    column: Column,
    value: readonly unknown[],
    start: number,
    end: number,
    first: unknown,
  ): number {
    const { strings } = this
    let holes = 0
    for (let i = start; i < end; i++) {
      const element = i === start ? first : value[i]
      if (typeof element === 'number') column.number(element)
      else if (typeof element === 'string') column.string(element, strings)
      else if (element === undefined && !ObjectHasOwn(value, i)) {
        const next = nextIndex(value, i, end)
        column.constant(Type.Inline)
        this.out.token(Token.Holes, next - i)
        holes += next - i - 1
        i = next - 1
      } else this.put(column, element)
    }
    return end - start - holes
  }

  /** Puts `value` into a column. */
  put(column: Column, value: unknown): void {
    switch (typeof value) {
      case 'number':
        return column.number(value)
      case 'string':
        return column.string(value, this.strings)
      case 'object':
        return value === null ? column.constant(Type.Null) : this.putObject(column, value)
      case 'undefined':
        return column.constant(Type.Undefined)
      case 'boolean':
        return column.constant(value ? Type.True : Type.False)
      default:
        column.constant(Type.Inline)
        return this.value(value)
    }
  }

  private putObject(column: Column, value: object): void {
    if (ArrayIsArray(value)) return this.putArray(column, value)
    const prototype = ObjectGetPrototypeOf(value) as object | null
    if (prototype === ObjectPrototype)
      return this.putRecord(column, value as Record, this.shapeOf(value, false), false)
    if (prototype === null)
      return this.putRecord(column, value as Record, this.shapeOf(value, true), true)
    const kind = this.kindOf(value)
    if (kind === Kind.Record) {
      return this.putRecord(column, value as Record, this.instanceShape(value), false)
    }
    if (this.known(column, value)) return
    column.constant(Type.Inline)
    writeExotic(this, value, kind)
  }

  private putRecord(column: Column, value: Record, shape: Shape | undefined, bare: boolean): void {
    if (shape !== undefined && (shape.index !== -1 || this.claims(column, shape))) {
      return this.row(value, shape, column)
    }
    if (this.known(column, value)) return
    column.constant(Type.Inline)
    if (shape === undefined) this.dictionary(value, bare)
    else if (this.warm(shape)) this.slowRow(value, shape, undefined)
    else this.inlineObject(value, shape)
  }

  /** Where many objects are expected, the first one's shape gets columns at once. */
  private claims(column: Column, shape: Shape): boolean {
    if (column.sawObject || this.shapeCount === MAX_SHAPES) return false
    column.sawObject = true
    this.activate(shape)
    return true
  }

  private putArray(column: Column, value: readonly unknown[]): void {
    const first = value[0]
    const number = this.trackArray(value, first)
    if (number !== -1) return this.reference(column, number)
    const { elements, lengths } = column
    const { length } = value
    const names = namedKeys(value, this.platform, this.inspects(column) && length < ASK_PLATFORM)
    if (elements === undefined || names !== undefined) {
      if (names !== undefined) column.sawNames = true
      column.constant(Type.Inline)
      return this.newArray(value, first, names)
    }
    column.array(length)
    const at = lengths.count - 1
    const count = this.columnElements(elements, value, 0, length, first)
    if (count !== length) lengths.data[at] = count
  }

  /** Whether an array of this column might well have named properties. */
  private inspects(column: Column): boolean {
    return column.sawNames || column.lengths.count < SAMPLED_ARRAYS
  }

  /** Writes an object of a shape with columns. */
  private row(value: Record, shape: Shape, column: Column | undefined): void {
    if (shape.writeRow !== undefined) return shape.writeRow(value, column)
    if (!this.known(column, value)) this.slowRow(value, shape, column)
  }

  private slowRow(value: Record, shape: Shape, column: Column | undefined): void {
    shape.inSet = true
    if (++shape.total === COMPILE_AFTER && this.platform.codegen) {
      shape.fingerprints = new Fingerprints()
      shape.writeRow = compileWriter(shape, this)
    }
    this.announceRow(column, shape)
    const { keys, columns, size } = shape
    for (let i = 0; i < size; i++) this.put(columns![i]!, value[keys[i]!])
  }

  private announceRow(column: Column | undefined, shape: Shape): void {
    shape.rows++
    if (column === undefined) this.out.token(Token.Row, shape.index)
    else column.object(shape)
  }

  startRow(column: Column | undefined, shape: Shape, object: object, fingerprint: number): boolean {
    const { identity } = this
    let number = shape.inSet ? identity.find(object) : -1
    if (number === -1) number = shape.fingerprints!.track(fingerprint, object, identity)
    if (number === -1) this.announceRow(column, shape)
    else this.reference(column, number)
    return number !== -1
  }
}
