/**
 * Every error that isolane makes. The `code` is stable and tells the kind; classes exist so that
 * `instanceof` works too. Errors about arguments are `TypeError`s and `RangeError`s, as in Node.
 *
 * | code | class | when |
 * | --- | --- | --- |
 * | `ERR_ISOLANE_INVALID_ARGUMENT` | {@link InvalidTypeError}, {@link InvalidRangeError} | an option or argument is wrong |
 * | `ERR_ISOLANE_SOURCE` | {@link SourceError} | the function's source does not compile |
 * | `ERR_ISOLANE_MODULE` | {@link ModuleLoadError} | the function cannot be had from its module |
 * | `ERR_ISOLANE_FUNCTION` | {@link FunctionError} | the function threw |
 * | `ERR_ISOLANE_NEVER_SETTLES` | {@link NeverSettlesError} | the function's promise can never settle |
 * | `ERR_ISOLANE_NOT_CLONEABLE` | {@link DataCloneError} | a value cannot cross between threads |
 * | `ERR_ISOLANE_TIMEOUT` | {@link TimeoutError} | the call ran longer than `timeout` |
 * | `ERR_ISOLANE_QUEUE_TIMEOUT` | {@link QueueTimeoutError} | the call waited longer than `queueTimeout` |
 * | `ERR_ISOLANE_QUEUE_FULL` | {@link QueueFullError} | `maxQueue` calls wait already |
 * | `ERR_ISOLANE_ABORTED` | {@link AbortError} | the call's `signal` was aborted |
 * | `ERR_ISOLANE_MEMORY_LIMIT` | {@link MemoryLimitError} | the isolate met `memoryLimitMb` |
 * | `ERR_ISOLANE_RESULT_TOO_LARGE` | {@link ResultTooLargeError} | the results met `maxResultMb` |
 * | `ERR_ISOLANE_WORKER_LOST` | {@link WorkerLostError} | the worker died, or was given up |
 * | `ERR_ISOLANE_POOL_CLOSED` | {@link PoolClosedError} | the pool is closed or was destroyed |
 * | `ERR_ISOLANE_ENGINE_UNAVAILABLE` | {@link EngineUnavailableError} | this build or machine lacks the engine |
 * | `ERR_ISOLANE_BAD_PAYLOAD` | {@link BadPayloadError} | bytes that the codec did not write |
 *
 * @module
 */

export { BadPayloadError, DataCloneError } from '../codec/shared/errors.js'

/** Base of the errors that are not about an argument. */
export abstract class IsolaneError extends Error {
  /** Tells the kind; stable. */
  abstract readonly code: string
}

const INVALID_ARGUMENT = 'ERR_ISOLANE_INVALID_ARGUMENT'

/** An option or argument has the wrong type. */
export class InvalidTypeError extends TypeError {
  readonly code = INVALID_ARGUMENT
}

/** An option or argument is outside its range. */
export class InvalidRangeError extends RangeError {
  readonly code = INVALID_ARGUMENT
}

/** The source of a function does not compile, or does not give a function. */
export class SourceError extends SyntaxError {
  readonly code = 'ERR_ISOLANE_SOURCE'

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

/** The function's promise is pending and nothing is left in its isolate that could settle it. */
export class NeverSettlesError extends IsolaneError {
  override name = 'NeverSettlesError'
  readonly code = 'ERR_ISOLANE_NEVER_SETTLES'

  /** @internal */
  constructor(
    fn: string,
    /** Index of the item; `undefined` for `pool.run`. */
    readonly index: number | undefined,
  ) {
    super(
      `${fn} returned a promise that can never settle${atItem(index)}: an isolate has no timers and no ` +
        `I/O, so nothing is left that could settle it`,
    )
  }
}

/** A function given as `{ filename, name }` cannot be had: no such file or export, or the module fails. */
export class ModuleLoadError extends IsolaneError {
  override name = 'ModuleLoadError'
  readonly code = 'ERR_ISOLANE_MODULE'

  /** @internal */
  constructor(fn: string, reason: string, options: ErrorOptions) {
    super(`${fn} cannot be loaded: ${reason}`, options)
  }
}

/** The call ran longer than its `timeout`, counted from the start of its execution. */
export class TimeoutError extends IsolaneError {
  override name = 'TimeoutError'
  readonly code = 'ERR_ISOLANE_TIMEOUT'

  /** @internal */
  constructor(
    fn: string,
    /** The limit, in milliseconds. */
    readonly timeout: number,
  ) {
    super(`${fn} ran longer than its timeout of ${timeout} ms and was stopped`)
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

/** This build, or this machine, cannot run the engine; or the addon is of another build than this package. */
export class EngineUnavailableError extends IsolaneError {
  override name = 'EngineUnavailableError'
  readonly code = 'ERR_ISOLANE_ENGINE_UNAVAILABLE'
}

/** @internal ` at item 17`, or nothing for a call without items. */
export function atItem(index: number | undefined): string {
  return index === undefined ? '' : ` at item ${index}`
}
