/** A call's signal has stopped it while it waited. */
export const STOPPED = Symbol('stopped')
/** It has waited for as long as it may. */
export const LATE = Symbol('late')

/** The longest that a timer of Node's waits. */
const LONGEST_MS = 2 ** 31 - 1

/**
 * What a call waits for before the pool has it, as long as it waits. What is at hand it has even where its signal is
 * aborted already.
 *
 * @param signal of the call; what is none, the pool refuses
 * @param ms for which it may wait; for what is no such number, without end
 */
export async function whileWaiting<T>(
  work: Promise<T>,
  signal: unknown,
  ms?: unknown,
): Promise<T | typeof STOPPED | typeof LATE> {
  const stopping = signal instanceof AbortSignal ? signal : undefined
  const limit = typeof ms === 'number' && ms > 0 && ms <= LONGEST_MS ? ms : undefined
  if (stopping === undefined && limit === undefined) return work
  let stop = () => {}
  let timer: NodeJS.Timeout | undefined
  const end = new Promise<typeof STOPPED | typeof LATE>((resolve) => {
    stop = () => resolve(STOPPED)
    if (stopping?.aborted === true) setImmediate(stop)
    else stopping?.addEventListener('abort', stop)
    if (limit !== undefined) timer = setTimeout(() => resolve(LATE), limit)
  })
  try {
    return await Promise.race([work, end])
  } finally {
    clearTimeout(timer)
    stopping?.removeEventListener('abort', stop)
  }
}
