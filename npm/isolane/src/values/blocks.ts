/** Text that streams, cut into blocks of whole items. */

import { Found } from '../addon/codes.js'
import { ask } from '../addon/failure.js'
import { binding, type NativeSplitter } from '../addon/native.js'
import { InvalidJsonError, ItemTooLargeError } from '../errors/errors.js'
import { TextKind } from '../protocol.js'
import type { TextInput, TextOrigin } from './text.js'

/** Whole items of a text, which one job goes through. */
export interface Block {
  readonly input: TextInput & { readonly origin: TextOrigin }
  /** How many items it has; at least one. */
  readonly count: number
  /** Bytes of the whole text from the end of the block before to its own. */
  readonly span: number
}

/** Bytes that are looked at in one go, at the most. */
export const PIECE_BYTES = 256 << 10

const MIB = 1 << 20
const START: TextOrigin = { offset: 0, line: 1, column: 1, index: 0 }
const OPENING = 0x5b
const CLOSING = 0x5d

/** Takes a text in pieces, and gives blocks. It keeps what has not been given, and of that only items. */
export class BlockCutter {
  readonly #splitter: NativeSplitter
  readonly #found = new Float64Array(Found.Length)
  #buffer = Buffer.allocUnsafeSlow(2 * PIECE_BYTES)
  /** Bytes in the buffer, and how many came before them. */
  #length = 0
  #base = 0
  /** Where the last block ended. */
  #before = 0
  /** Items that have been given; those that can be, and where they begin and end. */
  #given = 0
  #count = 0
  #first = START
  #end = 0
  #fault: Error | undefined

  /**
   * @param kind one of `TextKind`
   * @param origin where the text begins in a longer one
   */
  constructor(
    private readonly kind: number,
    private readonly maxItemMb: number,
    private readonly origin = START,
  ) {
    const { NativeSplitter } = binding()
    this.#splitter = ask('begin a text', () => new NativeSplitter(kind))
  }

  /** Why there can be no more items, if so. */
  get fault(): Error | undefined {
    return this.#fault
  }

  /** Whether a block can be taken. */
  get hasItems(): boolean {
    return this.#count > 0
  }

  /** Bytes of items that have not been given, and of the one that has begun. */
  get held(): number {
    return this.#base + this.#length - (this.#count > 0 ? this.#first.offset : this.#begun)
  }

  /** Takes the next piece, of which it keeps nothing. */
  push(piece: Uint8Array): void {
    const start = this.#length
    this.#reserve(start + piece.length)
    this.#buffer.set(piece, start)
    this.#length += piece.length
    // Of its own: the source may write to what it has given.
    const own = this.#buffer.subarray(start, this.#length)
    this.#note(ask('read a text', () => this.#splitter.push(own, this.#found)))
    const begun = this.#begun
    if (this.#base + this.#length - begun > this.maxItemMb * MIB) {
      const index = this.origin.index + this.#given + this.#count
      this.#fault ??= new ItemTooLargeError(this.maxItemMb, index, this.origin.offset + begun)
    }
    if (this.#count === 0) this.#drop(begun)
  }

  /** The text has ended. */
  finish(): void {
    this.#note(ask('end a text', () => this.#splitter.finish(this.#found)))
  }

  /** The items so far that have not been given. */
  take(): Block {
    const { kind, origin } = this
    const { offset, line, column } = this.#first
    const text = this.#buffer.subarray(offset - this.#base, this.#end - this.#base)
    const hasBracket = kind === TextKind.Json
    const bytes = hasBracket ? bracketed(text) : copyOf(text)
    const shift = hasBracket ? 1 : 0
    const block: Block = {
      input: {
        kind,
        bytes,
        byteLength: bytes.length,
        isOwn: true,
        origin: {
          offset: origin.offset + offset - shift,
          line: origin.line + line - 1,
          column: (line === 1 ? origin.column - 1 : 0) + column - shift,
          index: origin.index + this.#given,
        },
      },
      count: this.#count,
      span: this.#end - this.#before,
    }
    this.#before = this.#end
    this.#given += this.#count
    this.#count = 0
    this.#drop(this.#begun)
    return block
  }

  /** Where an item begins that has not ended, or else what will come next. */
  get #begun(): number {
    const begun = this.#found[Found.Begun]!
    return begun < 0 ? this.#base + this.#length : begun
  }

  #note(reason: string | null): void {
    const found = this.#found
    const count = found[Found.Count]!
    if (count > 0) {
      if (this.#count === 0) {
        const [offset, line, column] = [Found.Start, Found.Line, Found.Column].map(
          (at) => found[at]!,
        )
        this.#first = { offset: offset!, line: line!, column: column!, index: 0 }
      }
      this.#count += count
      this.#end = found[Found.End]!
    }
    if (reason === null) return
    this.#fault ??= new InvalidJsonError(
      'The text',
      reason,
      found[Found.FaultLine]!,
      found[Found.FaultColumn]!,
      found[Found.FaultOffset]!,
      found[Found.FaultIndex]!,
    )
  }

  /** Lets go of what comes before `place`. */
  #drop(place: number): void {
    const start = place - this.#base
    if (start === 0) return
    this.#buffer.copyWithin(0, start, this.#length)
    this.#length -= start
    this.#base = place
  }

  #reserve(size: number): void {
    if (size <= this.#buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(size, 2 * this.#buffer.length))
    grown.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = grown
  }
}

/**
 * A block's items in two blocks.
 *
 * @param block with at least two items
 */
export function halves({ input, count, span }: Block): [Block, Block] {
  const { kind, bytes, origin } = input
  const cutter = new BlockCutter(kind, Infinity, origin)
  let at = 0
  const read = (length: number): void => {
    cutter.push(bytes.subarray(at, at + length))
    at += length
  }
  read(bytes.length >> 1)
  // At least the last item ends with the text.
  while (!cutter.hasItems) read(1)
  const first = cutter.take()
  read(bytes.length - at)
  cutter.finish()
  const second = cutter.take()
  if (first.count + second.count !== count)
    throw new Error('a block was changed while it was gone through')
  return [first, { ...second, span: span - first.span }]
}

/** Memory of its own, which can be lent. */
function copyOf(text: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafeSlow(text.length)
  copy.set(text)
  return copy
}

/** Items as an array. */
function bracketed(items: Uint8Array): Uint8Array {
  const text = Buffer.allocUnsafeSlow(items.length + 2)
  text[0] = OPENING
  text.set(items, 1)
  text[items.length + 1] = CLOSING
  return text
}
