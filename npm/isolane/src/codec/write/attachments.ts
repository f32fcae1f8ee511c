/**
 * Large buffers, which travel beside a payload instead of inside it: so their bytes are copied once
 * on the way, or not at all. (Pickle's protocol 5 calls them out-of-band.)
 */

import type { Attach, Attachment } from '../shared/attachment.js'
import type { Encoder } from './encoder.js'
import type { ItemFailure } from './late/refusal.js'
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
  encodeRange(
    values: readonly unknown[],
    start: number,
    end: number,
    root: string,
    refused?: (failure: ItemFailure) => void,
  ): Encoded {
    const outer = this.#begin()
    try {
      const bytes = this.encoder.encodeRange(values, start, end, root, this.#attach, refused)
      return this.#encoded(bytes, root)
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
