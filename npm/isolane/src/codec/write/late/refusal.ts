import {
  DataCloneError,
  TOO_DEEP,
  TOO_DEEP_FOR_STACK,
  TooDeep,
  Uncloneable,
} from '../../shared/errors.js'
import { isStackOverflow } from '../../shared/primordials.js'
import { describe, pathOf, startOf } from './path.js'

/** Fewer containers do not fill the stack: then a getter has. */
const DEEP = 64

/** What the encoder throws for what was thrown while it wrote `value`, `depth` containers deep. */
export function refusal(error: unknown, value: unknown, root: string, depth: number): unknown {
  if (Uncloneable.is(error)) {
    return new DataCloneError(pathOf(value, error.value, root), describe(error.value))
  }
  if (TooDeep.is(error)) {
    return new DataCloneError(startOf(pathOf(value, error.value, root)), TOO_DEEP)
  }
  return depth > DEEP && isStackOverflow(error)
    ? new DataCloneError(root, TOO_DEEP_FOR_STACK)
    : error
}
