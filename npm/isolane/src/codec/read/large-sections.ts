/** Reading the sections of a large payload in portions. */

import { ByteReader } from './bytes.js'
import { SectionReader } from './sections.js'
import type { KeyListCache } from './shapes.js'
import { Width, WIDTH_BYTES } from '../shared/format.js'
import type { Platform } from '../shared/platform.js'
import { privateArray } from '../shared/primordials.js'

/** Longer strings are made of pieces. */
export const LONG_TEXT = 16 << 20
/** Integers that are read in one portion. */
const INTS_AT_ONCE = 1 << 18

/** A string that is still to be made. */
export interface LongText {
  /** Of the first byte. */
  readonly at: number
  /** In code units. */
  readonly length: number
  readonly isWide: boolean
}

/** Integers that are still to be read, to `ints[first]` and what follows. */
interface IntStream {
  readonly first: number
  readonly count: number
  readonly width: Width
  /** Where they stand, or the first of a sequence. */
  readonly at: number
  /** What each must be below; of indices. */
  limit: number | undefined
}

/** Leaves out long strings, for others to make. */
class TextReader extends ByteReader {
  left: LongText | undefined

  override latin1(length: number): string {
    return length < LONG_TEXT ? super.latin1(length) : this.#leave(this.take(length), length, false)
  }

  override utf16(length: number): string {
    if (length < LONG_TEXT) return super.utf16(length)
    return this.#leave(this.take(length * 2), length, true)
  }

  #leave(at: number, length: number, isWide: boolean): string {
    if (this.left !== undefined) this.fail('two long strings in a block')
    this.left = { at, length, isWide }
    return ''
  }
}

/** Says of streams of integers only where they are, and reads them bit by bit when all of them are known. */
export class LargeSectionReader extends SectionReader {
  #streams: IntStream[] | undefined

  constructor(platform: Platform, lists: KeyListCache) {
    super(platform, lists, TextReader)
  }

  override begin(bytes: Uint8Array, start: number, end: number): number {
    this.#streams = undefined
    this.takeLongText()
    return super.begin(bytes, start, end)
  }

  /** The string that the last block left out, if it did; it is to be put where the last one is. */
  takeLongText(): LongText | undefined {
    const data = this.data as TextReader
    const { left } = data
    data.left = undefined
    return left
  }

  /** @param before how many strings there were before the block */
  putLongText(text: string, before: number): void {
    if (this.stringCount !== before + 1)
      this.description.fail('a long string in a block with others')
    this.strings[before] = text
  }

  /** What comes behind the strings, but for the integers; see {@link readStreams}. */
  override finish(): void {
    this.#streams = privateArray()
    super.finish()
  }

  /** Reads the integers; yields from time to time. */
  *readStreams(): Generator<undefined, void, void> {
    const streams = this.#streams!
    this.#streams = undefined
    // Once, and not by doubling again and again.
    if (this.intCount > this.ints.length) this.growInts(this.intCount)
    for (let i = 0; i < streams.length; i++) {
      const stream = streams[i]!
      for (let from = 0; from < stream.count; from += INTS_AT_ONCE) {
        const left = stream.count - from
        this.#read(stream, from, left < INTS_AT_ONCE ? left : INTS_AT_ONCE)
        yield
      }
    }
  }

  protected override readIndices(count: number, limit: number): number {
    if (this.#streams === undefined) return super.readIndices(count, limit)
    const first = this.readInts(count)
    this.#streams[this.#streams.length - 1]!.limit = limit
    return first
  }

  protected override readInts(count: number): number {
    const streams = this.#streams
    if (streams === undefined) return super.readInts(count)
    const width: Width = this.description.byte()
    const at = this.locate(width, count)
    const first = this.intCount
    this.intCount = first + count
    streams[streams.length] = { first, count, width, at, limit: undefined }
    return first
  }

  #read({ first, width, at, limit }: IntStream, from: number, count: number): void {
    const start = first + from
    const step = width === Width.Sequence ? 1 : WIDTH_BYTES[width]!
    this.put(width, at + from * step, count, start)
    if (limit !== undefined) this.checkIndices(start, count, limit)
  }
}
