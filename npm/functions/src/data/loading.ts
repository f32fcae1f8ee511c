import { DataLoadError, errorFrom } from '../errors/errors.js'
import { type Clock, pause } from './clock.js'
import { type DataSettings, UNCHANGED } from './options.js'
import { failurePause } from './timing.js'

/** One load, with all its tries. */
export interface Loading<T> {
  readonly name: string
  readonly settings: DataSettings<T>
  readonly clock: Clock
  readonly previous: T | undefined
  /** It is given up. */
  readonly signal: AbortSignal
  /** A try has ended that was given up before. */
  late(): void
}

/**
 * What a load gives, when it is right.
 *
 * @throws why the last try failed
 */
export async function load<T>(loading: Loading<T>): Promise<T | typeof UNCHANGED> {
  const { settings, clock, signal } = loading
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(loading)
    } catch (error) {
      if (tries > settings.retries || signal.aborted) throw errorFrom(error)
    }
    await pause(clock, failurePause(settings, tries), signal)
  }
}

/**
 * What stands in for data that could not be loaded.
 *
 * @throws what `fallback` throws, or that it gives `undefined`, or takes longer than one try to load may
 */
export function standIn<T>(loading: Loading<T>, fallback: () => T | Promise<T>): Promise<T> {
  return inTime(loading, 'fallback', async () => {
    const value = await fallback()
    if (value === undefined) throw new DataLoadError(loading.name, 'fallback gave undefined')
    return value
  })
}

async function attempt<T>(loading: Loading<T>): Promise<T | typeof UNCHANGED> {
  const { name, settings, previous } = loading
  const value = await inTime(loading, 'load', async (signal) => {
    const given = await settings.load(signal, { previous, unchanged: UNCHANGED })
    if (given === UNCHANGED) return given
    if (given === undefined) throw new DataLoadError(name, 'load gave undefined')
    const verdict = await settings.validate(given)
    if (verdict === false) throw new DataLoadError(name, 'validate refused it')
    return given
  })
  if (value === UNCHANGED && previous === undefined) {
    throw new DataLoadError(name, 'load says that it is unchanged, and there is none yet')
  }
  return value
}

/** Does a task of some option within the time for one try. What becomes of it later is counted, and that is all. */
async function inTime<T, R>(
  { name, settings, clock, signal: outer, late }: Loading<T>,
  what: string,
  task: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const inner = new AbortController()
  let hasEnded = false
  let takeBack = () => {}
  let giveUp = () => {}
  const end = new Promise<never>((_, reject) => {
    const stop = (reason: Error) => {
      hasEnded = true
      reject(reason)
      inner.abort(reason)
    }
    giveUp = () => stop(outer.reason as Error)
    if (outer.aborted) return giveUp()
    outer.addEventListener('abort', giveUp)
    const tooLate = () =>
      stop(new DataLoadError(name, `${what} took longer than ${settings.timeout} ms`))
    takeBack = clock.after(settings.timeout, tooLate, true)
  })
  const work = task(inner.signal)
  const count = () => {
    if (hasEnded) late()
  }
  work.then(count, count)
  try {
    return await Promise.race([work, end])
  } finally {
    takeBack()
    outer.removeEventListener('abort', giveUp)
  }
}
