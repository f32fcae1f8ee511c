import { types } from 'node:util'
import { InvalidTypeError } from '../errors/errors.js'
import { refuseRevoked, wrongType } from '../errors/invalid.js'
import { PRIORITIES, type Priority } from '../protocol.js'
import { SharedValue } from '../values/shared.js'
import {
  boolean,
  checker,
  checkText,
  integer,
  milliseconds,
  modeOrFunction,
  oneOf,
  type Checks,
} from './check.js'
import type { OnError, OnTimeout } from './outcome.js'

/** Options of every call. */
export interface CallOptions {
  /** On whose behalf the function runs. Nothing that runs for one tenant sees what runs for another. Default: none. */
  tenant?: string
  /** Whether the function keeps from call to call what its source sets up, and shares globals with the other stateful functions of its `tenant`, where it has one, on the same isolate. Default: `false`: each chunk evaluates the source anew, and globals are the function's own. */
  stateful?: boolean
  /** One value for all items; the function finds it as `args` in its last parameter. Decoded anew for each chunk. */
  args?: unknown
  /** Shared values of this pool; the function finds them by name as `shared.<name>`. */
  shared?: readonly SharedValue[]
  /** Limit of the whole call, in milliseconds from the start of its execution; more than 0. Default: the pool's. */
  timeout?: number
  /** Milliseconds from the call to its start; more than 0. Default: the pool's. */
  queueTimeout?: number
  /** Stops the call, also while it runs: it rejects with an `AbortError` whose `cause` is the signal's reason. */
  signal?: AbortSignal
  /** Default: `'normal'`. */
  priority?: Priority
}

/** Options of calls over many items. */
export interface BatchOptions extends CallOptions {
  /** Items per chunk. Default: from the measured cost per item. */
  chunkSize?: number
  /** Called on the main thread as chunks come back. */
  onProgress?: (progress: Progress) => void
}

/** Options by which a call over items gives a {@link BatchOutcome} instead of failing as a whole. */
export interface OutcomeOptions {
  /**
   * `'partial'`: a call that runs longer than its `timeout` resolves with what it has, finished
   * items of interrupted chunks included. Of those, results are left out that hold a getter, a Proxy
   * or an Error, since reading them could run the function's code, whose time is up. Default:
   * `'reject'`.
   */
  onTimeout?: OnTimeout
  /** What becomes of an item that fails. Default: `'reject'`. */
  onError?: OnError
  /** Failures that the outcome lists, 0 to 1000000; the others are counted. Default: 1000. */
  maxFailures?: number
}

/** How far a call has come, in items. */
export interface Progress {
  done: number
  total: number
}

/** Options of `pool.map`. */
export interface MapOptions extends BatchOptions, OutcomeOptions {
  /**
   * What the results are put into: `'Array'` or the name of a typed array. Default: for a typed
   * array the same kind, for anything else an array.
   */
  into?: string
}

/** Options of `pool.filter`. With `onError: 'original'` an item that fails stays. */
export interface FilterOptions extends BatchOptions, OutcomeOptions {
  onError?: Exclude<OnError, 'settle'>
}

/** Options of `pool.forEach`. With `onError: 'settle'` items that fail leave the others alone. */
export interface ForEachOptions extends BatchOptions, OutcomeOptions {
  onError?: Exclude<OnError, 'original' | 'omit'>
}

/** Options of `pool.stream`. */
export interface StreamOptions extends CallOptions {
  /**
   * What becomes of an item whose call fails, by its function or by its `timeout`, memory or worker.
   * Default: `'reject'`, which ends the stream.
   */
  onError?: OnError
  /** Calls in flight at once, 1 to 1000000. Default: four per thread. */
  concurrency?: number
  /** Whether results come in the order of the input. Default: `true`. */
  ordered?: boolean
}

/** Options of `pool.publish` and of a published function's `update`: they hold for the check, which is a call too. */
export type PublishOptions = Pick<CallOptions, 'timeout' | 'queueTimeout' | 'signal' | 'priority'>

const callChecks: Checks<CallOptions> = {
  tenant: checkText,
  stateful: boolean,
  args: () => {},
  shared: sharedValues,
  timeout: milliseconds,
  queueTimeout: milliseconds,
  signal: (what, value) => {
    if (!isSignal(value)) throw wrongType(what, 'an AbortSignal', value)
  },
  priority: oneOf(...Object.keys(PRIORITIES)),
}

const { timeout, queueTimeout, signal, priority } = callChecks
const publishChecks: Checks<PublishOptions> = { timeout, queueTimeout, signal, priority }

const batchChecks: Checks<BatchOptions> = {
  ...callChecks,
  chunkSize: integer(1, 0xffff_ffff),
  onProgress: (what, value) => {
    if (typeof value !== 'function') throw wrongType(what, 'a function', value)
  },
}

const outcomeChecks: Checks<Omit<OutcomeOptions, 'onError'>> = {
  onTimeout: oneOf('reject', 'partial'),
  maxFailures: integer(0, 1_000_000),
}

const mapChecks: Checks<MapOptions> = {
  ...batchChecks,
  ...outcomeChecks,
  onError: modeOrFunction('reject', 'original', 'settle', 'omit'),
  into: (what, value) => {
    if (typeof value !== 'string') throw wrongType(what, "'Array' or a typed array's name", value)
  },
}

const filterChecks: Checks<FilterOptions> = {
  ...batchChecks,
  ...outcomeChecks,
  onError: modeOrFunction('reject', 'original', 'omit'),
}

const forEachChecks: Checks<ForEachOptions> = {
  ...batchChecks,
  ...outcomeChecks,
  onError: modeOrFunction('reject', 'settle'),
}

const streamChecks: Checks<StreamOptions> = {
  ...callChecks,
  onError: modeOrFunction('reject', 'original', 'settle', 'omit'),
  concurrency: integer(1, 1_000_000),
  ordered: boolean,
}

export const checkCallOptions = checker('options', callChecks)
export const checkBatchOptions = checker('options', batchChecks)
export const checkMapOptions = checker('options', mapChecks)
export const checkFilterOptions = checker('options', filterChecks)
export const checkForEachOptions = checker('options', forEachChecks)
export const checkPublishOptions = checker('options', publishChecks)
export const checkStreamOptions = checker('options', streamChecks)

/** Of whichever realm or library: that of jsdom, too, which has a class of its own. */
function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>
  return (
    typeof aborted === 'boolean' &&
    typeof addEventListener === 'function' &&
    typeof removeEventListener === 'function'
  )
}

function sharedValues(what: string, value: unknown): void {
  if (!Array.isArray(value)) throw wrongType(what, 'an array of shared values (pool.share)', value)
  const names = new Set<string>()
  for (const [index, entry] of value.entries()) {
    refuseRevoked(`${what}[${index}]`, entry)
    if (types.isPromise(entry)) {
      throw new InvalidTypeError(`${what}[${index}] is a promise; await pool.share(...) first`)
    }
    if (!(entry instanceof SharedValue)) {
      throw wrongType(`${what}[${index}]`, 'a shared value (from pool.share)', entry)
    }
    if (names.has(entry.name)) {
      throw new InvalidTypeError(`${what} has two values named '${entry.name}'`)
    }
    names.add(entry.name)
  }
}
