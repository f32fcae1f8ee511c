/** Decoding large payloads, so that a thread can do other things in between. */

import type { ReceivedBuffers } from './attachments.js'
import { Decoder } from './decoder.js'
import { LargeReader, type Pace, type Portions } from './portions.js'
import { BadPayloadError } from '../shared/errors.js'
import type { Platform } from '../shared/platform.js'

/** Decodes large payloads, several at a time. */
export class LargeDecoder {
  /** Keeps the compiled readers of shapes from payload to payload. */
  #idle: LargeReader | undefined

  constructor(
    private readonly platform: Platform,
    private readonly pace: Pace,
  ) {}

  /**
   * Begins with a payload, which starts at a multiple of eight in memory. `bytes` must stay as they are
   * until the value is there.
   *
   * @param root what errors call the value
   */
  start(bytes: Uint8Array, received: ReceivedBuffers | undefined, root: string): LargeValue {
    const reader = this.#idle ?? new LargeReader(this.platform, this.pace)
    this.#idle = undefined
    return new LargeValue(reader, { bytes, received, root }, () => (this.#idle = reader))
  }
}

interface Payload {
  readonly bytes: Uint8Array
  readonly received: ReceivedBuffers | undefined
  readonly root: string
}

/** A payload that is decoded portion by portion. */
export class LargeValue {
  value: unknown
  readonly #portions: Portions<unknown>

  /** @param letGo called when `reader` is free again */
  constructor(
    private readonly reader: LargeReader,
    private readonly payload: Payload,
    private readonly letGo: () => void,
  ) {
    this.#portions = reader.read(payload.bytes, payload.received)
  }

  /**
   * Reads the next portion. Returns whether more is left.
   *
   * @throws as {@link Decoder.decode} does
   */
  step(): boolean {
    try {
      const { done, value } = this.#portions.next()
      this.value = value
      if (done !== true) return true
    } catch (error) {
      this.value = this.#again(error)
    }
    this.stop()
    return false
  }

  /** Lets the payload go, of which no more is to be read. */
  stop(): void {
    this.reader.release()
    this.letGo()
  }

  /** Errors that tell a path are made by one who looks for it. */
  #again(error: unknown): unknown {
    if (error instanceof BadPayloadError) throw error
    const { bytes, received, root } = this.payload
    received?.rewind(0)
    return new Decoder(this.reader.platform).decode(bytes, 0, bytes.length, received, root)
  }
}
