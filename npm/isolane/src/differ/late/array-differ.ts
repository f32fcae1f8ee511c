import {
  ArrayIsArray,
  MathMin,
  NumberToString,
  ObjectHasOwn,
  ObjectKeys,
  privateArray,
  SafeMap,
  SafeSet,
} from '../../codec/shared/primordials.js'
import type { ElementKeys, KeyValue, PathStep } from '../operation.js'
import type { Differ } from './differ.js'
import { longestIncreasing } from './increasing.js'

/** A key may stand for any array; or for the arrays at the paths that are named. */
interface ChosenKey {
  readonly name: string
  /** Whether every element has to have one of its own. */
  readonly isRequired: boolean
}

/** The elements of an array in which each has a key of its own. */
interface KeyedElements {
  readonly byKey: { get(key: unknown): unknown; has(key: unknown): boolean }
  readonly keys: readonly KeyValue[]
}

/** Compares arrays: element by element by their keys, or by their indexes. */
export class ArrayDiffer {
  constructor(
    private readonly differ: Differ,
    private readonly keys: ElementKeys | undefined,
  ) {}

  compare(before: unknown[], after: unknown[]): void {
    const chosen = this.#keyHere()
    if (chosen !== undefined && this.#compareByKey(before, after, chosen)) return
    // With holes or with properties of their own, they are no lists.
    if (!isDense(before) || !isDense(after)) return this.#compareWhole(before, after)
    if (before.length === after.length) return this.#pairs(before, after, 0, before.length)
    this.#compareLengths(before, after)
  }

  #keyHere(): ChosenKey | undefined {
    const { keys } = this
    if (keys === undefined) return undefined
    if (typeof keys === 'string') return { name: keys, isRequired: false }
    const place = placeOf(this.differ.path)
    return ObjectHasOwn(keys, place) ? { name: keys[place]!, isRequired: true } : undefined
  }

  #compareByKey(before: unknown[], after: unknown[], chosen: ChosenKey): boolean {
    const old = this.#keyed(before, chosen)
    const now = old && this.#keyed(after, chosen)
    if (old === undefined || now === undefined) return false
    const { name } = chosen
    for (let i = 0; i < old.keys.length; i++) {
      if (!now.byKey.has(old.keys[i])) this.differ.delete({ key: name, is: old.keys[i]! })
    }
    const stays = this.#staying(old, now)
    for (let i = 0; i < now.keys.length; i++) {
      const key = now.keys[i]!
      const step = { key: name, is: key }
      const previous = i === 0 ? null : now.keys[i - 1]!
      if (!old.byKey.has(key)) {
        this.differ.insert(step, now.byKey.get(key), previous)
        continue
      }
      if (!stays.has(key)) this.differ.move(step, previous)
      this.differ.below(step, old.byKey.get(key), now.byKey.get(key))
    }
    return true
  }

  /** The keys of elements that the others move around, as few as can be moved. */
  #staying(old: KeyedElements, now: KeyedElements): { has(key: unknown): boolean } {
    const places = new SafeMap<unknown, number>()
    for (let i = 0; i < old.keys.length; i++) places.set(old.keys[i], i)
    const order = privateArray<number>()
    const common = privateArray<KeyValue>()
    for (let i = 0; i < now.keys.length; i++) {
      const place = places.get(now.keys[i])
      if (place === undefined) continue
      order[order.length] = place
      common[common.length] = now.keys[i]!
    }
    const chosen = longestIncreasing(order)
    const stays = new SafeSet<unknown>()
    for (let i = 0; i < chosen.length; i++) stays.add(common[chosen[i]!])
    return stays
  }

  /** By their keys; nothing where one has none, or two have the same. */
  #keyed(list: unknown[], { name, isRequired }: ChosenKey): KeyedElements | undefined {
    const byKey = new SafeMap<unknown, unknown>()
    const keys = privateArray<KeyValue>()
    for (let i = 0; i < list.length; i++) {
      const element = list[i]
      const key = keyOf(element, name)
      if (key === undefined || byKey.has(key)) {
        if (!isRequired) return undefined
        const why = key === undefined ? 'has no key' : 'has the key of another element'
        throw this.differ.refused(
          `[${i}] ${why} '${name}': a string, a number, a bigint or a boolean of its own`,
        )
      }
      byKey.set(key, element)
      keys[i] = key
    }
    return { byKey, keys }
  }

  #compareWhole(before: unknown[], after: unknown[]): void {
    const keys = ObjectKeys(before)
    const now = ObjectKeys(after)
    let isSame = before.length === after.length && keys.length === now.length
    for (let i = 0; isSame && i < keys.length; i++) {
      const key = keys[i]!
      const isThere = ObjectHasOwn(after, key)
      isSame = isThere && this.differ.areEqual(at(before, key), at(after, key))
    }
    if (!isSame) this.differ.set(after)
  }

  #pairs(before: unknown[], after: unknown[], start: number, end: number): void {
    for (let i = start; i < end; i++) this.differ.below(i, before[i], after[i])
  }

  #compareLengths(before: unknown[], after: unknown[]): void {
    const { differ } = this
    const shorter = MathMin(before.length, after.length)
    let start = 0
    while (start < shorter && differ.areEqual(before[start], after[start])) start++
    let ending = 0
    const most = shorter - start
    while (
      ending < most &&
      differ.areEqual(before[before.length - 1 - ending], after[after.length - 1 - ending])
    ) {
      ending++
    }
    const end = before.length - ending
    const endNow = after.length - ending
    const gone = this.#extras(before, end, after, endNow, start)
    if (gone !== undefined) {
      for (let i = 0; i < gone.length; i++) differ.delete(gone[i]!)
      return
    }
    const added = this.#extras(after, endNow, before, end, start)
    if (added !== undefined) {
      // Its place is that in the old list, which has none of the new ones before it.
      for (let i = 0; i < added.length; i++) differ.insert(added[i]! - i, after[added[i]!])
      return
    }
    const common = MathMin(end, endNow)
    this.#pairs(before, after, start, common)
    for (let i = common; i < end; i++) differ.delete(i)
    for (let i = common; i < endNow; i++) differ.insert(end, after[i])
  }

  /** Indexes of what one list has beyond another, both from `start` on; nothing where it does not have all of that, in order. */
  #extras(
    list: unknown[],
    end: number,
    other: unknown[],
    otherEnd: number,
    start: number,
  ): readonly number[] | undefined {
    const extras = privateArray<number>()
    let next = start
    for (let i = start; i < end; i++) {
      if (next < otherEnd && this.differ.areEqual(other[next], list[i])) next++
      else extras[extras.length] = i
    }
    return next < otherEnd ? undefined : extras
  }
}

function at(list: unknown[], key: string): unknown {
  return (list as unknown as Record<string, unknown>)[key]
}

function keyOf(element: unknown, name: string): KeyValue {
  if (typeof element !== 'object' || element === null || ArrayIsArray(element)) return undefined
  if (!ObjectHasOwn(element, name)) return undefined
  const key = (element as Record<string, unknown>)[name]
  switch (typeof key) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return key
    default:
      return undefined
  }
}

/** Whether it has all its elements, and no other properties. */
function isDense(list: unknown[]): boolean {
  const { length } = list
  const keys = ObjectKeys(list)
  // Indexes come first, in order: where the last key is the last index, so are the others.
  return keys.length === length && (length === 0 || keys[length - 1] === NumberToString(length - 1))
}

/** A path as options name it: properties with dots between them, `*` for any other step. */
function placeOf(path: readonly PathStep[]): string {
  let place = ''
  for (let i = 0; i < path.length; i++) {
    const step = path[i]!
    place += `${i === 0 ? '' : '.'}${typeof step === 'string' ? step : '*'}`
  }
  return place
}
