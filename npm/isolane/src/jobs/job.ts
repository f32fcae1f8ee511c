/** The jobs a call is made of: what becomes of their chunks, and how the caller's promise settles. */

import type { Job } from '../addon/channel.js'
import type { Decoder } from '../codec/index.js'
import { named, type Call } from '../calls/call.js'
import { errorOf } from './failures.js'
import type { Progress } from '../options/call.js'
import {
  isLargeChunk,
  isLargeResult,
  Readings,
  stable,
  type LargeResults,
  type Payload,
} from './large-results.js'
import { isListResults, ownBuffer, receivedBuffers, type Results } from './results.js'
import { EventCode } from '../addon/codes.js'
import type { WireEvent } from '../addon/inbox.js'

/** How a promise is settled. */
export interface Settle<T> {
  resolve(value: T): void
  reject(error: unknown): void
}

/** What jobs read with. */
export interface JobReaders {
  decoder: Decoder
  large: LargeResults
}

/** Common to all jobs: the end, well or not. */
export abstract class BaseJob<T> implements Job {
  /** What is read in slices. */
  #readings: Readings | undefined

  constructor(
    readonly call: Call,
    protected readonly readers: JobReaders,
    protected readonly settle: Settle<T>,
  ) {}

  abstract chunk(event: WireEvent): void

  /** The value that the call gives, once all chunks are there. */
  protected abstract value(): T

  end(event: WireEvent): void {
    const readings = this.#readings
    if (readings === undefined || readings.isOver) return this.#finish(event)
    if (this.isGood(event)) return readings.whenRead(() => this.settle.resolve(this.value()))
    this.#finish(event)
    readings.stop()
  }

  fail(error: unknown): void {
    this.settle.reject(named(error, this.call))
    this.#readings?.stop()
  }

  /** Whether an end is one that gives a value. */
  protected isGood({ code }: WireEvent): boolean {
    return code === EventCode.LastChunk || code === EventCode.Done
  }

  /** Reads a payload of job `id` in slices, and the end waits for it. `take` gets the value, `refused` an error if it can do anything about it. */
  protected readLater(
    id: number,
    payload: Payload,
    take: (value: unknown) => void,
    refused?: (error: unknown) => void,
  ): void {
    if (this.#readings === undefined || this.#readings.isOver) {
      const { signal, timer } = this.call
      const job = { id, signal, timer, fail: (error: unknown) => this.fail(error) }
      this.#readings = new Readings(this.readers.large, job)
    }
    this.#readings.add({ payload, take, refused })
  }

  #finish(event: WireEvent): void {
    if (this.isGood(event)) this.settle.resolve(this.value())
    else this.settle.reject(errorOf(event, this.call, this.readers.decoder))
  }
}

/** One call: its only chunk is the value. */
export class SingleJob extends BaseJob<unknown> {
  #value: unknown

  override chunk(event: WireEvent): void {
    if (isLargeResult(event)) {
      return this.readLater(event.subject, stable(event), (value) => (this.#value = value))
    }
    const { bytes, offset, length, attachments } = event
    const received = receivedBuffers(attachments)
    this.#value = this.readers.decoder.decode(bytes, offset, length, received, 'result')
  }

  protected override value(): unknown {
    return this.#value
  }
}

/** One call whose result is text. */
export class SingleTextJob extends SingleJob {
  #text: Buffer | undefined

  override chunk({ bytes, offset, length }: WireEvent): void {
    this.#text = ownBuffer(bytes, offset, length)
  }

  protected override value(): unknown {
    return this.#text
  }
}

/** A call over items: every one has its result, or the call fails. */
export class BatchJob<T> extends BaseJob<T> {
  #done = 0

  constructor(
    call: Call,
    readers: JobReaders,
    settle: Settle<T>,
    private readonly results: Results<T>,
    private readonly total: number,
    /** Index of the first item, where these go on from others. */
    private readonly first: number,
    private readonly onProgress: ((progress: Progress) => void) | undefined,
  ) {
    super(call, readers, settle)
  }

  override chunk(event: WireEvent): void {
    if (!isLargeChunk(event) || !isListResults(this.results)) return this.#take(event)
    const kept = stable(event)
    this.readLater(
      event.subject,
      kept,
      (values) => this.#take(kept, values),
      // It names the item.
      () => this.#take(kept),
    )
  }

  /** @param values what the event's payload holds, where that is known */
  #take(event: WireEvent, values?: unknown): void {
    const { bytes, offset, length, attachments, count, number, ran } = event
    const first = number - this.first
    this.results.keep({ first, count, bytes, offset, length, attachments, ran, values })
    this.#done += count
    const isAll = event.code === EventCode.LastChunk
    this.onProgress?.({ done: this.#done, total: isAll ? this.#done : this.total })
  }

  protected override value(): T {
    return this.results.value()
  }
}
