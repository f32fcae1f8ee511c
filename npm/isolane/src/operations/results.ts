/** Where the chunks of a call over items go: one class for each kind of result. */

import type { Decoder } from '../codec/index.js'
import { InvalidTypeError } from '../errors/errors.js'
import { wrongType } from '../errors/invalid.js'
import { isPlain, newElements, type ItemList, type RawItems } from '../values/items.js'
import type { ElementArray } from '../protocol.js'
import type { Target } from '../addon/outbox.js'
import {
  receivedBuffers,
  type ListResults,
  type ResultBlock,
  type Results,
} from '../jobs/results.js'

/** Below this many bytes it is cheaper to send results along with events. */
const TARGET_FROM = 64 << 10

/** An array, in input order. */
export class ArrayResults implements ListResults {
  readonly list: unknown[] = []

  constructor(
    private readonly decoder: Decoder,
    total: number,
  ) {
    this.list.length = total
  }

  keep({ bytes, offset, length, first, attachments }: ResultBlock): void {
    const received = receivedBuffers(attachments)
    this.decoder.decodeInto(bytes, offset, length, this.list, first, received)
  }

  replace(index: number, value: unknown): void {
    this.list[index] = value
  }

  value(): unknown[] {
    return this.list
  }

  valueAt(has: (index: number) => boolean): unknown[] {
    return this.list.filter((_, index) => has(index))
  }
}

/** A typed array, filled as raw memory. */
export class ElementResults implements Results<ElementArray> {
  readonly #elements: ElementArray
  readonly #bytes: Uint8Array
  readonly #type: string

  constructor(
    private readonly kind: number,
    total: number,
  ) {
    this.#elements = newElements(kind, total)
    this.#bytes = new Uint8Array(this.#elements.buffer)
    const isBig =
      this.#elements instanceof BigInt64Array || this.#elements instanceof BigUint64Array
    this.#type = isBig ? 'bigint' : 'number'
  }

  get target(): Target | undefined {
    const { length } = this.#bytes
    if (length < TARGET_FROM) return undefined
    const { buffer, BYTES_PER_ELEMENT: stride } = this.#elements
    return { buffer: buffer as ArrayBuffer, stride }
  }

  keep({ bytes, offset, length, first }: ResultBlock): void {
    const start = first * this.#elements.BYTES_PER_ELEMENT
    this.#bytes.set(bytes.subarray(offset, offset + length), start)
  }

  replace(index: number, value: unknown): void {
    if (typeof value !== this.#type) {
      throw wrongType(`what onError gives for item ${index}`, `a ${this.#type}`, value)
    }
    this.#elements[index] = value as never
  }

  value(): ElementArray {
    return this.#elements
  }

  valueAt(has: (index: number) => boolean): ElementArray {
    return pick(this.kind, this.#elements, has)
  }
}

/** Nothing. */
export class NoResults implements Results<undefined> {
  keep(): void {}

  replace(): void {}

  value(): undefined {}

  valueAt(): undefined {}
}

/** The items for which the function gave something truthy. */
export class FilterResults implements Results<unknown[] | ElementArray> {
  readonly #mask: Uint8Array

  constructor(private readonly items: ItemList) {
    this.#mask = new Uint8Array(items.list.length)
  }

  keep({ bytes, offset, length, first }: ResultBlock): void {
    this.#mask.set(bytes.subarray(offset, offset + length), first)
  }

  replace(index: number, value: unknown): void {
    this.#mask[index] = value ? 1 : 0
  }

  value(): unknown[] | ElementArray {
    const mask = this.#mask
    const { items } = this
    if (!isPlain(items)) return pick(items.kind, (items as RawItems).list, (i) => mask[i] === 1)
    const kept: unknown[] = []
    for (let i = 0; i < mask.length; i++) if (mask[i] === 1) kept.push(items.list[i])
    return kept
  }

  valueAt(has: (index: number) => boolean): unknown[] | ElementArray {
    for (let i = 0; i < this.#mask.length; i++) if (!has(i)) this.#mask[i] = 0
    return this.value()
  }
}

/** Partial results, still encoded, in input order. */
export interface Partials {
  parts: Uint8Array[]
  /** Milliseconds that the job has run. */
  ran: number
}

/** Partial results, left encoded: they go back to an isolate to be combined. */
export class PartialResults implements Results<Partials> {
  readonly #partials: { first: number; bytes: Uint8Array }[] = []
  #ran = 0

  keep({ bytes, offset, length, first, ran }: ResultBlock): void {
    this.#partials.push({ first, bytes: bytes.slice(offset, offset + length) })
    this.#ran = Math.max(this.#ran, ran)
  }

  replace(): never {
    throw new InvalidTypeError('A partial result stands for many items')
  }

  value(): Partials {
    const parts = this.#partials.sort((a, b) => a.first - b.first).map(({ bytes }) => bytes)
    return { parts, ran: this.#ran }
  }

  valueAt(): Partials {
    return this.value()
  }
}

function pick(kind: number, elements: ElementArray, has: (index: number) => boolean): ElementArray {
  let count = 0
  for (let i = 0; i < elements.length; i++) if (has(i)) count++
  const picked = newElements(kind, count)
  for (let i = 0, next = 0; i < elements.length; i++) if (has(i)) picked[next++] = elements[i]!
  return picked
}
