/**
 * Rewrites the memory section of a WebAssembly module, so that each memory it defines has a maximum
 * that it may have: <https://webassembly.github.io/spec/core/binary/modules.html#memory-section>.
 */

import {
  MathFloor,
  MathMin,
  TypedArraySet,
  TypedArraySubarray,
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
  /** The sum of the maxima of the memories that it defines. */
  pages: number
}

/** The module with maxima of at most `maxPages`; `undefined` where it cannot be read. */
export function withinPages(module: Uint8Array, maxPages: number): LimitedModule | undefined {
  const input = new Cursor(module, HEADER)
  while (input.at < module.length) {
    const start = input.at
    const id = input.byte()
    const size = input.number()
    const end = input.at + size
    if (input.failed || end > module.length) return undefined
    if (id === MEMORY_SECTION) {
      const section = limitSection(input, maxPages)
      if (section === undefined || input.at !== end) return undefined
      return { bytes: splice(module, start, end, section.bytes), pages: section.pages }
    }
    input.at = end
  }
  return { bytes: module, pages: 0 }
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
  return { bytes: section.written, pages }
}

function splice(module: Uint8Array, start: number, end: number, section: Uint8Array): Uint8Array {
  const spliced = new Uint8ArrayConstructor(start + section.length + module.length - end)
  TypedArraySet(spliced, TypedArraySubarray(module, 0, start), 0)
  TypedArraySet(spliced, section, start)
  TypedArraySet(spliced, TypedArraySubarray(module, end, module.length), start + section.length)
  return spliced
}

/** Reads a module's bytes; reading past the end, or a number past 2^53, fails. */
class Cursor {
  readonly #bytes: Uint8Array
  at: number
  failed = false

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  get left(): number {
    return this.#bytes.length - this.at
  }

  byte(): number {
    if (this.at >= this.#bytes.length) this.failed = true
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
    return TypedArraySubarray(this.#bytes, 0, this.length)
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
    this.length += source.length
  }
}
