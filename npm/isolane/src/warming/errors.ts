import { IsolaneError } from '../errors/errors.js'
import { counted, textOfError } from '../errors/text.js'

/** A function that could not be warmed on a worker. */
export interface WarmUpFailure {
  /** Id of the worker. */
  worker: number
  /** Name of the function. */
  function: string
  /** Index of the sample that failed; `undefined` where it was not about one. */
  sample: number | undefined
  /** What a call of the function would reject with. */
  error: Error
}

/**
 * Isolates could not be warmed, and are as they were; from `pool.warm`. The pool's `'error'` event carries
 * one where that happens later, to an isolate that replaces another: it takes calls even so.
 */
export class WarmUpError extends IsolaneError {
  override name = 'WarmUpError'
  readonly code = 'ERR_ISOLANE_WARM_UP'

  /** @internal */
  constructor(
    /** One for each worker and function, in the order in which they came. */
    readonly failures: readonly WarmUpFailure[],
  ) {
    super(textOf(failures), { cause: failures[0]?.error })
  }
}

function textOf([first, ...others]: readonly WarmUpFailure[]): string {
  if (first === undefined) return ''
  const { worker, function: fn, sample, error } = first
  const place = sample === undefined ? '' : `, sample ${sample}`
  const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'more failure')})`
  return `${fn} could not be warmed on worker ${worker}${place}: ${textOfError(error)}${more}`
}
