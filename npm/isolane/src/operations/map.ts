import type { Target } from '../addon/outbox.js'
import type { Decoder, Refuse } from '../codec/index.js'
import { InvalidTypeError } from '../errors/errors.js'
import { wrongType } from '../errors/invalid.js'
import { expectSize } from '../jobs/answers.js'
import {
  receivedBuffers,
  type ListResults,
  type ResultBlock,
  type Results,
} from '../jobs/results.js'
import { checkMapOptions, type MapOptions } from '../options/call.js'
import { CODEC, Operation, type ElementArray } from '../protocol.js'
import { itemList, newElements, outputKind, pickElements } from '../values/items.js'
import type { OperationHost } from './host.js'

/** Below this many bytes it is cheaper to send results along with events. */
const TARGET_FROM = 64 << 10

/** See `Pool.map`. */
export function map(
  pool: OperationHost,
  items: unknown,
  fn: unknown,
  options: unknown,
): Promise<unknown> {
  const checked = checkMapOptions(options)
  const input = itemList(items)
  const kind = mapKind(checked, input.kind)
  const handle = pool.functions.handleOf(fn, checked)
  pool.life.assertOpen()
  const { length } = input
  return pool.submission.batch<unknown>({
    operation: Operation.Map,
    fn: handle,
    items: input,
    outputKind: kind,
    options: checked,
    results:
      kind === CODEC
        ? new ArrayResults(pool.submission.decoder, length)
        : new ElementResults(kind, length),
  })
}

/** The kind of what a map's results are put into. */
function mapKind({ into, onError = 'reject' }: MapOptions, inputKind: number): number {
  // Each item's outcome is an object.
  const settles = onError === 'settle'
  const kind = outputKind(into, settles ? CODEC : inputKind)
  if (kind === CODEC || onError === 'reject' || onError === 'omit') return kind
  if (settles || (onError === 'original' && kind !== inputKind)) {
    throw new InvalidTypeError(
      `options.into cannot be '${into}' with onError: '${onError as string}', which puts ` +
        `${settles ? 'objects' : 'the items themselves'} among the results`,
    )
  }
  return kind
}

/** An array, in input order. */
class ArrayResults implements ListResults {
  readonly list: unknown[] = []

  constructor(
    private readonly decoder: Decoder,
    total: number,
  ) {
    this.list.length = total
  }

  keep(block: ResultBlock, refuse?: Refuse): void {
    const { bytes, offset, length, first, count, attachments } = block
    const { decoder, list } = this
    const received = receivedBuffers(attachments)
    const read = decoder.decodeInto(bytes, offset, length, list, first, received, 'result', refuse)
    expectSize(block, read, count)
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
class ElementResults implements Results<ElementArray> {
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

  keep(block: ResultBlock): void {
    const { bytes, offset, length, first, count } = block
    const { BYTES_PER_ELEMENT: stride } = this.#elements
    // An isolate that was given the memory has put them there.
    if (length > 0) expectSize(block, length, count * stride)
    const start = first * stride
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
    const { kind } = this
    const list = this.#elements
    return pickElements({ kind, list, length: list.length }, has)
  }
}
