/**
 * Large buffers, which travel beside a payload instead of inside it: so their bytes are copied once
 * on the way, or not at all. (Pickle's protocol 5 calls them out-of-band.)
 */

import type { Encoder } from './encoder.js'
import { DataCloneError } from '../shared/errors.js'
import {
  ArrayBufferIsView,
  BufferByteLength,
  privateArray,
  TypedArrayByteLength,
  Uint8ArrayConstructor,
} from '../shared/primordials.js'

/** From this size on a buffer is attached: below it a copy is cheaper than one more object to hand over. */
const ATTACH_FROM = 64 << 10

const NOTHING = privateArray<never>()

/** Bytes that are to be copied before anybody changes them, or a buffer that is given away. */
export type Attachment = Uint8Array | ArrayBuffer

/**
 * Asked by an encoder whether the bytes [offset, offset + length) of a buffer are attached; otherwise
 * it writes them into the payload.
 */
export type Attach = (buffer: ArrayBuffer, offset: number, length: number) => boolean

/** A payload and what is beside it. */
export interface Encoded {
  /** The encoder's memory, which its next call overwrites. */
  bytes: Uint8Array
  /** In the order in which the payload refers to them. */
  attachments: readonly Attachment[]
}

/** Encodes values and attaches what is large. */
export class AttachingEncoder {
  #attachments: Attachment[] | undefined

  /** @param giveAway takes a buffer's memory out of it, if its owner has given it up */
  constructor(
    private readonly encoder: Encoder,
    private readonly giveAway?: (buffer: ArrayBuffer) => ArrayBuffer | undefined,
  ) {}

  /** See {@link Encoder.encode}. */
  encode(value: unknown, root: string): Encoded {
    const outer = this.#begin()
    try {
      return this.#encoded(this.encoder.encode(value, root, this.#attach), root)
    } finally {
      this.#attachments = outer
    }
  }

  /** See {@link Encoder.encodeRange}. */
  encodeRange(values: readonly unknown[], start: number, end: number, root: string): Encoded {
    const outer = this.#begin()
    try {
      return this.#encoded(this.encoder.encodeRange(values, start, end, root, this.#attach), root)
    } finally {
      this.#attachments = outer
    }
  }

  /** A getter of a value that is being encoded may encode another one. */
  #begin(): Attachment[] | undefined {
    const outer = this.#attachments
    this.#attachments = undefined
    return outer
  }

  #encoded(bytes: Uint8Array, root: string): Encoded {
    const attachments = this.#attachments ?? NOTHING
    for (let i = 0; i < attachments.length; i++) {
      const attachment = attachments[i]!
      if (ArrayBufferIsView(attachment) && TypedArrayByteLength(attachment) === 0) {
        throw new DataCloneError(root, 'a value with a getter that detaches one of its buffers')
      }
    }
    return { bytes, attachments }
  }

  readonly #attach: Attach = (buffer, offset, length) => {
    if (length < ATTACH_FROM) return false
    const given = length === BufferByteLength(buffer) ? this.giveAway?.(buffer) : undefined
    const list = (this.#attachments ??= privateArray<Attachment>())
    list[list.length] = given ?? new Uint8ArrayConstructor(buffer, offset, length)
    return true
  }
}

/** What came beside payloads, for a decoder to take one after the other. */
export class ReceivedBuffers {
  #next = 0

  constructor(private readonly buffers: readonly ArrayBuffer[]) {}

  /** The next buffer. */
  take(): ArrayBuffer | undefined {
    const { buffers } = this
    return this.#next < buffers.length ? buffers[this.#next++] : undefined
  }
}
