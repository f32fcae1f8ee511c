import type { ReceivedBuffers, Decoder } from '../codec/index.js'
import {
  ArrayBufferConstructor,
  TypedArrayLength,
  TypedArraySet,
  Uint32ArrayConstructor,
  Uint8ArrayConstructor,
} from '../codec/shared/primordials.js'
import { CODEC, ELEMENT_KINDS, type ElementArray } from '../protocol.js'
import { TextItems, textValue } from './late/text-items.js'
import { arrayOf } from './results.js'
import { NO_LITERAL, readLiteral } from './literals.js'
import type { DriverServices } from './services.js'

/** Where the items of a chunk are in the input, and what came beside them. */
export interface Input {
  /** `CODEC`, or that of raw items. */
  kind: number
  offset: number
  count: number
  parts: number
  received: ReceivedBuffers | undefined
  /** Raw items that are elsewhere. User code must not come by it either. */
  memory: ArrayBuffer | undefined
}

const INITIAL_SIZE = 1 << 12

/**
 * Where the engine writes input. User code must not come by it, not even as `this` of a getter that
 * it has replaced: so nothing is asked of it that goes through a prototype.
 */
export class InputBuffer {
  readonly #services: DriverServices
  #memory = new ArrayBufferConstructor(INITIAL_SIZE)
  #capacity = INITIAL_SIZE
  #bytes = new Uint8ArrayConstructor(this.#memory)
  /** The input's head: the length of each part. */
  #lengths = new Uint32ArrayConstructor(this.#memory)

  constructor(services: DriverServices) {
    this.#services = services
  }

  /** Makes room for `size` bytes and returns the buffer to write them to. */
  reserve(size: number): ArrayBuffer {
    if (size > this.#capacity) {
      let capacity = INITIAL_SIZE
      while (capacity < size) capacity *= 2
      // May throw for want of memory: the old ones stay together.
      this.#memory = new ArrayBufferConstructor(capacity)
      this.#capacity = capacity
      this.#bytes = new Uint8ArrayConstructor(this.#memory)
      this.#lengths = new Uint32ArrayConstructor(this.#memory)
    }
    return this.#memory
  }

  byte(offset: number): number {
    return this.#bytes[offset]!
  }

  /** The value of a payload. */
  decode(offset: number, length: number, received?: ReceivedBuffers): unknown {
    const literal = readLiteral(this.#bytes, offset, length)
    if (literal !== NO_LITERAL) return literal
    return this.#services.codec.decoder.decode(this.#bytes, offset, length, received)
  }

  copy(offset: number, length: number): Uint8Array {
    const copy = new Uint8ArrayConstructor(length)
    TypedArraySet(copy, new Uint8ArrayConstructor(this.#memory, offset, length))
    return copy
  }

  /** The value of the first part. */
  value({ offset, received }: Input): unknown {
    return this.decode(offset, this.#lengths[0]!, received)
  }

  /** The items of all parts, which are text. */
  textItems({ offset, parts, count }: Input): TextItems {
    const { platform } = this.#services
    return new TextItems(platform, this.#memory, offset, this.#lengths, parts, count)
  }

  /** The value of the first part, which is text of `kind`. */
  textValue({ kind, offset, memory }: Input): unknown {
    if (memory === undefined) return this.text(offset, this.#lengths[0]!, kind)
    const bytes = new Uint8ArrayConstructor(memory)
    return textValue(this.#services.platform, bytes, 0, TypedArrayLength(bytes), kind)
  }

  /** The value of a text. */
  text(offset: number, length: number, kind: number): unknown {
    return textValue(this.#services.platform, this.#bytes, offset, length, kind)
  }

  /** The items of all parts, or raw ones where they are. */
  items(input: Input): unknown[] | ElementArray {
    const { kind, count, parts, received, memory } = input
    let { offset } = input
    if (kind !== CODEC) {
      const Elements = ELEMENT_KINDS[kind - 1]!
      return memory === undefined
        ? new Elements(this.#memory, offset, count)
        : new Elements(memory, 0, count)
    }
    const items = arrayOf(0)
    const { decoder } = this.#services.codec
    for (let part = 0; part < parts; part++) {
      const length = this.#lengths[part]!
      decoder.decodeInto(this.#bytes, offset, length, items, items.length, received)
      offset += length
    }
    return items
  }

  /** The items once more, as {@link items} has given them, sharing nothing with those. Before user code runs. */
  itemsAgain(input: Input): unknown[] | ElementArray {
    const { kind, received } = input
    // Elements are values: what is done to them changes no others.
    if (kind !== CODEC || received === undefined) return this.items(input)
    return this.items({ ...input, received: received.copied() })
  }
}

/** The values of partial results; each payload is an array of one. */
export function partialsOf(decoder: Decoder, payloads: Uint8Array[]): unknown[] {
  const values = arrayOf(0)
  for (let i = 0; i < payloads.length; i++) {
    const payload = payloads[i]!
    decoder.decodeInto(payload, 0, TypedArrayLength(payload), values, values.length)
  }
  return values
}
