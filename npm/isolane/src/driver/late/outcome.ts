import type { Encoder } from '../../codec/index.js'
import {
  privateArray,
  SafeSet,
  TypedArrayLength,
  TypedArraySet,
  Uint8ArrayConstructor,
} from '../../codec/shared/primordials.js'
import { align, OUTCOME_HEADER_WORDS, WORD } from '../../protocol.js'
import type { FailureWriter } from '../failure.js'
import type { TextItems } from './text-items.js'

/** Results of a contiguous run of items, encoded. */
interface Block {
  /** Index in the chunk of the first item. */
  start: number
  count: number
  bytes: Uint8Array
}

/** An item that failed. */
interface ItemFailure {
  index: number
  /** Encoded; empty where only the fact is told. */
  bytes: Uint8Array
}

const NO_BYTES = new Uint8ArrayConstructor(0)

/**
 * What becomes of the items of one chunk where the caller wants an outcome: results in blocks, and
 * failures. Each is encoded on its own, so that what one item does to its payload leaves the others
 * alone. `protocol.ts` has the layout.
 */
export class Outcome {
  readonly #encoder: Encoder
  readonly #blocks: Block[] = privateArray()
  readonly #failures: ItemFailure[] = privateArray()
  #isClosed = false
  /** Indices of failures, once they are asked for. */
  #failed: Set<number> | undefined
  /** The items, where they are text: failures then tell where theirs is. */
  items: TextItems | undefined

  /**
   * @param first index of the chunk's first item in the whole input
   * @param maxFailures how many failures are told in full
   */
  constructor(
    encoder: Encoder,
    private readonly writer: FailureWriter,
    private readonly first: number,
    private readonly maxFailures: number,
  ) {
    this.#encoder = encoder
  }

  /**
   * The failures so far, to go on from with another encoder. It takes no more of them: telling one
   * could run code. Results that cannot be carried are left out.
   */
  closed(encoder: Encoder): Outcome {
    const copy = new Outcome(encoder, this.writer, this.first, this.maxFailures)
    for (let i = 0; i < this.#failures.length; i++) copy.#failures[i] = this.#failures[i]!
    copy.#isClosed = true
    copy.items = this.items
    return copy
  }

  /** Item `index` of the chunk has failed. The error is encoded now: that may run getters. */
  fail(index: number, error: unknown): void {
    if (this.#isClosed) return
    const at = this.#failures.length
    const failure: ItemFailure = { index, bytes: NO_BYTES }
    this.#failures[at] = failure
    this.#failed?.add(index)
    if (at >= this.maxFailures) return
    const whole = this.first + index
    try {
      failure.bytes = new Uint8ArrayConstructor(this.writer.encode(error, whole, whole))
    } catch {
      // Then the fact alone must do.
    }
  }

  /** Whether item `index` of the chunk has failed. */
  hasFailed(index: number): boolean {
    if (this.#failed === undefined) {
      this.#failed = new SafeSet<number>()
      for (let i = 0; i < this.#failures.length; i++) this.#failed.add(this.#failures[i]!.index)
    }
    return this.#failed.has(index)
  }

  /** Results of `count` items from `start` on, encoded already. */
  add(start: number, count: number, bytes: Uint8Array): void {
    this.#blocks[this.#blocks.length] = { start, count, bytes }
  }

  /**
   * Encodes the results [start, end). Where they cannot be carried it halves them until it has the
   * items that are to blame; so getters of a chunk with such an item run more than once.
   */
  addValues(values: readonly unknown[], start: number, end: number): void {
    if (start === end) return
    try {
      const bytes = this.#encoder.encode(slice(values, start, end), 'result')
      this.add(start, end - start, new Uint8ArrayConstructor(bytes))
    } catch (error) {
      if (end - start === 1) return this.fail(start, error)
      const middle = (start + end) >>> 1
      this.addValues(values, start, middle)
      this.addValues(values, middle, end)
    }
  }

  /** All of it, as bytes. */
  encode(): Uint8Array {
    const blocks = this.#blocks
    const failures = this.#failures
    const { items } = this
    const wordsEach = items === undefined ? 2 : 5
    const words = OUTCOME_HEADER_WORDS + blocks.length * 3 + failures.length * wordsEach
    const start = align(words * WORD)
    let size = start
    for (let i = 0; i < blocks.length; i++) size += align(TypedArrayLength(blocks[i]!.bytes))
    for (let i = 0; i < failures.length; i++) size += align(TypedArrayLength(failures[i]!.bytes))
    const frame = new Frame(size, start)
    frame.word(blocks.length)
    frame.word(failures.length)
    for (let i = 0; i < blocks.length; i++) {
      const { start: first, count, bytes } = blocks[i]!
      frame.word(first)
      frame.word(count)
      frame.payload(bytes)
    }
    for (let i = 0; i < failures.length; i++) {
      const { index, bytes } = failures[i]!
      frame.word(index)
      frame.payload(bytes)
      if (items === undefined) continue
      const offset = items.offset(index)
      frame.word(offset)
      frame.word(offset / 0x1_0000_0000)
      frame.word(items.size(index))
    }
    return frame.bytes
  }
}

/** Words at the front, payloads behind them. */
class Frame {
  readonly bytes: Uint8Array
  #at = 0
  #payload: number

  constructor(size: number, payload: number) {
    this.bytes = new Uint8ArrayConstructor(size)
    this.#payload = payload
  }

  /** Little-endian. */
  word(value: number): void {
    const { bytes } = this
    const at = this.#at
    bytes[at] = value
    bytes[at + 1] = value >>> 8
    bytes[at + 2] = value >>> 16
    bytes[at + 3] = value >>> 24
    this.#at = at + WORD
  }

  /** The payload, and a word that says how long it is. */
  payload(payload: Uint8Array): void {
    const length = TypedArrayLength(payload)
    this.word(length)
    TypedArraySet(this.bytes, payload, this.#payload)
    this.#payload += align(length)
  }
}

/** `values.slice(start, end)`, with holes, for lists without a prototype. */
function slice(values: readonly unknown[], start: number, end: number): readonly unknown[] {
  if (start === 0 && end === values.length) return values
  const part = privateArray<unknown>()
  part.length = end - start
  for (let i = start; i < end; i++) if (i in values) part[i - start] = values[i]
  return part
}
