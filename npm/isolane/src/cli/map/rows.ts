/** From pieces of the input to pieces of the output: a stream of text through the pool. */

import { setImmediate } from '../../addon/timers.js'
import type { AnyFunction } from '../../functions/source.js'
import type { ItemFailure, Pool, Runnable, SharedValue, StreamProgress } from '../../index.js'
import type { Format, OnItemError } from './arguments.js'

const NEWLINE = 10
/** What is longer is most likely a text in another format. */
const MAX_ITEM_MB = 256

/** What is to be computed. */
export interface RowsJob {
  pool: Pool
  fn: Runnable<AnyFunction>
  from: Format
  into: Format
  onError: OnItemError
  timeout: number | undefined
  shared: SharedValue[]
  signal: AbortSignal
  /** Called before the results around it are given, in the order of the items. */
  onFailure: (failure: ItemFailure) => void
  /** Called before results are given. */
  onProgress: (progress: StreamProgress) => void
}

/** An item stopped it. */
export class Stopped extends Error {
  constructor(readonly failure: ItemFailure) {
    super(failure.error.message)
  }
}

/**
 * The results of all items, in their order, in pieces that end with an item.
 *
 * @throws {Stopped} at the first item that fails, if that is to stop it. Of lines all that come before it
 *   have been given, of an array those of the blocks before
 */
export async function* rows(
  pieces: AsyncIterable<Buffer>,
  job: RowsJob,
): AsyncGenerator<Uint8Array, void, void> {
  const { pool, fn, from, into, onError, timeout, shared } = job
  const stop = onError === 'stop' ? new FirstFailure(job) : undefined
  const { signal, onFailure, onProgress } = stop ?? job
  const texts = pool.stream(pieces, fn, {
    from,
    into,
    maxItemMb: MAX_ITEM_MB,
    // Those behind the first one are of no interest, and left out until that one's turn has come.
    onError: onError === 'stop' ? 'omit' : onError,
    shared,
    signal,
    onFailure,
    onProgress,
    ...(timeout === undefined ? {} : { timeout }),
  })
  try {
    for await (const text of texts) {
      if (stop?.failure === undefined) {
        yield text
        continue
      }
      if (into === 'ndjson') yield stop.linesBefore(text)
      break
    }
  } catch (error) {
    if (!stop?.hasStopped) throw error
  }
  if (stop?.failure !== undefined) throw new Stopped(stop.failure)
}

/** The item that stops it, and where it is. */
class FirstFailure {
  failure: ItemFailure | undefined
  /** Items that were gone through: now, before the block of the failure, and with it. */
  #done = 0
  #before = 0
  #with: number | undefined
  readonly #controller = new AbortController()

  constructor(private readonly job: RowsJob) {
    const { signal } = job
    if (signal.aborted) this.#controller.abort(signal.reason)
    signal.addEventListener('abort', () => this.#controller.abort(signal.reason))
  }

  /** Ends what comes behind the failure. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Whether that was the failure's doing, and nobody else's. */
  get hasStopped(): boolean {
    return this.failure !== undefined && this.signal.aborted && !this.job.signal.aborted
  }

  readonly onFailure = (failure: ItemFailure): void => {
    if (this.failure !== undefined) return
    this.failure = failure
    this.#before = this.#done
    this.job.onFailure(failure)
  }

  readonly onProgress = (progress: StreamProgress): void => {
    this.#done = progress.done
    if (this.failure === undefined) return this.job.onProgress(progress)
    if (this.#with !== undefined) return
    this.#with = this.#done
    // Results of the same block come before, if it has any; those of another may be long in coming.
    setImmediate(() => this.#controller.abort())
  }

  /** What of the results that were given next comes before the failure: none of another block's. */
  linesBefore(text: Uint8Array): Uint8Array {
    const isItsBlock = this.#done === this.#with
    let end = 0
    for (let left = isItsBlock ? this.failure!.index - this.#before : 0; left > 0; left--) {
      end = text.indexOf(NEWLINE, end) + 1
    }
    return text.subarray(0, end)
  }
}
