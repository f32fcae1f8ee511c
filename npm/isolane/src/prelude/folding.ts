import type { Log } from './console.js'
import { NotAwaitable } from './failure.js'
import { isThenable } from './settling.js'

/** What a function finds in its last parameter. */
export interface Context {
  args: unknown
  shared: object
  log: Log
}

const NativeUint8Array = Uint8Array

/** A function of the user. */
export type UserFunction = (...parameters: unknown[]) => unknown

/** Index of the first value from `start` on that is not a hole. */
export function nextValue(values: ArrayLike<unknown>, start: number): number {
  while (start < values.length && values[start] === undefined && !(start in values)) start++
  return start
}

/** Folds from the left over what is not a hole; the first value is the accumulator's start. */
export function fold(fn: UserFunction, values: ArrayLike<unknown>, context: Context): unknown {
  let i = nextValue(values, 0)
  let accumulator = values[i]
  for (i = nextValue(values, i + 1); i < values.length; i = nextValue(values, i + 1)) {
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
