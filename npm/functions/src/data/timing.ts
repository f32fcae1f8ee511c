import type { DataSettings } from './options.js'

const MINUTE = 60_000

type Times = Pick<DataSettings<unknown>, 'refreshInterval' | 'pattern' | 'jitter' | 'backoff'>

/** Milliseconds until the next load that is due whatever becomes of others; `Infinity` for none. */
export function regularPause({ refreshInterval, pattern, jitter }: Times, date: number): number {
  if (pattern === undefined) return refreshInterval * (1 + jitter * (2 * Math.random() - 1))
  const [first, second] = pattern.nextRuns(2, new Date(date))
  if (first === undefined) return Infinity
  const gap = second === undefined ? MINUTE : second.getTime() - first.getTime()
  return first.getTime() - date + Math.random() * Math.min(MINUTE, jitter * gap)
}

/** Milliseconds after a failure, the first being 1. */
export function failurePause({ backoff }: Pick<Times, 'backoff'>, failures: number): number {
  return Math.min(MINUTE, backoff * 2 ** Math.min(failures - 1, 20))
}
