import {
  ArrayBufferIsView,
  BufferByteLength,
  DataViewBuffer,
  DataViewByteLength,
  DataViewByteOffset,
  isShared,
  TypedArrayBuffer,
  TypedArrayByteLength,
  TypedArrayByteOffset,
  TypedArrayTag,
  Uint8ArrayConstructor,
} from '../../codec/shared/primordials.js'

/**
 * The bytes of a buffer or a view; `undefined` where it is neither.
 *
 * @throws {TypeError} where its memory has been taken away
 */
export function bytesOf(source: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (!ArrayBufferIsView(source)) {
    return isBuffer(source) || isShared(source)
      ? new Uint8ArrayConstructor(source as ArrayBuffer)
      : undefined
  }
  return TypedArrayTag(source) === undefined
    ? new Uint8ArrayConstructor(
        DataViewBuffer(source) as ArrayBuffer,
        DataViewByteOffset(source as DataView),
        DataViewByteLength(source as DataView),
      )
    : new Uint8ArrayConstructor(
        TypedArrayBuffer(source) as ArrayBuffer,
        TypedArrayByteOffset(source),
        TypedArrayByteLength(source),
      )
}

/** By what it is: `instanceof` would ask `Symbol.hasInstance`, which user code can replace. */
export function isBuffer(value: unknown): value is ArrayBuffer {
  try {
    BufferByteLength(value)
    return true
  } catch {
    return false
  }
}
