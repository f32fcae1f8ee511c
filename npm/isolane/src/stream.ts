/** How a stream runs. */
export interface StreamRules {
  /** Items taken from the source that have not been handed on. */
  concurrency: number
  ordered: boolean
  signal: AbortSignal | undefined
}

/**
 * Starts a call for each item of `source`, `concurrency` at once, and yields the results: in input
 * order, or as they come. When the reader leaves or a call fails, the other calls are aborted and
 * the source is closed.
 */
export async function* stream<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  start: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  { concurrency, ordered, signal }: StreamRules,
): AsyncGenerator<R, void, void> {
  const stop = new AbortController()
  const onAbort = () => stop.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  const items = iteratorOf(source)
  const flights = new Set<Promise<Arrival<R>>>()
  let index = 0
  let exhausted = false
  try {
    for (;;) {
      while (!exhausted && flights.size < concurrency) {
        const { done, value } = await items.next()
        if (done) exhausted = true
        else flights.add(flight(start(value, index++, stop.signal)))
      }
      if (flights.size === 0) return
      const arrival = await (ordered ? first(flights) : Promise.race(flights))
      flights.delete(arrival.flight)
      if ('error' in arrival) throw arrival.error
      yield arrival.value
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    stop.abort(signal?.reason)
    if (!exhausted) await items.return?.()
  }
}

/** A call that has settled, with the promise it was known by. */
type Arrival<R> = { flight: Promise<Arrival<R>> } & ({ value: R } | { error: unknown })

/** Never rejects, so that a failure behind the one being awaited is not an unhandled rejection. */
function flight<R>(call: Promise<R>): Promise<Arrival<R>> {
  const settled: Promise<Arrival<R>> = call.then(
    (value) => ({ flight: settled, value }),
    (error: unknown) => ({ flight: settled, error }),
  )
  return settled
}

function first<T>(set: Set<T>): T {
  return set.values().next().value!
}

function iteratorOf<T>(source: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
}
