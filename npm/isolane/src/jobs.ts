/** The jobs a call is made of: what becomes of their chunks, and how the caller's promise settles. */

import type { Job } from './channel.js'
import type { Decoder } from './codec/index.js'
import { errorOf, type CallInfo } from './failures.js'
import { isPlain, newElements, type ItemList, type RawItems } from './items.js'
import type { Progress } from './options.js'
import type { ElementArray } from './protocol.js'
import { EventCode, type WireEvent } from './wire.js'

/** How a promise is settled. */
export interface Settle<T> {
  resolve(value: T): void
  reject(error: unknown): void
}

/** Common to all jobs: the end, well or not. */
abstract class BaseJob<T> implements Job {
  constructor(
    protected readonly call: CallInfo,
    protected readonly decoder: Decoder,
    protected readonly settle: Settle<T>,
  ) {}

  abstract chunk(event: WireEvent): void

  /** The value that the call gives, once all chunks are there. */
  protected abstract value(): T

  end(event: WireEvent): void {
    if (event.code === EventCode.LastChunk || event.code === EventCode.Done) {
      this.settle.resolve(this.value())
    } else {
      this.settle.reject(errorOf(event, this.call, this.decoder))
    }
  }

  fail(error: unknown): void {
    this.settle.reject(error)
  }
}

/** One call: its only chunk is the value. */
export class SingleJob extends BaseJob<unknown> {
  #value: unknown

  override chunk({ bytes, offset, length }: WireEvent): void {
    this.#value = this.decoder.decode(bytes, offset, length)
  }

  protected override value(): unknown {
    return this.#value
  }
}

/** Common to jobs over items: progress. */
abstract class BatchJob<T> extends BaseJob<T> {
  #done = 0

  constructor(
    call: CallInfo,
    decoder: Decoder,
    settle: Settle<T>,
    protected readonly total: number,
    private readonly onProgress: ((progress: Progress) => void) | undefined,
  ) {
    super(call, decoder, settle)
  }

  override chunk(event: WireEvent): void {
    this.keep(event)
    this.#done += event.count
    this.onProgress?.({ done: this.#done, total: this.total })
  }

  /** Puts a chunk's results where they belong. */
  protected abstract keep(event: WireEvent): void
}

/** Results into an array, in input order. */
export class ArrayJob extends BatchJob<unknown[]> {
  readonly #results: unknown[] = []

  constructor(...parameters: ConstructorParameters<typeof BatchJob<unknown[]>>) {
    super(...parameters)
    this.#results.length = this.total
  }

  protected override keep({ bytes, offset, length, number }: WireEvent): void {
    this.decoder.decodeInto(bytes, offset, length, this.#results, number)
  }

  protected override value(): unknown[] {
    return this.#results
  }
}

/** Results into a typed array, as raw memory. */
export class ElementsJob extends BatchJob<ElementArray> {
  readonly #results: ElementArray
  readonly #bytes: Uint8Array

  constructor(kind: number, ...parameters: ConstructorParameters<typeof BatchJob<ElementArray>>) {
    super(...parameters)
    this.#results = newElements(kind, this.total)
    this.#bytes = new Uint8Array(this.#results.buffer)
  }

  protected override keep({ bytes, offset, length, number }: WireEvent): void {
    this.#bytes.set(
      bytes.subarray(offset, offset + length),
      number * this.#results.BYTES_PER_ELEMENT,
    )
  }

  protected override value(): ElementArray {
    return this.#results
  }
}

/** No results. */
export class VoidJob extends BatchJob<void> {
  protected override keep(): void {}

  protected override value(): void {}
}

/** One byte an item says whether it stays. */
export class FilterJob extends BatchJob<unknown[] | ElementArray> {
  readonly #mask: Uint8Array
  readonly #items: ItemList

  constructor(
    items: ItemList,
    ...parameters: ConstructorParameters<typeof BatchJob<unknown[] | ElementArray>>
  ) {
    super(...parameters)
    this.#items = items
    this.#mask = new Uint8Array(this.total)
  }

  protected override keep({ bytes, offset, length, number }: WireEvent): void {
    this.#mask.set(bytes.subarray(offset, offset + length), number)
  }

  protected override value(): unknown[] | ElementArray {
    const mask = this.#mask
    const items = this.#items
    if (!isPlain(items)) return keepElements(items, mask)
    const kept: unknown[] = []
    for (let i = 0; i < mask.length; i++) if (mask[i] === 1) kept.push(items.list[i])
    return kept
  }
}

function keepElements({ kind, list }: RawItems, mask: Uint8Array): ElementArray {
  const kept = newElements(
    kind,
    mask.reduce((count, bit) => count + bit, 0),
  )
  for (let i = 0, next = 0; i < mask.length; i++) if (mask[i] === 1) kept[next++] = list[i]!
  return kept
}

/** Partial results, still encoded, in input order. */
export interface Partials {
  parts: Uint8Array[]
  /** Milliseconds that the job has run. */
  ran: number
}

/** Partial results, left encoded: they go back to an isolate to be combined. */
export class PartialsJob extends BatchJob<Partials> {
  readonly #partials: { first: number; bytes: Uint8Array }[] = []
  #ran = 0

  protected override keep({ bytes, offset, length, number, ran }: WireEvent): void {
    this.#partials.push({ first: number, bytes: bytes.slice(offset, offset + length) })
    this.#ran = Math.max(this.#ran, ran)
  }

  protected override value(): Partials {
    const parts = this.#partials.sort((a, b) => a.first - b.first).map(({ bytes }) => bytes)
    return { parts, ran: this.#ran }
  }
}
