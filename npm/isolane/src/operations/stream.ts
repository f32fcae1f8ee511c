import {
  AbortError,
  DataCloneError,
  FunctionError,
  MemoryLimitError,
  NeverSettlesError,
  TimeoutError,
  WorkerLostError,
} from '../errors/errors.js'
import { wrongType } from '../errors/invalid.js'
import type { OnError } from '../options/outcome.js'

/** How a stream runs. */
export interface StreamRules {
  /** Items taken from the source that have not been handed on. */
  concurrency: number
  ordered: boolean
  signal: AbortSignal | undefined
}

/** An iterator over a source, sync or async. */
type Source<T> = AsyncIterator<T> | Iterator<T>

/** In place of the result of an item that is to be left out. */
const OMITTED = Symbol('omitted')

/** Ends of a call that are its item's own; others, such as the end of the pool, end the stream. */
const OWN_FAILURES = [
  FunctionError,
  NeverSettlesError,
  DataCloneError,
  TimeoutError,
  MemoryLimitError,
  WorkerLostError,
]

/** What `onError` makes of the call of one item. */
export function itemPolicy<T>(
  onError: OnError<T>,
): (call: Promise<unknown>, item: T, index: number) => Promise<unknown> {
  if (onError === 'reject') return (call) => call
  const settle = onError === 'settle'
  return (call, item, index) =>
    call.then(
      (value) => (settle ? { status: 'fulfilled', value } : value),
      (error: Error) => {
        if (!OWN_FAILURES.some((kind) => error instanceof kind)) throw error
        if (typeof onError === 'function') return onError(item, index, error)
        if (settle) return { status: 'rejected', reason: error }
        return onError === 'original' ? item : OMITTED
      },
    )
}

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
  const bell = new Bell()
  const flights = new Flights<R>(ordered, bell)
  const intake = new Intake(items, bell)
  const onAbort = () => {
    stop.abort(signal?.reason)
    bell.ring()
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  let index = 0
  try {
    for (;;) {
      signal?.throwIfAborted()
      if (flights.size < concurrency) intake.pull()
      const landed = flights.next()
      if (landed !== undefined) {
        if ('error' in landed) throw landed.error
        if (landed.value !== OMITTED) yield landed.value as R
        continue
      }
      const pulled = intake.take()
      if (pulled !== undefined) {
        if (!pulled.done) flights.add(start(pulled.value, index++, stop.signal))
        continue
      }
      if (intake.done && flights.size === 0) return
      await bell.rung()
    }
  } catch (error) {
    throw signal?.aborted ? new AbortError(signal.reason) : error
  } finally {
    signal?.removeEventListener('abort', onAbort)
    stop.abort(signal?.reason)
    intake.close()
  }
}

/**
 * Wakes the one who waits when anything has happened. Not `Promise.race`: each race would leave a
 * reaction, and the results it settled with, on every promise that stays pending.
 */
class Bell {
  #wake = () => {}

  ring(): void {
    this.#wake()
  }

  rung(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve))
  }
}

/** How a call has settled. */
type Landed<R> = { value: R } | { error: unknown }

/** The calls that have been started and whose results have not been handed on. */
class Flights<R> {
  readonly #ordered: boolean
  readonly #bell: Bell
  /** Those that have settled and wait for their turn, by number. */
  readonly #landed = new Map<number, Landed<R>>()
  /** Numbers of the next call to start, and of the next to be handed on. */
  #started = 0
  #handedOn = 0

  constructor(ordered: boolean, bell: Bell) {
    this.#ordered = ordered
    this.#bell = bell
  }

  get size(): number {
    return this.#started - this.#handedOn
  }

  /** A failure becomes a result, so that one behind the first is not an unhandled rejection. */
  add(call: Promise<R>): void {
    const number = this.#started++
    const land = (landed: Landed<R>) => {
      this.#landed.set(number, landed)
      this.#bell.ring()
    }
    call.then(
      (value) => land({ value }),
      (error: unknown) => land({ error }),
    )
  }

  /** The next result, if it is there: the first in input order, or the first that came. */
  next(): Landed<R> | undefined {
    const number = this.#ordered ? this.#handedOn : this.#landed.keys().next().value
    if (number === undefined) return undefined
    const landed = this.#landed.get(number)
    if (landed === undefined) return undefined
    this.#landed.delete(number)
    this.#handedOn++
    return landed
  }
}

/** Takes from the source, one item at a time. */
class Intake<T> {
  readonly #items: Source<T>
  readonly #bell: Bell
  #pulling = false
  #pulled: Landed<IteratorResult<T, unknown>> | undefined
  /** Whether the source has ended. */
  done = false

  constructor(items: Source<T>, bell: Bell) {
    this.#items = items
    this.#bell = bell
  }

  /** Asks for an item, unless one is on its way. */
  pull(): void {
    if (this.done || this.#pulling) return
    this.#pulling = true
    const arrive = (pulled: Landed<IteratorResult<T, unknown>>) => {
      this.#pulled = pulled
      this.#bell.ring()
    }
    this.#next().then(
      (value) => arrive({ value }),
      (error: unknown) => arrive({ error }),
    )
  }

  /** What has arrived, if anything. Throws what the source threw. */
  take(): IteratorResult<T, unknown> | undefined {
    const pulled = this.#pulled
    if (pulled === undefined) return undefined
    this.#pulled = undefined
    this.#pulling = false
    if ('error' in pulled) throw pulled.error
    this.done = pulled.value.done === true
    return pulled.value
  }

  /** Has the source clean up, if it has not ended. Not waited for: a silent source may never answer. */
  close(): void {
    if (!this.done) void this.#return()
  }

  async #next(): Promise<IteratorResult<T, unknown>> {
    return this.#items.next()
  }

  async #return(): Promise<void> {
    try {
      await this.#items.return?.()
    } catch {
      // The stream has ended already, and by its own reason.
    }
  }
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
