import type { Target } from '../addon/outbox.js'
import type { Decoder, Refuse } from '../codec/index.js'
import { BadPayloadError, InvalidTypeError } from '../errors/errors.js'
import { wrongType } from '../errors/invalid.js'
import { expectSize } from '../jobs/answers.js'
import {
  receivedBuffers,
  type ListResults,
  type ResultBlock,
  type Results,
} from '../jobs/results.js'
import { traced } from '../calls/channels.js'
import { checkMapOptions, type MapOptions } from '../options/call.js'
import { CHANGES, CODEC, Operation, type ElementArray } from '../protocol.js'
import { newElements, outputKind, pickElements, type ItemList } from '../values/items.js'
import { isTextInput, type TextInput } from '../values/text.js'
import type { OperationHost } from './host.js'
import { itemsOf, textOutput } from './text.js'

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
  const input = itemsOf(items, checked)
  const output = mapOutput(pool, checked, input)
  const handle = pool.functions.handleOf(fn, checked)
  pool.life.assertOpen()
  const call = pool.submission.call(handle, checked)
  const batch = {
    operation: Operation.Map,
    call,
    items: input,
    ...output,
    options: checked,
  }
  return traced(call, 'map', () => pool.submission.batch<unknown>(batch))
}

/** What a map's results are on the wire, and what they are put into. */
export function mapOutput(
  pool: OperationHost,
  options: Pick<MapOptions, 'into' | 'onError' | 'onTimeout'>,
  input: ItemList | TextInput,
): { outputKind: number; results: Results<unknown> } {
  const { into } = options
  if (into === 'json' || into === 'ndjson') return textOutput(into, options, input, false)
  if (into === 'patch') {
    const length = isTextInput(input) ? 0 : input.length
    return { outputKind: CHANGES, results: new ChangesResults(pool.submission.decoder, length) }
  }
  const isText = isTextInput(input)
  const kind = mapKind(options, isText ? CODEC : input.kind)
  const length = isText ? 0 : input.length
  if (kind === CODEC) {
    return { outputKind: kind, results: new ArrayResults(pool.submission.decoder, length) }
  }
  if (isText) {
    throw new InvalidTypeError(
      `options.into cannot be '${into}' with options.from: how many items there are is known only ` +
        `in the end`,
    )
  }
  return { outputKind: kind, results: new ElementResults(kind, length) }
}

/** The kind of what a map's results are put into. */
function mapKind(
  { into, onError = 'reject' }: Pick<MapOptions, 'into' | 'onError'>,
  inputKind: number,
): number {
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
    const { bytes, offset, length, first, count, attachments, values } = block
    const { decoder, list } = this
    // Of a text it is not known from the start how many there are.
    if (first + count > list.length) list.length = first + count
    if (values !== undefined) return this.#put(block, values)
    const received = receivedBuffers(attachments)
    const read = decoder.decodeInto(bytes, offset, length, list, first, received, 'result', refuse)
    expectSize(block, read, count)
  }

  #put(block: ResultBlock, values: unknown): void {
    const { list } = this
    if (!Array.isArray(values)) throw new BadPayloadError(0, 'no array')
    expectSize(block, values.length, block.count)
    for (let i = 0; i < values.length; i++) if (i in values) list[block.first + i] = values[i]
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

/** What each function call has changed of its item. */
class ChangesResults extends ArrayResults {
  readonly isChanges = true
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
