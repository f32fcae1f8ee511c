import {
  ArrayIsArray,
  MapForEach,
  ObjectHasOwn,
  SetForEach,
} from '../../codec/shared/primordials.js'
import type { ElementStep, KeyValue, PathStep } from '../operation.js'
import { Shape } from '../shape.js'
import { isSame, shapeOf } from './scalars.js'

/** What is one step below a value; nothing where there is no such node. */
export function childOf(value: object, step: PathStep): { value: unknown } | undefined {
  const shape = shapeOf(value)
  if (typeof step !== 'object') {
    const isOfShape = shape === (typeof step === 'number' ? Shape.Array : Shape.Record)
    if (!isOfShape || !ObjectHasOwn(value, step)) return undefined
    return { value: (value as Record<PropertyKey, unknown>)[step] }
  }
  if ('key' in step) {
    const index = shape === Shape.Array ? indexOf(value as unknown[], step) : -1
    return index === -1 ? undefined : { value: (value as unknown[])[index] }
  }
  let found: { value: unknown } | undefined
  if ('entry' in step && shape === Shape.Map) {
    MapForEach(value as never, (each: unknown, key: unknown) => {
      if (isSameKey(key, step.entry)) found = { value: each }
    })
  } else if ('member' in step && shape === Shape.Set) {
    SetForEach(value as never, (each: unknown) => {
      if (isSameKey(each, step.member)) found = { value: each }
    })
  }
  return found
}

/**
 * Whether the same step means the same node of two values: not where they are of different kinds, or arrays of
 * different lengths.
 */
export function isComparable(before: object, after: object, step: PathStep): boolean {
  const shape = shapeOf(before)
  if (shape !== shapeOf(after)) return false
  if (typeof step !== 'number' || shape !== Shape.Array) return true
  return (before as unknown[]).length === (after as unknown[]).length
}

/** The key of the element before the one that `step` means; null where that is the first. */
export function keyBefore(list: unknown[], step: ElementStep): KeyValue {
  const index = indexOf(list, step)
  const previous = index > 0 ? list[index - 1] : undefined
  if (typeof previous !== 'object' || previous === null) return null
  const key = (previous as Record<string, unknown>)[step.key]
  return key === undefined ? null : (key as KeyValue)
}

function indexOf(list: unknown[], { key, is }: ElementStep): number {
  for (let i = 0; i < list.length; i++) {
    const each = list[i]
    if (typeof each !== 'object' || each === null || ArrayIsArray(each)) continue
    if (ObjectHasOwn(each, key) && isSame((each as Record<string, unknown>)[key], is)) return i
  }
  return -1
}

/** As Maps and Sets compare: 0 is -0. */
function isSameKey(a: unknown, b: unknown): boolean {
  return a === b || isSame(a, b)
}
