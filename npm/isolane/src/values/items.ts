import { types } from 'node:util'
import {
  TypedArrayBuffer,
  TypedArrayByteOffset,
  TypedArrayLength,
} from '../codec/shared/primordials.js'
import { InvalidRangeError, InvalidTypeError } from '../errors/errors.js'
import { isArray, outOfRange, wrongType } from '../errors/invalid.js'
import { CODEC, ELEMENT_KINDS, type ElementArray } from '../protocol.js'
import { listOf } from './iteration.js'

/** What `pool.map` and the others take: an array, a typed array, anything array-like or iterable. */
export type Items<T> = ArrayLike<T> | Iterable<T>

/** Checked input: an array, or a typed array that crosses as raw memory. */
export type ItemList = PlainItems | RawItems

/** An array, which the codec encodes. */
export interface PlainItems {
  readonly kind: 0
  readonly list: readonly unknown[]
  /** As the call began with it. */
  readonly length: number
}

/** A typed array that crosses as raw memory. */
export interface RawItems {
  /** Index in `ELEMENT_KINDS` plus one. */
  readonly kind: number
  readonly list: ElementArray
  /** As the call began with it. */
  readonly length: number
}

/** Whether the items go through the codec. */
export function isPlain(items: ItemList): items is PlainItems {
  return items.kind === CODEC
}

/** Names that `into` takes, and the kind each stands for. */
const KINDS = new Map<string, number>([['Array', CODEC]])
ELEMENT_KINDS.forEach((constructor, index) => KINDS.set(constructor.name, index + 1))

/**
 * Checks `items`. What is only iterable or array-like is copied into an array first.
 *
 * @throws {InvalidTypeError} where there is nothing to iterate over
 */
export function itemList(items: unknown): ItemList {
  if (isArray('items', items)) return plain(items)
  if (types.isTypedArray(items)) {
    const kind = kindOf(items)
    if (kind !== CODEC) {
      const list = items as ElementArray
      return { kind, list, length: TypedArrayLength(list) }
    }
  }
  const list = copied(items)
  if (list !== undefined) return plain(list)
  throw wrongType('items', EXPECTED, items)
}

const EXPECTED = 'an array, a typed array, or anything array-like or iterable'

/** The most elements that an array has. */
const MAX_LENGTH = 2 ** 32 - 1

/** The most that are copied of what only says how long it is: from there on V8 builds a dictionary, and aborts. */
const MAX_COPIED = 2 ** 25 - 1

/** `length` is what a Proxy says. */
function plain(list: readonly unknown[]): PlainItems {
  const { length } = list
  if (!isLength(length)) throw wrongType('items.length', 'the length of an array', length)
  return { kind: CODEC, list, length }
}

function copied(items: unknown): unknown[] | undefined {
  if (typeof items === 'string' || types.isMap(items) || types.isSet(items))
    return Array.from(items)
  if (typeof items !== 'object' || items === null) return undefined
  const { [Symbol.iterator]: open, length } = items as Iterable<unknown> & { length?: unknown }
  if (open !== undefined && open !== null) {
    if (typeof open === 'function') return listOf('items', items as Iterable<unknown>)
    throw wrongType('items[Symbol.iterator]', 'a method', open)
  }
  if (!Number.isInteger(length) || (length as number) < 0) return undefined
  if ((length as number) > MAX_COPIED) {
    throw outOfRange('items.length', `at most ${MAX_COPIED} where items is no array`, length)
  }
  return Array.from(items as ArrayLike<unknown>)
}

function isLength(length: unknown): length is number {
  return Number.isInteger(length) && (length as number) >= 0 && (length as number) <= MAX_LENGTH
}

/**
 * Checks that `items` are as many as when the call began. Code of the user's may run while they are
 * read, and between the turns in which they are.
 *
 * @throws {InvalidTypeError} where some are gone
 */
export function assertUnchanged(items: ItemList): void {
  const { list, length } = items
  const left = isPlain(items) ? list.length : TypedArrayLength(list as ElementArray)
  if (left >= length) return
  throw new InvalidTypeError(
    `items became shorter during the call: ${left} of ${length} are left; leave them as they are ` +
      `until its promise settles`,
  )
}

/**
 * The item at `index`, as it is now; undefined for one that cannot be read, which has failed for that.
 *
 * @throws {InvalidTypeError} where items are gone
 */
export function itemAt(items: ItemList, index: number): unknown {
  assertUnchanged(items)
  try {
    return items.list[index]
  } catch {
    return undefined
  }
}

/** The memory of a typed array, as long as when the call began. Properties of the array's own may lie. */
export function rawBytes(items: RawItems): Uint8Array {
  assertUnchanged(items)
  const { kind, list, length } = items
  const stride = ELEMENT_KINDS[kind - 1]!.BYTES_PER_ELEMENT
  return new Uint8Array(TypedArrayBuffer(list), TypedArrayByteOffset(list), length * stride)
}

/** The kind of what a map's results are put into. */
export function outputKind(into: string | undefined, inputKind: number): number {
  if (into === undefined) return inputKind
  const kind = KINDS.get(into)
  if (kind === undefined)
    throw outOfRange(
      'options.into',
      `one of ${[...KINDS.keys(), 'json', 'ndjson', 'patch'].join(', ')}`,
      into,
    )
  return kind
}

/** A typed array of the same kind as `array`, over `buffer`. */
export function elementsOver(array: NodeJS.TypedArray, buffer: ArrayBuffer): ElementArray {
  return new ELEMENT_KINDS[kindOf(array) - 1]!(buffer)
}

/** A new typed array of that kind. */
export function newElements(kind: number, length: number): ElementArray {
  const Elements = ELEMENT_KINDS[kind - 1]!
  try {
    return new Elements(length)
  } catch (error) {
    throw new InvalidRangeError(
      `There is no memory for ${length} results in a ${Elements.name}; pass fewer items at a time`,
      { cause: error },
    )
  }
}

/** The first `length` elements at whose indices `has` holds, without gaps. */
export function pickElements(
  { kind, list, length }: RawItems,
  has: (index: number) => boolean,
): ElementArray {
  let count = 0
  for (let i = 0; i < length; i++) if (has(i)) count++
  const picked = newElements(kind, count)
  for (let i = 0, next = 0; i < length; i++) if (has(i)) picked[next++] = list[i]!
  return picked
}

function kindOf(array: NodeJS.TypedArray): number {
  const prototype = Object.getPrototypeOf(Int8Array.prototype) as object
  const tag = Reflect.get(prototype, Symbol.toStringTag, array) as string
  return KINDS.get(tag) ?? CODEC
}
