import { types } from 'node:util'

import { PIECE, PlainText, simpleText, weight } from './plain-text.js'

/** A piece of what a value is: of its text, or of its bytes. */
export type Token = string | Uint8Array

/** In place of an element that is missing. */
const HOLE = Symbol('hole')
/** Values that are told at once. */
const AT_ONCE = 256

/** A value that is being told. */
interface Frame {
  readonly rest: Iterator<unknown>
  readonly end: string
}

/** Said of what cannot be told, so that nothing is equal to it: isolates would refuse it, or see other memory. */
export const OPAQUE: unique symbol = Symbol('opaque')

/**
 * What a value is, as tokens: the same for values that arrive in isolates as the same, identity included, and
 * for no others. Of plain JSON it is about its text. Deep values need no stack.
 */
export function* tokensOf(value: unknown): Generator<Token | typeof OPAQUE, void> {
  const plain = new PlainText()
  const frames: Frame[] = []
  let next: IteratorResult<unknown> = { value, done: false }
  for (;;) {
    if (next.done === true) yield frames.pop()!.end
    else if (next.value === HOLE) yield '_,'
    else if (weight(next.value, AT_ONCE) < AT_ONCE) yield plain.of(next.value)
    else if (typeof next.value === 'object' && next.value !== null) {
      const before = plain.reference(next.value)
      if (before !== undefined) yield before
      else {
        const frame = yield* begin(next.value)
        if (frame !== undefined) frames.push(frame)
      }
    } else yield* primitive(next.value)
    const frame = frames.at(-1)
    if (frame === undefined) return
    next = frame.rest.next() as IteratorResult<unknown>
  }
}

function* primitive(value: unknown): Generator<Token | typeof OPAQUE, void> {
  if (typeof value === 'string') yield* stringTokens(value)
  else if (typeof value === 'symbol' || typeof value === 'function') yield OPAQUE
  else yield simpleText(value)
}

function* stringTokens(text: string): Generator<Token, void> {
  yield `"${text.length}:`
  for (let at = 0; at < text.length; at += PIECE) yield JSON.stringify(text.slice(at, at + PIECE))
  yield ','
}

function* begin(value: object): Generator<Token | typeof OPAQUE, Frame | undefined> {
  if (Array.isArray(value)) {
    yield '['
    return { rest: elements(value), end: ']' }
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null || !isSpecial(value)) {
    yield '{'
    return { rest: properties(value), end: '}' }
  }
  if (types.isMap(value)) {
    yield 'Map('
    return { rest: flat(value), end: ')' }
  }
  if (types.isSet(value)) {
    yield 'Set('
    return { rest: value.values(), end: ')' }
  }
  if (types.isNativeError(value)) {
    yield 'Error('
    return { rest: errorParts(value), end: ')' }
  }
  if (types.isDate(value)) yield `Date(${value.getTime()})`
  else if (types.isRegExp(value)) {
    yield `RegExp(${JSON.stringify([value.source, value.flags, value.lastIndex])})`
  } else if (types.isArrayBuffer(value)) {
    yield `ArrayBuffer(${value.byteLength}:`
    yield new Uint8Array(value)
  } else if (ArrayBuffer.isView(value) && types.isArrayBuffer(value.buffer)) {
    yield `${Object.prototype.toString.call(value)}(${value.byteLength}:`
    yield new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  } else yield OPAQUE
  return undefined
}

/** Whether it is more than its properties. */
function isSpecial(value: object): boolean {
  return (
    types.isMap(value) ||
    types.isSet(value) ||
    types.isNativeError(value) ||
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isAnyArrayBuffer(value) ||
    ArrayBuffer.isView(value) ||
    types.isBoxedPrimitive(value) ||
    types.isProxy(value)
  )
}

function* elements(array: readonly unknown[]): Generator<unknown, void> {
  for (let i = 0; i < array.length; i++) {
    const element = array[i]
    yield element === undefined && !(i in array) ? HOLE : element
  }
}

function* properties(value: object): Generator<unknown, void> {
  for (const key of Object.keys(value)) {
    // Its end is that of a value, which says nothing here.
    yield key
    yield (value as Record<string, unknown>)[key]
  }
}

function* flat(map: ReadonlyMap<unknown, unknown>): Generator<unknown, void> {
  for (const [key, value] of map) {
    yield key
    yield value
  }
}

function* errorParts(error: Error): Generator<unknown, void> {
  yield* [error.name, error.message, error.stack]
  yield error.cause
  yield* properties(error)
}
