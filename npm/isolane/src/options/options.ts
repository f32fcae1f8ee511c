import { types } from 'node:util'
import { InvalidTypeError } from '../errors/errors.js'
import { outOfRange, wrongType } from '../errors/invalid.js'
import type { OnError, OnTimeout } from './outcome.js'
import { SharedValue, type ShareOptions } from '../values/shared.js'
import { PRIORITIES, type Engine, type Priority } from '../protocol.js'

/** What the option `engine` takes. */
export type EngineName = 'auto' | Engine

/** Options of `new Pool()`. */
export interface PoolOptions {
  /** Worker threads, 1 to 256; fixed while the pool lives. Default: the CPUs this process may use (container quotas count) less one, at least 1. */
  threads?: number
  /** Memory of each isolate in MiB, 16 to 65536: V8's heap and array buffers together. A call that needs more rejects with a `MemoryLimitError`, and its isolate is replaced. `docs/limits.md` says how exact this is. Default: 512. */
  memoryLimitMb?: number
  /** Default `timeout` of calls, in milliseconds. Default: none. */
  timeout?: number
  /** Default `queueTimeout` of calls, in milliseconds. Default: none. */
  queueTimeout?: number
  /** Calls that may wait while no worker is idle; 0 refuses every call that cannot start at once. Default: no limit. */
  maxQueue?: number
  /** Milliseconds of one turn of the event loop that encoding items and decoding results may take, more than 0: the service's own events are served in between. `Infinity`: all at once. Default: 4. */
  sliceMs?: number
  /** `'v8'`: embedded isolates, pure computation. `'auto'` (default): the first of {@link engines}. */
  engine?: EngineName
  /** Whether functions must be kept from the host: then the engine is `'v8'`, and a build without it throws instead of falling back. An object means `true`, and takes more from them. Default: `false`. */
  sandbox?: boolean | SandboxOptions
  /** Contexts (globals and built-ins of their own) that each isolate keeps, 1 to 10000; one more replaces the one used least recently. One is about half a MiB of the isolate's memory and about a millisecond to make. Default: 128. */
  maxContexts?: number
  /** Size of all results of one call as they are encoded, in MiB, 1 to 65536, or Infinity. A call that gives more rejects with a `ResultTooLargeError`. Default: 1024. */
  maxResultMb?: number
  /** Size of one error as it is encoded, with its cause and properties, in KiB, 1 to 65536. A larger one arrives as the start of its message and stack. Default: 64. */
  maxErrorKb?: number
  /** Records that functions may log in one chunk, 0 to 1000000; the others are counted in a last one. Default: 1000. */
  maxLogRecords?: number
  /** Thousands (1024) of characters that functions may log in one chunk, 1 to 65536. Default: 1024. */
  maxLogKb?: number
  /** Engine `'v8'` only: chunks after which an isolate is replaced by a fresh one, 1 to 4294967295, or Infinity. Default: `Infinity`. */
  recycleAfterTasks?: number
  /** Engine `'v8'` only: memory in use after a chunk, without garbage, in MiB, above which an isolate is replaced by a fresh one; 1 to 65536, or Infinity. An empty isolate uses about 1. Default: `Infinity`. */
  recycleAboveMb?: number
  /** Lost workers that are replaced while the pool lives, 0 to 1000: their threads may stay behind with their memory. Each is told by an `'error'` event with a `WorkerLostError`. A pool without workers rejects its calls with an `EngineUnavailableError`. Default: 4; none of engine `'node'`, whose Workers leave nothing behind, is counted. */
  maxLostWorkers?: number
  /** Linux only: how much lower than the service's own threads the workers' priority is, 0 to 19, as nice(2) counts it. Where CPUs are fewer than busy threads, the event loop then comes first, as in piscina's option of that name. So do other busy processes of the machine: 0 where the workers should not yield to those. Default: 10. */
  niceIncrement?: number
  /** Shown in errors, thread names and resources. Default: `'isolane'`. */
  name?: string
  /**
   * Engine `'node'` only: promises of functions that one worker awaits at once, 1 to 1000. Default:
   * 1, so a worker runs one call after the other.
   */
  concurrency?: number
  /**
   * Engine `'node'` only: the folder whose `node_modules` inline functions `require` and `import`
   * from, and from which the `filename` of functions is resolved. Default: the working directory.
   */
  resolveFrom?: string
  /**
   * Engine `'node'` only: Workers started ahead, 0 to 64, so that one which had to be terminated is
   * replaced at once. Default: 0.
   */
  spareWorkers?: number
}

/** What code in isolates may not do. */
export interface SandboxOptions {
  /** Whether text may become code: `eval`, `Function` and the like throw an `EvalError` otherwise. Default: `true`. */
  eval?: boolean
  /** Whether there is `WebAssembly`. Default: `true`. */
  wasm?: boolean
}

/** Options of every call. */
export interface CallOptions {
  /** On whose behalf the function runs. Nothing that runs for one tenant sees what runs for another. Default: none, which is a tenant too. */
  tenant?: string
  /** Whether the function keeps from call to call what its source sets up, and shares globals with the tenant's other stateful functions, on the same isolate. Default: `false`: each chunk evaluates the source anew, and globals are the function's own. */
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

/** Options of `pool.close`. */
export interface CloseOptions {
  /** Whether calls that were not started yet reject with a `PoolClosedError`. Default: `false`. */
  force?: boolean
}

type Check = (what: string, value: unknown) => void
type Checks<T> = { readonly [K in keyof T]-?: Check }

const MAX_THREADS = 256
const MAX_LIMIT_MB = 65_536
const MIN_LIMIT_MB = 16
const MAX_CONCURRENCY = 1000
const MAX_SPARES = 64
/** No niceness is higher. */
const MAX_NICE = 19

const poolChecks: Checks<PoolOptions> = {
  threads: integer(1, MAX_THREADS),
  memoryLimitMb: integer(MIN_LIMIT_MB, MAX_LIMIT_MB),
  timeout: milliseconds,
  queueTimeout: milliseconds,
  maxQueue: integerOrInfinity(0, 0xffff_ffff),
  sliceMs: milliseconds,
  maxResultMb: integerOrInfinity(1, MAX_LIMIT_MB),
  maxErrorKb: integer(1, MAX_LIMIT_MB),
  maxLogRecords: integer(0, 1_000_000),
  maxLogKb: integer(1, MAX_LIMIT_MB),
  recycleAfterTasks: integerOrInfinity(1, 0xffff_ffff),
  recycleAboveMb: integerOrInfinity(1, MAX_LIMIT_MB),
  maxLostWorkers: integer(0, 1000),
  niceIncrement: integer(0, MAX_NICE),
  engine: oneOf('auto', 'v8', 'node'),
  sandbox: (what, value) => {
    if (typeof value !== 'boolean') checkSandbox(what, value)
  },
  maxContexts: integer(1, 10_000),
  name: checkText,
  concurrency: integer(1, MAX_CONCURRENCY),
  resolveFrom: (what, value) => {
    if (typeof value !== 'string' || value === '')
      throw wrongType(what, 'the path of a folder', value)
  },
  spareWorkers: integer(0, MAX_SPARES),
}

const sandboxChecks: Checks<SandboxOptions> = { eval: boolean, wasm: boolean }

const callChecks: Checks<CallOptions> = {
  tenant: checkText,
  stateful: boolean,
  args: () => {},
  shared: sharedValues,
  timeout: milliseconds,
  queueTimeout: milliseconds,
  signal: (what, value) => {
    if (!(value instanceof AbortSignal)) throw wrongType(what, 'an AbortSignal', value)
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

const closeChecks: Checks<CloseOptions> = { force: boolean }

const shareChecks: Checks<ShareOptions> = { freeze: oneOf('deep', 'objects') }

const streamChecks: Checks<StreamOptions> = {
  ...callChecks,
  onError: modeOrFunction('reject', 'original', 'settle', 'omit'),
  concurrency: integer(1, 1_000_000),
  ordered: boolean,
}

export const checkPoolOptions = checker('Pool', poolChecks)
export const checkCallOptions = checker('options', callChecks)
export const checkBatchOptions = checker('options', batchChecks)
export const checkMapOptions = checker('options', mapChecks)
export const checkFilterOptions = checker('options', filterChecks)
export const checkForEachOptions = checker('options', forEachChecks)
export const checkPublishOptions = checker('options', publishChecks)
export const checkShareOptions = checker('options', shareChecks)
export const checkStreamOptions = checker('options', streamChecks)
export const checkCloseOptions = checker('options', closeChecks)

/** No options, not even inherited ones. */
export const NO_OPTIONS: object = Object.freeze(Object.create(null))

/** `options` and then `changes`, as `checker` gives them: nothing is inherited. */
export function changed<T extends object, C extends object>(options: T, changes: C): T & C {
  return Object.assign(Object.create(null) as object, options, changes) as T & C
}

/**
 * Makes a function that checks an options object and copies its own properties to an object
 * without prototype, so that a polluted `Object.prototype` sets no option.
 */
function checker<T extends object>(where: string, checks: Checks<T>): (options: unknown) => T {
  return (options) => {
    const checked = Object.create(null) as T
    if (options === undefined) return checked
    if (typeof options !== 'object' || options === null || Array.isArray(options)) {
      throw wrongType(where === 'Pool' ? 'Pool options' : where, 'an object', options)
    }
    for (const key of Object.keys(options)) {
      if (!Object.hasOwn(checks, key)) throw unknownOption(where, key, Object.keys(checks))
      const value = (options as Record<string, unknown>)[key]
      if (value === undefined) continue
      checks[key as keyof T](where === 'Pool' ? key : `options.${key}`, value)
      checked[key as keyof T] = value as T[keyof T]
    }
    return checked
  }
}

function unknownOption(where: string, key: string, known: string[]): InvalidTypeError {
  const what = where === 'Pool' ? `Pool option '${key}'` : `option '${key}'`
  return new InvalidTypeError(`There is no ${what}; the options are ${known.join(', ')}`)
}

function integer(min: number, max: number): Check {
  return (what, value) => {
    if (typeof value !== 'number') throw wrongType(what, `an integer from ${min} to ${max}`, value)
    if (!Number.isInteger(value) || value < min || value > max) {
      throw outOfRange(what, `an integer from ${min} to ${max}`, value)
    }
  }
}

/** @throws {InvalidTypeError} */
export function checkText(what: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw wrongType(what, 'a string with text', value)
}

function checkSandbox(what: string, value: unknown): void {
  const expected = 'a boolean or an object { eval?, wasm? }'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongType(what, expected, value)
  }
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(sandboxChecks, key)) {
      throw new InvalidTypeError(`There is no option '${what}.${key}'; ${what} is ${expected}`)
    }
    const given = (value as Record<string, unknown>)[key]
    if (given !== undefined) boolean(`${what}.${key}`, given)
  }
}

function boolean(what: string, value: unknown): void {
  if (typeof value !== 'boolean') throw wrongType(what, 'a boolean', value)
}

function integerOrInfinity(min: number, max: number): Check {
  const check = integer(min, max)
  return (what, value) => {
    if (value !== Infinity) check(what, value)
  }
}

function milliseconds(what: string, value: unknown): void {
  const expected = 'a number of milliseconds greater than 0 (Infinity for none)'
  if (typeof value !== 'number') throw wrongType(what, expected, value)
  if (!(value > 0)) throw outOfRange(what, expected, value)
}

function oneOf(...names: string[]): Check {
  return (what, value) => {
    const expected = `one of ${names.map((name) => `'${name}'`).join(', ')}`
    if (typeof value !== 'string') throw wrongType(what, expected, value)
    if (!names.includes(value)) throw outOfRange(what, expected, value)
  }
}

function modeOrFunction(...modes: string[]): Check {
  return (what, value) => {
    if (typeof value === 'function') return
    const expected = `one of ${modes.map((mode) => `'${mode}'`).join(', ')}, or a function`
    if (typeof value !== 'string') throw wrongType(what, expected, value)
    if (!modes.includes(value)) throw outOfRange(what, expected, value)
  }
}

function sharedValues(what: string, value: unknown): void {
  if (!Array.isArray(value)) throw wrongType(what, 'an array of shared values (pool.share)', value)
  const names = new Set<string>()
  for (const [index, entry] of value.entries()) {
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
