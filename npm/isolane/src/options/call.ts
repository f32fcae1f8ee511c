import { types } from 'node:util'
import type { LogEntry } from '../addon/log-entry.js'
import type { CallTiming } from '../addon/stopwatch.js'
import { InvalidTypeError } from '../errors/errors.js'
import { refuseRevoked, wrongType } from '../errors/invalid.js'
import { PRIORITIES, type Priority } from '../protocol.js'
import { SharedValue } from '../values/shared.js'
import type { TextFormat } from '../values/text.js'
import {
  boolean,
  callback,
  checker,
  checkText,
  integer,
  milliseconds,
  modeOrFunction,
  callName,
  oneOf,
  type Checks,
} from './check.js'
import type { ItemFailure, OnError, OnTimeout } from './outcome.js'
import { checkRulesConfig, type RulesConfig } from './rules.js'

/** Options of every call. */
export interface CallOptions {
  /** On whose behalf the function runs. Nothing that runs for one tenant sees what runs for another. Default: none. */
  tenant?: string
  /** Whether the function keeps from call to call what its source sets up, and shares globals with the other stateful functions of its `tenant`, where it has one, on the same isolate. Default: `false`: each chunk evaluates the source anew, and globals are the function's own. */
  stateful?: boolean
  /** Whether each chunk runs in a context that is made for it and let go with it, modules evaluated anew: it finds nothing that calls have left, and leaves nothing. All its lines say where they were logged. Not with `stateful`. Default: `false`. */
  fresh?: boolean
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
  /**
   * The name of the call in logs, errors, `pool.status()` and on diagnostics channels: 1 to 256 characters,
   * none of them a control character. Default: one is made, whose text sorts by time.
   */
  callId?: string
  /**
   * Called on the main thread for each line that the function logs, before the call settles. It has them in place
   * of the pool's `'log'` listeners and the console. What it throws is an uncaught exception.
   */
  onLog?: (entry: LogEntry) => void
}

/** Options of calls that can be timed. */
export interface TimingOptions {
  /**
   * Called on the main thread once the call has ended, well or not, before its promise settles: with where its
   * time went. Not of a call that was never sent to workers. What it throws is an uncaught exception.
   */
  onTiming?: (timing: CallTiming) => void
}

/** Options of `pool.run`. */
export interface RunOptions extends CallOptions, TimingOptions {
  /** The argument is JSON text, which the worker parses: one value, or of `'ndjson'` an array of the values of its lines. */
  from?: TextFormat
  /** The result comes as JSON text, in a Buffer. */
  into?: TextFormat
}

/** Options of calls over many items. */
export interface BatchOptions extends CallOptions {
  /**
   * The items are JSON text: a string, a Buffer, a Uint8Array or an ArrayBuffer with one array, or of
   * `'ndjson'` with a value a line. Workers find the items and parse them.
   */
  from?: TextFormat
  /** Items per chunk. Default: from the measured cost per item. */
  chunkSize?: number
  /** Called on the main thread as chunks come back. With `from`, the total is Infinity until it is known. */
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
export interface MapOptions extends BatchOptions, OutcomeOptions, TimingOptions {
  /**
   * What the results are put into: `'Array'` or the name of a typed array; `'json'` or `'ndjson'` for
   * a Buffer of JSON text, as `JSON.stringify` gives it; `'patch'` for what the function changed of each
   * item, as `PatchOperation[]` (`applyPatch(item, operations)` gives the item as it was changed): of
   * the item it was given, or from that to what it returned. Default: for a typed array the same kind, for
   * anything else an array.
   */
  into?: string
}

/** Options of `pool.reduce`. */
export interface ReduceOptions extends BatchOptions, TimingOptions {
  /** The result comes as JSON text, in a Buffer. */
  into?: TextFormat
}

/** Options of `pool.filter`. With `onError: 'original'` an item that fails stays. */
export interface FilterOptions extends BatchOptions, OutcomeOptions, TimingOptions {
  onError?: Exclude<OnError, 'settle'>
  /** The items come as JSON text, in a Buffer. Of items that are text it is their very text. */
  into?: TextFormat
}

/** Options of `pool.forEach`. With `onError: 'settle'` items that fail leave the others alone. */
export interface ForEachOptions extends BatchOptions, OutcomeOptions, TimingOptions {
  onError?: Exclude<OnError, 'original' | 'omit'>
}

/** Options of `pool.stream`. */
export interface StreamOptions extends CallOptions {
  /**
   * The source gives JSON text in chunks (strings, Buffers or Uint8Arrays, cut anywhere): one array, or of
   * `'ndjson'` a value a line. Whole items go to workers in blocks of about 1 MiB, or less where those
   * before have run for longer than some 200 ms, or than a quarter of `timeout`. Where a block runs longer than
   * `timeout`, gives more than `maxResultMb`, or costs its worker, it is run again in halves, so that the limits are those of an item.
   */
  from?: TextFormat
  /** The stream gives Buffers of JSON text, of whole items each: together one array, or of `'ndjson'` a line a result. */
  into?: TextFormat
  /** With `from`: about the longest that an item may be, looked at as pieces of it come, 1 to 1024 MiB. Default: 64. */
  maxItemMb?: number
  /** With `from`: called before results are given, for each item that failed and that `onError` bears; in their order where `ordered`. */
  onFailure?: (failure: ItemFailure) => void
  /** With `from`: called before results are given. */
  onProgress?: (progress: StreamProgress) => void
  /**
   * What becomes of an item whose call fails, by its function or by its `timeout`, memory or worker.
   * Default: `'reject'`, which ends the stream.
   */
  onError?: OnError
  /** Calls in flight at once, 1 to 1000000; with `from` blocks. Default: four per thread, two of blocks. */
  concurrency?: number
  /** Whether results come in the order of the input. Default: `true`. */
  ordered?: boolean
}

/** How far a stream of text has come. */
export interface StreamProgress {
  /** Items that were gone through. */
  done: number
  /** Those of them that failed. */
  failed: number
  /** Bytes of the source's text that were gone through. */
  bytes: number
}

/** Options of `pool.warm`. */
export interface WarmOptions extends Pick<
  CallOptions,
  'tenant' | 'stateful' | 'args' | 'shared' | 'timeout' | 'signal' | 'callId'
> {
  /** For each function, in their order, the items that it is called for: an array of them, or one that is no array. Default: none, so that functions are loaded and not called. */
  samples?: readonly unknown[]
  /** How functions are called for their samples: as by `pool.map`, or each as by `pool.run`. Default: `'map'`. */
  as?: 'map' | 'run'
}

/** Options of `pool.publish` and of a published function's `update`: limits hold for the loading, which is a call too. */
export interface PublishOptions extends Pick<
  CallOptions,
  'timeout' | 'queueTimeout' | 'signal' | 'priority' | 'callId'
> {
  /**
   * Rules by which the function is judged before it is loaded (`isolane/check`): `true` for those that are
   * recommended for the pool's engine, or others. They hold for later updates too. Default: `false`, and for
   * an update what held before.
   */
  check?: boolean | RulesConfig
}

export const callChecks: Checks<CallOptions> = {
  tenant: checkText,
  stateful: boolean,
  fresh: boolean,
  args: () => {},
  shared: sharedValues,
  timeout: milliseconds,
  queueTimeout: milliseconds,
  signal: (what, value) => {
    if (!isSignal(value)) throw wrongType(what, 'an AbortSignal', value)
  },
  priority: oneOf(...Object.keys(PRIORITIES)),
  callId: callName,
  onLog: callback,
}

const { timeout, queueTimeout, signal, priority, callId } = callChecks
const publishChecks: Checks<PublishOptions> = {
  timeout,
  queueTimeout,
  signal,
  priority,
  callId,
  check: (what, value) => {
    if (typeof value !== 'boolean') checkRulesConfig(what, value)
  },
}

const textFormat = oneOf('json', 'ndjson')

const timingChecks: Checks<TimingOptions> = { onTiming: callback }

const runChecks: Checks<RunOptions> = {
  ...callChecks,
  ...timingChecks,
  from: textFormat,
  into: textFormat,
}

const batchChecks: Checks<BatchOptions> = {
  ...callChecks,
  from: textFormat,
  chunkSize: integer(1, 0xffff_ffff),
  onProgress: callback,
}

const outcomeChecks: Checks<Omit<OutcomeOptions, 'onError'>> = {
  onTimeout: oneOf('reject', 'partial'),
  maxFailures: integer(0, 1_000_000),
}

const mapChecks: Checks<MapOptions> = {
  ...batchChecks,
  ...outcomeChecks,
  ...timingChecks,
  onError: modeOrFunction('reject', 'original', 'settle', 'omit'),
  into: (what, value) => {
    if (typeof value !== 'string') {
      throw wrongType(what, "'Array', a typed array's name, 'json', 'ndjson' or 'patch'", value)
    }
  },
}

const reduceChecks: Checks<ReduceOptions> = { ...batchChecks, ...timingChecks, into: textFormat }

const filterChecks: Checks<FilterOptions> = {
  ...batchChecks,
  ...outcomeChecks,
  ...timingChecks,
  onError: modeOrFunction('reject', 'original', 'omit'),
  into: textFormat,
}

const forEachChecks: Checks<ForEachOptions> = {
  ...batchChecks,
  ...outcomeChecks,
  ...timingChecks,
  onError: modeOrFunction('reject', 'settle'),
}

const streamChecks: Checks<StreamOptions> = {
  ...callChecks,
  onError: modeOrFunction('reject', 'original', 'settle', 'omit'),
  from: textFormat,
  into: textFormat,
  maxItemMb: integer(1, 1024),
  onFailure: callback,
  onProgress: callback,
  concurrency: integer(1, 1_000_000),
  ordered: boolean,
}

const { tenant, stateful, args, shared } = callChecks
const warmChecks: Checks<WarmOptions> = {
  tenant,
  stateful,
  args,
  shared,
  timeout,
  signal,
  callId,
  samples: (what, value) => {
    if (!Array.isArray(value)) throw wrongType(what, 'an array of samples for each function', value)
  },
  as: oneOf('map', 'run'),
}

export const checkRunOptions = checker('options', runChecks)
export const checkReduceOptions = checker('options', reduceChecks)
export const checkMapOptions = checker('options', mapChecks)
export const checkFilterOptions = checker('options', filterChecks)
export const checkForEachOptions = checker('options', forEachChecks)
export const checkPublishOptions = checker('options', publishChecks)
export const checkWarmOptions = checker('options', warmChecks)
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
