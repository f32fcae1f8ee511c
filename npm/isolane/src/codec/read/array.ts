import { blankArray } from './blank-arrays.js'
import { Token, Type, TAGGED } from '../shared/format.js'
import {
  ArrayPrototype,
  ObjectPrototype,
  ObjectSetPrototypeOf,
  privateArray,
  ReflectOwnKeys,
} from '../shared/primordials.js'
import { SectionReader, type ReadColumn } from './sections.js'

/** Arrays up to this length are made by literals. */
const MAX_LITERAL = 4
/** Longer runs of holes make an array sparse. */
const DENSE_HOLES = 64

/** Makes arrays, and numbers the objects of a payload. */
export abstract class ArrayReader extends SectionReader {
  /** Whether objects are numbered, because some are referred to again. */
  tracked = false
  protected objects = privateArray<object>()
  protected objectCount = 0
  /** Whether elements can be stored by assignment, without meeting a setter; unknown until asked. */
  private plainArrays: boolean | undefined

  /** Reads an inline value. */
  abstract value(): unknown

  /** Reads the next value of a column. */
  abstract column(column: ReadColumn): unknown

  /** The root column that is named next. */
  protected root(): ReadColumn {
    const index = this.varint()
    if (index >= this.rootCount) this.fail(`no column ${index}`)
    return this.roots[index]!
  }

  override release(): void {
    if (this.objectCount > 0) this.objects = privateArray()
    this.objectCount = 0
    this.plainArrays = undefined
    if (this.rootCount > 0 || this.shapeCount > 0 || this.stringCount > 0) super.release()
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

  /** @param count of elements, if none of them is a hole */
  private newArray(elements: number, count = 0): unknown[] {
    this.plainArrays ??= arraysArePlain()
    // Without a prototype until it is filled, if some prototype has setters for indices.
    const array: unknown[] = this.plainArrays ? blankArray(elements, count) : privateArray()
    if (this.tracked) this.register(array)
    return array
  }

  private finished(array: unknown[]): unknown[] {
    return this.plainArrays === true
      ? array
      : (ObjectSetPrototypeOf(array, ArrayPrototype) as unknown[])
  }

  protected inlineArray(count: number): unknown[] {
    if (this.numbersAhead(count)) return this.inlineNumbers(count)
    const array = this.newArray(Type.Inline)
    this.fillInline(array, 0, count)
    return this.finished(array)
  }

  private inlineNumbers(count: number): unknown[] {
    if (count <= MAX_LITERAL) {
      const literal = this.numberLiteral(undefined, count)
      if (this.tracked) this.register(literal)
      return literal
    }
    const array = this.newArray(Type.Double, count)
    this.fillNumbers(undefined, count, array, 0)
    return this.finished(array)
  }

  /** Whether the next `count` inline values are numbers; not for none. */
  private numbersAhead(count: number): boolean {
    const { bytes, end } = this
    let { pos } = this
    for (let i = 0; i < count; i++) {
      if (pos >= end) return false
      const token = bytes[pos++]!
      if (token >= Token.SmallInt && token < Token.SmallInt + 64) continue
      if (token === Token.Double) pos += 8
      else if (token !== Token.Int) return false
      else while (pos < end && bytes[pos++]! > 0x7f);
    }
    return count > 0
  }

  /** Reads `count` inline values into `array` from index `at`; the index behind them. */
  private fillInline(array: unknown[], at: number, count: number): number {
    for (let i = 0; i < count; i++) {
      if (this.bytes[this.pos] === Token.Holes && this.pos < this.end) at = this.holes(array, at)
      else array[at++] = this.value()
    }
    return at
  }

  private holes(array: unknown[], at: number): number {
    this.pos++
    const length = at + this.varint()
    if (length > 0xffffffff) this.fail('an array longer than arrays can be')
    if (array.length >= length) return length
    // The engine allocates for holes unless the array is sparse, which the longest ones must be.
    if (length - at > DENSE_HOLES) array.length = 0xffffffff
    array.length = length
    return length
  }

  /** Marks `count` values of a root or element column as read. */
  protected consume(column: ReadColumn, count: number): void {
    if (count > column.count - column.used) this.fail('more elements read than there are')
    column.used += count
  }

  /** Reads an array of a column. */
  array(column: ReadColumn): unknown[] {
    return this.elements(column.elements!, this.ints[column.length++]!)
  }

  protected elements(column: ReadColumn, count: number): unknown[] {
    if (count <= MAX_LITERAL) {
      const literal = this.literal(column, count)
      if (literal !== undefined) return literal
    }
    const array = column.numbers
      ? this.newArray(Type.Double, count)
      : this.newArray(column.only, mayHaveHoles(column) ? 0 : count)
    this.fill(column, count, array, 0)
    return this.finished(array)
  }

  /** A short array of scalars of one type, as a literal, which takes no more memory than it needs. */
  private literal(column: ReadColumn, count: number): unknown[] | undefined {
    let array: unknown[]
    switch (count === 0 ? Type.Undefined : column.only) {
      case Type.Undefined:
        if (count > 0) return undefined
        array = []
        break
      case Type.Int:
        this.consume(column, count)
        array = intLiteral(this.ints, column.int, count)
        column.int += count
        break
      case Type.Double:
        this.consume(column, count)
        array = doubleLiteral(this.doubles, column.double, count)
        column.double += count
        break
      case Type.String:
        this.consume(column, count)
        array = stringLiteral(this.strings, this.ints, column.string, count)
        column.string += count
        break
      default:
        if (!column.numbers) return undefined
        this.consume(column, count)
        array = this.numberLiteral(column, count)
    }
    if (this.tracked) this.register(array)
    return array
  }

  /** Of a column of numbers, or without one of inline values. */
  private numberLiteral(column: ReadColumn | undefined, count: number): number[] {
    const first = this.number(column)
    if (count === 1) return [first]
    const second = this.number(column)
    if (count === 2) return [first, second]
    const third = this.number(column)
    return count === 3 ? [first, second, third] : [first, second, third, this.number(column)]
  }

  /** The next value of a column of integers and doubles, or without one of the inline stream. */
  private number(column: ReadColumn | undefined): number {
    if (column === undefined) return this.value() as number
    return this.bytes[column.tag++] === Type.Int
      ? this.ints[column.int++]!
      : this.doubles[column.double++]!
  }

  /** Reads `count` values of `column` into `array` from index `at`; the index behind them. */
  private fill(column: ReadColumn, count: number, array: unknown[], at: number): number {
    this.consume(column, count)
    switch (column.only) {
      case Type.Int:
        column.int = fillInts(array, at, this.ints, column.int, count)
        return at + count
      case Type.Double:
        column.double = fillDoubles(array, at, this.doubles, column.double, count)
        return at + count
      case Type.String:
        column.string = fillStrings(array, at, this.strings, this.ints, column.string, count)
        return at + count
      case Type.Object:
        if (column.shape?.reader === undefined) break
        column.shape.reader.many(this, column.shape, count, array, at)
        return at + count
    }
    return column.numbers
      ? this.fillNumbers(column, count, array, at)
      : this.fillTagged(column, count, array, at)
  }

  private fillNumbers(
    column: ReadColumn | undefined,
    count: number,
    array: unknown[],
    at: number,
  ): number {
    for (let i = 0; i < count; i++) array[at++] = this.number(column)
    return at
  }

  private fillTagged(column: ReadColumn, count: number, array: unknown[], at: number): number {
    for (let i = 0; i < count; i++) {
      if (this.bytes[this.pos] === Token.Holes && this.nextType(column) === Type.Inline) {
        column.tag++
        at = this.holes(array, at)
      } else array[at++] = this.column(column)
    }
    return at
  }

  private nextType(column: ReadColumn): Type {
    if (this.pos >= this.end) return Type.Null
    return column.only === TAGGED ? this.bytes[column.tag]! : column.only
  }

  /** Reads an array's elements into `target` from `at`; how many there were. */
  valueInto(target: unknown[], at: number): number {
    const token = this.byte()
    if (this.tracked) this.register(target)
    if (token >= Token.ShortArray && token < Token.ShortArray + 16) {
      return this.fillInline(target, at, token - Token.ShortArray) - at
    }
    if (token === Token.Array) return this.fillInline(target, at, this.count()) - at
    if (token !== Token.ColumnArray) return this.fail('no array')
    const root = this.root()
    return this.fill(root, this.u32(), target, at) - at
  }
}

/** Holes stand in the inline stream. */
function mayHaveHoles({ only }: ReadColumn): boolean {
  return only === TAGGED || only === Type.Inline
}

function arraysArePlain(): boolean {
  // Indices come first among the own keys.
  return (
    ReflectOwnKeys(ArrayPrototype)[0] === 'length' &&
    ReflectOwnKeys(ObjectPrototype)[0] === 'constructor'
  )
}

// V8 learns from each place in the code which kind of array is made there (of small integers, doubles,
// anything), and keeps to the most general one. Arrays of numbers that were made where there have been
// others hold each number in an object of its own, and all that reads them is slower. So each kind of
// element has its own blank array, its own loop and its own literals.

function fillInts(
  array: unknown[],
  at: number,
  ints: Int32Array,
  from: number,
  count: number,
): number {
  const end = from + count
  while (from < end) array[at++] = ints[from++]
  return end
}

function fillDoubles(
  array: unknown[],
  at: number,
  doubles: Float64Array,
  from: number,
  count: number,
): number {
  const end = from + count
  while (from < end) array[at++] = doubles[from++]
  return end
}

function fillStrings(
  array: unknown[],
  at: number,
  strings: readonly string[],
  ints: Int32Array,
  from: number,
  count: number,
): number {
  const end = from + count
  while (from < end) array[at++] = strings[ints[from++]!]
  return end
}

// The same for arrays of one to four elements.

function intLiteral(ints: Int32Array, at: number, count: number): unknown[] {
  switch (count) {
    case 1:
      return [ints[at]]
    case 2:
      return [ints[at], ints[at + 1]]
    case 3:
      return [ints[at], ints[at + 1], ints[at + 2]]
    default:
      return [ints[at], ints[at + 1], ints[at + 2], ints[at + 3]]
  }
}

function doubleLiteral(doubles: Float64Array, at: number, count: number): unknown[] {
  switch (count) {
    case 1:
      return [doubles[at]]
    case 2:
      return [doubles[at], doubles[at + 1]]
    case 3:
      return [doubles[at], doubles[at + 1], doubles[at + 2]]
    default:
      return [doubles[at], doubles[at + 1], doubles[at + 2], doubles[at + 3]]
  }
}

function stringLiteral(
  strings: readonly string[],
  ints: Int32Array,
  at: number,
  count: number,
): unknown[] {
  const first = strings[ints[at]!]
  if (count === 1) return [first]
  const second = strings[ints[at + 1]!]
  if (count === 2) return [first, second]
  const third = strings[ints[at + 2]!]
  if (count === 3) return [first, second, third]
  return [first, second, third, strings[ints[at + 3]!]]
}
