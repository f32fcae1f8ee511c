import type { Log } from './console.js'
import { NotAwaitable, refuseUnread } from './failure.js'

/** What a function finds in its last parameter. */
export interface Context {
  args: unknown
  shared: object
  log: Log
}

const NativeUint8Array = Uint8Array

/** A function of the user. */
export type UserFunction = (...parameters: unknown[]) => unknown

/** `fn` for items that may not have been read: it is not called for those. */
export function readingFirst(fn: UserFunction): UserFunction {
  return (item, index, context) => {
    refuseUnread(item)
    return fn(item, index, context)
  }
}

/** Whether awaiting `value` would call its `then`. */
export function isThenable(value: object): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown }).then === 'function'
}

const { isView } = ArrayBuffer
const elementsOf = Function.prototype.call.bind(
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'length')!.get!,
) as (view: unknown) => number

/**
 * How many values there are. A typed array is not asked itself: user code may have replaced the
 * getter, which would be handed the array and with it the memory that input is written to.
 */
export function countOf(values: ArrayLike<unknown>): number {
  return isView(values) ? elementsOf(values) : values.length
}

/** Index of the first of the values [start, end) that is not a hole; `end` without one. */
export function nextValue(values: ArrayLike<unknown>, start: number, end: number): number {
  while (start < end && values[start] === undefined && !(start in values)) start++
  return start
}

/** Whether there are holes only. */
export function isEmpty(values: ArrayLike<unknown>): boolean {
  const count = countOf(values)
  return nextValue(values, 0, count) === count
}

/** Folds from the left over what is not a hole; the first value is the accumulator's start. */
export function fold(fn: UserFunction, values: ArrayLike<unknown>, context: Context): unknown {
  const count = countOf(values)
  let i = nextValue(values, 0, count)
  let accumulator = values[i]
  for (i = nextValue(values, i + 1, count); i < count; i = nextValue(values, i + 1, count)) {
    accumulator = fn(accumulator, values[i], context)
    if (typeof accumulator === 'object' && accumulator !== null && isThenable(accumulator)) {
      throw new NotAwaitable()
    }
  }
  return accumulator
}

/** One byte for each of the values [start, end): 1 where it is truthy. */
export function truthMask(values: ArrayLike<unknown>, start: number, end: number): Uint8Array {
  const mask = new NativeUint8Array(end - start)
  for (let i = start; i < end; i++) mask[i - start] = values[i] ? 1 : 0
  return mask
}
