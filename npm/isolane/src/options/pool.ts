import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidTypeError } from '../errors/errors.js'
import { outOfRange, wrongType } from '../errors/invalid.js'
import { LOG_LEVELS, type Engine, type LogLevel } from '../protocol.js'
import type { ShareOptions } from '../values/shared.js'
import {
  boolean,
  checker,
  checkText,
  integer,
  integerOrInfinity,
  milliseconds,
  oneOf,
  oneOfOr,
  type Checks,
} from './check.js'

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
  /** Whether the host's console prints what functions log and no `'log'` listener takes. Default: `true`; with `sandbox` `false`. */
  console?: boolean
  /** Records that functions may log in one chunk, 0 to 1000000; the others are counted in a last one. Default: 1000. */
  maxLogRecords?: number
  /** Thousands (1024) of characters that functions may log in one chunk, 1 to 65536. Default: 1024. */
  maxLogKb?: number
  /** The least level whose lines say where they were logged (`place` of a `LogEntry`), which costs some microseconds a line; `false`: none does. Default: `'warn'`. */
  logPlaces?: LogLevel | false
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
   * The folder from which the `filename` of functions is resolved; on engine `'node'` also the one whose
   * `node_modules` inline functions, and modules that come as data, `require` and `import` from. Default: the working directory.
   */
  resolveFrom?: string
  /** Engine `'v8'` only: whether each call looks at the files that its function, given as `{ filename }`, was read from, and reads those anew that have changed. For development. Default: `false`. */
  watch?: boolean
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
  /**
   * Whether there are globals of the web: `URL`, `TextEncoder`, `structuredClone`, timers and so on. Default:
   * `false`; a pool without `sandbox` has them.
   */
  globals?: boolean
}

/** Options of `pool.close`. */
export interface CloseOptions {
  /** Whether calls that were not started yet reject with a `PoolClosedError`. Default: `false`. */
  force?: boolean
}

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
  console: boolean,
  maxLogRecords: integer(0, 1_000_000),
  maxLogKb: integer(1, MAX_LIMIT_MB),
  logPlaces: oneOfOr(false, ...LOG_LEVELS),
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
  watch: boolean,
}

const sandboxChecks: Checks<SandboxOptions> = { eval: boolean, wasm: boolean, globals: boolean }

const closeChecks: Checks<CloseOptions> = { force: boolean }

const shareChecks: Checks<ShareOptions> = {
  freeze: (what, value) => {
    if (value === false || value === 'deep' || value === 'objects') return
    const expected = `'deep', 'objects' or false`
    throw typeof value === 'string'
      ? outOfRange(what, expected, value)
      : wrongType(what, expected, value)
  },
  from: oneOf('json', 'ndjson'),
}

export const checkPoolOptions = checker('Pool', poolChecks)
export const checkShareOptions = checker('options', shareChecks)
export const checkCloseOptions = checker('options', closeChecks)

function checkSandbox(what: string, value: unknown): void {
  const expected = 'a boolean or an object { eval?, wasm?, globals? }'
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

/**
 * The folder that functions are resolved from, as an absolute path.
 *
 * @throws {InvalidTypeError} where there is none
 */
export function checkedFolder(folder: string | undefined): string {
  const path = absolute(folder ?? '.')
  if (folder !== undefined && !isFolder(path)) {
    throw new InvalidTypeError(`resolveFrom must be a folder that exists; got '${folder}'`)
  }
  return path
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

function absolute(path: string): string {
  try {
    return resolve(path)
  } catch (error) {
    throw new InvalidTypeError(
      'resolveFrom must be an absolute path here: the working directory, from which it would be ' +
        'resolved, is gone',
      { cause: error },
    )
  }
}
