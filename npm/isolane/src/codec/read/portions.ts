/** Reading one large payload in portions. */

import { consume, fill, finished, holes, newArrayFor, readElements } from './array.js'
import type { ReceivedBuffers } from './attachments.js'
import { LargeSectionReader, LONG_TEXT, type LongText } from './large-sections.js'
import { Flag, TAGGED, Token, Type, VERSION } from '../shared/format.js'
import type { Platform } from '../shared/platform.js'
import { MapConstructor, MapSet, SetAdd, SetConstructor } from '../shared/primordials.js'
import type { ReadColumn, ReadShape } from './shapes.js'
import { setOwn, ValueReader } from './value.js'

/** Lists of at least so many values are read in portions. */
const LONG = 256
/** Containers outside of long lists that are looked into for long lists, counted from the outermost. */
const LOOK_INTO = 8
/** Shapes that are prepared, or inline values that are read, between two looks at the clock. */
const PER_LOOK = 16
/** Columns that are looked at, at most, to find out whether there are long lists below. */
const MAX_LOOKS = 64
/** Values of so many inline bytes, on average, may hold long lists. */
const LONG_INLINE = 512
/** Code units of a long string that are read between two looks at the clock. */
const TEXT_PIECE = 4 << 20
/** Values of a column that are read in the first portion, and at most. */
const FIRST_PORTION = 64
const MAX_PORTION = 8192

type Record = { [key: string]: unknown }
export type Portions<T> = Generator<undefined, T, void>

/** Clock and patience of the one who waits. */
export interface Pace {
  /** Milliseconds, from any moment on. */
  now(): number
  /** What a portion may take. */
  readonly portionMs: number
}

/** Reads a payload as generators, which yield when a portion is done. */
export class LargeReader extends ValueReader {
  declare protected readonly sections: LargeSectionReader
  #looked = 0
  #since = 0
  #looks = 0

  constructor(
    platform: Platform,
    private readonly pace: Pace,
  ) {
    super(platform, LargeSectionReader)
  }

  *read(bytes: Uint8Array, received: ReceivedBuffers | undefined): Portions<unknown> {
    this.#since = this.pace.now()
    this.received = received
    this.bytes = bytes
    this.start = this.pos = 0
    this.end = bytes.length
    if (this.byte() !== VERSION) this.fail(`version ${bytes[0]}, not ${VERSION}`)
    const flags = this.byte()
    if (flags > (Flag.Sections | Flag.References)) this.fail(`unknown flags ${flags}`)
    this.tracked = (flags & Flag.References) !== 0
    if ((flags & Flag.Sections) !== 0) yield* this.#sections(bytes)
    const value = yield* this.#part(0)
    if (this.end - this.pos >= 8) this.fail('bytes left over')
    return value
  }

  *#sections(bytes: Uint8Array): Portions<void> {
    const { sections } = this
    const end = sections.begin(bytes, 0, bytes.length)
    for (;;) {
      const { stringCount } = sections
      if (!sections.readStringBlock()) break
      const text = sections.takeLongText()
      if (text !== undefined) sections.putLongText(yield* this.#text(text), stringCount)
      if (this.#isDue(1)) yield
    }
    sections.finish()
    const streams = sections.readStreams()
    while (streams.next().done !== true) if (this.#isDue(1)) yield
    this.share()
    if (this.platform.codegen) {
      for (let i = 0; i < sections.shapeCount; i++) {
        this.equip(sections.shapes[i]!)
        if (this.#isDue(PER_LOOK)) yield
      }
    }
    this.end = end
  }

  /** Whether the portion has taken long enough; looks at the clock every `per` times. */
  #isDue(per: number): boolean {
    if (++this.#looked < per) return false
    this.#looked = 0
    const now = this.pace.now()
    if (now - this.#since < this.pace.portionMs) return false
    this.#since = now
    return true
  }

  /** The next inline value, `depth` containers deep. */
  *#part(depth: number): Portions<unknown> {
    if (!this.#isNextWorthwhile(depth)) return this.value()
    const token = this.byte()
    if (token >= Token.ShortArray) return yield* this.#array(token - Token.ShortArray, depth)
    if (token >= Token.ShortObject) {
      return yield* this.#object(this.inlineShape(token - Token.ShortObject), depth)
    }
    switch (token) {
      case Token.Array:
        return yield* this.#array(this.count(), depth)
      case Token.ColumnArray: {
        const root = this.root()
        return yield* this.#columnArray(root, this.u32(), depth)
      }
      case Token.Row: {
        const shape = this.shapeAt(this.varint())
        return this.#isHeavyShape(shape, 1) ? yield* this.#row(shape, depth) : this.row(shape)
      }
      case Token.Latin1:
      case Token.Utf16: {
        const isWide = token === Token.Utf16
        const length = this.varint()
        return yield* this.#text({ at: this.take(isWide ? length * 2 : length), length, isWide })
      }
      case Token.Object:
        return yield* this.#object(this.newInlineShape(), depth)
      case Token.ObjectAgain:
        return yield* this.#object(this.inlineShape(this.varint()), depth)
      case Token.Dictionary:
      case Token.ColumnDictionary:
        return yield* this.#dictionary(token === Token.ColumnDictionary, depth)
      case Token.Map:
        return yield* this.#map(depth)
      default:
        return yield* this.#set(depth)
    }
  }

  #isNextWorthwhile(depth: number): boolean {
    return this.pos < this.end && this.#isWorthwhile(this.bytes[this.pos]!, depth)
  }

  /** Whether a value may hold what is to be read in portions. */
  #isWorthwhile(token: number, depth: number): boolean {
    const isList =
      token === Token.ColumnArray ||
      token === Token.ColumnDictionary ||
      token === Token.Dictionary ||
      token === Token.Map ||
      token === Token.Set
    if (isList) return depth < LOOK_INTO || this.#isLong(token)
    if (token === Token.Latin1 || token === Token.Utf16) return this.#announced() >= LONG_TEXT
    const isObject =
      token === Token.Object ||
      token === Token.ObjectAgain ||
      token === Token.Row ||
      token === Token.Array ||
      (token >= Token.ShortObject && token < Token.ShortArray + 16)
    return isObject && depth < LOOK_INTO
  }

  /** Looks ahead for a list's length. */
  #isLong(token: number): boolean {
    const { pos } = this
    this.pos++
    if (token === Token.Dictionary || token === Token.ColumnDictionary) this.byte()
    if (token === Token.ColumnDictionary || token === Token.ColumnArray) this.varint()
    const count = token === Token.ColumnArray ? this.u32() : this.varint()
    this.pos = pos
    return count >= LONG
  }

  /** Looks ahead for the number behind a token. */
  #announced(): number {
    const { pos } = this
    this.pos++
    const number = this.varint()
    this.pos = pos
    return number
  }

  /** How deep the parts of a list are: those of a long one are not looked into, unless they are long. */
  #below(count: number, depth: number): number {
    return count < LONG ? depth + 1 : LOOK_INTO
  }

  *#array(count: number, depth: number): Portions<unknown[]> {
    const array = newArrayFor(this, Type.Inline)
    const below = this.#below(count, depth)
    let at = 0
    for (let i = 0; i < count; i++) {
      if (this.#isHole()) at = holes(this, array, at)
      else if (this.#isNextWorthwhile(below)) array[at++] = yield* this.#part(below)
      else array[at++] = this.value()
      if (this.#isDue(PER_LOOK)) yield
    }
    return finished(this, array)
  }

  #isHole(): boolean {
    return this.bytes[this.pos] === Token.Holes && this.pos < this.end
  }

  *#columnArray(column: ReadColumn, count: number, depth: number): Portions<unknown[]> {
    if (count < LONG && !this.#isHeavy(column, count)) return readElements(this, column, count)
    const array = newArrayFor(this, column.numbers ? Type.Double : column.only)
    const below = this.#below(count, depth)
    let at = 0
    let portion = FIRST_PORTION
    for (let left = count; left > 0;) {
      const start = this.pace.now()
      const next = left < portion ? left : portion
      at = this.#isHeavy(column, next)
        ? yield* this.#fillSlowly(column, next, array, at, below)
        : fill(this, column, next, array, at)
      left -= next
      const took = this.pace.now() - start
      if (took * 4 < this.pace.portionMs && portion < MAX_PORTION) portion *= 2
      else if (took > this.pace.portionMs && portion > 1) portion >>= 1
      if (this.#isDue(1)) yield
    }
    return finished(this, array)
  }

  /** As {@link fill}, for values among which there are long lists. */
  *#fillSlowly(
    column: ReadColumn,
    count: number,
    array: unknown[],
    at: number,
    depth: number,
  ): Portions<number> {
    consume(this, column, count)
    for (let i = 0; i < count; i++) {
      if (this.#typeOf(column) === Type.Inline && this.#isHole()) {
        if (column.only === TAGGED) column.tag++
        at = holes(this, array, at)
      } else array[at++] = yield* this.#columnValue(column, depth)
      if (this.#isDue(PER_LOOK)) yield
    }
    return at
  }

  #typeOf(column: ReadColumn): Type {
    return column.only === TAGGED ? this.bytes[column.tag]! : column.only
  }

  /** The next value of a column, `depth` containers deep. */
  *#columnValue(column: ReadColumn, depth: number): Portions<unknown> {
    const type = this.#typeOf(column)
    if (type === Type.Array) {
      const count = this.ints[column.length]!
      if (count < LONG && !this.#isHeavy(column.elements!, count)) return this.column(column)
      if (column.only === TAGGED) column.tag++
      column.length++
      return yield* this.#columnArray(column.elements!, count, depth)
    }
    if (type === Type.Object) {
      const shape = column.shape ?? this.sections.shapes[this.ints[column.shapeAt]!]!
      if (!this.#isHeavyShape(shape, 1)) return this.column(column)
      if (column.only === TAGGED) column.tag++
      if (column.shape === undefined) column.shapeAt++
      return yield* this.#row(shape, depth)
    }
    if (type !== Type.Inline || !this.#isNextWorthwhile(depth)) return this.column(column)
    if (column.only === TAGGED) column.tag++
    return yield* this.#part(depth)
  }

  /** The next row of a shape, whose fields hold long lists. */
  *#row(shape: ReadShape, depth: number): Portions<Record> {
    if (shape.row === shape.rows) this.fail('more rows read than there are')
    shape.row++
    const { list, columns } = shape
    const object = this.newObject(list.nullPrototype)
    for (let i = 0; i < list.size; i++) {
      setOwn(object, list.keys[i]!, yield* this.#columnValue(columns[i]!, depth + 1))
    }
    return object
  }

  /** Whether there is a long list in the next `count` values of a column, as far as that can be seen. */
  #isHeavy(column: ReadColumn, count: number): boolean {
    this.#looks = MAX_LOOKS
    return this.#holdsLong(column, count, column.count - column.used)
  }

  #isHeavyShape(shape: ReadShape, count: number): boolean {
    this.#looks = MAX_LOOKS
    return this.#rowsHoldLong(shape, count)
  }

  /** @param left how many values the column still has */
  #holdsLong(column: ReadColumn, count: number, left: number): boolean {
    if (--this.#looks < 0) return false
    const { elements, shape } = column
    if (elements !== undefined) {
      const { ints } = this
      const end = column.length + count
      let total = 0
      for (let i = column.length; i < end && i < column.lengthEnd; i++) {
        if (ints[i]! >= LONG) return true
        total += ints[i]!
      }
      if (this.#holdsLong(elements, total, elements.count - elements.used)) return true
    }
    if (shape !== undefined) return this.#rowsHoldLong(shape, count)
    const hasInline = column.only === Type.Inline || column.only === TAGGED
    return hasInline && this.end - this.pos >= left * LONG_INLINE
  }

  #rowsHoldLong(shape: ReadShape, count: number): boolean {
    const { columns, list } = shape
    const left = shape.rows - shape.row
    for (let i = 0; i < list.size; i++) if (this.#holdsLong(columns[i]!, count, left)) return true
    return false
  }

  /** A long string. The engine joins its pieces when they are first looked at. */
  *#text({ at, length, isWide }: LongText): Portions<string> {
    const { bytes, platform } = this
    let text = ''
    for (let from = 0; from < length; from += TEXT_PIECE) {
      const count = length - from < TEXT_PIECE ? length - from : TEXT_PIECE
      text += isWide
        ? platform.readUtf16(bytes, at + from * 2, count * 2)
        : platform.readLatin1(bytes, at + from, count)
      if (this.#isDue(1)) yield
    }
    return text
  }

  *#object(
    list: { keys: readonly string[]; size: number; nullPrototype: boolean },
    depth: number,
  ): Portions<Record> {
    const object = this.newObject(list.nullPrototype)
    for (let i = 0; i < list.size; i++) {
      setOwn(object, list.keys[i]!, yield* this.#part(depth + 1))
      if (this.#isDue(PER_LOOK)) yield
    }
    return object
  }

  *#dictionary(columnar: boolean, depth: number): Portions<Record> {
    const object = this.newObject(this.byte() === 1)
    const column = columnar ? this.root() : undefined
    const count = this.count()
    if (column !== undefined) consume(this, column, count)
    const below = this.#below(count, depth)
    for (let i = 0; i < count; i++) {
      const key = this.key()
      const value =
        column === undefined ? yield* this.#part(below) : yield* this.#columnValue(column, below)
      setOwn(object, key, value)
      if (this.#isDue(PER_LOOK)) yield
    }
    return object
  }

  *#map(depth: number): Portions<Map<unknown, unknown>> {
    const map = new MapConstructor<unknown, unknown>()
    if (this.tracked) this.register(map)
    const count = this.count()
    const below = this.#below(count, depth)
    for (let i = 0; i < count; i++) {
      const key = yield* this.#part(below)
      MapSet(map, key, yield* this.#part(below))
      if (this.#isDue(PER_LOOK)) yield
    }
    return map
  }

  *#set(depth: number): Portions<Set<unknown>> {
    const set = new SetConstructor<unknown>()
    if (this.tracked) this.register(set)
    const count = this.count()
    const below = this.#below(count, depth)
    for (let i = 0; i < count; i++) {
      SetAdd(set, yield* this.#part(below))
      if (this.#isDue(PER_LOOK)) yield
    }
    return set
  }
}
