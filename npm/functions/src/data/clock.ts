import { wrong } from '../errors/errors.js'

/** Time, as data that is loaded again and again sees it. Tests bring their own. */
export interface Clock {
  /** Milliseconds on a clock that only goes forward. */
  now(): number
  /** The time of day, in milliseconds since 1970. */
  date(): number
  /**
   * Calls back after some milliseconds. Returns what takes it back.
   *
   * @param isAwaited whether a process lives on for it
   */
  after(ms: number, then: () => void, isAwaited: boolean): () => void
}

/** The longest that a timer of Node's takes. */
const LONGEST_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(ms, then, isAwaited) {
    let timer: NodeJS.Timeout
    const wait = (left: number) => {
      const part = Math.min(left, LONGEST_MS)
      timer = setTimeout(() => (left > part ? wait(left - part) : then()), part)
      if (!isAwaited) timer.unref()
    }
    wait(ms)
    return () => clearTimeout(timer)
  },
}

/** @throws {InvalidArgumentError} */
export function checkClock(clock: unknown): asserts clock is Clock {
  const { now, date, after } = (clock ?? {}) as Partial<Clock>
  if ([now, date, after].every((each) => typeof each === 'function')) return
  throw wrong('options.clock', 'a Clock, with now(), date() and after(ms, then)', clock)
}

/** When some time has passed, or a signal is aborted. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      takeBack()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const takeBack = clock.after(ms, end, true)
    signal.addEventListener('abort', end)
  })
}
