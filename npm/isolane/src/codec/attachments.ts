/**
 * Large buffers, which travel beside a payload instead of inside it: so their bytes are copied once
 * on the way, or not at all. (Pickle's protocol 5 calls them out-of-band.)
 */

import { BufferByteLength, Uint8ArrayConstructor } from './primordials.js'

/** From this size on a buffer is attached: below it a copy is cheaper than one more object to hand over. */
const ATTACH_FROM = 64 << 10

/** Bytes that are to be copied before anybody changes them, or a buffer that is given away. */
export type Attachment = Uint8Array | ArrayBuffer

/**
 * Asked by an encoder whether the bytes [offset, offset + length) of a buffer are attached; otherwise
 * it writes them into the payload.
 */
export type Attach = (buffer: ArrayBuffer, offset: number, length: number) => boolean

/**
 * Attaches what is large.
 *
 * @param list what is attached is added to it, in the order of the payload
 * @param giveAway takes a buffer's memory out of it, if its owner has given it up
 */
export function attachTo(
  list: Attachment[],
  giveAway?: (buffer: ArrayBuffer) => ArrayBuffer | undefined,
): Attach {
  return (buffer, offset, length) => {
    if (length < ATTACH_FROM) return false
    const given = length === BufferByteLength(buffer) ? giveAway?.(buffer) : undefined
    list[list.length] = given ?? new Uint8ArrayConstructor(buffer, offset, length)
    return true
  }
}

/** What came beside payloads, for a decoder to take one after the other. */
export class Arrivals {
  #next = 0

  constructor(private readonly buffers: readonly ArrayBuffer[]) {}

  /** The next buffer. */
  take(): ArrayBuffer | undefined {
    const { buffers } = this
    return this.#next < buffers.length ? buffers[this.#next++] : undefined
  }
}
