import { ASK_PLATFORM, namedKeys, nextIndex } from './array-keys.js'
import type { Column } from './column.js'
import type { ByteWriter } from './bytes.js'
import { trait } from './fingerprints.js'
import { MIN_COLUMN, Token, Type } from '../shared/format.js'
import { ObjectHasOwn } from '../shared/primordials.js'
import type { Platform } from '../shared/platform.js'
import type { StringTable } from './strings.js'

/** Arrays that a column checks for named properties before it stops expecting any. */
const SAMPLED_ARRAYS = 16

/** What the writers here need from the writer of values. */
export interface ArraySink {
  readonly out: ByteWriter
  readonly platform: Platform
  readonly strings: StringTable
  /** The column of the payload's items, or where they are few the index of the one that is being written. */
  itemColumn: Column | undefined
  itemAt: number
  /** Where in `out` the number of items stands. */
  itemCountAt: number
  /** An element at which a row writer has stopped; read already, so not to be read again. */
  stoppedAt: unknown
  /** See `ValueWriter.enter`. */
  depth: number
  enter(container: object): void
  /** The length of the array that was started last. */
  arrayLength: number
  /** The index of a column for an inline array, and the column. */
  root(): number
  rootColumn(index: number): Column
  /** The number of an array that was written before, or -1; `told` is the trait of its first element. */
  trackArray(value: readonly unknown[], first: unknown, told: number): number
  /** Writes a reference in a column, or inline. */
  reference(column: Column | undefined, number: number): void
  /** Writes `value` inline. */
  value(value: unknown): void
  /** Puts `value` into a column. */
  put(column: Column, value: unknown): void
  /** Writes a count, and keys with their values. */
  properties(value: object, keys: readonly string[]): void
}

/** Writes an array inline. */
export function writeArray(sink: ArraySink, value: readonly unknown[]): void {
  const first = value[0]
  const number = sink.trackArray(value, first, trait(first))
  if (number !== -1) return sink.reference(undefined, number)
  writeNewArray(sink, value, first, namedKeys(value, sink.platform, value.length < ASK_PLATFORM))
}

function writeNewArray(
  sink: ArraySink,
  value: readonly unknown[],
  first: unknown,
  names: string[] | undefined,
): void {
  if (names !== undefined) sink.out.byte(Token.NamedArray)
  writeElements(sink, value, 0, value.length, first)
  if (names !== undefined) sink.properties(value, names)
}

/** Writes the elements [start, end) as an array. `first` is the first of them, read already. */
function writeElements(
  sink: ArraySink,
  value: readonly unknown[],
  start: number,
  end: number,
  first: unknown,
): void {
  const { out } = sink
  const length = end - start
  if (length >= MIN_COLUMN) {
    const root = sink.root()
    out.token(Token.ColumnArray, root)
    const at = out.pos
    out.u32(0)
    out.putU32(at, columnElements(sink, sink.rootColumn(root), value, start, end, first))
    return
  }
  out.byte(Token.ShortArray + length)
  for (let i = start; i < end; i++) writeElement(sink, value, i, i === start ? first : value[i])
}

function writeElement(
  sink: ArraySink,
  value: readonly unknown[],
  index: number,
  element: unknown,
): void {
  if (element === undefined && !ObjectHasOwn(value, index)) sink.out.token(Token.Holes, 1)
  else sink.value(element)
}

/**
 * Writes the elements [start, end) as the array that is the payload. Of what one of them throws it can
 * be told afterwards which one that was; see `failedItem`.
 */
export function writeItems(
  sink: ArraySink,
  value: readonly unknown[],
  start: number,
  end: number,
): void {
  const { out } = sink
  const length = end - start
  sink.itemAt = start
  const first = value[start]
  if (length >= MIN_COLUMN) {
    const root = sink.root()
    const column = (sink.itemColumn = sink.rootColumn(root))
    out.token(Token.ColumnArray, root)
    const at = (sink.itemCountAt = out.pos)
    out.u32(0)
    out.putU32(at, columnElements(sink, column, value, start, end, first))
    return
  }
  sink.itemCountAt = out.pos
  out.byte(Token.ShortArray + length)
  for (let i = start; i < end; i++) {
    sink.itemAt = i
    writeElement(sink, value, i, i === start ? first : value[i])
  }
}

/** Writes an array to a column. `first` is its first element, read already. */
export function putArray(
  sink: ArraySink,
  column: Column,
  value: readonly unknown[],
  first: unknown,
): void {
  const elements = startArray(sink, column, value, first, trait(first))
  if (elements !== undefined) {
    moreElements(sink, column, elements, value, 0, sink.arrayLength, first)
  }
}

/**
 * Writes all of an array but its elements.
 *
 * @param told the {@link trait} of the first element
 * @returns the column for `arrayLength` elements, or undefined if nothing is left to write
 */
export function startArray(
  sink: ArraySink,
  column: Column,
  value: readonly unknown[],
  first: unknown,
  told: number,
): Column | undefined {
  const number = sink.trackArray(value, first, told)
  if (number !== -1) {
    sink.reference(column, number)
    return undefined
  }
  const { elements, lengths } = column
  const { length } = value
  const names = namedKeys(
    value,
    sink.platform,
    length < ASK_PLATFORM && (lengths.count < SAMPLED_ARRAYS || column.sawNames),
  )
  if (elements === undefined || names !== undefined) {
    if (names !== undefined) column.sawNames = true
    column.constant(Type.Inline)
    writeNewArray(sink, value, first, names)
    return undefined
  }
  column.array(length)
  sink.arrayLength = length
  return length === 0 ? undefined : elements
}

/**
 * Writes the elements from index `from` on, of which `element` is the first, of the array of
 * `length` that `column` has got last.
 */
export function moreElements(
  sink: ArraySink,
  column: Column,
  elements: Column,
  value: readonly unknown[],
  from: number,
  length: number,
  element: unknown,
): void {
  const { lengths } = column
  const at = lengths.count - 1
  const count = from + columnElements(sink, elements, value, from, length, element)
  if (count !== length) lengths.data[at] = count
}

/** Puts the elements into a column; the number of values that took. */
function columnElements(
  sink: ArraySink,
  column: Column,
  value: readonly unknown[],
  start: number,
  end: number,
  first: unknown,
): number {
  const { strings } = sink
  let missing = 0
  let element = first
  let i = start
  if (typeof element === 'number') {
    i = putNumbers(sink, column, value, start, end, element)
    if (i === end) return end - start
    element = sink.stoppedAt
  }
  column.at = i
  for (;;) {
    if (typeof element === 'number') column.number(element)
    else if (typeof element === 'string') {
      if (column.takesRuns) {
        column.at = -1
        i = column.stringRun(value, i, end, element, strings)
        if (i === end) return end - start - missing
        column.at = i
        element = strings.stoppedAt
        continue
      }
      column.string(element, strings)
    } else if (element === undefined && !ObjectHasOwn(value, i)) {
      const next = writeHoles(sink, column, value, i, end)
      column.missing = missing += next - i - 1
      i = next - 1
    } else putElement(sink, column, element)
    if (++i === end) return end - start - missing
    column.at = i
    if (column.writer === undefined) element = value[i]
    else {
      // Objects of one shape are written in one loop. What they hold is refused, if need be.
      sink.depth++
      i = column.writer.many(value, i, end, column)
      sink.depth--
      if (i === end) return end - start - missing
      element = sink.stoppedAt
    }
  }
}

/**
 * Puts numbers into a column, up to the first element that is none: `stoppedAt`. A loop of its own,
 * since a loop that meets arrays of doubles and arrays of objects makes the engine turn the former
 * into the latter, with an object for each number.
 *
 * @returns the index of that element, or `end`
 */
function putNumbers(
  sink: ArraySink,
  column: Column,
  value: readonly unknown[],
  start: number,
  end: number,
  first: number,
): number {
  let element: unknown = first
  for (let i = start; ; element = value[i]) {
    if (typeof element !== 'number') {
      sink.stoppedAt = element
      return i
    }
    column.number(element)
    if (++i === end) return end
    if (column.only === Type.Double) return putDoubles(sink, column, value, i, end)
  }
}

/** The same from index `start` on for a column of doubles, where each number takes one store. */
function putDoubles(
  sink: ArraySink,
  column: Column,
  value: readonly unknown[],
  start: number,
  end: number,
): number {
  const { doubles } = column
  let { data, count, capacity } = doubles
  try {
    for (let i = start; i < end; i++) {
      const element = value[i]
      if (typeof element !== 'number') {
        sink.stoppedAt = element
        return i
      }
      if (count === capacity) {
        doubles.count = count
        doubles.grow()
        ;({ data, capacity } = doubles)
      }
      data[count++] = element
    }
    return end
  } finally {
    doubles.count = count
  }
}

/** Writes an element that is neither number nor string. */
function putElement(sink: ArraySink, column: Column, element: unknown): void {
  if (typeof element === 'object' && element !== null) {
    const writer = column.writerOf(element)
    if (writer !== undefined) {
      sink.enter(element)
      writer.write(element, column)
      sink.depth--
      return
    }
  }
  sink.put(column, element)
}

/** Writes the run of holes that starts at `hole`; the index behind it. */
function writeHoles(
  sink: ArraySink,
  column: Column,
  value: readonly unknown[],
  hole: number,
  end: number,
): number {
  const next = nextIndex(value, hole, end)
  column.constant(Type.Inline)
  sink.out.token(Token.Holes, next - hole)
  return next
}
