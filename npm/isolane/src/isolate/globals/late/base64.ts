import {
  isOutOfMemory,
  TypedArrayLength,
  Uint8ArrayConstructor,
} from '../../../codec/shared/primordials.js'
import type { GlobalsHost } from '../host.js'
import { Uint8ArrayFromBase64, Uint8ArrayToBase64 } from '../primordials.js'
import { domException } from './dom-exception.js'
import { needArguments } from './interface.js'

/** The functions `atob` and `btoa`, by what V8 has for bytes. */
export function base64Functions({ native }: GlobalsHost) {
  return {
    atob(data: unknown): string {
      needArguments(arguments.length, 1, 'atob')
      const bytes = bytesOf(`${data as string}`)
      const length = TypedArrayLength(bytes)
      return length === 0 ? '' : native.readLatin1(bytes, 0, length)
    },

    btoa(data: unknown): string {
      needArguments(arguments.length, 1, 'btoa')
      const text = `${data as string}`
      if (!native.isLatin1(text)) throw domException('Invalid character', 'InvalidCharacterError')
      const bytes = new Uint8ArrayConstructor(text.length)
      native.writeLatin1(text, bytes, 0)
      return Uint8ArrayToBase64(bytes)
    },
  }
}

function bytesOf(text: string): Uint8Array {
  try {
    return Uint8ArrayFromBase64(text)
  } catch (error) {
    if (isOutOfMemory(error)) throw error
    throw domException(
      'The string to be decoded is not correctly encoded.',
      'InvalidCharacterError',
    )
  }
}
