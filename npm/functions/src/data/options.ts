import { Cron } from 'croner'
import type { ShareOptions } from 'isolane'

import { InvalidArgumentError, wrong } from '../errors/errors.js'
import { checkKeys } from '../errors/options.js'

/** What a load is told. */
export interface LoadContext<T> {
  /** The value in use; `undefined` for none. It is what `load` gave: leave it as it is. */
  readonly previous: T | undefined
  /** To be returned where nothing has changed since. */
  readonly unchanged: typeof UNCHANGED
}

/** What a load returns where nothing has changed since the one before. */
export const UNCHANGED: unique symbol = Symbol('unchanged')

/** What `T` is elsewhere: it says nothing of it here. */
type Same<T> = [T][T extends unknown ? 0 : never]

/** How data is loaded, and for how long it is used. */
export interface DataOptions<T = unknown> {
  /**
   * Gives the value: any that can be copied, or text with `from`. Leave it alone afterwards. `undefined` counts
   * as a failure.
   *
   * @param signal aborted where the load is given up
   */
  load: (
    signal: AbortSignal,
    context: LoadContext<T>,
  ) => T | typeof UNCHANGED | Promise<T | typeof UNCHANGED>
  /** Milliseconds from the end of a load to the next. Default: none are made by themselves. */
  refreshInterval?: number
  /** When it is loaded, as a cron pattern: `0 4 * * *`. */
  schedule?: string
  /** Of the pattern, such as `Europe/Rome`. Default: the process's. */
  timezone?: string
  /**
   * So that not all processes load at once: the part of an interval by which it is longer or shorter at most;
   * of a pattern, the part of the time to the next by which it is later, and a minute at most. Default: 0.1.
   */
  jitter?: number
  /** Milliseconds from a load on after which the value is stale: its next use has it loaded again. Default: `Infinity`. */
  ttl?: number
  /** Milliseconds for which it is used when it is stale, while it is loaded. Default: `Infinity`. */
  staleWhileRevalidate?: number
  /** Milliseconds for which it is used when it is stale, while loads fail. Default: `Infinity`. */
  staleIfError?: number
  /** Milliseconds that one try of a load may take; and decoding, in each isolate. Default: 10000. */
  timeout?: number
  /** How often a load is tried again before it has failed. Default: 2. */
  retries?: number
  /** Milliseconds before a load is tried again; doubled each time, up to a minute. Default: 500. */
  backoff?: number
  /** Stands in until the first load succeeds: a value, or a function that gives it. Default: none. */
  fallback?: Same<T> | (() => Same<T> | Promise<Same<T>>)
  /** A value for which it throws, or gives `false`, is not used: the load has failed. */
  validate?: (value: T) => unknown
  /** For `data.clear(namespace)` and `data.refresh(namespace)`. */
  namespace?: string
  /** Bytes that a value may have, about those of its text; a larger one is not used. Default: 64 MiB. */
  maxBytes?: number
  /** Whether `ready` waits for it. Default: `true`. */
  required?: boolean
  /** As of `pool.share`. */
  freeze?: NonNullable<ShareOptions['freeze']>
  /** As of `pool.share`: the value is JSON text, which isolates parse. */
  from?: 'json' | 'ndjson'
}

const NUMBERS = {
  ttl: [Infinity, 0, Infinity],
  staleWhileRevalidate: [Infinity, 0, Infinity],
  staleIfError: [Infinity, 0, Infinity],
  refreshInterval: [Infinity, 1, Infinity],
  timeout: [10_000, 1, 2 ** 31 - 1],
  backoff: [500, 0, 60_000],
  jitter: [0.1, 0, 1],
  retries: [2, 0, 100],
  maxBytes: [64 * 2 ** 20, 1, 2 ** 31],
} as const

type Numbers = { -readonly [name in keyof typeof NUMBERS]: number }

/** Options with their defaults. */
export interface DataSettings<T> extends Numbers {
  readonly load: DataOptions<T>['load']
  readonly pattern: Cron | undefined
  /** Gives what stands in. */
  readonly fallback: (() => T | Promise<T>) | undefined
  readonly validate: (value: T) => unknown
  readonly namespace: string | undefined
  readonly required: boolean
  readonly share: ShareOptions
}

const OTHERS = ['load', 'schedule', 'timezone', 'fallback', 'validate', 'namespace', 'required']
const KNOWN = [...OTHERS, ...Object.keys(NUMBERS), 'freeze', 'from']

/** @throws {InvalidArgumentError} */
export function checkDataName(name: unknown): asserts name is string {
  const isName = typeof name === 'string' && name.trim() !== '' && name.length <= 200
  if (!isName) throw wrong('name', 'a string with text, of up to 200 characters', name)
}

/**
 * @param date the time of day, from which on the schedule must come
 * @throws {InvalidArgumentError}
 */
export function checkDataOptions<T>(options: DataOptions<T>, date: number): DataSettings<T> {
  checkKeys(options, KNOWN)
  const { load, validate = () => true, namespace, required = true } = options
  check('load', load, 'function')
  check('validate', validate, 'function')
  check('required', required, 'boolean')
  if (namespace !== undefined) check('namespace', namespace, 'string')
  return {
    ...numbersOf(options),
    load,
    pattern: patternOf(options, date),
    fallback: fallbackOf(options),
    validate,
    namespace,
    required,
    share: shareOptions(options),
  }
}

function check(name: string, value: unknown, type: 'function' | 'boolean' | 'string'): void {
  if (typeof value !== type) throw wrong(`options.${name}`, `a ${type}`, value)
}

function numbersOf(options: Partial<Numbers>): Numbers {
  const found = {} as Numbers
  for (const [key, [byDefault, least, most]] of Object.entries(NUMBERS)) {
    const name = key as keyof Numbers
    const value: unknown = options[name] ?? byDefault
    const isWhole = name !== 'retries' || Number.isInteger(value)
    const isOne = typeof value === 'number' && value >= least && value <= most && isWhole
    const kind = name === 'retries' ? 'an integer' : 'a number'
    if (!isOne) throw wrong(`options.${name}`, `${kind} from ${least} to ${most}`, value)
    found[name] = value
  }
  return found
}

function patternOf<T>(
  { schedule, timezone, refreshInterval }: DataOptions<T>,
  date: number,
): Cron | undefined {
  if (timezone !== undefined) check('timezone', timezone, 'string')
  if (schedule === undefined) {
    if (timezone === undefined) return undefined
    throw wrong('options.timezone', 'left out, as there is no schedule', timezone)
  }
  check('schedule', schedule, 'string')
  if (refreshInterval !== undefined) {
    throw wrong('options.refreshInterval', 'left out, as there is a schedule', refreshInterval)
  }
  let next: Date | null
  let pattern: Cron
  try {
    pattern = new Cron(schedule, { paused: true, ...(timezone && { timezone }) })
    // It tells a wrong time zone.
    next = pattern.nextRun(new Date(date))
  } catch (error) {
    const reason = (error as Error).message
    throw new InvalidArgumentError(
      `options.schedule must be a cron pattern, such as '0 4 * * *', and options.timezone a time zone, ` +
        `such as 'Europe/Rome'; got '${schedule}'${timezone === undefined ? '' : ` and '${timezone}'`}: ${reason}`,
      { cause: error },
    )
  }
  if (next !== null) return pattern
  throw wrong('options.schedule', 'a cron pattern of which a time is to come', schedule)
}

function fallbackOf<T>({ fallback }: DataOptions<T>): DataSettings<T>['fallback'] {
  if (fallback === undefined) return undefined
  return typeof fallback === 'function' ? (fallback as () => T) : () => fallback
}

function shareOptions<T>({ freeze, from }: DataOptions<T>): ShareOptions {
  if (freeze !== undefined && freeze !== false && freeze !== 'deep' && freeze !== 'objects') {
    throw wrong('options.freeze', "'deep', 'objects' or false", freeze)
  }
  if (from !== undefined && from !== 'json' && from !== 'ndjson') {
    throw wrong('options.from', "'json' or 'ndjson'", from)
  }
  return { ...(freeze === undefined ? {} : { freeze }), ...(from === undefined ? {} : { from }) }
}
