import type { Platform } from '../../codec/index.js'
import {
  ArrayBufferConstructor,
  defineValue,
  JSONStringify,
  ObjectSetPrototypeOf,
  privateArray,
  StringSubstring,
  TypedArrayLength,
  TypedArraySet,
  Uint8ArrayConstructor,
} from '../../codec/shared/primordials.js'
import { Operation, SETTLED, TextKind } from '../../protocol.js'
import type { Outcome } from './outcome.js'
import type { TextItems } from './text-items.js'

const COMMA = 0x2c
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20

/** Results of a chunk as JSON text: elements of an array, without its brackets, or lines. */
export class TextResults {
  readonly #isLines: boolean
  readonly #isSettled: boolean

  /**
   * @param kind one of `TextKind`, perhaps with `SETTLED`
   * @param first index of the chunk's first item in the whole input
   * @param items the items, where these are text too
   */
  constructor(
    private readonly platform: Platform,
    private readonly operation: number,
    kind: number,
    private readonly first: number,
    private readonly items: TextItems | undefined,
  ) {
    this.#isLines = (kind & ~SETTLED) === TextKind.Ndjson
    this.#isSettled = (kind & SETTLED) !== 0
  }

  /** What the chunk answers with; `folded` is the value of partial results. */
  answer(
    results: readonly unknown[],
    values: readonly unknown[],
    folded: () => unknown,
    at: (index: number) => void,
  ): ArrayBuffer {
    if (this.operation === Operation.Run) return this.single(results[0])
    if (this.operation === Operation.Item) return this.item(results[0])
    if (this.operation === Operation.Combine) return this.single(folded())
    return this.all(results, values, at)
  }

  /** Of all items. `at` is told which one is being written: what is thrown is about that. */
  all(
    results: readonly unknown[],
    values: readonly unknown[],
    at: (index: number) => void,
  ): ArrayBuffer {
    if (this.operation === Operation.Filter)
      return this.#kept(results, values, 0, results.length, at)
    const whole = this.#isLines ? undefined : this.#atOnce(results)
    return this.#encoded(whole ?? this.#oneByOne(results, at))
  }

  /** Of one value that stands alone. */
  single(value: unknown): ArrayBuffer {
    const text = JSONStringify(value) as string | undefined
    return this.#encoded(`${text ?? 'null'}${this.#isLines ? '\n' : ''}`)
  }

  /** Of one value that is an item's. */
  item(value: unknown): ArrayBuffer {
    return this.#encoded(this.#joined('', this.#itemText(value, 0), true))
  }

  /** Adds the items [start, end) to an outcome, run by run of those that have not failed. */
  addTo(
    outcome: Outcome,
    results: readonly unknown[],
    values: readonly unknown[],
    start: number,
    end: number,
  ): void {
    let from = start
    let text = ''
    const add = (until: number): void => {
      if (until === from) return
      const bytes =
        this.operation === Operation.Filter
          ? this.#kept(results, values, from, until, () => {})
          : this.#encoded(text)
      outcome.add(from, until - from, new Uint8ArrayConstructor(bytes))
      text = ''
    }
    for (let i = start; i < end; i++) {
      if (!outcome.hasFailed(i)) {
        try {
          const next = this.operation === Operation.Filter ? '' : this.#itemText(results[i], i)
          text = this.#joined(text, next, i === from)
          continue
        } catch (error) {
          outcome.fail(i, error)
        }
      }
      add(i)
      from = i + 1
    }
    add(end)
  }

  #joined(text: string, next: string, isFirst: boolean): string {
    if (this.#isLines) return `${text}${next}\n`
    return isFirst ? next : `${text},${next}`
  }

  /** `undefined` where it must be done one by one. */
  #atOnce(results: readonly unknown[]): string | undefined {
    // A method toJSON is told the index in the whole input.
    if (this.first > 0 && anyConverts(results)) return undefined
    try {
      const text = JSONStringify(results)
      return StringSubstring(text, 1, text.length - 1)
    } catch {
      // It is found which item is to blame.
      return undefined
    }
  }

  #oneByOne(results: readonly unknown[], at: (index: number) => void): string {
    let text = ''
    for (let i = 0; i < results.length; i++) {
      at(i)
      text = this.#joined(text, this.#itemText(results[i], i), i === 0)
    }
    at(-1)
    return text
  }

  /** As `JSON.stringify` writes an element of an array. */
  #itemText(value: unknown, index: number): string {
    if (this.#isSettled) {
      return JSONStringify(ObjectSetPrototypeOf({ status: 'fulfilled', value }, null))
    }
    if (!converts(value)) return (JSONStringify(value) as string | undefined) ?? 'null'
    const holder = ObjectSetPrototypeOf({}, null) as object
    const key = `${this.first + index}`
    defineValue(holder, key, value, true)
    const text = JSONStringify(holder)
    // Braces, quotes and a colon.
    return text === '{}' ? 'null' : StringSubstring(text, key.length + 4, text.length - 1)
  }

  #encoded(text: string): ArrayBuffer {
    const { platform } = this
    const bytes = new ArrayBufferConstructor(platform.utf8Length(text))
    if (text !== '') platform.writeUtf8(text, new Uint8ArrayConstructor(bytes), 0)
    return bytes
  }

  /** The items [start, end) that the function wants: the very text where they came as text. */
  #kept(
    results: readonly unknown[],
    values: readonly unknown[],
    start: number,
    end: number,
    at: (index: number) => void,
  ): ArrayBuffer {
    const { items } = this
    if (items === undefined) return this.#encoded(this.#keptValues(results, values, start, end, at))
    const kept = privateArray<number>()
    let size = 0
    for (let i = start; i < end; i++) {
      if (!results[i]) continue
      kept[kept.length] = i
      size += items.size(i) + 1
    }
    if (kept.length > 0 && !this.#isLines) size--
    const memory = new ArrayBufferConstructor(size)
    const bytes = new Uint8ArrayConstructor(memory)
    let offset = 0
    for (let i = 0; i < kept.length; i++) {
      const text = items.text(kept[i]!)
      TypedArraySet(bytes, text, offset)
      const next = offset + TypedArrayLength(text)
      if (this.#isLines) toOneLine(bytes, offset, next)
      if (next < size) bytes[next] = this.#isLines ? LINE_FEED : COMMA
      offset = next + 1
    }
    return memory
  }

  #keptValues(
    results: readonly unknown[],
    values: readonly unknown[],
    start: number,
    end: number,
    at: (index: number) => void,
  ): string {
    let text = ''
    let isFirst = true
    for (let i = start; i < end; i++) {
      if (!results[i]) continue
      at(i)
      text = this.#joined(text, this.#itemText(values[i], i), isFirst)
      isFirst = false
    }
    at(-1)
    return text
  }
}

/** Line ends in a JSON text are white space between its tokens. */
function toOneLine(bytes: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    if (bytes[i] === LINE_FEED || bytes[i] === CARRIAGE_RETURN) bytes[i] = SPACE
  }
}

function anyConverts(values: readonly unknown[]): boolean {
  for (let i = 0; i < values.length; i++) if (converts(values[i])) return true
  return false
}

/** Whether `JSON.stringify` might call a method `toJSON` of it. */
export function converts(value: unknown): boolean {
  if (typeof value === 'bigint') return true
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false
  return 'toJSON' in value
}
