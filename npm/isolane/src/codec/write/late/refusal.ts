import {
  DataCloneError,
  TOO_DEEP,
  TOO_DEEP_FOR_STACK,
  TOO_LARGE,
  TooDeep,
  TooLarge,
  Uncloneable,
} from '../../shared/errors.js'
import {
  isOutOfMemory,
  isStackOverflow,
  ObjectGetOwnPropertyDescriptor,
} from '../../shared/primordials.js'
import { DEEP_CALLS, hasStack } from '../../shared/stack.js'
import { describe, pathOf, startOf } from './path.js'

/** Fewer containers do not fill the stack: then a getter has. */
const DEEP = 64

/** Why one of several items cannot be encoded. */
export interface ItemFailure {
  /** The item that was being written, or the first one behind them all. */
  index: number
  /** A {@link DataCloneError}, or what code of the value's threw. */
  error: unknown
  isThrown: boolean
  /** Whether the other items can be encoded nevertheless. */
  isOwn: boolean
}

/** What the encoder throws for what was thrown while it wrote `value`, `depth` containers deep. */
export function refusal(error: unknown, value: unknown, root: string, depth: number): unknown {
  if (Uncloneable.is(error)) {
    return new DataCloneError(pathOf(value, error.value, root), describe(error.value))
  }
  if (TooDeep.is(error)) {
    return new DataCloneError(startOf(pathOf(value, error.value, root)), TOO_DEEP)
  }
  if (TooLarge.is(error) || isOutOfMemory(error)) return new DataCloneError(root, TOO_LARGE)
  return depth > DEEP && isStackOverflow(error)
    ? new DataCloneError(root, TOO_DEEP_FOR_STACK)
    : error
}

/** The same for what was thrown while the encoder wrote item `index` of [start, end) of `values`. */
export function itemFailure(
  thrown: unknown,
  values: readonly unknown[],
  { start, end, index }: { start: number; end: number; index: number },
  root: string,
  depth: number,
): ItemFailure {
  const isOne = index < end
  // Not read again: that could run a getter.
  const item: unknown = isOne ? ObjectGetOwnPropertyDescriptor(values, index)?.value : undefined
  const error = refusal(thrown, item, isOne ? `${root}[${index}]` : root, depth)
  const isOwn = isOne && isFaultOf(thrown, start === index, depth)
  return { index, error, isThrown: error === thrown, isOwn }
}

/** Whether an item has stopped the encoder where its streams are whole. */
function isFaultOf(thrown: unknown, isFirst: boolean, depth: number): boolean {
  if (TooLarge.is(thrown) || isOutOfMemory(thrown)) return isFirst
  return !isStackOverflow(thrown) || (depth <= DEEP && hasStack(DEEP_CALLS))
}
