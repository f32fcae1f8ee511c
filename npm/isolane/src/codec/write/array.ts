import { ASK_PLATFORM, namedKeys, nextIndex } from './array-keys.js'
import type { Column } from './column.js'
import { Fingerprints, mix, trait } from './fingerprints.js'
import { MIN_COLUMN, Token, Type } from '../shared/format.js'
import { Identity } from './identity.js'
import { ObjectHasOwn } from '../shared/primordials.js'
import { SectionWriter } from './sections.js'

/** Arrays that a column checks for named properties before it stops expecting any. */
const SAMPLED_ARRAYS = 16

/** Writes arrays, and knows which objects were written before. */
export abstract class ArrayWriter extends SectionWriter {
  readonly identity = new Identity()
  hasReferences = false
  /** An element at which a row writer has stopped; read already, so not to be read again. */
  stoppedAt: unknown
  /** The length of the array that was started last. */
  arrayLength = 0
  private readonly arrays = new Fingerprints()

  /** Writes `value` inline. */
  abstract value(value: unknown): void

  /** Puts `value` into a column. */
  abstract put(column: Column, value: unknown): void

  /** Writes a count, and keys with their values. */
  abstract properties(value: object, keys: readonly string[]): void

  override reset(): void {
    super.reset()
    this.identity.reset()
    this.arrays.reset()
    this.hasReferences = false
    this.stoppedAt = undefined
  }

  /** Whether `value` was written before; then a reference stands in `column`, or inline. */
  protected known(column: Column | undefined, value: object): boolean {
    const number = this.identity.track(value)
    if (number !== -1) this.reference(column, number)
    return number !== -1
  }

  protected reference(column: Column | undefined, number: number): void {
    this.hasReferences = true
    if (column !== undefined) column.constant(Type.Inline)
    this.out.token(Token.Reference, number)
  }

  /** Arrays of scalars are known by their length and the first element, of which `told` is the trait. */
  private trackArray(value: readonly unknown[], first: unknown, told: number): number {
    const type = typeof first
    if (type !== 'number' && type !== 'string') return this.identity.track(value)
    return this.arrays.track(mix(value.length, told), value, this.identity)
  }

  protected array(value: readonly unknown[]): void {
    const first = value[0]
    const number = this.trackArray(value, first, trait(first))
    if (number !== -1) return this.reference(undefined, number)
    this.newArray(value, first, namedKeys(value, this.platform, value.length < ASK_PLATFORM))
  }

  private newArray(value: readonly unknown[], first: unknown, names: string[] | undefined): void {
    if (names !== undefined) this.out.byte(Token.NamedArray)
    this.elements(value, 0, value.length, first)
    if (names !== undefined) this.properties(value, names)
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

  /** Writes an array to a column. `first` is its first element, read already. */
  putArray(column: Column, value: readonly unknown[], first: unknown): void {
    const elements = this.startArray(column, value, first, trait(first))
    if (elements !== undefined) {
      this.moreElements(column, elements, value, 0, this.arrayLength, first)
    }
  }

  /**
   * Writes all of an array but its elements.
   *
   * @param told the {@link trait} of the first element
   * @returns the column for `arrayLength` elements, or undefined if nothing is left to write
   */
  startArray(
    column: Column,
    value: readonly unknown[],
    first: unknown,
    told: number,
  ): Column | undefined {
    const number = this.trackArray(value, first, told)
    if (number !== -1) {
      this.reference(column, number)
      return undefined
    }
    const { elements, lengths } = column
    const { length } = value
    const names = namedKeys(
      value,
      this.platform,
      length < ASK_PLATFORM && (lengths.count < SAMPLED_ARRAYS || column.sawNames),
    )
    if (elements === undefined || names !== undefined) {
      if (names !== undefined) column.sawNames = true
      column.constant(Type.Inline)
      this.newArray(value, first, names)
      return undefined
    }
    column.array(length)
    this.arrayLength = length
    return length === 0 ? undefined : elements
  }

  /**
   * Writes the elements from index `from` on, of which `element` is the first, of the array of
   * `length` that `column` has got last.
   */
  moreElements(
    column: Column,
    elements: Column,
    value: readonly unknown[],
    from: number,
    length: number,
    element: unknown,
  ): void {
    const { lengths } = column
    const at = lengths.count - 1
    const count = from + this.columnElements(elements, value, from, length, element)
    if (count !== length) lengths.data[at] = count
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
    let missing = 0
    let element = first
    let i = start
    if (typeof element === 'number') {
      i = this.numbers(column, value, start, end, element)
      if (i === end) return end - start
      element = this.stoppedAt
    }
    for (;;) {
      if (typeof element === 'number') column.number(element)
      else if (typeof element === 'string') {
        if (column.takesRuns) {
          i = column.stringRun(value, i, end, element, strings)
          if (i === end) return end - start - missing
          element = strings.stoppedAt
          continue
        }
        column.string(element, strings)
      } else if (element === undefined && !ObjectHasOwn(value, i)) {
        const next = this.hole(column, value, i, end)
        missing += next - i - 1
        i = next - 1
      } else this.putElement(column, element)
      if (++i === end) return end - start - missing
      if (column.writer === undefined) element = value[i]
      else {
        // Objects of one shape are written in one loop.
        i = column.writer.many(value, i, end, column)
        if (i === end) return end - start - missing
        element = this.stoppedAt
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
  private numbers(
    column: Column,
    value: readonly unknown[],
    start: number,
    end: number,
    first: number,
  ): number {
    let element: unknown = first
    for (let i = start; ; element = value[i]) {
      if (typeof element !== 'number') {
        this.stoppedAt = element
        return i
      }
      column.number(element)
      if (++i === end) return end
      if (column.only === Type.Double) return this.doubles(column, value, i, end)
    }
  }

  /** The same from index `start` on for a column of doubles, where each number takes one store. */
  private doubles(column: Column, value: readonly unknown[], start: number, end: number): number {
    const { doubles } = column
    let { data, count, capacity } = doubles
    for (let i = start; i < end; i++) {
      const element = value[i]
      if (typeof element !== 'number') {
        doubles.count = count
        this.stoppedAt = element
        return i
      }
      if (count === capacity) {
        doubles.count = count
        doubles.grow()
        ;({ data, capacity } = doubles)
      }
      data[count++] = element
    }
    doubles.count = count
    return end
  }

  /** Writes an element that is neither number nor string. */
  private putElement(column: Column, element: unknown): void {
    if (typeof element === 'object' && element !== null) {
      const writer = column.writerOf(element)
      if (writer !== undefined) return writer.write(element, column)
    }
    this.put(column, element)
  }

  /** Writes the run of holes that starts at `hole`; the index behind it. */
  private hole(column: Column, value: readonly unknown[], hole: number, end: number): number {
    const next = nextIndex(value, hole, end)
    column.constant(Type.Inline)
    this.out.token(Token.Holes, next - hole)
    return next
  }
}
