/**
 * Rewrites the memory section of a WebAssembly module, so that each memory it defines has a maximum
 * that it may have: <https://webassembly.github.io/spec/core/binary/modules.html#memory-section>.
 */

import {
  MathFloor,
  MathMin,
  TypedArrayBuffer,
  TypedArrayLength,
  TypedArraySet,
  Uint8ArrayConstructor,
} from '../../codec/shared/primordials.js'

const HEADER = 8
const MEMORY_SECTION = 5
/** Flags of a memory's limits: it has a maximum, it is shared, its addresses are 64 bits wide. */
const HAS_MAXIMUM = 1
const KNOWN_FLAGS = 7
/** Bytes of the longest number. */
const MAX_NUMBER = 8
const MAX_SAFE_INTEGER = 2 ** 53 - 1

/** A module whose memories are within limits. */
export interface LimitedModule {
  bytes: Uint8Array
  /** How many memories it defines. */
  memories: number
  /** The sum of their maxima. */
  pages: number
}

/** The module with maxima of at most `maxPages`; `undefined` where it cannot be read. */
export function withinPages(module: Uint8Array, maxPages: number): LimitedModule | undefined {
  const input = new Cursor(module, HEADER)
  while (input.left > 0) {
    const start = input.at
    const id = input.byte()
    const size = input.number()
    const end = input.at + size
    if (input.failed || size > input.left) return undefined
    if (id === MEMORY_SECTION) {
      const section = limitSection(input, maxPages)
      if (section === undefined || input.at !== end) return undefined
      const { memories, pages } = section
      return { bytes: splice(module, start, end, section.bytes), memories, pages }
    }
    input.at = end
  }
  return { bytes: module, memories: 0, pages: 0 }
}

function limitSection(input: Cursor, maxPages: number) {
  const count = input.number()
  if (input.failed || count > input.left) return undefined
  const body = new Output(MAX_NUMBER + count * (1 + 2 * MAX_NUMBER))
  body.number(count)
  let pages = 0
  for (let i = 0; i < count && !input.failed; i++) {
    const flags = input.byte()
    if (flags > KNOWN_FLAGS) return undefined
    const minimum = input.number()
    const maximum = MathMin((flags & HAS_MAXIMUM) === 0 ? maxPages : input.number(), maxPages)
    pages += maximum
    body.byte(flags | HAS_MAXIMUM)
    body.number(minimum)
    body.number(maximum)
  }
  if (input.failed) return undefined
  const section = new Output(1 + MAX_NUMBER + body.length)
  section.byte(MEMORY_SECTION)
  section.number(body.length)
  section.bytes(body.written)
  return { bytes: section.written, memories: count, pages }
}

function splice(module: Uint8Array, start: number, end: number, section: Uint8Array): Uint8Array {
  const length = TypedArrayLength(module)
  const grown = TypedArrayLength(section) - (end - start)
  const spliced = new Uint8ArrayConstructor(length + grown)
  TypedArraySet(spliced, part(module, 0, start), 0)
  TypedArraySet(spliced, section, start)
  TypedArraySet(spliced, part(module, end, length), end + grown)
  return spliced
}

/** A part of an array that takes all of its buffer; `subarray` would ask the array for its species. */
function part(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8ArrayConstructor(TypedArrayBuffer(bytes) as ArrayBuffer, start, end - start)
}

/** Reads a module's bytes; reading past the end, or a number past 2^53, fails. */
class Cursor {
  readonly #bytes: Uint8Array
  readonly #length: number
  at: number
  failed = false

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#length = TypedArrayLength(bytes)
    this.at = at
  }

  get left(): number {
    return this.#length - this.at
  }

  byte(): number {
    if (this.at >= this.#length) this.failed = true
    return this.#bytes[this.at++] ?? 0
  }

  /** An unsigned LEB128 number. */
  number(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte()
      value += (byte & 127) * scale
      if (value > MAX_SAFE_INTEGER) this.failed = true
      if (byte < 128 || this.failed) return value
    }
  }
}

/** Bytes being written. A typed array, since user code can put setters on Array.prototype. */
class Output {
  readonly #bytes: Uint8Array
  length = 0

  constructor(capacity: number) {
    this.#bytes = new Uint8ArrayConstructor(capacity)
  }

  get written(): Uint8Array {
    return part(this.#bytes, 0, this.length)
  }

  byte(value: number): void {
    this.#bytes[this.length++] = value
  }

  number(value: number): void {
    for (; value >= 128; value = MathFloor(value / 128)) this.byte((value % 128) | 128)
    this.byte(value)
  }

  bytes(source: Uint8Array): void {
    TypedArraySet(this.#bytes, source, this.length)
    this.length += TypedArrayLength(source)
  }
}
