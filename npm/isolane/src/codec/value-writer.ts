import { classify, Kind } from './classify.js'
import { Column } from './column.js'
import { namedKeys, nextIndex } from './arrays.js'
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
const SAMPLED_ARRAYS = 8

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
  private readonly putBound = (column: Column, value: unknown): void => this.put(column, value)

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

  /** Writes a back reference if `value` was written before. */
  private reference(value: object): boolean {
    const known = this.identity.track(value)
    if (known === -1) return false
    this.hasReferences = true
    this.out.token(Token.Reference, known)
    return true
  }

  object(value: object): void {
    if (this.reference(value)) return
    if (ArrayIsArray(value)) return this.array(value)
    const prototype = ObjectGetPrototypeOf(value) as object | null
    if (prototype === ObjectPrototype || prototype === null) {
      return this.record(value as Record, this.shapeOf(value, prototype === null), prototype === null)
    }
    const kind = this.kindOf(value)
    if (kind === Kind.Record) return this.record(value as Record, this.instanceShape(value), false)
    writeExotic(this, value, kind)
  }

  refuse(value: unknown): never {
    throw new Uncloneable(value)
  }

  private kindOf(value: object): Kind {
    const kind = classify(value)
    if (kind === Kind.Opaque || (kind === Kind.Record && this.platform.isOpaque?.(value) === true)) {
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
    if (shape === undefined) return this.dictionary(value, bare)
    if (shape.index !== -1 || this.warm(shape)) {
      this.out.token(Token.Row, shape.index)
      this.row(value, shape)
      return
    }
    this.shapeReference(shape)
    const { keys, size } = shape
    for (let i = 0; i < size; i++) this.value(value[keys[i]!])
  }

  /** Counts an object that would stand inline; whether its shape has earned columns by now. */
  private warm(shape: Shape): boolean {
    if (shape.seen === 0) this.touch(shape)
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
    const { length } = value
    const names = namedKeys(value, this.platform, length <= 64)
    if (names !== undefined) this.out.byte(Token.NamedArray)
    this.elements(value, 0, length)
    if (names !== undefined) this.properties(value, names)
  }

  /** Writes a count, and keys with their values. */
  properties(value: object, keys: readonly string[]): void {
    this.out.varint(keys.length)
    for (let i = 0; i < keys.length; i++) {
      this.string(keys[i]!)
      this.value((value as Record)[keys[i]!])
    }
  }

  /** Writes the elements [start, end) as an array. */
  elements(value: readonly unknown[], start: number, end: number): void {
    const { out } = this
    const length = end - start
    if (length >= MIN_COLUMN) {
      const root = this.root()
      out.token(Token.ColumnArray, root)
      const at = out.pos
      out.u32(0)
      out.putU32(at, this.columnElements(this.roots[root]!, value, start, end))
      return
    }
    out.byte(Token.ShortArray + length)
    for (let i = start; i < end; i++) {
      const element = value[i]
      if (element === undefined && !ObjectHasOwn(value, i)) out.token(Token.Holes, 1)
      else this.value(element)
    }
  }

  /** Puts the elements into a column; the number of values that took. */
  private columnElements(column: Column, value: readonly unknown[], start: number, end: number): number {
    const { strings } = this
    let holes = 0
    for (let i = start; i < end; i++) {
      const element = value[i]
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
    const known = this.identity.track(value)
    if (known !== -1) {
      this.hasReferences = true
      column.constant(Type.Inline)
      this.out.token(Token.Reference, known)
      return
    }
    if (ArrayIsArray(value)) return this.putArray(column, value)
    const prototype = ObjectGetPrototypeOf(value) as object | null
    if (prototype === ObjectPrototype || prototype === null) {
      return this.putRecord(column, value as Record, this.shapeOf(value, prototype === null), prototype === null)
    }
    const kind = this.kindOf(value)
    if (kind === Kind.Record) {
      return this.putRecord(column, value as Record, this.instanceShape(value), false)
    }
    column.constant(Type.Inline)
    writeExotic(this, value, kind)
  }

  private putRecord(column: Column, value: Record, shape: Shape | undefined, bare: boolean): void {
    if (shape !== undefined && (shape.index !== -1 || this.claims(column, shape))) {
      column.object(shape)
      return this.row(value, shape)
    }
    column.constant(Type.Inline)
    this.record(value, shape, bare)
  }

  /** Where many objects are expected, the first one's shape gets columns at once. */
  private claims(column: Column, shape: Shape): boolean {
    if (column.sawObject || this.shapeCount === MAX_SHAPES) return false
    column.sawObject = true
    this.activate(shape)
    return true
  }

  private putArray(column: Column, value: readonly unknown[]): void {
    const { elements } = column
    const { length } = value
    const names = namedKeys(value, this.platform, column.lengths.count < SAMPLED_ARRAYS && length < 4096)
    if (elements === undefined || names !== undefined) {
      column.constant(Type.Inline)
      return this.array(value)
    }
    column.array(length)
    const { lengths } = column
    const at = lengths.count - 1
    const count = this.columnElements(elements, value, 0, length)
    if (count !== length) lengths.data[at] = count
  }

  private row(value: Record, shape: Shape): void {
    shape.rows++
    if (shape.writeRow !== undefined) return shape.writeRow(value)
    if (++shape.total === COMPILE_AFTER && this.platform.codegen) {
      shape.writeRow = compileWriter(shape, this.strings, this.putBound)
    }
    const { keys, columns, size } = shape
    for (let i = 0; i < size; i++) this.put(columns![i]!, value[keys[i]!])
  }
}
