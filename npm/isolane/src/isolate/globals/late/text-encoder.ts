import {
  isShared,
  MathMin,
  TypedArrayBuffer,
  TypedArrayLength,
  TypedArraySet,
  TypedArrayTag,
  TypeErrorConstructor,
  Uint32ArrayConstructor,
  Uint8ArrayConstructor,
} from '../../../codec/shared/primordials.js'
import type { GlobalsHost } from '../host.js'
import { asInterface, needArguments } from './interface.js'

/** Bytes of the longest code unit. */
const LONGEST_UNIT = 3

let host: GlobalsHost
const told = new Uint32ArrayConstructor(2)

class TextEncoder {
  readonly #encoding = 'utf-8'

  get encoding(): string {
    return this.#encoding
  }

  encode(input: unknown = ''): Uint8Array {
    void this.#encoding
    const { native } = host
    const text = `${input as string}`
    const bytes = new Uint8ArrayConstructor(native.utf8Length(text))
    native.writeUtf8(text, bytes, 0)
    return bytes
  }

  encodeInto(source: unknown, destination: unknown): { read: number; written: number } {
    void this.#encoding
    needArguments(arguments.length, 2, 'encodeInto')
    const text = `${source as string}`
    if (TypedArrayTag(destination) !== 'Uint8Array') {
      throw new TypeErrorConstructor('the destination of encodeInto must be a Uint8Array')
    }
    const target = destination as Uint8Array
    const room = TypedArrayLength(target)
    if (isShared(TypedArrayBuffer(target))) {
      // Other threads may write to it at the same time.
      const bytes = new Uint8ArrayConstructor(MathMin(room, text.length * LONGEST_UNIT))
      host.extra.encodeInto(text, bytes, told)
      const written = told[1]!
      TypedArraySet(target, new Uint8ArrayConstructor(TypedArrayBuffer(bytes), 0, written))
    } else host.extra.encodeInto(text, target, told)
    return { read: told[0]!, written: told[1]! }
  }
}

asInterface(TextEncoder, 'TextEncoder')

export function textEncoderClass(given: GlobalsHost): object {
  host = given
  return TextEncoder
}
