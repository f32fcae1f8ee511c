import { types } from 'node:util'
import { structuredClone } from '../addon/globals.js'
import { isDetached } from '../codec/shared/primordials.js'
import { InvalidTypeError } from '../errors/errors.js'
import { wrongType } from '../errors/invalid.js'
import { elementsOver } from './items.js'

/** Buffers that {@link move} made and no call has taken. */
const given = new WeakSet<ArrayBuffer>()

/**
 * Gives a buffer up: takes the memory out of `value`, which is empty from then on, without copying
 * it. The next call that the result is passed to reads that memory where it is, on the worker's
 * thread, and throws it away; the result is empty then too.
 *
 * Takes effect for typed arrays that are the items of `map`, `forEach` or `reduce`, and for buffers
 * of 64 KiB and more anywhere in items and in the argument of `run`. Elsewhere (in `args` and shared
 * values, for `filter`, where `onError` needs the items) what was moved is copied like any other
 * buffer.
 *
 *     await pool.run(parse, move(bytes))
 *     await pool.map(move(samples), denoise)
 *
 * @param value an `ArrayBuffer`, or a view of all of one
 * @returns a value of the same kind over the same memory
 * @throws {InvalidTypeError} `ERR_ISOLANE_INVALID_ARGUMENT`: not a buffer, or one that cannot be
 *   moved: shared, resizable, detached already, a view of a part of its buffer (such as a small
 *   `Buffer`, which is cut from a pool), or memory of WebAssembly. It keeps what it has
 */
export function move<T extends ArrayBuffer | ArrayBufferView>(value: T): T {
  const buffer = bufferOf(value)
  let taken: ArrayBuffer
  try {
    taken = structuredClone(buffer, { transfer: [buffer] })
  } catch (error) {
    throw cannot('the engine does not detach it', error)
  }
  // Of what Node marks as untransferable, such as the pool of Buffers, it has made a copy.
  if (buffer.byteLength > 0) throw cannot('it cannot be detached')
  given.add(taken)
  return over(value, taken) as T
}

/** Takes the memory out of a buffer that {@link move} made; `undefined` for any other. */
export function takeMoved(buffer: ArrayBufferLike): ArrayBuffer | undefined {
  if (!given.delete(buffer as ArrayBuffer)) return undefined
  return structuredClone(buffer as ArrayBuffer, { transfer: [buffer as ArrayBuffer] })
}

function bufferOf(value: unknown): ArrayBuffer {
  const isView = ArrayBuffer.isView(value)
  const buffer: unknown = isView ? value.buffer : value
  if (types.isSharedArrayBuffer(buffer))
    throw cannot('it is shared, and has no owner who could give it up; pass it as it is')
  if (!types.isArrayBuffer(buffer)) {
    throw wrongType('value', 'an ArrayBuffer or a view of one', value)
  }
  if ((buffer as { resizable?: boolean }).resizable === true) throw cannot('it is resizable')
  if (isDetached(buffer)) throw cannot('it is detached already')
  if (isView && value.byteLength !== buffer.byteLength) {
    throw cannot(
      `it is a view of ${value.byteLength} of the ${buffer.byteLength} bytes of its buffer, and ` +
        `others may use the rest; pass it as it is to copy it`,
    )
  }
  return buffer
}

function over(value: ArrayBuffer | ArrayBufferView, buffer: ArrayBuffer): object {
  if (!ArrayBuffer.isView(value)) return buffer
  if (Buffer.isBuffer(value)) return Buffer.from(buffer)
  return types.isDataView(value)
    ? new DataView(buffer)
    : elementsOver(value as NodeJS.TypedArray, buffer)
}

function cannot(why: string, cause?: unknown): InvalidTypeError {
  return new InvalidTypeError(`The buffer cannot be moved: ${why}`, { cause })
}
