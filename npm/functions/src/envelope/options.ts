import type { MapOptions, RunOptions } from 'isolane'

import { InvalidArgumentError, wrong } from '../errors/errors.js'
import type { Trigger } from './envelope.js'
import { checkObject } from '../errors/options.js'
import { checkRetries, type Retries, type RetrySettings } from './retries.js'

/** What calls in an envelope have beside the pool's options. */
export interface EnvelopeOptions {
  /**
   * The data where the call fails, or a function `(error, input)` of the host's that gives them, which may be
   * async. Not for a call that its `signal` has stopped.
   */
  fallback?: unknown
  /** Makes another attempt where one fails in certain ways. Default: one attempt. */
  retries?: Retries
  /** Who calls, for interceptors and the envelope. Default: `'api'`. */
  trigger?: Trigger
  /** The caller's name for what this call is a part of; comes back in the envelope. */
  traceId?: string
  /** Whether the envelope has what the function logs; it is not told elsewhere then. Default: `false`. */
  logs?: boolean
}

/** Options of `functions.call`: those of `pool.run`, and of envelopes. */
export interface EnvelopeCallOptions extends RunOptions, EnvelopeOptions {
  /** `'original'`: the input itself, unprocessed, is the fallback. Default: `'reject'`: there is none. */
  onError?: 'reject' | 'original'
}

/**
 * Options of `functions.callAll`: those of `pool.map`, and of envelopes. With `onError: 'original'` items that
 * fail stand for their results, and where the whole call fails the items themselves do, unless there is a `fallback`.
 */
export interface EnvelopeBatchOptions extends MapOptions, EnvelopeOptions {}

/** Options of a call, checked, and those that the pool checks. */
export interface EnvelopeSettings {
  readonly fallback: unknown
  readonly givesOriginal: boolean
  readonly retries: RetrySettings
  readonly trigger: Trigger
  readonly traceId: string | undefined
  readonly logs: boolean
  /** `run` has some of them only. */
  readonly pool: MapOptions
  /** All options that the call takes, of those that the pool does. */
  readonly known: (pool: readonly string[]) => readonly string[]
}

/** Options that the pool does not take; `onError` is also one of calls over items. */
const OWN = ['fallback', 'onError', 'retries', 'trigger', 'traceId', 'logs']

function known(pool: readonly string[]): readonly string[] {
  return [...new Set([...pool, ...OWN])]
}

/**
 * What a call rejects with that was asked for wrongly.
 *
 * @param error of the pool, which lists its own options only where it refuses one
 */
export function refusalOf(error: Error, settings: EnvelopeSettings): Error {
  const [, start, list] =
    /^(There is no option '.*'; the options are )(.+)$/s.exec(error.message) ?? []
  if (start === undefined || list === undefined) return error
  const all = settings.known(list.split(', '))
  return new InvalidArgumentError(start + all.join(', '), { cause: error })
}

const TRIGGERS: readonly unknown[] = ['api', 'http', 'timer', 'internal']

/** The commonest. */
const NO_OPTIONS: EnvelopeSettings = Object.freeze({
  fallback: undefined,
  givesOriginal: false,
  retries: checkRetries(undefined),
  trigger: 'api',
  traceId: undefined,
  logs: false,
  pool: Object.freeze({}),
  known,
})

/**
 * @param isBatch whether `onError` is the pool's too
 * @throws {InvalidArgumentError}
 */
export function checkEnvelopeOptions(options: unknown, isBatch: boolean): EnvelopeSettings {
  if (options === undefined) return NO_OPTIONS
  checkObject(options)
  // Own options only.
  const own = Object.assign(Object.create(null), options) as EnvelopeBatchOptions
  const { fallback, retries, trigger = 'api', traceId, logs = false, onError, ...pool } = own
  if (!TRIGGERS.includes(trigger)) {
    throw wrong('options.trigger', TRIGGERS.map((each) => `'${each}'`).join(', '), trigger)
  }
  if (traceId !== undefined && typeof traceId !== 'string') {
    throw wrong('options.traceId', 'a string', traceId)
  }
  if (typeof logs !== 'boolean') throw wrong('options.logs', 'a boolean', logs)
  if (logs && pool.onLog !== undefined) {
    throw new InvalidArgumentError('options.onLog and logs: true contradict each other')
  }
  if (!isBatch) {
    if (onError !== undefined && onError !== 'reject' && onError !== 'original') {
      throw wrong('options.onError', "'reject' or 'original'", onError)
    }
    if (onError === 'original' && fallback !== undefined) {
      throw new InvalidArgumentError(
        "options.fallback and onError: 'original' contradict each other",
      )
    }
  }
  return {
    fallback,
    givesOriginal: onError === 'original',
    retries: checkRetries(retries),
    trigger,
    traceId,
    logs,
    pool: isBatch && onError !== undefined ? { ...pool, onError } : pool,
    known,
  }
}
