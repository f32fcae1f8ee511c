/** Iterators that users give: the protocol is theirs to keep, and errors say where they do not. */

import { InvalidTypeError } from '../errors/errors.js'
import { wrongType } from '../errors/invalid.js'

type Iterating<T> = AsyncIterator<T> | Iterator<T>

/**
 * The iterator that `open`, a method of `source`, gives.
 *
 * @param what the source in errors
 * @throws {InvalidTypeError} where it gives none
 */
export function opened<T, I extends Iterating<T>>(what: string, source: unknown, open: unknown): I {
  if (ArrayBuffer.isView(source)) return elementsOf(what, source, open) as I
  const iterator = (open as () => unknown).call(source)
  if (isObject(iterator) && typeof (iterator as { next?: unknown }).next === 'function') {
    return iterator as I
  }
  throw new InvalidTypeError(`${what} gives no iterator: it must be an object with a method next`)
}

/** The elements of a typed array, whose memory may be taken away while they are read. */
function elementsOf(what: string, view: ArrayBufferView, open: unknown): Iterator<unknown> {
  const guarded = <T>(step: () => T): T => {
    try {
      return step()
    } catch (cause) {
      const message = `${what} is a typed array whose memory has been taken away, or has shrunk`
      throw new InvalidTypeError(message, { cause })
    }
  }
  const iterator = guarded(() => (open as () => Iterator<unknown>).call(view))
  return { next: () => guarded(() => iterator.next()) }
}

/**
 * What an iterator's `next` gave.
 *
 * @throws {InvalidTypeError} where it is no object
 */
export function checkedResult<T>(what: string, result: unknown): IteratorResult<T, unknown> {
  if (isObject(result)) return result as IteratorResult<T, unknown>
  throw wrongType(`what the iterator of ${what} gives`, 'an object { value, done }', result)
}

/** All that is in an iterable; see {@link opened}. */
export function listOf<T>(what: string, source: Iterable<T>): T[] {
  const iterator = opened<T, Iterator<T>>(what, source, source[Symbol.iterator])
  const list: T[] = []
  for (;;) {
    const { done, value } = checkedResult<T>(what, iterator.next())
    if (done) return list
    list.push(value as T)
  }
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
