/** The jobs a call is made of: what becomes of their chunks, and how the caller's promise settles. */

import type { Job } from '../addon/channel.js'
import type { Decoder } from '../codec/index.js'
import { errorOf, type CallInfo } from './failures.js'
import type { Progress } from '../options/call.js'
import type { LargeResults } from './large-results.js'
import { receivedBuffers, type Results } from './results.js'
import { EventCode } from '../addon/codes.js'
import type { WireEvent } from '../addon/inbox.js'

/** How a promise is settled. */
export interface Settle<T> {
  resolve(value: T): void
  reject(error: unknown): void
}

/** Common to all jobs: the end, well or not. */
export abstract class BaseJob<T> implements Job {
  constructor(
    protected readonly call: CallInfo,
    protected readonly decoder: Decoder,
    protected readonly settle: Settle<T>,
  ) {}

  abstract chunk(event: WireEvent): void

  /** The value that the call gives, once all chunks are there. */
  protected abstract value(): T

  end(event: WireEvent): void {
    if (isGood(event)) {
      this.settle.resolve(this.value())
    } else {
      this.settle.reject(errorOf(event, this.call, this.decoder))
    }
  }

  fail(error: unknown): void {
    this.settle.reject(error)
  }
}

function isGood({ code }: WireEvent): boolean {
  return code === EventCode.LastChunk || code === EventCode.Done
}

/** One call: its only chunk is the value. */
export class SingleJob extends BaseJob<unknown> {
  #value: unknown
  /** What is read in slices. */
  #large: Promise<unknown> | undefined

  constructor(
    call: CallInfo,
    decoder: Decoder,
    settle: Settle<unknown>,
    private readonly large: LargeResults,
  ) {
    super(call, decoder, settle)
  }

  override chunk(event: WireEvent): void {
    this.#large = this.large.read(event)
    if (this.#large !== undefined) return
    const { bytes, offset, length, attachments } = event
    this.#value = this.decoder.decode(bytes, offset, length, receivedBuffers(attachments), 'result')
  }

  override end(event: WireEvent): void {
    if (this.#large === undefined || !isGood(event)) return super.end(event)
    void this.#large.then(this.settle.resolve, this.settle.reject)
  }

  protected override value(): unknown {
    return this.#value
  }
}

/** A call over items: every one has its result, or the call fails. */
export class BatchJob<T> extends BaseJob<T> {
  #done = 0

  constructor(
    call: CallInfo,
    decoder: Decoder,
    settle: Settle<T>,
    private readonly results: Results<T>,
    private readonly total: number,
    private readonly onProgress: ((progress: Progress) => void) | undefined,
  ) {
    super(call, decoder, settle)
  }

  override chunk(event: WireEvent): void {
    const { bytes, offset, length, attachments, count, number: first, ran } = event
    this.results.keep({ first, count, bytes, offset, length, attachments, ran })
    this.#done += count
    this.onProgress?.({ done: this.#done, total: this.total })
  }

  protected override value(): T {
    return this.results.value()
  }
}
