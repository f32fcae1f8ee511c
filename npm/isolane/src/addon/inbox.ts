/** Events as bytes, as `crates/isolane/src/wire/events.rs` writes them. */

import type { Attachment } from '../codec/index.js'
import { align, WORD } from '../protocol.js'
import { EventWord } from './codes.js'

/** An event; the same object is filled again for the next one. */
export interface WireEvent {
  code: number
  /** The job, or from `Log` on the worker or its slot. */
  subject: number
  /** Items in the chunk. */
  count: number
  /** Index of the chunk's first item, or the limit that was met. */
  number: number
  /** Of chunks: milliseconds since the job's start. */
  ran: number
  /** Where the payload is. */
  bytes: Uint8Array
  offset: number
  length: number
  /** What the payload refers to. */
  attachments: readonly ArrayBuffer[]
}

const NOTHING: readonly never[] = []

/** Reads events out of the bytes that the addon wrote. */
export class Inbox {
  readonly #buffer = new ArrayBuffer(1 << 20)
  readonly bytes = new Uint8Array(this.#buffer)
  readonly #words = new Uint32Array(this.#buffer)
  readonly #doubles = new Float64Array(this.#buffer)
  readonly #singles = new Float32Array(this.#buffer)
  /** Payloads that have memory of their own. */
  externals: Attachment[] = []
  #next = 0
  #end = 0
  readonly #event: WireEvent = {
    code: 0,
    subject: 0,
    count: 0,
    number: 0,
    ran: 0,
    bytes: this.bytes,
    offset: 0,
    length: 0,
    attachments: NOTHING,
  }

  /** The addon has written `used` bytes. */
  fill(used: number): void {
    this.#next = 0
    this.#end = used
  }

  /** The next event, or `undefined`. */
  read(): WireEvent | undefined {
    if (this.#next >= this.#end) {
      if (this.externals.length > 0) {
        this.externals = []
        // Nor does the event keep what the host may have let go of by now.
        this.#event.bytes = this.bytes
        this.#event.attachments = NOTHING
      }
      return undefined
    }
    const w = this.#next >> 2
    const words = this.#words
    const event = this.#event
    event.code = words[w]!
    event.subject = words[w + EventWord.Subject]!
    event.count = words[w + EventWord.Count]!
    event.length = words[w + EventWord.Length]!
    event.number = this.#doubles[(w + EventWord.Number) >> 1]!
    event.ran = this.#singles[w + EventWord.Ran]!
    const attachments = words[w + EventWord.Attachments]!
    const first = words[w + EventWord.FirstAttachment]!
    event.attachments =
      attachments === 0
        ? NOTHING
        : (this.externals.slice(first, first + attachments) as ArrayBuffer[])
    const external = words[w + EventWord.External]!
    this.#next += EventWord.End * WORD
    if (external === 0) {
      event.bytes = this.bytes
      event.offset = this.#next
      this.#next += align(event.length)
    } else {
      event.bytes = this.externals[external - 1] as Uint8Array
      event.offset = 0
    }
    return event
  }
}
