import {
  ArrayBufferIsView,
  ErrorConstructor,
  StringStartsWith,
  SymbolToStringTag,
  TypedArrayBuffer,
  TypedArrayByteLength,
  TypedArrayByteOffset,
  TypedArraySet,
  TypedArrayTag,
  TypeErrorConstructor,
  Uint8ArrayConstructor,
} from '../../../codec/shared/primordials.js'
import type { GlobalsHost } from '../host.js'
import { domException } from './dom-exception.js'
import { needArguments } from './interface.js'

/** Bytes that may be asked for at once. */
const QUOTA = 65_536

/** The global `crypto`, as far as isolates have it: what is random. */
export function cryptoObject({ extra }: GlobalsHost): object {
  return {
    getRandomValues<T>(array: T): T {
      needArguments(arguments.length, 1, 'getRandomValues')
      if (!ArrayBufferIsView(array)) {
        throw new TypeErrorConstructor('getRandomValues takes a typed array of integers')
      }
      const tag = TypedArrayTag(array)
      if (tag === undefined || StringStartsWith(tag, 'Float')) {
        throw domException(
          'The data argument must be an integer-type TypedArray',
          'TypeMismatchError',
        )
      }
      const length = TypedArrayByteLength(array)
      if (length > QUOTA) {
        const text = `The requested length exceeds ${QUOTA} bytes; got ${length}`
        throw domException(text, 'QuotaExceededError')
      }
      const bytes = new Uint8ArrayConstructor(length)
      if (length > 0 && !extra.random(bytes)) throw noEntropy()
      const buffer = TypedArrayBuffer(array) as ArrayBuffer
      const target = new Uint8ArrayConstructor(buffer, TypedArrayByteOffset(array), length)
      TypedArraySet(target, bytes)
      return array
    },

    randomUUID(): string {
      const uuid = extra.randomUuid()
      if (uuid === undefined) throw noEntropy()
      return uuid
    },

    [SymbolToStringTag]: 'Crypto',
  }
}

function noEntropy(): Error {
  return new ErrorConstructor('The system gives no random bytes')
}
