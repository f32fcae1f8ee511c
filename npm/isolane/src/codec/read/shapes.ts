import { NONE } from '../shared/format.js'
import { MathImul, privateArray, SafeMap, Uint8ArrayConstructor } from '../shared/primordials.js'
import type { ByteReader } from './bytes.js'

/** Slots of the cache: key lists beyond that push others out. */
const SLOTS = 1024
/** Compiled readers of one key list: more variants, and the oldest ones are dropped. */
const MAX_READERS = 16

/** What compiled readers ask of the reader of values. */
export interface RowSource {
  readonly ints: Int32Array
  readonly doubles: Float64Array
  readonly strings: readonly string[]
  /** @throws {BadPayloadError} always */
  fail(what: string): never
  /** Gives an object the next number. */
  register(object: object): void
  /** Reads an inline value. */
  value(): unknown
  /** Reads the next value of a column. */
  column(column: ReadColumn): unknown
  /** Reads the next array of a column. */
  array(column: ReadColumn): unknown[]
  /** Reads the next row of a shape. */
  row(shape: ReadShape): unknown
}

/** Reads rows of one shape whose columns have certain types. */
export interface RowReader {
  /** Makes the next row's object. */
  one(reader: RowSource, shape: ReadShape): unknown
  /** Makes the next `count` rows' objects and puts them into `out` from index `at`. */
  many(reader: RowSource, shape: ReadShape, count: number, out: unknown[], at: number): void
}

/** Reads an inline object of one shape. */
export type InlineReader = (reader: RowSource) => unknown

/** The keys of one shape, with what the decoder compiled for it; kept from payload to payload. */
export class KeyList {
  /** Objects read inline so far. */
  inlineReads = 0
  /** Reads an inline object; two flavours: without and with numbering of objects. */
  inline: InlineReader | undefined
  inlineTracked: InlineReader | undefined
  private readers: Map<string, RowReader | number> = new SafeMap()

  constructor(
    readonly keys: readonly string[],
    readonly size: number,
    readonly nullPrototype: boolean,
    private readonly definition: Uint8Array,
    private readonly length: number,
  ) {}

  /** The reader for rows of a signature, or how many such rows have been read without one. */
  reader(signature: string): RowReader | number {
    return this.readers.get(signature) ?? 0
  }

  keep(signature: string, reader: RowReader | number): void {
    if (this.readers.size === MAX_READERS && !this.readers.has(signature)) {
      this.readers = new SafeMap()
    }
    this.readers.set(signature, reader)
  }

  matches(bytes: Uint8Array, at: number, length: number): boolean {
    if (length !== this.length) return false
    for (let i = 0; i < length; i++) if (bytes[at + i] !== this.definition[i]) return false
    return true
  }
}

/** A column as the decoder sees it: where the next value of each stream is. */
export class ReadColumn {
  only: number = NONE
  /** Whether the values differ in type, and all are numbers. */
  numbers = false
  /** Values consumed, of arrays' elements. */
  used = 0
  /** Position of the next tag in the bytes. */
  tag = 0
  /** Indices of the next values: ints, string indices, array lengths and shape indices. */
  int = 0
  string = 0
  length = 0
  shapeAt = 0
  /** The index behind its array lengths. */
  lengthEnd = 0
  /** Index of the next double. */
  double = 0
  /** The shape of all objects, if there is but one. */
  shape: ReadShape | undefined
  elements: ReadColumn | undefined

  constructor(readonly count: number) {}
}

/** A shape with a table of rows. */
export class ReadShape {
  readonly columns = privateArray<ReadColumn>()
  /** Rows consumed. */
  row = 0
  reader: RowReader | undefined

  constructor(
    readonly list: KeyList,
    readonly rows: number,
  ) {}
}

/** Finds key lists by the bytes of their definition, so that known keys are not made again. */
export class KeyListCache {
  private readonly slots: Map<number, KeyList> = new SafeMap()

  /** Reads a shape definition. */
  read(reader: ByteReader): KeyList {
    const start = reader.pos
    const hash = skipDefinition(reader)
    const length = reader.pos - start
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    const known = this.slots.get(slot)
    if (known !== undefined && known.matches(reader.bytes, start, length)) return known
    reader.pos = start
    const made = parseDefinition(reader, length)
    this.slots.set(slot, made)
    return made
  }
}

function skipDefinition(reader: ByteReader): number {
  const start = reader.pos
  const size = reader.count() >>> 1
  for (let i = 0; i < size; i++) {
    const head = reader.varint()
    reader.take((head & 1) === 0 ? head >>> 1 : head - 1)
  }
  const { bytes, pos } = reader
  let hash = 0x811c9dc5 | 0
  for (let i = start; i < pos; i++) hash = MathImul(hash ^ bytes[i]!, 0x01000193)
  return hash
}

function parseDefinition(reader: ByteReader, length: number): KeyList {
  const definition = new Uint8ArrayConstructor(length)
  for (let i = 0; i < length; i++) definition[i] = reader.bytes[reader.pos + i]!
  const head = reader.varint()
  const size = head >>> 1
  const keys = privateArray<string>()
  for (let i = 0; i < size; i++) keys[i] = reader.text()
  return new KeyList(keys, size, (head & 1) === 1, definition, length)
}
