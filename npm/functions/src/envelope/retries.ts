import { setTimeout as pause } from 'node:timers/promises'

import { wrong } from '../errors/errors.js'
import { codeOf } from './faults.js'

/** How a call is tried again. */
export interface Retries {
  /** Attempts in all, 1 to 100. Default: 3. */
  attempts?: number
  /** Codes of the errors after which it is. Default: {@link RETRIED}. */
  on?: readonly string[]
  /**
   * Milliseconds before the second attempt, twice as many before the third, and so on; or a function that says
   * how many come before attempt 2, 3, and so on. Default: 100.
   */
  backoff?: number | ((attempt: number) => number)
}

export type RetrySettings = Required<Retries>

/** Errors that say nothing of the function or its input, and may be over in a moment. */
export const RETRIED: readonly string[] = Object.freeze([
  'ERR_ISOLANE_WORKER_LOST',
  'ERR_ISOLANE_QUEUE_FULL',
  'ERR_ISOLANE_QUEUE_TIMEOUT',
  'ERR_ISOLANE_STORE_UNAVAILABLE',
])

const ONCE: RetrySettings = { attempts: 1, on: [], backoff: 0 }
const MOST_ATTEMPTS = 100
/** The longest that a timer of Node's waits. */
const LONGEST_MS = 2 ** 31 - 1

/** @throws {InvalidArgumentError} */
export function checkRetries(retries: unknown): RetrySettings {
  if (retries === undefined) return ONCE
  if (typeof retries !== 'object' || retries === null) {
    throw wrong('options.retries', '{ attempts, on, backoff }', retries)
  }
  const own = Object.assign(Object.create(null), retries) as Retries
  const { attempts = 3, on = RETRIED, backoff = 100, ...others } = own
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw wrong('options.retries', 'made of attempts, on and backoff', retries)
  }
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > MOST_ATTEMPTS) {
    throw wrong('options.retries.attempts', `an integer from 1 to ${MOST_ATTEMPTS}`, attempts)
  }
  if (!Array.isArray(on) || !on.every((code) => typeof code === 'string')) {
    throw wrong('options.retries.on', 'codes of errors', on)
  }
  if (typeof backoff !== 'function' && !isPause(backoff)) {
    const expected = `a number of milliseconds from 0 to ${LONGEST_MS}, or a function that gives it`
    throw wrong('options.retries.backoff', expected, backoff)
  }
  return { attempts, on: [...on], backoff }
}

function isPause(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LONGEST_MS
}

/**
 * Makes attempts until one succeeds, or fails in a way that another would not help.
 *
 * @param signal ends a pause between attempts; the next attempt is refused by it
 * @throws what the last attempt failed with
 */
export async function withRetries<T>(
  { attempts, on, backoff }: RetrySettings,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let made = 1; ; made++) {
    try {
      return await attempt()
    } catch (error) {
      if (made >= attempts || !on.includes(codeOf(error))) throw error
    }
    await pauseBefore(made + 1, backoff, signal)
  }
}

async function pauseBefore(
  attempt: number,
  backoff: RetrySettings['backoff'],
  signal: AbortSignal | undefined,
): Promise<void> {
  const asked = typeof backoff === 'function' ? backoff(attempt) : backoff * 2 ** (attempt - 2)
  const ms = typeof backoff === 'function' ? asked : Math.min(asked, LONGEST_MS)
  if (!isPause(ms))
    throw wrong('what options.retries.backoff gives', 'a number of milliseconds', ms)
  if (ms === 0) return
  // Where the signal ends it, the next attempt rejects as the pool has it.
  await pause(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {})
}
