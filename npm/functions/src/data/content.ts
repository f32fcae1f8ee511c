import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { types } from 'node:util'

import { DataLoadError, wrong } from '../errors/errors.js'
import { OPAQUE, type Token, tokensOf } from './tokens.js'

/** What a value is. */
export interface Content {
  /** The same for equal values only; `undefined` where that cannot be told. */
  readonly hash: string | undefined
  /** About the size of its text, with the bytes of buffers; of text, its size. */
  readonly bytes: number
}

/** Milliseconds of one turn of the event loop. */
const SLICE_MS = 0.25
/** Characters that are hashed together. */
const TOGETHER = 32_768
/** Bytes that are hashed at once. */
const AT_ONCE = 262_144

/**
 * Reads a value in short turns of the event loop.
 *
 * @param from whether it is text
 * @param giver whose value it is, for errors
 * @throws {DataLoadError} it has more than `maxBytes`, and was read no further
 * @throws {InvalidArgumentError} it is to be text, and is none
 */
export async function contentOf(
  name: string,
  value: unknown,
  from: 'json' | 'ndjson' | undefined,
  maxBytes: number,
  giver: 'load' | 'fallback' = 'load',
): Promise<Content> {
  const steps = new Hashing(name, maxBytes).steps(
    from === undefined ? tokensOf(value) : textTokens(value, giver, from),
  )
  let end = performance.now() + SLICE_MS
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    if (performance.now() < end) continue
    await turn()
    end = performance.now() + SLICE_MS
  }
}

class Hashing {
  readonly #hash = createHash('sha256')
  #text = ''
  #bytes = 0
  #isOpaque = false

  constructor(
    private readonly name: string,
    private readonly maxBytes: number,
  ) {}

  *steps(tokens: Iterable<Token | typeof OPAQUE>): Generator<undefined, Content> {
    let count = 0
    for (const token of tokens) {
      if (typeof token === 'string') {
        this.#text += token
        if (this.#text.length >= TOGETHER) this.#flush()
      } else if (token === OPAQUE) this.#isOpaque = true
      else yield* this.#addBytes(token)
      if (++count % 16 === 0) yield
    }
    this.#flush()
    const hash = this.#isOpaque ? undefined : this.#hash.digest('hex')
    return { hash, bytes: this.#bytes }
  }

  #flush(): void {
    this.#count(Buffer.byteLength(this.#text))
    this.#hash.update(this.#text)
    this.#text = ''
  }

  *#addBytes(bytes: Uint8Array): Generator<undefined, void> {
    this.#flush()
    this.#count(bytes.byteLength)
    for (let at = 0; at < bytes.length; at += AT_ONCE) {
      this.#hash.update(bytes.subarray(at, at + AT_ONCE))
      yield
    }
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes <= this.maxBytes) return
    throw new DataLoadError(
      this.name,
      `it has more than ${this.maxBytes} bytes; load less, or raise maxBytes`,
    )
  }
}

/** The bytes of text, or its characters by the piece. */
function* textTokens(text: unknown, giver: string, from: string): Generator<Token, void> {
  if (typeof text === 'string') {
    for (let at = 0, end: number; at < text.length; at = end) {
      end = at + TOGETHER
      // A character is not told by halves, which are the same of all.
      if (isFirstHalf(text.charCodeAt(end - 1))) end++
      yield text.slice(at, end)
    }
  } else if (types.isArrayBuffer(text)) yield new Uint8Array(text)
  else if (ArrayBuffer.isView(text)) {
    yield new Uint8Array(text.buffer, text.byteOffset, text.byteLength)
  } else throw wrong(`what ${giver} gives`, `text or bytes, as from: '${from}' says`, text)
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}
