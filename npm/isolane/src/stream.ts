import { AbortError } from './errors.js'
import { wrongType } from './invalid.js'

/** How a stream runs. */
export interface StreamRules {
  /** Items taken from the source that have not been handed on. */
  concurrency: number
  ordered: boolean
  signal: AbortSignal | undefined
}

/** An iterator over a source, sync or async. */
type Source<T> = AsyncIterator<T> | Iterator<T>

/**
 * Starts a call for each item of `items`, `concurrency` at once, and yields the results: in input
 * order, or as they come, also while the source is silent. When the reader leaves or a call fails,
 * the other calls are aborted and the source is closed.
 */
export async function* stream<T, R>(
  items: Source<T>,
  start: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  { concurrency, ordered, signal }: StreamRules,
): AsyncGenerator<R, void, void> {
  const stop = new AbortController()
  const aborted = abortOf(signal, stop)
  const flights = new Set<Promise<Arrival<R>>>()
  let pull: Promise<Pulled<T>> | undefined
  let index = 0
  let exhausted = false
  try {
    for (;;) {
      signal?.throwIfAborted()
      if (!exhausted && pull === undefined && flights.size < concurrency) pull = pullFrom(items)
      const waits: Promise<Arrival<R> | Pulled<T> | never>[] = ordered
        ? [...head(flights)]
        : [...flights]
      if (pull !== undefined) waits.push(pull)
      if (waits.length === 0) return
      const next = await Promise.race([...waits, aborted.promise])
      if ('pulled' in next) {
        pull = undefined
        if (next.pulled.done) exhausted = true
        else flights.add(flight(start(next.pulled.value, index++, stop.signal)))
      } else {
        flights.delete(next.flight)
        if ('error' in next) throw next.error
        yield next.value
      }
    }
  } catch (error) {
    throw signal?.aborted ? new AbortError(signal.reason) : error
  } finally {
    aborted.release()
    stop.abort(signal?.reason)
    // Not awaited: a silent source may never answer.
    if (!exhausted) void closeSource(items)
  }
}

/** An item of the source, or its end. */
type Pulled<T> = { pulled: IteratorResult<T, unknown> }

/** A call that has settled, with the promise it was known by. */
type Arrival<R> = { flight: Promise<Arrival<R>> } & ({ value: R } | { error: unknown })

async function pullFrom<T>(items: Source<T>): Promise<Pulled<T>> {
  return { pulled: await items.next() }
}

async function closeSource(items: Source<unknown>): Promise<void> {
  try {
    await items.return?.()
  } catch {
    // The stream has ended already, and by its own reason.
  }
}

/** Rejects when `signal` is aborted, and passes that on to `stop`. */
function abortOf(signal: AbortSignal | undefined, stop: AbortController) {
  let onAbort = () => {}
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => {
      stop.abort(signal?.reason)
      reject(signal?.reason)
    }
  })
  promise.catch(() => {})
  signal?.addEventListener('abort', onAbort, { once: true })
  return { promise, release: () => signal?.removeEventListener('abort', onAbort) }
}

/** Never rejects, so that a failure behind the one being awaited is not an unhandled rejection. */
function flight<R>(call: Promise<R>): Promise<Arrival<R>> {
  const settled: Promise<Arrival<R>> = call.then(
    (value) => ({ flight: settled, value }),
    (error: unknown) => ({ flight: settled, error }),
  )
  return settled
}

function head<T>(set: Set<T>): T[] {
  for (const value of set) return [value]
  return []
}

/**
 * The iterator of a source.
 *
 * @throws {InvalidTypeError} where it is not iterable
 */
export function iteratorOf<T>(source: Iterable<T> | AsyncIterable<T>): Source<T> {
  const { [Symbol.asyncIterator]: asyncIterator, [Symbol.iterator]: iterator } = Object(
    source,
  ) as Partial<Iterable<T> & AsyncIterable<T>>
  const open = asyncIterator ?? iterator
  if (source === null || source === undefined || typeof open !== 'function') {
    throw wrongType('source', 'an iterable or async iterable', source)
  }
  return (open as () => Source<T>).call(source)
}
