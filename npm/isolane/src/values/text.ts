import { types } from 'node:util'
import { TypedArrayBuffer, TypedArrayByteOffset } from '../codec/shared/primordials.js'
import { InvalidTypeError } from '../errors/errors.js'
import { wrongType } from '../errors/invalid.js'
import { isText, TextKind } from '../protocol.js'

/** JSON text, as UTF-8 or as a string. */
export type JsonText = string | ArrayBuffer | Uint8Array

/** `'json'`: one array. `'ndjson'`: a value a line. */
export type TextFormat = 'json' | 'ndjson'

/** Checked input that is text: its items are found on the workers. */
export interface TextInput {
  /** One of `TextKind`. */
  readonly kind: number
  readonly bytes: Uint8Array
  /** As the call began with it. */
  readonly byteLength: number
  /** Whether nobody else has the bytes. */
  readonly isOwn: boolean
  /** Where they begin in a longer text, whose places and indices the items then have. */
  readonly origin?: TextOrigin
}

/** Where a text begins in a longer one. */
export interface TextOrigin {
  /** Bytes before it. */
  readonly offset: number
  /** From 1. */
  readonly line: number
  /** In bytes, from 1; 0 for a bracket that stands before the line. */
  readonly column: number
  /** Items before it. */
  readonly index: number
}

/** Where the text of an item is. */
export interface TextPlace {
  offset: number
  length: number
}

/** Whether a call's items are text. */
export function isTextInput(items: { readonly kind: number }): items is TextInput {
  return isText(items.kind)
}

/** The kind of a format. */
export function textKind(format: TextFormat): number {
  return format === 'json' ? TextKind.Json : TextKind.Ndjson
}

/**
 * Checks what is said to be text.
 *
 * @param what it in errors
 * @throws {InvalidTypeError} where it is none
 */
export function textInput(what: string, value: unknown, format: TextFormat): TextInput {
  const kind = textKind(format)
  if (typeof value === 'string') {
    const bytes = encoded(value)
    return { kind, bytes, byteLength: bytes.length, isOwn: true }
  }
  const buffer = types.isUint8Array(value) ? TypedArrayBuffer(value) : value
  if (types.isArrayBuffer(buffer) && isDetached(buffer)) {
    throw new InvalidTypeError(`${what} is detached: its buffer was moved or transferred`)
  }
  if (types.isArrayBuffer(value)) {
    const bytes = new Uint8Array(value)
    return { kind, bytes, byteLength: bytes.length, isOwn: false }
  }
  if (types.isUint8Array(value)) {
    const isShared = types.isSharedArrayBuffer(TypedArrayBuffer(value))
    // Others may write to it at any time.
    const bytes = isShared ? new Uint8Array(value) : value
    return { kind, bytes, byteLength: bytes.length, isOwn: isShared }
  }
  throw wrongType(
    what,
    `a string, a Buffer, a Uint8Array or an ArrayBuffer (from: '${format}')`,
    value,
  )
}

/** Memory of its own, which can be lent. */
function encoded(text: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.byteLength(text))
  Buffer.from(bytes.buffer).write(text)
  return bytes
}

/**
 * A stretch of the text, as it is now.
 *
 * @throws {InvalidTypeError} where it is gone
 */
export function textBytes(
  { bytes, byteLength }: TextInput,
  start: number,
  end: number,
): Uint8Array {
  if (bytes.length !== byteLength) {
    throw new InvalidTypeError(
      `the text was taken away during the call: ${bytes.length} of ${byteLength} bytes are left; ` +
        `leave it as it is until its promise settles`,
    )
  }
  return new Uint8Array(TypedArrayBuffer(bytes), TypedArrayByteOffset(bytes) + start, end - start)
}

/** The very bytes of an item. */
export function itemBytes(input: TextInput, { offset, length }: TextPlace): Uint8Array {
  const start = offset - (input.origin?.offset ?? 0)
  return textBytes(input, start, start + length)
}

/** An item: its value, or its very text where that is not JSON. */
export function textItem(input: TextInput, place: TextPlace): unknown {
  const bytes = itemBytes(input, place)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Whether nothing can be made over a buffer, since it was taken away. */
export function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    return new Uint8Array(buffer).length < 0
  } catch {
    return true
  }
}
