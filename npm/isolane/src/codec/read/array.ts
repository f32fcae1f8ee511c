import { blankArray } from './blank-arrays.js'
import { Token, Type, TAGGED } from '../shared/format.js'
import {
  ArrayPrototype,
  ObjectPrototype,
  ObjectSetPrototypeOf,
  privateArray,
  ReflectOwnKeys,
} from '../shared/primordials.js'
import type { ByteReader } from './bytes.js'
import type { ReadColumn, RowSource } from './shapes.js'

/** Arrays up to this length are made by literals. */
const MAX_LITERAL = 4
/** Longer runs of holes make an array sparse. */
const DENSE_HOLES = 64

/** What the readers here need from the reader of values. */
export interface ArraySource extends ByteReader, RowSource {
  /** Whether objects are numbered, because some are referred to again. */
  readonly tracked: boolean
  /** Whether elements can be stored by assignment, without meeting a setter; unknown until asked. */
  plainArrays: boolean | undefined
  /** The root column that is named next. */
  root(): ReadColumn
}

/** @param count of elements, if none of them is a hole */
export function newArrayFor(source: ArraySource, elements: number, count = 0): unknown[] {
  source.plainArrays ??= arraysArePlain()
  // Without a prototype until it is filled, if some prototype has setters for indices.
  const array: unknown[] = source.plainArrays ? blankArray(elements, count) : privateArray()
  if (source.tracked) source.register(array)
  return array
}

export function finished(source: ArraySource, array: unknown[]): unknown[] {
  return source.plainArrays === true
    ? array
    : (ObjectSetPrototypeOf(array, ArrayPrototype) as unknown[])
}

/** Reads the elements of an array that stands inline. */
export function readInlineArray(source: ArraySource, count: number): unknown[] {
  if (numbersAhead(source, count)) return readInlineNumbers(source, count)
  const array = newArrayFor(source, Type.Inline)
  fillInline(source, array, 0, count)
  return finished(source, array)
}

function readInlineNumbers(source: ArraySource, count: number): unknown[] {
  if (count <= MAX_LITERAL) {
    const literal = shortNumbers(source, undefined, count)
    if (source.tracked) source.register(literal)
    return literal
  }
  const array = newArrayFor(source, Type.Double, count)
  fillNumbers(source, undefined, count, array, 0)
  return finished(source, array)
}

/** Whether the next `count` inline values are numbers; not for none. */
function numbersAhead(source: ArraySource, count: number): boolean {
  const { bytes, end } = source
  let { pos } = source
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
function fillInline(source: ArraySource, array: unknown[], at: number, count: number): number {
  for (let i = 0; i < count; i++) {
    if (source.bytes[source.pos] === Token.Holes && source.pos < source.end)
      at = holes(source, array, at)
    else array[at++] = source.value()
  }
  return at
}

export function holes(source: ArraySource, array: unknown[], at: number): number {
  source.pos++
  const length = at + source.varint()
  if (length > 0xffffffff) source.fail('an array longer than arrays can be')
  if (array.length >= length) return length
  // The engine allocates for holes unless the array is sparse, which the longest ones must be.
  if (length - at > DENSE_HOLES) array.length = 0xffffffff
  array.length = length
  return length
}

/** Marks `count` values of a root or element column as read. */
export function consume(source: ArraySource, column: ReadColumn, count: number): void {
  if (count > column.count - column.used) source.fail('more elements read than there are')
  column.used += count
}

/** Reads an array of a column. */
export function readArray(source: ArraySource, column: ReadColumn): unknown[] {
  return readElements(source, column.elements!, source.ints[column.length++]!)
}

/** Reads an array whose elements are the next `count` values of a column. */
export function readElements(source: ArraySource, column: ReadColumn, count: number): unknown[] {
  if (count <= MAX_LITERAL) {
    const literal = shortArray(source, column, count)
    if (literal !== undefined) return literal
  }
  const array = column.numbers
    ? newArrayFor(source, Type.Double, count)
    : newArrayFor(source, column.only, mayHaveHoles(column) ? 0 : count)
  fill(source, column, count, array, 0)
  return finished(source, array)
}

/** A short array of scalars of one type, as a literal, which takes no more memory than it needs. */
function shortArray(source: ArraySource, column: ReadColumn, count: number): unknown[] | undefined {
  let array: unknown[]
  switch (count === 0 ? Type.Undefined : column.only) {
    case Type.Undefined:
      if (count > 0) return undefined
      array = []
      break
    case Type.Int:
      consume(source, column, count)
      array = intLiteral(source.ints, column.int, count)
      column.int += count
      break
    case Type.Double:
      consume(source, column, count)
      array = doubleLiteral(source.doubles, column.double, count)
      column.double += count
      break
    case Type.String:
      consume(source, column, count)
      array = stringLiteral(source.strings, source.ints, column.string, count)
      column.string += count
      break
    default:
      if (!column.numbers) return undefined
      consume(source, column, count)
      array = shortNumbers(source, column, count)
  }
  if (source.tracked) source.register(array)
  return array
}

/** Of a column of numbers, or without one of inline values. */
function shortNumbers(
  source: ArraySource,
  column: ReadColumn | undefined,
  count: number,
): number[] {
  const first = nextNumber(source, column)
  if (count === 1) return [first]
  const second = nextNumber(source, column)
  if (count === 2) return [first, second]
  const third = nextNumber(source, column)
  return count === 3 ? [first, second, third] : [first, second, third, nextNumber(source, column)]
}

/** The next value of a column of integers and doubles, or without one of the inline stream. */
function nextNumber(source: ArraySource, column: ReadColumn | undefined): number {
  if (column === undefined) return source.value() as number
  return source.bytes[column.tag++] === Type.Int
    ? source.ints[column.int++]!
    : source.doubles[column.double++]!
}

/** Reads `count` values of `column` into `array` from index `at`; the index behind them. */
export function fill(
  source: ArraySource,
  column: ReadColumn,
  count: number,
  array: unknown[],
  at: number,
): number {
  consume(source, column, count)
  switch (column.only) {
    case Type.Int:
      column.int = fillInts(array, at, source.ints, column.int, count)
      return at + count
    case Type.Double:
      column.double = fillDoubles(array, at, source.doubles, column.double, count)
      return at + count
    case Type.String:
      column.string = fillStrings(array, at, source.strings, source.ints, column.string, count)
      return at + count
    case Type.Object:
      if (column.shape?.reader === undefined) break
      column.shape.reader.many(source, column.shape, count, array, at)
      return at + count
  }
  return column.numbers
    ? fillNumbers(source, column, count, array, at)
    : fillTagged(source, column, count, array, at)
}

function fillNumbers(
  source: ArraySource,
  column: ReadColumn | undefined,
  count: number,
  array: unknown[],
  at: number,
): number {
  for (let i = 0; i < count; i++) array[at++] = nextNumber(source, column)
  return at
}

function fillTagged(
  source: ArraySource,
  column: ReadColumn,
  count: number,
  array: unknown[],
  at: number,
): number {
  for (let i = 0; i < count; i++) {
    if (source.bytes[source.pos] === Token.Holes && nextType(source, column) === Type.Inline) {
      column.tag++
      at = holes(source, array, at)
    } else array[at++] = source.column(column)
  }
  return at
}

function nextType(source: ArraySource, column: ReadColumn): Type {
  if (source.pos >= source.end) return Type.Null
  return column.only === TAGGED ? source.bytes[column.tag]! : column.only
}

/** Reads an array's elements into `target` from `at`; how many there were. */
export function readArrayInto(source: ArraySource, target: unknown[], at: number): number {
  const token = source.byte()
  if (source.tracked) source.register(target)
  if (token >= Token.ShortArray && token < Token.ShortArray + 16) {
    return fillInline(source, target, at, token - Token.ShortArray) - at
  }
  if (token === Token.Array) return fillInline(source, target, at, source.count()) - at
  if (token !== Token.ColumnArray) return source.fail('no array')
  const root = source.root()
  return fill(source, root, source.u32(), target, at) - at
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
