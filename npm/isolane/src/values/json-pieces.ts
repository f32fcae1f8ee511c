import { MAX_DEPTH } from '../codec/shared/format.js'
import { InvalidTypeError } from '../errors/errors.js'
import { textOfError } from '../errors/text.js'

/** Values that are encoded on the event loop need not be so at once. */
export type Steps<T> = Generator<undefined, T, void>

/** Values that JSON.stringify takes at once. */
const AT_ONCE = 512

/**
 * The JSON of a value that is plain (see `isPlainJson`), in pieces that together are what
 * `JSON.stringify` gives. Yields from time to time.
 *
 * @throws {InvalidTypeError} where the value has changed so since that they would not be JSON
 */
export function* jsonPieces(value: unknown): Steps<string[]> {
  const pieces = new Pieces()
  yield* pieces.add(value)
  return pieces.texts
}

class Pieces {
  readonly texts: string[] = []
  /** What the pieces are within. */
  readonly #around = new Set<object>();

  *add(value: unknown): Steps<void> {
    if (typeof value !== 'object' || value === null || weight(value, AT_ONCE) < AT_ONCE) {
      this.texts.push(text(value))
      yield
      return
    }
    const around = this.#around
    if (around.has(value)) throw changed('it has become a part of itself')
    if (around.size > MAX_DEPTH) throw changed('it has become too deep')
    around.add(value)
    if (Array.isArray(value)) yield* this.#array(value)
    else yield* this.#object(value as Record<string, unknown>)
    around.delete(value)
  }

  *#array(array: readonly unknown[]): Steps<void> {
    const { length } = array
    const { texts } = this
    texts.push('[')
    for (let start = 0; start < length;) {
      if (start > 0) texts.push(',')
      // Since the last piece.
      if (array.length !== length) {
        throw changed(`an array of ${length} elements has got ${array.length}`)
      }
      let sum = 0
      let end = start
      while (end < length && (sum += weight(array[end], AT_ONCE)) < AT_ONCE) end++
      if (end === start) yield* this.add(array[end++])
      else {
        texts.push(text(array.slice(start, end)).slice(1, -1))
        yield
      }
      start = end
    }
    texts.push(']')
  }

  *#object(object: Record<string, unknown>): Steps<void> {
    const { texts } = this
    let piece = '{'
    let sum = 0
    let isFirst = true
    for (const key of Object.keys(object)) {
      piece += `${isFirst ? '' : ','}${text(key)}:`
      isFirst = false
      const value = object[key]
      const more = weight(value, AT_ONCE)
      if (more < AT_ONCE) piece += text(value)
      if ((sum += more) < AT_ONCE) continue
      texts.push(piece)
      piece = ''
      sum = 0
      if (more < AT_ONCE) yield
      else yield* this.add(value)
    }
    texts.push(`${piece}}`)
  }
}

function text(value: unknown): string {
  let json: string | undefined
  try {
    json = JSON.stringify(value) as string | undefined
  } catch (cause) {
    throw changed(textOfError(cause), cause)
  }
  if (json === undefined)
    throw changed(`a ${typeof value} has come in place of a value, or it is gone`)
  return json
}

function changed(how: string, cause?: unknown): InvalidTypeError {
  return new InvalidTypeError(
    `value was changed while it was read: ${how}; leave it alone until the promise has resolved`,
    cause === undefined ? undefined : { cause },
  )
}

/** How many values there are in one, itself included; at least `enough` where there are more. */
function weight(value: unknown, enough: number): number {
  if (typeof value === 'string') return 1 + value.length / 64
  if (typeof value !== 'object' || value === null) return 1
  let sum = 1
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && sum < enough; i++) sum += weight(value[i], enough - sum)
    return sum
  }
  for (const key in value) {
    sum += weight((value as Record<string, unknown>)[key], enough - sum)
    if (sum >= enough) break
  }
  return sum
}
