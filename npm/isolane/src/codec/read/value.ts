import { Token, Type, TAGGED } from '../shared/format.js'
import { consume, readArray, readArrayInto, readElements, readInlineArray } from './array.js'
import { ByteReader } from './bytes.js'
import type { Lacking } from '../shared/errors.js'
import { readExotic } from './late/exotic.js'
import { KeyListCache, type KeyList, type ReadColumn, type ReadShape } from './shapes.js'
import type { Platform } from '../shared/platform.js'
import {
  ArrayIsArray,
  ObjectCreate,
  ObjectDefineProperty,
  privateArray,
  Uint8ArrayConstructor,
} from '../shared/primordials.js'
import { columnCode, compileInlineReader, compileRowReader } from './late/codegen.js'
import { SectionReader } from './sections.js'

/** Rows, over all payloads, that are worth compiling a reader for. */
const COMPILE_ROWS = 64
/** Inline objects of one shape, over all payloads, that are. */
const COMPILE_INLINE = 16

const NO_BYTES = new Uint8ArrayConstructor(0)

type Record = { [key: string]: unknown }

/** Makes the values of a payload. */
export class ValueReader extends ByteReader {
  /** Whether objects are numbered, because some are referred to again. */
  tracked = false
  /** What stands in for values that this engine cannot make; without it they are thrown. */
  standIns: Map<unknown, Lacking> | undefined
  /** See {@link ArraySource}. */
  plainArrays: boolean | undefined
  /** Those of the sections, for compiled readers to find at once. */
  ints: Int32Array
  doubles: Float64Array
  strings: readonly string[]
  protected readonly sections: SectionReader
  private readonly keyLists = new KeyListCache()
  private objects = privateArray<object>()
  private objectCount = 0
  private inlineShapes = privateArray<KeyList>()
  private inlineCount = 0

  constructor(platform: Platform, Sections = SectionReader) {
    super(platform)
    this.sections = new Sections(platform, this.keyLists)
    this.ints = this.sections.ints
    this.doubles = this.sections.doubles
    this.strings = this.sections.strings
  }

  /**
   * Reads the sections of bytes [start, end), whose start is aligned to eight in memory, and prepares
   * each shape's reader.
   *
   * @returns where the inline value ends
   */
  load(bytes: Uint8Array, start: number, end: number): number {
    this.bytes = bytes
    this.start = start
    const { sections } = this
    const inlineEnd = sections.load(bytes, start, end)
    this.share()
    if (!this.platform.codegen) return inlineEnd
    for (let i = 0; i < sections.shapeCount; i++) this.equip(sections.shapes[i]!)
    return inlineEnd
  }

  protected share(): void {
    const { ints, doubles, strings } = this.sections
    this.ints = ints
    this.doubles = doubles
    this.strings = strings
  }

  /** Lets the payload go. */
  release(): void {
    this.bytes = NO_BYTES
    this.received = this.standIns = undefined
    if (this.inlineCount > 0) this.inlineShapes = privateArray()
    this.inlineCount = 0
    if (this.objectCount > 0) this.objects = privateArray()
    this.objectCount = 0
    this.plainArrays = undefined
    if (!this.sections.isLoaded) return
    this.sections.release()
    this.share()
  }

  /** Gives `object` the next number. */
  register(object: object): void {
    this.objects[this.objectCount++] = object
  }

  /** A number for an object that is still to be made. */
  reserve(): number {
    return this.objectCount++
  }

  assign(number: number, object: object): void {
    if (this.tracked) this.objects[number] = object
  }

  /** Gives `inPlace` for what the engine cannot make, or throws. */
  lacks<T>(lacking: Lacking, inPlace: T): T {
    if (this.standIns === undefined) throw lacking
    this.standIns.set(inPlace, lacking)
    return inPlace
  }

  /** The root column that is named next. */
  root(): ReadColumn {
    const index = this.varint()
    if (index >= this.sections.rootCount) this.fail(`no column ${index}`)
    return this.sections.roots[index]!
  }

  /** Reads the next array of a column. */
  array(column: ReadColumn): unknown[] {
    return readArray(this, column)
  }

  /** Reads an array's elements into `target` from `at`; how many there were. */
  valueInto(target: unknown[], at: number): number {
    return readArrayInto(this, target, at)
  }

  /** Gives a shape its compiled reader, if rows like these have been read often enough. */
  protected equip(shape: ReadShape): void {
    const { list, columns, rows } = shape
    let codes = ''
    for (let i = 0; i < list.size; i++) codes += columnCode(columns[i]!)
    const signature = this.tracked ? `${codes}+` : codes
    let reader = list.reader(signature)
    if (typeof reader === 'number') {
      const read = reader + rows
      reader = read < COMPILE_ROWS ? read : compileRowReader(list, codes, this.tracked)
      list.keep(signature, reader)
    }
    if (typeof reader === 'object') shape.reader = reader
  }

  /** Reads an inline value. */
  value(): unknown {
    const token = this.byte()
    if (token < Token.SmallInt) return this.tokenValue(token)
    if (token < Token.ShortString) return token - Token.SmallInt
    if (token < Token.ShortObject) return this.latin1(token - Token.ShortString)
    if (token < Token.ShortArray)
      return this.inlineObject(this.inlineShape(token - Token.ShortObject))
    if (token < Token.ShortArray + 16) return readInlineArray(this, token - Token.ShortArray)
    return this.fail(`unknown token ${token}`)
  }

  private tokenValue(token: number): unknown {
    switch (token) {
      case Token.Undefined:
        return undefined
      case Token.Null:
        return null
      case Token.False:
        return false
      case Token.True:
        return true
      case Token.Int: {
        const zigzag = this.varint()
        return (zigzag >>> 1) ^ -(zigzag & 1)
      }
      case Token.Double:
        return this.double()
      case Token.StringRef:
        return this.stringAt(this.varint())
      case Token.Latin1:
        return this.latin1(this.varint())
      case Token.Utf16:
        return this.utf16(this.varint())
      case Token.Array:
        return readInlineArray(this, this.count())
      case Token.ColumnArray: {
        const root = this.root()
        return readElements(this, root, this.u32())
      }
      case Token.Object:
        return this.inlineObject(this.newInlineShape())
      case Token.ObjectAgain:
        return this.inlineObject(this.inlineShape(this.varint()))
      case Token.Row:
        return this.row(this.shapeAt(this.varint()))
      case Token.Reference:
        return this.reference(this.varint())
      case Token.NamedArray:
        return this.namedArray()
      case Token.Dictionary:
      case Token.ColumnDictionary:
        return this.dictionary(token === Token.ColumnDictionary)
      default:
        return readExotic(this, token)
    }
  }

  private stringAt(index: number): string {
    if (index >= this.sections.stringCount) this.fail(`no string ${index}`)
    return this.strings[index]!
  }

  protected shapeAt(index: number): ReadShape {
    if (index >= this.sections.shapeCount) this.fail(`no shape ${index}`)
    return this.sections.shapes[index]!
  }

  private reference(number: number): object {
    const object = number < this.objectCount ? this.objects[number] : undefined
    return object ?? this.fail(`no object ${number}`)
  }

  /** The shape that is defined next. */
  protected newInlineShape(): KeyList {
    return (this.inlineShapes[this.inlineCount++] = this.keyLists.read(this))
  }

  protected inlineShape(index: number): KeyList {
    if (index >= this.inlineCount) this.fail(`no inline shape ${index}`)
    return this.inlineShapes[index]!
  }

  private inlineObject(list: KeyList): unknown {
    const reader = this.tracked ? list.inlineTracked : list.inline
    if (reader !== undefined) return reader(this)
    if (++list.inlineReads >= COMPILE_INLINE && this.platform.codegen) {
      const compiled = compileInlineReader(list, this.tracked)
      if (this.tracked) list.inlineTracked = compiled
      else list.inline = compiled
      return compiled(this)
    }
    const object = this.newObject(list.nullPrototype)
    for (let i = 0; i < list.size; i++) setOwn(object, list.keys[i]!, this.value())
    return object
  }

  /** An empty, numbered object. */
  protected newObject(nullPrototype: boolean): Record {
    const object = (nullPrototype ? ObjectCreate(null) : {}) as Record
    if (this.tracked) this.register(object)
    return object
  }

  private dictionary(columnar: boolean): Record {
    const object = this.newObject(this.byte() === 1)
    const column = columnar ? this.root() : undefined
    const count = this.count()
    if (column !== undefined) consume(this, column, count)
    for (let i = 0; i < count; i++) {
      const key = this.key()
      setOwn(object, key, column === undefined ? this.value() : this.column(column))
    }
    return object
  }

  protected key(): string {
    const key = this.value()
    return typeof key === 'string' ? key : this.fail('a key that is no string')
  }

  /** Reads a count, and that many keys with their values, into `object`. */
  properties(object: object): void {
    const count = this.count()
    for (let i = 0; i < count; i++) setOwn(object as Record, this.key(), this.value())
  }

  private namedArray(): unknown {
    const array = this.value()
    if (!ArrayIsArray(array)) return this.fail('named properties of what is no array')
    const count = this.count()
    for (let i = 0; i < count; i++) {
      const key = this.key()
      if (key === 'length') this.fail('an array with two lengths')
      setOwn(array as unknown as Record, key, this.value())
    }
    return array
  }

  /** Reads the next value of a column. */
  column(column: ReadColumn): unknown {
    switch (column.only === TAGGED ? this.bytes[column.tag++] : column.only) {
      case Type.Undefined:
        return undefined
      case Type.Null:
        return null
      case Type.False:
        return false
      case Type.True:
        return true
      case Type.Int:
        return this.ints[column.int++]
      case Type.Double:
        return this.doubles[column.double++]
      case Type.String:
        return this.strings[this.ints[column.string++]!]
      case Type.Array:
        return readArray(this, column)
      case Type.Object:
        return this.row(column.shape ?? this.sections.shapes[this.ints[column.shapeAt++]!]!)
      default:
        return this.value()
    }
  }

  /** Reads the next row of a shape. */
  row(shape: ReadShape): unknown {
    if (shape.reader !== undefined) return shape.reader.one(this, shape)
    if (shape.row === shape.rows) this.fail('more rows read than there are')
    shape.row++
    const { list, columns } = shape
    const object = this.newObject(list.nullPrototype)
    for (let i = 0; i < list.size; i++) setOwn(object, list.keys[i]!, this.column(columns[i]!))
    return object
  }
}

/** Defines a property, without running a setter that a prototype may have for the key. */
export function setOwn(object: Record, key: string, value: unknown): void {
  if (key in object) {
    ObjectDefineProperty(object, key, {
      // @ts-expect-error The literal's prototype: a descriptor must not inherit `get` or `set`.
      __proto__: null,
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  } else object[key] = value
}
