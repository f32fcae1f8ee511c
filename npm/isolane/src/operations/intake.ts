/** What streams take from their sources. */

import { refuseRevoked, wrongType } from '../errors/invalid.js'
import { checkedResult, opened } from '../values/iteration.js'

/** How a promise has settled. */
export type Settled<R> = { ok: true; value: R } | { ok: false; error: unknown }

/** Where the items of a stream come from. */
export interface Intake<T> {
  /** Whether nothing will come any more. */
  readonly done: boolean
  /** Asks for more, unless that is on its way. */
  pull(): void
  /**
   * What has arrived, if anything; an error takes the place of the items that it keeps from coming. Throws
   * what ends the stream at once: what the source threw.
   *
   * @param running how many calls have been started and not handed on
   */
  take(running: number): Settled<T> | undefined
  /** Has the source clean up, if it has not ended. Not waited for: a silent source may never answer. */
  close(): void
}

/**
 * Wakes the one who waits when anything has happened. Not `Promise.race`: each race would leave a
 * reaction, and the results it settled with, on every promise that stays pending.
 */
export class Bell {
  #wake = () => {}

  ring(): void {
    this.#wake()
  }

  rung(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve))
  }
}

/** An iterator over a source, sync or async. */
type Source<T> = AsyncIterator<T> | Iterator<T>

/** Takes from a source, one item at a time. */
export class SourceIntake<T> implements Intake<T> {
  readonly #items: Source<T>
  readonly #bell: Bell
  #pulling = false
  #pulled: Settled<T> | undefined
  #done = false

  /** @throws {InvalidTypeError} where `source` is not iterable */
  constructor(source: Iterable<T> | AsyncIterable<T>, bell: Bell) {
    this.#items = iteratorOf(source)
    this.#bell = bell
  }

  get done(): boolean {
    return this.#done
  }

  pull(): void {
    if (this.#done || this.#pulling) return
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

  take(): Settled<T> | undefined {
    const pulled = this.#pulled
    if (pulled === undefined) return undefined
    this.#pulled = undefined
    this.#pulling = false
    if (pulled.ok) return this.#done ? undefined : pulled
    this.#done = true
    throw pulled.error
  }

  close(): void {
    if (!this.#done) void this.#return()
  }

  async #next(): Promise<T> {
    const { done, value } = checkedResult<T>('source', await this.#items.next())
    if (done) this.#done = true
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
