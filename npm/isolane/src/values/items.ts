import { types } from 'node:util'
import { outOfRange, wrongType } from '../errors/invalid.js'
import { CODEC, ELEMENT_KINDS, type ElementArray } from '../protocol.js'

/** What `pool.map` and the others take: an array, a typed array, anything array-like or iterable. */
export type Items<T> = ArrayLike<T> | Iterable<T>

/** Checked input: an array, or a typed array that crosses as raw memory. */
export type ItemList = PlainItems | RawItems

/** An array, which the codec encodes. */
export interface PlainItems {
  readonly kind: 0
  readonly list: readonly unknown[]
}

/** A typed array that crosses as raw memory. */
export interface RawItems {
  /** Index in `ELEMENT_KINDS` plus one. */
  readonly kind: number
  readonly list: ElementArray
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
  if (Array.isArray(items)) return { kind: CODEC, list: items }
  if (types.isTypedArray(items)) {
    const kind = kindOf(items)
    if (kind !== CODEC) return { kind, list: items as ElementArray }
  }
  if (
    typeof items === 'string' ||
    (isObject(items) && (Symbol.iterator in items || isArrayLike(items)))
  ) {
    return { kind: CODEC, list: Array.from(items as ArrayLike<unknown>) }
  }
  throw wrongType('items', 'an array, a typed array, or anything array-like or iterable', items)
}

/** The kind of what a map's results are put into. */
export function outputKind(into: string | undefined, inputKind: number): number {
  if (into === undefined) return inputKind
  const kind = KINDS.get(into)
  if (kind === undefined)
    throw outOfRange('options.into', `one of ${[...KINDS.keys()].join(', ')}`, into)
  return kind
}

/** A typed array of the same kind as `array`, over `buffer`. */
export function elementsOver(array: NodeJS.TypedArray, buffer: ArrayBuffer): ElementArray {
  return new ELEMENT_KINDS[kindOf(array) - 1]!(buffer)
}

/** A new typed array of that kind. */
export function newElements(kind: number, length: number): ElementArray {
  return new ELEMENT_KINDS[kind - 1]!(length)
}

/** The elements at the indices for which `has` holds, without gaps. */
export function pickElements(
  kind: number,
  elements: ElementArray,
  has: (index: number) => boolean,
): ElementArray {
  let count = 0
  for (let i = 0; i < elements.length; i++) if (has(i)) count++
  const picked = newElements(kind, count)
  for (let i = 0, next = 0; i < elements.length; i++) if (has(i)) picked[next++] = elements[i]!
  return picked
}

function kindOf(array: NodeJS.TypedArray): number {
  const prototype = Object.getPrototypeOf(Int8Array.prototype) as object
  const tag = Reflect.get(prototype, Symbol.toStringTag, array) as string
  return KINDS.get(tag) ?? CODEC
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isArrayLike(value: object): boolean {
  const { length } = value as { length?: unknown }
  return Number.isInteger(length) && (length as number) >= 0
}
