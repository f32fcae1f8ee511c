/**
 * Every error that isolane makes. The `code` is stable and tells the kind; classes exist so that
 * `instanceof` works too. Errors about arguments are `TypeError`s and `RangeError`s, as in Node.
 *
 * | code | class | when |
 * | --- | --- | --- |
 * | `ERR_ISOLANE_INVALID_ARGUMENT` | {@link InvalidTypeError}, {@link InvalidRangeError} | an option or argument is wrong |
 * | `ERR_ISOLANE_SOURCE` | {@link SourceError} | the function's source does not compile |
 * | `ERR_ISOLANE_MODULE` | `ModuleLoadError` | the function cannot be had from its module |
 * | `ERR_ISOLANE_MODULE_CYCLE` | `ModuleCycleError` | modules require one another |
 * | `ERR_ISOLANE_MODULE_NOT_FOUND` | `ModuleNotFoundError` | a module asks for one that is not there |
 * | `ERR_ISOLANE_FUNCTION` | {@link FunctionError} | the function threw |
 * | `ERR_ISOLANE_NEVER_SETTLES` | {@link NeverSettlesError} | the function's promise can never settle |
 * | `ERR_ISOLANE_ITEM` | {@link ItemError} | reading an item threw, on the host |
 * | `ERR_ISOLANE_NOT_CLONEABLE` | {@link DataCloneError} | a value cannot cross between threads |
 * | `ERR_ISOLANE_INVALID_JSON` | {@link InvalidJsonError} | a text that was to be JSON is not |
 * | `ERR_ISOLANE_ITEM_TOO_LARGE` | {@link ItemTooLargeError} | an item of a text that streams met `maxItemMb` |
 * | `ERR_ISOLANE_TIMEOUT` | {@link TimeoutError} | the call ran longer than `timeout`, or no worker came to start it |
 * | `ERR_ISOLANE_QUEUE_TIMEOUT` | {@link QueueTimeoutError} | the call waited longer than `queueTimeout` |
 * | `ERR_ISOLANE_QUEUE_FULL` | {@link QueueFullError} | `maxQueue` calls wait already |
 * | `ERR_ISOLANE_ABORTED` | {@link AbortError} | the call's `signal` was aborted |
 * | `ERR_ISOLANE_MEMORY_LIMIT` | {@link MemoryLimitError} | the isolate met `memoryLimitMb` |
 * | `ERR_ISOLANE_RESULT_TOO_LARGE` | {@link ResultTooLargeError} | the results met `maxResultMb` |
 * | `ERR_ISOLANE_WORKER_LOST` | {@link WorkerLostError} | the worker died, or was given up |
 * | `ERR_ISOLANE_POOL_CLOSED` | {@link PoolClosedError} | the pool is closed or was destroyed |
 * | `ERR_ISOLANE_ENGINE_UNAVAILABLE` | {@link EngineUnavailableError} | this build or machine lacks the engine |
 * | `ERR_ISOLANE_PATCH` | `PatchError` | values have no difference that can be told, or an operation does not fit |
 * | `ERR_ISOLANE_PATCH_CONFLICT` | `PatchConflictError` | patches change the same node, and that is to be refused |
 * | `ERR_ISOLANE_CHECK_FAILED` | `CheckFailedError` | the checker found errors in a function that was to be published |
 * | `ERR_ISOLANE_CHECK_RULE` | `CheckRuleError` | a rule that is a function threw |
 * | `ERR_ISOLANE_WARM_UP` | `WarmUpError` | isolates could not be warmed |
 * | `ERR_ISOLANE_STACK_OVERFLOW` | {@link StackOverflowError} | the caller's stack is nearly full |
 * | `ERR_ISOLANE_BAD_PAYLOAD` | {@link BadPayloadError} | bytes that the codec did not write |
 *
 * @module
 */

import { textOfError } from './text.js'

export { BadPayloadError, DataCloneError } from '../codec/shared/errors.js'

/** Base of the errors that are not about an argument. */
export abstract class IsolaneError extends Error {
  /** Tells the kind; stable. */
  abstract readonly code: string
  /** The call that it has ended, if there was one by then; see the option `callId`. */
  declare readonly callId?: string
  /** The function of the call; of a published one with its version. */
  declare readonly function?: string
  /** The tenant of the call, where it had one. */
  declare readonly tenant?: string
}

const INVALID_ARGUMENT = 'ERR_ISOLANE_INVALID_ARGUMENT'

/** An option or argument has the wrong type. */
export class InvalidTypeError extends TypeError {
  readonly code = INVALID_ARGUMENT
  /** As of {@link IsolaneError}, as are the next two. */
  declare readonly callId?: string
  declare readonly function?: string
  declare readonly tenant?: string
}

/** An option or argument is outside its range. */
export class InvalidRangeError extends RangeError {
  readonly code = INVALID_ARGUMENT
  /** As of {@link IsolaneError}, as are the next two. */
  declare readonly callId?: string
  declare readonly function?: string
  declare readonly tenant?: string
}

/** The source of a function does not compile, or does not give a function. */
export class SourceError extends SyntaxError {
  readonly code = 'ERR_ISOLANE_SOURCE'
  /** As of {@link IsolaneError}, as are the next two. */
  declare readonly callId?: string
  declare readonly function?: string
  declare readonly tenant?: string

  /** @internal */
  constructor(
    message: string,
    /** Line in the function's own source, from 1; 0 where there is none. */
    readonly line: number,
    /** Column, from 1; 0 where there is none. */
    readonly column: number,
    options: ErrorOptions,
  ) {
    super(message, options)
  }
}

/**
 * A text that was to be JSON is not (option `from`). Lines, columns and bytes are those of the whole text;
 * columns count bytes.
 */
export class InvalidJsonError extends SyntaxError {
  readonly code = 'ERR_ISOLANE_INVALID_JSON'
  /** As of {@link IsolaneError}, as are the next two. */
  declare readonly callId?: string
  declare readonly function?: string
  declare readonly tenant?: string

  /** @internal */
  constructor(
    what: string,
    reason: string,
    /** From 1. */
    readonly line: number,
    /** From 1. */
    readonly column: number,
    /** Bytes before it. */
    readonly offset: number,
    /** Index of the item; `undefined` for a text that is one value. */
    readonly index: number | undefined,
  ) {
    super(`${what} is not JSON: ${reason} (line ${line}, column ${column}, byte ${offset})`)
  }
}

/** An item of a text that streams is longer than `maxItemMb`. */
export class ItemTooLargeError extends IsolaneError {
  override name = 'ItemTooLargeError'
  readonly code = 'ERR_ISOLANE_ITEM_TOO_LARGE'

  /** @internal */
  constructor(
    /** The limit, in MiB. */
    readonly maxItemMb: number,
    /** Index of the item. */
    readonly index: number,
    /** The byte of the whole text at which it begins. */
    readonly offset: number,
  ) {
    super(
      `Item ${index}, which begins at byte ${offset}, is longer than ${maxItemMb} MiB; raise maxItemMb ` +
        `if it is meant to be`,
    )
  }
}

/**
 * The function threw. `cause` is what it threw, with its own name, message, code and stack; the
 * stack's frames are lines of the function's source.
 */
export class FunctionError extends IsolaneError {
  override name = 'FunctionError'
  readonly code = 'ERR_ISOLANE_FUNCTION'

  /** @internal */
  constructor(
    message: string,
    /** Index of the failing item; `undefined` for `pool.run`. */
    readonly index: number | undefined,
    options: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** The function's promise is pending and nothing is left, such as a timer, that could settle it. */
export class NeverSettlesError extends IsolaneError {
  override name = 'NeverSettlesError'
  readonly code = 'ERR_ISOLANE_NEVER_SETTLES'

  /** @internal */
  constructor(
    fn: string,
    /** Index of the item; `undefined` for `pool.run`. */
    readonly index: number | undefined,
    /** Whether its modules wait, at their top level. */
    loading = false,
  ) {
    const what = loading
      ? 'is made of modules that wait for ever at their top level'
      : `returned a promise that can never settle${atItem(index)}`
    super(`${fn} ${what}: no timer or I/O is left that could settle it`)
  }
}

/** An item cannot be read: a getter of its own, a Proxy or the list that it is in threw, which is the `cause`. */
export class ItemError extends IsolaneError {
  override name = 'ItemError'
  readonly code = 'ERR_ISOLANE_ITEM'

  /** @internal */
  constructor(
    /** Of the item, in the whole input. */
    readonly index: number,
    cause: unknown,
  ) {
    super(`Item ${index} cannot be read: ${textOfError(cause)}`, { cause })
  }
}

/**
 * The call ran longer than its `timeout`, counted from the start of its execution; or that passed, and
 * the pool had no worker that could have started it. The message says which.
 */
export class TimeoutError extends IsolaneError {
  override name = 'TimeoutError'
  readonly code = 'ERR_ISOLANE_TIMEOUT'

  /** @internal */
  constructor(
    fn: string,
    /** The limit, in milliseconds. */
    readonly timeout: number,
    /** Why it was not started, if it was not. */
    notStarted = '',
  ) {
    super(
      notStarted === ''
        ? `${fn} ran longer than its timeout of ${timeout} ms and was stopped`
        : `${fn} was not started within its timeout of ${timeout} ms: ${notStarted}`,
    )
  }
}

/** The call waited longer than its `queueTimeout` and was never started. */
export class QueueTimeoutError extends IsolaneError {
  override name = 'QueueTimeoutError'
  readonly code = 'ERR_ISOLANE_QUEUE_TIMEOUT'

  /** @internal */
  constructor(
    fn: string,
    /** The limit, in milliseconds. */
    readonly queueTimeout: number,
  ) {
    super(`${fn} waited longer than its queueTimeout of ${queueTimeout} ms for a worker`)
  }
}

/** The pool's queue is at its limit. */
export class QueueFullError extends IsolaneError {
  override name = 'QueueFullError'
  readonly code = 'ERR_ISOLANE_QUEUE_FULL'

  /** @internal */
  constructor(
    fn: string,
    /** The pool's `maxQueue`. */
    readonly maxQueue: number,
  ) {
    super(`No worker is idle for ${fn} and the queue is at its limit (maxQueue: ${maxQueue})`)
  }
}

/** The call's signal was aborted; `cause` is the signal's reason. */
export class AbortError extends IsolaneError {
  override name = 'AbortError'
  readonly code = 'ERR_ISOLANE_ABORTED'

  /** @internal */
  constructor(reason: unknown) {
    super('The call was aborted', { cause: reason })
  }
}

/** The isolate met its memory limit; it has been replaced. */
export class MemoryLimitError extends IsolaneError {
  override name = 'MemoryLimitError'
  readonly code = 'ERR_ISOLANE_MEMORY_LIMIT'

  /** @internal */
  constructor(
    fn: string,
    /** The limit, in MiB. */
    readonly memoryLimitMb: number,
  ) {
    super(
      `${fn} used more memory than the isolate's limit of ${memoryLimitMb} MiB; ` +
        `raise memoryLimitMb or lower chunkSize`,
    )
  }
}

/** The results of the call are larger than the pool's `maxResultMb`, as they are encoded. */
export class ResultTooLargeError extends IsolaneError {
  override name = 'ResultTooLargeError'
  readonly code = 'ERR_ISOLANE_RESULT_TOO_LARGE'

  constructor(
    fn: string,
    /** The limit, in MiB. */
    readonly maxResultMb: number,
  ) {
    super(
      `The results of ${fn} are larger than ${maxResultMb} MiB in all; return less, make several ` +
        `calls, or raise maxResultMb`,
    )
  }
}

/**
 * A worker died, or was given up since code on it could not be stopped. Where a call could not be
 * stopped at its timeout, `cause` is the {@link TimeoutError}. A call that was aborted rejects with an
 * {@link AbortError} even so. The pool tells each loss by an `'error'` event too.
 */
export class WorkerLostError extends IsolaneError {
  override name = 'WorkerLostError'
  readonly code = 'ERR_ISOLANE_WORKER_LOST'

  /** @internal */
  constructor(worker: string, reason: string, options?: ErrorOptions) {
    super(`${worker} was lost: ${reason}`, options)
  }
}

/** The pool takes no calls any more, or dropped this one. */
export class PoolClosedError extends IsolaneError {
  override name = 'PoolClosedError'
  readonly code = 'ERR_ISOLANE_POOL_CLOSED'

  /** @internal */
  constructor(name: string) {
    super(`The pool ${name} is closed`)
  }
}

/** The caller's stack is nearly full, as in the depth of a recursion. Nothing was begun. */
export class StackOverflowError extends IsolaneError {
  override name = 'StackOverflowError'
  readonly code = 'ERR_ISOLANE_STACK_OVERFLOW'

  /** @internal */
  constructor(cause: unknown) {
    super(
      'There is too little stack left for a call of the pool; make it where fewer calls are under way',
      cause === undefined ? undefined : { cause },
    )
  }
}

/** This build, or this machine, cannot run the engine; or the addon is of another build than this package. */
export class EngineUnavailableError extends IsolaneError {
  override name = 'EngineUnavailableError'
  readonly code = 'ERR_ISOLANE_ENGINE_UNAVAILABLE'
}

/** @internal ` at item 17`, or nothing for a call without items. */
export function atItem(index: number | undefined): string {
  return index === undefined ? '' : ` at item ${index}`
}
