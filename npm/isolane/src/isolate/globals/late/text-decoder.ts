import {
  ArrayBufferIsView,
  DataViewBuffer,
  isDetached,
  isShared,
  RangeErrorConstructor,
  TypedArrayBuffer,
  TypedArrayTag,
  TypeErrorConstructor,
  Uint8ArrayConstructor,
} from '../../../codec/shared/primordials.js'
import { bytesOf, isBuffer } from '../../late/bytes.js'
import type { GlobalsHost } from '../host.js'
import { asInterface, optionsOf } from './interface.js'

/** Flags of a decoder, as the natives have them. */
const FATAL = 1
const IGNORE_BOM = 2
const NONE = -1
const EMPTY = new Uint8ArrayConstructor(0)

let host: GlobalsHost

class TextDecoder {
  readonly #encoding: string
  readonly #flags: number
  /** Of the engine's, in the middle of a stream. */
  #decoder = NONE

  constructor(label: unknown = 'utf-8', options?: unknown) {
    const given = `${label as string}`
    const asked = optionsOf(options, 'TextDecoder')
    const fatal = asked['fatal'] ? FATAL : 0
    this.#flags = fatal | (asked['ignoreBOM'] ? IGNORE_BOM : 0)
    const encoding = host.extra.encodingOf(given)
    if (encoding === undefined) {
      throw new RangeErrorConstructor(`The "${given}" encoding is not supported`)
    }
    this.#encoding = encoding
  }

  get encoding(): string {
    return this.#encoding
  }

  get fatal(): boolean {
    return (this.#flags & FATAL) !== 0
  }

  get ignoreBOM(): boolean {
    return (this.#flags & IGNORE_BOM) !== 0
  }

  decode(input?: unknown, options?: unknown): string {
    const flags = this.#flags
    const streams = !!optionsOf(options, 'decode')['stream']
    const bytes = input === undefined ? EMPTY : readable(input)
    const { extra } = host
    if (!streams && this.#decoder === NONE) {
      return this.#text(extra.decode(bytes, this.#encoding, flags))
    }
    if (this.#decoder === NONE) {
      const decoder = extra.openDecoder(this, this.#encoding, flags)
      if (decoder === undefined) throw new RangeErrorConstructor('Array buffer allocation failed')
      this.#decoder = decoder
    }
    const text = extra.decodeOn(this.#decoder, bytes, !streams, flags)
    if (!streams || typeof text !== 'string') this.#decoder = NONE
    return this.#text(text)
  }

  #text(text: string | null | undefined): string {
    if (text === null) {
      throw new TypeErrorConstructor(
        `The encoded data was not valid for encoding ${this.#encoding}`,
      )
    }
    if (text === undefined) throw new RangeErrorConstructor('Invalid string length')
    return text
  }
}

asInterface(TextDecoder, 'TextDecoder')

/** Bytes that nobody changes while the engine reads them; none where they have been taken away. */
function readable(input: unknown): Uint8Array {
  if (isGone(input)) return EMPTY
  const bytes = bytesOf(input)
  if (bytes === undefined) {
    throw new TypeErrorConstructor(
      'decode takes an ArrayBuffer, a SharedArrayBuffer or a view of one',
    )
  }
  return isShared(TypedArrayBuffer(bytes)) ? new Uint8ArrayConstructor(bytes) : bytes
}

function isGone(input: unknown): boolean {
  if (!ArrayBufferIsView(input)) return isBuffer(input) && isDetached(input)
  return isDetached((TypedArrayTag(input) === undefined ? DataViewBuffer : TypedArrayBuffer)(input))
}

export function textDecoderClass(given: GlobalsHost): object {
  host = given
  return TextDecoder
}
