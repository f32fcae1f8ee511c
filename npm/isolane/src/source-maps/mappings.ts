/** The field `mappings` of a source map (ECMA-426). */

/** Where something was in a source; all from 0. */
export interface Segment {
  /** Index of the source in the map. */
  source: number
  line: number
  column: number
}

const COMMA = 0x2c
const SEMICOLON = 0x3b
/** Bit of a digit that more digits follow. */
const CONTINUES = 32
/** Digits of a number: what is longer is none of a text's lines or columns. */
const MOST_DIGITS = 6

const DIGITS = digits()

function digits(): Int8Array {
  const values = new Int8Array(128).fill(-1)
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  for (let i = 0; i < letters.length; i++) values[letters.charCodeAt(i)] = i
  return values
}

/** Numbers of a segment in the table: line and column of the compiled text, source, its line and column. */
const WIDTH = 5
const NO_SOURCE = -1

/** What places of a compiled text came from. */
export class Mappings {
  /** The segments in the order of the text, {@link WIDTH} numbers each. */
  readonly #table: Int32Array

  private constructor(table: Int32Array) {
    this.#table = table
  }

  /** Reads a text; nothing where it makes no sense. */
  static read(text: string): Mappings | undefined {
    const table = new Int32Array(countSegments(text) * WIDTH)
    return new Reader(text, table).read() ? new Mappings(table) : undefined
  }

  /** Bytes that it takes. */
  get size(): number {
    return this.#table.byteLength
  }

  /**
   * What a place came from: the segment of its line that begins there, or last before it. Nothing where there is none,
   * or where it came from no source.
   *
   * @param line from 0, as `column`
   */
  at(line: number, column: number): Segment | undefined {
    const table = this.#table
    let [low, high] = [0, table.length / WIDTH]
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = middle * WIDTH
      const isBehind = table[at]! - line || table[at + 1]! - column
      if (isBehind > 0) high = middle
      else low = middle + 1
    }
    if (low === 0) return undefined
    const found = (low - 1) * WIDTH
    const [source, sourceLine, sourceColumn] = table.subarray(found + 2, found + WIDTH)
    if (table[found] !== line || source! < 0 || sourceLine! < 0 || sourceColumn! < 0)
      return undefined
    return { source: source!, line: sourceLine!, column: sourceColumn! }
  }
}

function isSeparator(unit: number): boolean {
  return unit === COMMA || unit === SEMICOLON
}

function countSegments(text: string): number {
  let count = 0
  let isOutside = true
  for (let at = 0; at < text.length; at++) {
    const isBetween = isSeparator(text.charCodeAt(at))
    if (isOutside && !isBetween) count++
    isOutside = isBetween
  }
  return count
}

/** Reads numbers, most of which are told from the one before of their kind. */
class Reader {
  #at = 0
  /** The last number. */
  #value = 0
  #source = 0
  #line = 0
  #column = 0

  constructor(
    private readonly text: string,
    private readonly table: Int32Array,
  ) {}

  /** Fills the table; whether the text is what it should be. */
  read(): boolean {
    const { text, table } = this
    let [line, column, next] = [0, 0, 0]
    while (this.#at < text.length) {
      const unit = text.charCodeAt(this.#at)
      if (isSeparator(unit)) {
        this.#at++
        if (unit === COMMA) continue
        line++
        column = 0
        continue
      }
      if (!this.#next()) return false
      table[next] = line
      table[next + 1] = column += this.#value
      if (!this.#readSource(next + 2)) return false
      next += WIDTH
    }
    return true
  }

  /** What follows the column of a segment: its source's number, line and column, and a name; or nothing. */
  #readSource(place: number): boolean {
    const { table } = this
    if (this.#isAtEnd) {
      table[place] = NO_SOURCE
      return true
    }
    if (!this.#next()) return false
    table[place] = this.#source += this.#value
    if (!this.#next()) return false
    table[place + 1] = this.#line += this.#value
    if (!this.#next()) return false
    table[place + 2] = this.#column += this.#value
    return this.#isAtEnd || (this.#next() && this.#isAtEnd)
  }

  /** Whether the segment ends here. */
  get #isAtEnd(): boolean {
    return this.#at === this.text.length || isSeparator(this.text.charCodeAt(this.#at))
  }

  /** Reads a number, if one begins here. */
  #next(): boolean {
    let bits = 0
    for (let count = 0; count < MOST_DIGITS; count++) {
      const digit = DIGITS[this.text.charCodeAt(this.#at)] ?? -1
      if (digit < 0) return false
      this.#at++
      bits |= (digit & (CONTINUES - 1)) << (5 * count)
      if (digit < CONTINUES) {
        // The lowest bit is the sign.
        this.#value = bits & 1 ? -(bits >>> 1) : bits >>> 1
        return true
      }
    }
    return false
  }
}
