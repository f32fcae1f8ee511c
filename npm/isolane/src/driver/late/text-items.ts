import type { Platform } from '../../codec/index.js'
import {
  defineValue,
  Float64ArrayConstructor,
  JSONParse,
  privateArray,
  StringCharCodeAt,
  StringIndexOf,
  StringSubstring,
  TypedArrayLength,
  Uint32ArrayConstructor,
  Uint8ArrayConstructor,
} from '../../codec/shared/primordials.js'
import { TextKind } from '../../protocol.js'
import { NotJson } from '../failure.js'
import { findFault } from './json-fault.js'

/** Words of a chunk's table before those of its items; the first two are a double. */
const TABLE_HEAD = 2
/** Words of an item: start, end, line, column. */
const TABLE_ITEM = 4

const LINE_FEED = 0x0a
const BYTE_ORDER_MARK = 0xfeff
const TOO_LONG = 'the text is longer than any string can be'

/** The items of a chunk that are JSON text; `crates/isolane/src/text/source.rs` says how they lie. */
export class TextItems {
  readonly #platform: Platform
  readonly #memory: ArrayBuffer
  readonly #bytes: Uint8Array
  readonly #table: Uint32Array
  /** Where the first item begins in the whole text. */
  readonly #first: number
  /** Of the text, with its brackets. */
  readonly #start: number
  readonly #length: number
  readonly #count: number
  /** Whether an item is not JSON: in its place is what {@link refuseUnread} throws. */
  hasUnread = false

  /** @param lengths of the parts, which stand one after another from `offset` on */
  constructor(
    platform: Platform,
    memory: ArrayBuffer,
    offset: number,
    lengths: Uint32Array,
    parts: number,
    count: number,
  ) {
    const table = lengths[0]!
    let length = 0
    for (let part = 1; part < parts; part++) length += lengths[part]!
    this.#platform = platform
    this.#memory = memory
    this.#bytes = new Uint8ArrayConstructor(memory)
    this.#table = new Uint32ArrayConstructor(memory, offset, table >>> 2)
    this.#first = new Float64ArrayConstructor(memory, offset, 1)[0]!
    this.#start = offset + table
    this.#length = length
    this.#count = count
  }

  /** All of them, parsed. */
  values(kind: number): unknown[] {
    if (kind === TextKind.Json) {
      const list = this.#atOnce()
      if (list !== undefined) return list
    }
    const values = privateArray<unknown>()
    for (let i = 0; i < this.#count; i++) values[i] = this.#value(i)
    return values
  }

  /** Where an item begins in the chunk's input. */
  start(index: number): number {
    return this.#start + 1 + this.#table[TABLE_HEAD + index * TABLE_ITEM]!
  }

  /** Bytes of an item. */
  size(index: number): number {
    const at = TABLE_HEAD + index * TABLE_ITEM
    return this.#table[at + 1]! - this.#table[at]!
  }

  /** The text of an item as it lies there. */
  text(index: number): Uint8Array {
    return new Uint8ArrayConstructor(this.#memory, this.start(index), this.size(index))
  }

  /** Where an item begins in the whole text. */
  offset(index: number): number {
    return this.#first + this.#table[TABLE_HEAD + index * TABLE_ITEM]!
  }

  /** In one go; `undefined` where that is not possible. */
  #atOnce(): unknown[] | undefined {
    const text = this.#platform.readUtf8(this.#bytes, this.#start, this.#length)
    if (text === undefined) return undefined
    try {
      const list = JSONParse(text) as unknown[]
      return list.length === this.#count ? list : undefined
    } catch {
      return undefined
    }
  }

  #value(index: number): unknown {
    const start = this.start(index)
    const size = this.size(index)
    const text = this.#platform.readUtf8(this.#bytes, start, size)
    if (text !== undefined) {
      try {
        return JSONParse(text) as unknown
      } catch {
        // It is looked at more closely.
      }
    }
    this.hasUnread = true
    const fault = findFault(this.#bytes, start, start + size)
    const at = fault === undefined ? start : fault.at
    const word = TABLE_HEAD + index * TABLE_ITEM
    const line = this.#table[word + 2]!
    const column = this.#table[word + 3]!
    return notJson(this.#bytes, start, at, fault?.reason, line, column, this.offset(index))
  }
}

/**
 * The value of a text that is no list of items: JSON, or where `kind` says so its lines.
 *
 * @throws what stands for a text that is not JSON
 */
export function textValue(
  platform: Platform,
  bytes: Uint8Array,
  start: number,
  length: number,
  kind: number,
): unknown {
  const text = withoutMark(platform.readUtf8(bytes, start, length))
  if (text !== undefined) {
    try {
      return kind === TextKind.Json ? (JSONParse(text) as unknown) : linesOf(text)
    } catch {
      // It is looked at more closely.
    }
  }
  throw kind === TextKind.Json
    ? faultOf(bytes, start, start, start + length)
    : faultOfLines(bytes, start, start + length)
}

function withoutMark(text: string | undefined): string | undefined {
  const isMarked = text !== undefined && StringCharCodeAt(text, 0) === BYTE_ORDER_MARK
  return isMarked ? StringSubstring(text, 1) : text
}

function linesOf(text: string): unknown[] {
  const values: unknown[] = []
  let count = 0
  for (let start = 0; start < text.length;) {
    const feed = StringIndexOf(text, '\n', start)
    const end = feed < 0 ? text.length : feed
    const line = StringSubstring(text, start, end)
    if (!isBlank(line)) defineValue(values, count++, JSONParse(line), true)
    start = end + 1
  }
  return values
}

function isBlank(line: string): boolean {
  for (let i = 0; i < line.length; i++) {
    const code = StringCharCodeAt(line, i)
    if (code !== 0x20 && code !== 0x09 && code !== 0x0d) return false
  }
  return true
}

function faultOfLines(bytes: Uint8Array, start: number, end: number): NotJson {
  let at = hasMark(bytes, start) ? start + 3 : start
  for (;;) {
    let feed = at
    while (feed < end && bytes[feed] !== LINE_FEED) feed++
    const isEmpty = isBlankBytes(bytes, at, feed)
    const fault = isEmpty ? undefined : findFault(bytes, at, feed)
    if (fault !== undefined || feed >= end)
      return located(bytes, start, fault?.at ?? at, fault?.reason)
    at = feed + 1
  }
}

function isBlankBytes(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i] !== 0x20 && bytes[i] !== 0x09 && bytes[i] !== 0x0d) return false
  }
  return true
}

function faultOf(bytes: Uint8Array, whole: number, start: number, end: number): NotJson {
  const from = hasMark(bytes, start) ? start + 3 : start
  const fault = findFault(bytes, from, end)
  return located(bytes, whole, fault?.at ?? from, fault?.reason)
}

function hasMark(bytes: Uint8Array, start: number): boolean {
  return (
    TypedArrayLength(bytes) - start >= 3 &&
    bytes[start] === 0xef &&
    bytes[start + 1] === 0xbb &&
    bytes[start + 2] === 0xbf
  )
}

function located(
  bytes: Uint8Array,
  whole: number,
  at: number,
  reason: string | undefined,
): NotJson {
  const from = hasMark(bytes, whole) && at >= whole + 3 ? whole + 3 : whole
  return notJson(bytes, from, at, reason, 1, 1, from - whole)
}

/** The fault at `at` of what begins at `start`, which is in that line and column, `offset` bytes from the front. */
function notJson(
  bytes: Uint8Array,
  start: number,
  at: number,
  reason: string | undefined,
  firstLine: number,
  firstColumn: number,
  offset: number,
): NotJson {
  let line = firstLine
  let column = firstColumn + at - start
  for (let i = start; i < at; i++) {
    if (bytes[i] !== LINE_FEED) continue
    line++
    column = at - i
  }
  // Where nothing is wrong, no string was long enough.
  return new NotJson(reason ?? TOO_LONG, line, column, offset + at - start)
}
