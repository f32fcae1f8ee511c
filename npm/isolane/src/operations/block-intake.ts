/** What a stream of text takes from its source. */

import { types } from 'node:util'
import { InvalidTypeError } from '../errors/errors.js'
import { wrongType } from '../errors/invalid.js'
import {
  TypedArrayBuffer,
  TypedArrayByteOffset,
  TypedArrayLength,
} from '../codec/shared/primordials.js'
import type { BlockSize } from '../values/block-size.js'
import { PIECE_BYTES, type Block, type BlockCutter } from '../values/blocks.js'
import { isDetached } from '../values/text.js'
import type { Bell, Intake, Settled } from './intake.js'
import { SourceIntake } from './intake.js'

/** What is looked at in one go is not shorter than this, nor than this part of what there is already. */
const LEAST_PIECE = 16
const LEAST_PART = 1 / 4

const NOTHING = new Uint8Array(0)

/** Takes chunks of text, and gives blocks of whole items. */
export class BlockIntake implements Intake<Block> {
  readonly #chunks: SourceIntake<unknown>
  readonly #bytes = new ChunkBytes()
  /** What of a chunk has not been looked at, and how long that was when it came. */
  #rest: Uint8Array = NOTHING
  #left = 0
  /** Whether the text has ended. */
  #isWhole = false
  #done = false

  /** @param threads so many calls must run before a block waits to be full */
  constructor(
    source: Iterable<unknown> | AsyncIterable<unknown>,
    private readonly cutter: BlockCutter,
    private readonly size: BlockSize,
    private readonly threads: number,
    bell: Bell,
  ) {
    const isOneChunk = typeof source === 'string' || ArrayBuffer.isView(source)
    this.#chunks = new SourceIntake(isOneChunk ? [source] : source, bell)
  }

  get done(): boolean {
    return this.#done
  }

  pull(): void {
    if (this.#left === 0 && !this.#isOver && !this.#isFull) this.#chunks.pull()
  }

  take(running: number): Settled<Block> | undefined {
    const { cutter } = this
    if (this.#done) return undefined
    this.#read()
    // A worker that has nothing to do takes what there is.
    if (this.#isFull || (cutter.hasItems && (this.#isOver || running < this.threads))) {
      return { ok: true, value: cutter.take() }
    }
    if (!this.#isOver || cutter.hasItems) return undefined
    this.#done = true
    return cutter.fault && { ok: false, error: cutter.fault }
  }

  close(): void {
    this.#chunks.close()
  }

  /** Whether no more items will be found. */
  get #isOver(): boolean {
    return this.#isWhole || this.cutter.fault !== undefined
  }

  /** Whether the next block is as large as it should be. */
  get #isFull(): boolean {
    return this.cutter.hasItems && this.cutter.held >= this.size.bytes
  }

  /** Looks at what has come, as far as it is needed. */
  #read(): void {
    const { cutter } = this
    while (!this.#isFull && !this.#isOver) {
      if (this.#left > 0) {
        this.#readPiece()
        continue
      }
      const chunk = this.#chunks.take()
      if (chunk?.ok) {
        this.#rest = this.#bytes.of(chunk.value)
        this.#left = this.#rest.length
      } else if (this.#chunks.done) {
        cutter.push(this.#bytes.rest())
        if (cutter.fault === undefined) cutter.finish()
        this.#isWhole = true
      } else {
        this.#chunks.pull()
        return
      }
    }
  }

  #readPiece(): void {
    // The memory is the source's.
    if (this.#rest.length !== this.#left) throw this.#bytes.gone()
    const { held } = this.cutter
    const wanted = Math.max(this.size.bytes - held, LEAST_PIECE, held * LEAST_PART)
    const length = Math.min(this.#left, PIECE_BYTES, Math.ceil(wanted))
    this.cutter.push(this.#rest.subarray(0, length))
    this.#rest = this.#rest.subarray(length)
    this.#left -= length
  }
}

/** Chunks of text as bytes. */
class ChunkBytes {
  #count = 0
  /** Half a character that the last chunk of text ended with. */
  #half = ''

  /** @throws {InvalidTypeError} where the chunk is no text */
  of(chunk: unknown): Uint8Array {
    const index = this.#count++
    if (typeof chunk === 'string') return this.#encoded(chunk)
    if (!types.isUint8Array(chunk)) {
      throw wrongType(
        `chunk ${index} of source`,
        'a string, a Buffer or a Uint8Array where options.from is given',
        chunk,
      )
    }
    if (isDetached(TypedArrayBuffer(chunk))) throw this.gone()
    const [buffer, offset] = [TypedArrayBuffer(chunk), TypedArrayByteOffset(chunk)]
    const bytes = new Uint8Array(buffer, offset, TypedArrayLength(chunk))
    const half = this.rest()
    return half.length === 0 ? bytes : Buffer.concat([half, bytes])
  }

  /** The error for the last chunk, whose memory somebody has taken away. */
  gone(): InvalidTypeError {
    return new InvalidTypeError(
      `chunk ${this.#count - 1} of source was taken away: its buffer was moved, transferred or shrunk; ` +
        `leave it as it is until the next chunk is asked for`,
    )
  }

  /** What was held back. */
  rest(): Uint8Array {
    const half = this.#half
    this.#half = ''
    return half === '' ? NOTHING : Buffer.from(half)
  }

  #encoded(chunk: string): Uint8Array {
    const text = this.#half + chunk
    const last = text.charCodeAt(text.length - 1)
    const isHalf = last >= 0xd800 && last <= 0xdbff
    this.#half = isHalf ? text.slice(-1) : ''
    return Buffer.from(isHalf ? text.slice(0, -1) : text)
  }
}
