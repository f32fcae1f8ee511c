import { AbortError } from '../errors/errors.js'
import { refuseRevoked, wrongType } from '../errors/invalid.js'
import { onAbort } from '../jobs/abort.js'
import { itemPolicy, OMITTED } from '../jobs/on-error.js'
import { checkStreamOptions } from '../options/call.js'
import { changed } from '../options/check.js'
import { Operation } from '../protocol.js'
import { checkedResult, opened } from '../values/iteration.js'
import type { OperationHost } from './host.js'

/** Calls in flight at once, unless the options say otherwise. */
const CALLS_PER_THREAD = 4

/** See `Pool.stream`. */
export function stream<T>(
  pool: OperationHost,
  source: Iterable<T> | AsyncIterable<T>,
  fn: unknown,
  options: unknown,
): AsyncGenerator<unknown, void, void> {
  const checked = checkStreamOptions(options)
  const {
    concurrency = pool.threads * CALLS_PER_THREAD,
    ordered = true,
    onError = 'reject',
    ...call
  } = checked
  pool.life.assertOpen()
  const handle = pool.functions.handleOf(fn, checked)
  const withPolicy = itemPolicy<T>(onError)
  const start = (item: T, index: number, signal: AbortSignal) => {
    pool.life.assertOpen()
    const limits = changed(call, { signal })
    return withPolicy(
      pool.submission.single(Operation.Item, handle, [item, index], limits),
      item,
      index,
    )
  }
  const bell = new Bell()
  const rules = { concurrency, ordered, signal: checked.signal, bell, isLeft: false }
  return leavable(results(iteratorOf(source), start, rules), () => {
    rules.isLeft = true
    bell.ring()
  })
}

/**
 * Has `leave` called when the reader leaves, which it may do while it waits for a result. A generator by
 * itself ends only after that has come, and a silent source may never give one.
 */
function leavable<G extends AsyncGenerator<unknown, void, void>>(
  generator: G,
  leave: () => void,
): G {
  for (const name of ['return', 'throw'] as const) {
    const method = generator[name] as (value: unknown) => Promise<IteratorResult<unknown, void>>
    const value = (given: unknown) => {
      leave()
      return method.call(generator, given)
    }
    const property = { __proto__: null, value, writable: true, configurable: true }
    Object.defineProperty(generator, name, property as PropertyDescriptor)
  }
  return generator
}

/** How a stream runs. */
interface StreamRules {
  /** Items taken from the source that have not been handed on. */
  concurrency: number
  ordered: boolean
  signal: AbortSignal | undefined
  /** Rings when anything has happened. */
  bell: Bell
  /** Whether nobody reads any more. */
  readonly isLeft: boolean
}

/** An iterator over a source, sync or async. */
type Source<T> = AsyncIterator<T> | Iterator<T>

/**
 * Starts a call for each item of `items`, `concurrency` at once, and yields the results: in input
 * order, or as they come, also while the source is silent. When the reader leaves or a call fails,
 * the other calls are aborted and the source is closed.
 */
async function* results<T, R>(
  items: Source<T>,
  start: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  rules: StreamRules,
): AsyncGenerator<R, void, void> {
  const { concurrency, ordered, signal, bell } = rules
  const stop = new AbortController()
  const started = new StartedCalls<R>(ordered, bell)
  const intake = new Intake(items, bell)
  const abort = () => {
    stop.abort()
    bell.ring()
  }
  let forget = (): void => {}
  let index = 0
  try {
    if (signal !== undefined && !signal.aborted) forget = onAbort(signal, abort)
    for (;;) {
      if (signal?.aborted) throw new AbortError(signal.reason)
      if (rules.isLeft) return
      if (started.size < concurrency) intake.pull()
      const settled = started.next()
      if (settled !== undefined) {
        if (!settled.ok) throw settled.error
        if (settled.value !== OMITTED) yield settled.value as R
        continue
      }
      const pulled = intake.take()
      if (pulled !== undefined) {
        if (!intake.done) started.add(start(pulled.value, index++, stop.signal))
        continue
      }
      if (intake.done && started.size === 0) return
      await bell.rung()
    }
  } catch (error) {
    throw signal?.aborted ? new AbortError(signal.reason) : error
  } finally {
    forget()
    stop.abort()
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
type Settled<R> = { ok: true; value: R } | { ok: false; error: unknown }

/** The calls that have been started and whose results have not been handed on. */
class StartedCalls<R> {
  readonly #ordered: boolean
  readonly #bell: Bell
  /** Those that have settled and wait for their turn, by number. */
  readonly #settled = new Map<number, Settled<R>>()
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
    const settle = (settled: Settled<R>) => {
      this.#settled.set(number, settled)
      this.#bell.ring()
    }
    call.then(
      (value) => settle({ ok: true, value }),
      (error: unknown) => settle({ ok: false, error }),
    )
  }

  /** The next result, if it is there: the first in input order, or the first that came. */
  next(): Settled<R> | undefined {
    const number = this.#ordered ? this.#handedOn : this.#settled.keys().next().value
    if (number === undefined) return undefined
    const settled = this.#settled.get(number)
    if (settled === undefined) return undefined
    this.#settled.delete(number)
    this.#handedOn++
    return settled
  }
}

/** Takes from the source, one item at a time. */
class Intake<T> {
  readonly #items: Source<T>
  readonly #bell: Bell
  #pulling = false
  #pulled: Settled<T> | undefined
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
    const arrive = (pulled: Settled<T>) => {
      this.#pulled = pulled
      this.#bell.ring()
    }
    this.#next().then(
      (value) => arrive({ ok: true, value }),
      (error: unknown) => arrive({ ok: false, error }),
    )
  }

  /** What has arrived, if anything: an item, or the end. Throws what the source threw. */
  take(): { value: T } | undefined {
    const pulled = this.#pulled
    if (pulled === undefined) return undefined
    this.#pulled = undefined
    this.#pulling = false
    if (pulled.ok) return pulled
    this.done = true
    throw pulled.error
  }

  /** Has the source clean up, if it has not ended. Not waited for: a silent source may never answer. */
  close(): void {
    if (!this.done) void this.#return()
  }

  async #next(): Promise<T> {
    const { done, value } = checkedResult<T>('source', await this.#items.next())
    if (done) this.done = true
    return value as T
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
function iteratorOf<T>(source: Iterable<T> | AsyncIterable<T>): Source<T> {
  refuseRevoked('source', source)
  const { [Symbol.asyncIterator]: asyncIterator, [Symbol.iterator]: iterator } = Object(
    source,
  ) as Partial<Iterable<T> & AsyncIterable<T>>
  const open = asyncIterator ?? iterator
  if (source === null || source === undefined || typeof open !== 'function') {
    throw wrongType('source', 'an iterable or async iterable', source)
  }
  return opened<T, Source<T>>('source', source, open)
}
