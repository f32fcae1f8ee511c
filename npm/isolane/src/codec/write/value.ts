import { classify } from './classify.js'
import { compileWriter } from './late/codegen.js'
import { moreElements, putArray, startArray, writeArray, writeItems } from './array.js'
import type { ByteWriter } from './bytes.js'
import type { Attach } from '../shared/attachment.js'
import type { Column } from './column.js'
import { writeBigInt, writeExotic } from './late/exotic.js'
import { TooDeep, Uncloneable } from '../shared/errors.js'
import { MAX_DEPTH, MAX_INLINE_STRINGS, MIN_COLUMN, Token, Type } from '../shared/format.js'
import { Fingerprints, mix } from './fingerprints.js'
import { Identity } from './identity.js'
import { Kind } from './kinds.js'
import type { Platform } from '../shared/platform.js'
import { SectionWriter } from './sections.js'
import {
  ArrayIsArray,
  ObjectGetPrototypeOf,
  ObjectKeys,
  ObjectPrototype,
} from '../shared/primordials.js'
import { COMPILE_AFTER, type Shape } from './shapes.js'
import { sample, type StringTable } from './strings.js'

type Record = { [key: string]: unknown }

/** Writes values: each either inline, or to the column of the place where it stands. */
export class ValueWriter {
  readonly out: ByteWriter
  readonly strings: StringTable
  readonly identity = new Identity()
  hasReferences = false
  /** See {@link ArraySink}. */
  stoppedAt: unknown
  arrayLength = 0
  itemColumn: Column | undefined
  itemAt = 0
  itemCountAt = 0
  /** Containers around the value that is being written, and itself if it is one. */
  depth = 0
  /** Asked which buffers travel beside the payload; without it, none does. */
  attach: Attach | undefined
  private readonly sections: SectionWriter
  private readonly arrays = new Fingerprints()
  private inlineShapes = 0
  private inlineStrings = 0

  constructor(readonly platform: Platform) {
    this.sections = new SectionWriter(platform)
    this.out = this.sections.out
    this.strings = this.sections.strings
  }

  /** To be called before each payload. */
  start(): void {
    this.sections.start()
  }

  /** Forgets the payload and every value in it. */
  reset(): void {
    this.sections.reset()
    this.identity.reset()
    this.arrays.reset()
    this.hasReferences = false
    this.stoppedAt = this.itemColumn = undefined
    this.depth = 0
    this.inlineShapes = this.inlineStrings = 0
  }

  /** See {@link SectionWriter.write}. */
  writeSections(): boolean {
    return this.sections.write()
  }

  /** Whether `value` was written before; then a reference stands in `column`, or inline. */
  private known(column: Column | undefined, value: object): boolean {
    const number = this.identity.track(value)
    if (number !== -1) this.reference(column, number)
    return number !== -1
  }

  reference(column: Column | undefined, number: number): void {
    this.hasReferences = true
    if (column !== undefined) column.constant(Type.Inline)
    this.out.token(Token.Reference, number)
  }

  /** Arrays of scalars are known by their length and the first element, of which `told` is the trait. */
  trackArray(value: readonly unknown[], first: unknown, told: number): number {
    const type = typeof first
    if (type !== 'number' && type !== 'string') return this.identity.track(value)
    return this.arrays.track(mix(value.length, told), value, this.identity)
  }

  root(): number {
    return this.sections.root()
  }

  rootColumn(index: number): Column {
    return this.sections.roots[index]!
  }

  /** See {@link writeItems}. */
  items(values: readonly unknown[], start: number, end: number): void {
    // The array that the payload decodes to is an object, too, and takes the first number.
    this.identity.track({})
    writeItems(this, values, start, end)
  }

  /** See {@link SectionWriter.completeRows}. */
  completeRows(): void {
    this.sections.completeRows()
  }

  /** For row writers: see {@link startArray}. */
  startArray(
    column: Column,
    value: readonly unknown[],
    first: unknown,
    told: number,
  ): Column | undefined {
    return startArray(this, column, value, first, told)
  }

  /** For row writers: see {@link moreElements}. */
  moreElements(
    column: Column,
    elements: Column,
    value: readonly unknown[],
    from: number,
    length: number,
    element: unknown,
  ): void {
    moreElements(this, column, elements, value, from, length, element)
  }

  /** Writes `value` inline. */
  value(value: unknown): void {
    switch (typeof value) {
      case 'number':
        return this.number(value)
      case 'string':
        return this.string(value)
      case 'object':
        if (value === null) return this.out.byte(Token.Null)
        this.enter(value)
        this.object(value)
        this.depth--
        return
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

  private number(value: number): void {
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

  /** Writes a string inline. */
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
      out.token(Token.StringRef, this.strings.intern(value, sample(value)))
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

  private object(value: object): void {
    if (ArrayIsArray(value)) return writeArray(this, value)
    const prototype = ObjectGetPrototypeOf(value) as object | null
    if (prototype === ObjectPrototype || prototype === null) {
      const bare = prototype === null
      return this.record(value as Record, this.sections.shapeOf(value, bare), bare)
    }
    const kind = this.kindOf(value, prototype)
    if (kind === Kind.Record)
      return this.record(value as Record, this.sections.instanceShape(value), false)
    if (!this.known(undefined, value)) writeExotic(this, value, kind)
  }

  /**
   * To be called before what is in a container is written; `depth` is to be counted down afterwards.
   *
   * @throws {TooDeep}
   */
  enter(container: object): void {
    if (++this.depth > MAX_DEPTH) throw new TooDeep(container)
  }

  /** @throws {Uncloneable} always */
  refuse(value: unknown): never {
    throw new Uncloneable(value)
  }

  private kindOf(value: object, prototype: object): Kind {
    const kind = classify(value, prototype)
    if (
      kind === Kind.Opaque ||
      (kind === Kind.Record && this.platform.isOpaque?.(value) === true)
    ) {
      throw new Uncloneable(value)
    }
    return kind
  }

  private record(value: Record, shape: Shape | undefined, bare: boolean): void {
    if (shape !== undefined && (shape.index !== -1 || this.sections.warm(shape))) {
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
      out.byte(bare ? 1 : 0)
      return this.properties(value, keys)
    }
    const root = this.sections.root()
    out.byte(Token.ColumnDictionary)
    out.token(bare ? 1 : 0, root)
    out.varint(length)
    for (let i = 0; i < length; i++) {
      this.string(keys[i]!)
      this.put(this.sections.roots[root]!, value[keys[i]!])
    }
  }

  /** Writes a count, and keys with their values. */
  properties(value: object, keys: readonly string[]): void {
    this.out.varint(keys.length)
    for (let i = 0; i < keys.length; i++) {
      this.string(keys[i]!)
      this.value((value as Record)[keys[i]!])
    }
  }

  /** Puts `value` into a column. */
  put(column: Column, value: unknown): void {
    switch (typeof value) {
      case 'number':
        return column.number(value)
      case 'string':
        return column.string(value, this.strings)
      case 'object':
        if (value === null) return column.constant(Type.Null)
        this.enter(value)
        this.putObject(column, value)
        this.depth--
        return
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
    if (ArrayIsArray(value)) return putArray(this, column, value, value[0])
    const prototype = ObjectGetPrototypeOf(value) as object | null
    if (prototype === ObjectPrototype || prototype === null) {
      const bare = prototype === null
      return this.putRecord(column, value as Record, this.sections.shapeOf(value, bare), bare)
    }
    const kind = this.kindOf(value, prototype)
    if (kind === Kind.Record) {
      return this.putRecord(column, value as Record, this.sections.instanceShape(value), false)
    }
    if (this.known(column, value)) return
    column.constant(Type.Inline)
    writeExotic(this, value, kind)
  }

  private putRecord(column: Column, value: Record, shape: Shape | undefined, bare: boolean): void {
    if (shape !== undefined && (shape.index !== -1 || this.sections.claims(column, shape))) {
      return this.row(value, shape, column)
    }
    if (this.known(column, value)) return
    column.constant(Type.Inline)
    if (shape === undefined) this.dictionary(value, bare)
    else if (this.sections.warm(shape)) this.slowRow(value, shape, undefined)
    else this.inlineObject(value, shape)
  }

  /** Writes an object of a shape with columns. */
  private row(value: Record, shape: Shape, column: Column | undefined): void {
    if (shape.writer !== undefined) {
      if (column !== undefined && this.sections.plainForIn) column.setWriter(shape.writer)
      shape.writer.write(value, column)
    } else if (!this.known(column, value)) this.slowRow(value, shape, column)
  }

  private slowRow(value: Record, shape: Shape, column: Column | undefined): void {
    shape.inSet = true
    if (++shape.total === COMPILE_AFTER && this.platform.codegen) {
      shape.compiled(compileWriter(shape, this), new Fingerprints())
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

  /**
   * For row writers: whether the object was written before; if not, a row of the shape follows.
   * `fingerprint` is what `Fingerprints` knows the object by.
   */
  startRow(column: Column | undefined, shape: Shape, object: object, fingerprint: number): boolean {
    const { identity } = this
    let number = shape.inSet ? identity.find(object) : -1
    if (number === -1) number = shape.fingerprints!.track(fingerprint, object, identity)
    if (number === -1) this.announceRow(column, shape)
    else this.reference(column, number)
    return number !== -1
  }
}
