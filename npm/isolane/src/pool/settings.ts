import { isMainThread } from 'node:worker_threads'

import { ask } from '../addon/failure.js'
import { binding, type NativeOptions } from '../addon/native.js'
import { DEFAULT_SLICE_MS } from '../addon/slices.js'
import { functionPathStart } from '../functions/files.js'
import type { CallDefaults } from '../jobs/submission.js'
import type { NodeWorkersOptions } from '../node-worker/workers.js'
import { changed, NO_OPTIONS } from '../options/check.js'
import {
  checkedFolder,
  checkPoolOptions,
  type PoolOptions,
  type SandboxOptions,
} from '../options/pool.js'
import { LOG_LEVELS, type Caps, type LogLevel } from '../protocol.js'
import { chooseEngine } from './engines.js'

const DEFAULT_MEMORY_LIMIT_MB = 512
const DEFAULT_MAX_CONTEXTS = 128
/** With as many workers as CPUs, threads of the service that wake up run at once; more gains little. See docs/latency.md. */
const DEFAULT_NICE_INCREMENT = 10
const DEFAULT_MAX_RESULT_MB = 1024
const DEFAULT_MAX_ERROR_KB = 64
const DEFAULT_MAX_LOG_RECORDS = 1000
const DEFAULT_MAX_LOG_KB = 1024
const DEFAULT_LOG_PLACES: LogLevel = 'warn'
const KIB = 1 << 10
const MIB = 1 << 20

/** What a pool is to be like: its options, with a value for each. */
export interface PoolSettings {
  calls: CallDefaults
  native: NativeOptions
  workers: Omit<NodeWorkersOptions, 'buffers'>
  /** Whether lines that nobody listens to are printed. */
  prints: boolean
  /** Whether files are looked at that functions were read from. */
  watches: boolean
}

/**
 * The settings that `options` stand for. Loads the addon.
 *
 * @throws {InvalidTypeError | InvalidRangeError} for a wrong option
 * @throws {EngineUnavailableError} where this build lacks the engine
 */
export function settingsOf(options: PoolOptions): PoolSettings {
  const checked = checkPoolOptions(options)
  const engine = chooseEngine(checked)
  // Where isolates run functions the working directory may be gone: it is asked for with each file.
  const needsFolder = engine === 'node' || checked.resolveFrom !== undefined
  const resolveFrom = needsFolder ? checkedFolder(checked.resolveFrom) : ''
  const { concurrency = 1, spareWorkers: spares = 0 } = checked
  const calls = callDefaults(checked, engine === 'node' ? resolveFrom : undefined)
  const { name, memoryLimitMb } = calls
  const caps = capsOf(checked)
  // What the code of others prints may be meant for the terminal.
  const prints = checked.console ?? (checked.sandbox ?? false) === false
  const own = { engine, concurrency, ...caps, ...nativeOptions(checked, calls) }
  return {
    calls,
    // The addon reads what is inherited, too.
    native: changed(NO_OPTIONS, own),
    workers: { name, concurrency, resolveFrom, memoryLimitMb, spares, caps, crashes: calls },
    prints,
    watches: checked.watch ?? false,
  }
}

/** @param folder that inline functions are compiled in, if in any */
function callDefaults(options: PoolOptions, folder: string | undefined): CallDefaults {
  return {
    name: options.name ?? 'isolane',
    threads: options.threads ?? processors(),
    memoryLimitMb: options.memoryLimitMb ?? DEFAULT_MEMORY_LIMIT_MB,
    functionPaths: folder === undefined ? undefined : functionPathStart(folder),
    timeout: options.timeout ?? Infinity,
    queueTimeout: options.queueTimeout ?? Infinity,
    sliceMs: options.sliceMs ?? DEFAULT_SLICE_MS,
  }
}

function processors(): number {
  const addon = binding()
  return ask('count the processors', () => addon.parallelism())
}

function capsOf({
  maxLogRecords = DEFAULT_MAX_LOG_RECORDS,
  maxLogKb = DEFAULT_MAX_LOG_KB,
  maxErrorKb = DEFAULT_MAX_ERROR_KB,
  logPlaces = DEFAULT_LOG_PLACES,
}: PoolOptions): Caps {
  const placeLevel = logPlaces === false ? LOG_LEVELS.length : LOG_LEVELS.indexOf(logPlaces)
  return { maxLogRecords, maxLogSize: maxLogKb * KIB, maxErrorSize: maxErrorKb * KIB, placeLevel }
}

function nativeOptions(
  options: PoolOptions,
  calls: CallDefaults,
): Omit<NativeOptions, keyof Caps | 'engine' | 'concurrency'> {
  const {
    niceIncrement = DEFAULT_NICE_INCREMENT,
    maxResultMb = DEFAULT_MAX_RESULT_MB,
    maxContexts = DEFAULT_MAX_CONTEXTS,
    recycleAboveMb = Infinity,
  } = options
  return {
    threads: calls.threads,
    name: calls.name,
    memoryLimit: calls.memoryLimitMb * MIB,
    maxContexts,
    niceIncrement,
    // A Worker's `process.env` is a copy.
    ownsEnvironment: isMainThread,
    ...capabilities(options.sandbox),
    ...limited('maxLostWorkers', options.maxLostWorkers),
    ...limited('maxQueue', options.maxQueue),
    ...limited('recycleAfterTasks', options.recycleAfterTasks),
    ...limited('recycleAbove', recycleAboveMb * MIB),
    ...limited('maxResult', maxResultMb * MIB),
  }
}

/** What code in an isolate may do beyond plain JavaScript. */
function capabilities(sandbox: PoolOptions['sandbox'] = false): Required<SandboxOptions> {
  const own: SandboxOptions = Object.assign(Object.create(null), sandbox)
  const { eval: mayEval = true, wasm = true, globals = sandbox === false } = own
  return { eval: mayEval, wasm, globals }
}

/** An option of the addon that is left away where there is no limit. */
function limited(name: keyof NativeOptions, limit: number | undefined): Partial<NativeOptions> {
  return limit === undefined || limit === Infinity ? {} : { [name]: limit }
}
