import type { Decoder } from '../codec/index.js'
import { outcomeParts } from './answers.js'
import { itemError, type CallInfo } from './failures.js'
import { BaseJob, type Settle } from './job.js'
import type { Progress } from '../options/call.js'
import type { BatchOutcome, ItemFailure } from '../options/outcome.js'
import { Ranges, sizeOf } from './ranges.js'
import type { OnErrorPolicy } from './on-error.js'
import { EventCode } from '../addon/codes.js'
import type { WireEvent } from '../addon/inbox.js'

/** How a call over items bears failures and a timeout. */
export interface OutcomeRules<T> {
  policy: OnErrorPolicy<T>
  /** Whether a timeout gives what there is. */
  partial: boolean
  maxFailures: number
  total: number
  onProgress: ((progress: Progress) => void) | undefined
}

/** A call over items that gives an outcome: its chunks come as `protocol.ts` says. */
export class OutcomeJob<T> extends BaseJob<BatchOutcome<T>> {
  readonly #rules: OutcomeRules<T>
  readonly #done = new Ranges()
  readonly #failures: FailureList
  #doneCount = 0
  #status: BatchOutcome<T>['status'] = 'complete'

  constructor(
    call: CallInfo,
    decoder: Decoder,
    settle: Settle<BatchOutcome<T>>,
    rules: OutcomeRules<T>,
  ) {
    super(call, decoder, settle)
    this.#rules = rules
    this.#failures = new FailureList(rules.maxFailures)
  }

  override chunk(event: WireEvent): void {
    const { total, onProgress } = this.#rules
    const { number: first, count } = event
    const whole = event.code !== EventCode.Salvaged
    if (whole) this.#add(first, first + count)
    this.#read(event, whole)
    onProgress?.({ done: this.#doneCount, total })
  }

  override end(event: WireEvent): void {
    if (event.code === EventCode.TimedOut && this.#rules.partial) {
      this.#status = 'partial'
      this.settle.resolve(this.value())
    } else {
      super.end(event)
    }
  }

  protected override value(): BatchOutcome<T> {
    const { policy, total } = this.#rules
    const missing = this.#done.missing(total)
    return {
      status: this.#status,
      results: policy.results(missing),
      completed: total - sizeOf(missing),
      missing,
      failures: this.#failures.list(),
      failuresOmitted: this.#failures.omitted,
    }
  }

  #add(start: number, end: number): void {
    this.#done.add(start, end)
    this.#doneCount += end - start
  }

  #read(event: WireEvent, whole: boolean): void {
    const { policy } = this.#rules
    const { bytes, attachments, number: first, ran } = event
    const { blocks, failures } = outcomeParts(event)
    for (const { start, count, offset, length } of blocks) {
      const from = first + start
      const refused: ItemFailure[] = []
      policy.keep({ first: from, count, bytes, offset, length, attachments, ran }, (index, error) =>
        refused.push({ index, error }),
      )
      for (const failure of refused) this.#tell(failure)
      if (!whole) this.#add(from, from + count)
    }
    for (const { start, offset, length } of failures) {
      const index = first + start
      this.#fail(index, bytes, offset, length)
      if (!whole) this.#done.add(index, index + 1)
    }
  }

  /** A failure that the host has found. */
  #tell(failure: ItemFailure): void {
    this.#failures.add(failure)
    this.#rules.policy.fail(failure.index, failure.error)
  }

  #fail(index: number, bytes: Uint8Array, offset: number, length: number): void {
    const { policy } = this.#rules
    const isTold = length > 0
    const error =
      isTold || policy.needsErrors
        ? itemError({ bytes, offset, length, index }, this.call, this.decoder)
        : undefined
    this.#failures.add(isTold ? { index, error: error! } : undefined)
    policy.fail(index, error)
  }
}

/** The failures with the lowest indices. */
class FailureList {
  #kept: ItemFailure[] = []
  #count = 0

  constructor(private readonly max: number) {}

  add(failure: ItemFailure | undefined): void {
    this.#count++
    if (failure === undefined || this.max === 0) return
    this.#kept.push(failure)
    if (this.#kept.length >= this.max * 2) this.#trim()
  }

  list(): ItemFailure[] {
    this.#trim()
    return this.#kept
  }

  get omitted(): number {
    return this.#count - this.#kept.length
  }

  #trim(): void {
    this.#kept.sort((a, b) => a.index - b.index)
    if (this.#kept.length > this.max) this.#kept.length = this.max
  }
}
