/** What shared values are encoded to. */

import type { Encoder, Platform } from '../codec/index.js'
import { SHARED_HEAD, SharedForm, TextKind } from '../protocol.js'
import { jsonPieces, type Steps } from './json-pieces.js'
import type { OpenSink, PayloadSink } from './payload-sink.js'
import { isPlainJson } from './plain-json.js'
import { textPayload } from './text-payload.js'
import { textBytes, textInput, textKind, type TextFormat, type TextInput } from './text.js'

/** Bytes of a text that are taken at once. */
const BYTES_AT_ONCE = 256 << 10
/** Units of a string that are. */
const UNITS_AT_ONCE = 64 << 10

/** A value that is text. A string is read in turns, as it never changes. */
export class SharedText {
  readonly #kind: number
  readonly #text: TextInput | string

  constructor(value: unknown, format: TextFormat) {
    this.#kind = textKind(format)
    this.#text = typeof value === 'string' ? value : textInput('value', value, format)
  }

  /** Whether `value` is one. It asks nothing of the value, which may be a Proxy. */
  static is(value: unknown): value is SharedText {
    return typeof value === 'object' && value !== null && #text in value
  }

  /** Its payload. Yields behind each piece. */
  *payload<S extends PayloadSink>(mode: number, open: OpenSink<S>): Steps<S> {
    const text = this.#text
    const form = this.#kind === TextKind.Json ? SharedForm.Json : SharedForm.Ndjson
    const length = typeof text === 'string' ? text.length : text.byteLength
    const sink = open(SHARED_HEAD + length)
    sink.put(headOf(mode, form))
    if (typeof text === 'string') yield* putString(sink, text)
    else yield* putBytes(sink, text)
    return sink
  }
}

function* putString(sink: PayloadSink, text: string): Steps<void> {
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = Math.min(start + UNITS_AT_ONCE, text.length)
    // Both halves of a character are encoded together.
    if (end < text.length && isFirstHalf(text.charCodeAt(end - 1))) end++
    sink.put(Buffer.from(text.slice(start, end)))
    yield
  }
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function* putBytes(sink: PayloadSink, text: TextInput): Steps<void> {
  for (let start = 0, end = 0; start < text.byteLength; start = end) {
    end = Math.min(start + BYTES_AT_ONCE, text.byteLength)
    sink.put(textBytes(text, start, end))
    yield
  }
}

/** The payload of a value that JSON carries; `undefined` of others. Yields from time to time. */
export function* jsonPayload<S extends PayloadSink>(
  platform: Platform,
  value: unknown,
  mode: number,
  open: OpenSink<S>,
): Steps<S | undefined> {
  if (!(yield* isPlainJson(platform, value))) return undefined
  const head = headOf(mode, SharedForm.JsonText)
  return yield* textPayload(platform, yield* jsonPieces(value), head, open)
}

/** The payload of any other value. */
export function valuePayload<S extends PayloadSink>(
  encoder: Encoder,
  name: string,
  value: unknown,
  mode: number,
  open: OpenSink<S>,
): S {
  const bytes = encoder.encode(value, `shared.${name}`)
  const sink = open(SHARED_HEAD + bytes.length)
  sink.put(headOf(mode, SharedForm.Value))
  sink.put(bytes)
  return sink
}

function headOf(mode: number, form: number): Uint8Array {
  const head = new Uint8Array(SHARED_HEAD)
  head[0] = mode
  head[1] = form
  return head
}
