/** Results that are JSON text: put together by the addon, or here where items may fail. */

import { InvalidTypeError } from '../errors/errors.js'
import { textOfError } from '../errors/text.js'
import { SETTLED, TextKind } from '../protocol.js'
import { itemBytes, textItem, type TextInput, type TextPlace } from '../values/text.js'
import { ownBuffer, type ResultBlock, type Results } from './results.js'

/** The text of results [first, first + count). */
interface Piece {
  first: number
  count: number
  text: Uint8Array
}

const NULL = Buffer.from('null')
const NULL_LINE = Buffer.from('null\n')
const LINE_FEED = Buffer.from('\n')
const COMMA = Buffer.from(',')

/** Results that come as one text, at the end. */
export class JoinedResults implements Results<Buffer> {
  #text: Buffer = Buffer.alloc(0)

  keep(block: ResultBlock): void {
    if (block.length > 0) this.#text = ownBuffer(block.bytes, block.offset, block.length)
  }

  replace(): void {}

  value(): Buffer {
    return this.#text
  }

  valueAt(): Buffer {
    return this.#text
  }
}

/** One result, as text. */
export class TextResult {
  constructor(readonly text: Uint8Array) {}
}

/** Text of a call whose items may fail. */
export class TextPieces implements Results<Buffer> {
  readonly isText = true
  readonly #pieces: Piece[] = []
  readonly #isLines: boolean

  /**
   * @param kind one of `TextKind`
   * @param items the items, where they are text
   * @param isFilter whether results are items, of which some are left out
   */
  constructor(
    kind: number,
    private readonly items: TextInput | undefined,
    private readonly isFilter: boolean,
  ) {
    this.#isLines = (kind & ~SETTLED) === TextKind.Ndjson
  }

  keep(block: ResultBlock): void {
    const { first, count } = block
    this.#pieces.push({ first, count, text: ownBuffer(block.bytes, block.offset, block.length) })
  }

  /** The result of an item that failed; of a filter, whether the item stays. */
  replace(index: number, value: unknown, place?: TextPlace): void {
    const text = this.isFilter ? this.#item(value, place) : this.#textOf(value, index)
    this.#pieces.push({ first: index, count: 1, text })
  }

  value(): Buffer {
    return this.#joined(!this.isFilter)
  }

  valueAt(): Buffer {
    return this.#joined(false)
  }

  #joined(withGaps: boolean): Buffer {
    this.#pieces.sort((a, b) => a.first - b.first)
    const texts: Uint8Array[] = []
    const add = (text: Uint8Array): void => {
      if (text.length === 0) return
      if (!this.#isLines && texts.length > 0) texts.push(COMMA)
      texts.push(text)
    }
    let next = 0
    for (const { first, count, text } of this.#pieces) {
      if (withGaps) for (; next < first; next++) add(this.#isLines ? NULL_LINE : NULL)
      add(text)
      next = first + count
    }
    if (this.#isLines) return Buffer.concat(texts)
    return Buffer.concat([Buffer.from('['), ...texts, Buffer.from(']')])
  }

  #item(isKept: unknown, place: TextPlace | undefined): Uint8Array {
    if (!isKept || place === undefined) return Buffer.alloc(0)
    return this.#ended(itemBytes(this.items!, place))
  }

  #textOf(value: unknown, index: number): Uint8Array {
    if (value instanceof TextResult) return this.#ended(value.text)
    return this.#ended(jsonText(value, (this.items?.origin?.index ?? 0) + index))
  }

  #ended(text: Uint8Array): Uint8Array {
    return this.#isLines ? Buffer.concat([oneLine(text), LINE_FEED]) : text
  }
}

/** Items that a filter has kept, and that were text. */
export class ParsedItems implements Results<unknown[]> {
  readonly #pieces: { first: number; values: unknown[] }[] = []

  constructor(private readonly items: TextInput) {}

  keep({ first, bytes, offset, length }: ResultBlock): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString()
    this.#pieces.push({ first, values: JSON.parse(`[${text}]`) as unknown[] })
  }

  replace(index: number, isKept: unknown, place?: TextPlace): void {
    if (!isKept || place === undefined) return
    this.#pieces.push({ first: index, values: [textItem(this.items, place)] })
  }

  value(): unknown[] {
    return this.#pieces.sort((a, b) => a.first - b.first).flatMap(({ values }) => values)
  }

  valueAt(): unknown[] {
    return this.value()
  }
}

/**
 * As `JSON.stringify` writes an element of an array: what stands for the result of item `index`,
 * which has failed.
 *
 * @throws {InvalidTypeError} where it throws
 */
export function jsonText(value: unknown, index: number): Buffer {
  let text: string | undefined
  try {
    text = JSON.stringify(value) as string | undefined
  } catch (cause) {
    throw new InvalidTypeError(
      `what onError gives for item ${index} cannot be written as JSON: ${textOfError(cause)}`,
      { cause },
    )
  }
  return Buffer.from(text ?? 'null')
}

/** Line ends in a JSON text are white space between its tokens. */
function oneLine(text: Uint8Array): Uint8Array {
  if (!text.includes(0x0a) && !text.includes(0x0d)) return text
  return text.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte))
}
