import { outcomeParts } from './answers.js'
import type { TextPlace } from '../values/text.js'
import type { Call } from '../calls/call.js'
import { itemError, type ItemError } from './failures.js'
import { BaseJob, type JobReaders, type Settle } from './job.js'
import { isLargeChunk, stable, type Payload } from './large-results.js'
import type { Progress } from '../options/call.js'
import type { BatchOutcome, ItemFailure } from '../options/outcome.js'
import { Ranges } from './ranges.js'
import type { OnErrorPolicy } from './on-error.js'
import { EventCode } from '../addon/codes.js'
import type { WireEvent } from '../addon/inbox.js'

/** How a call over items bears failures and a timeout. */
export interface OutcomeRules<T> {
  policy: OnErrorPolicy<T>
  /** Whether the results are values, and not raw memory. */
  areValues: boolean
  /** Whether a timeout gives what there is. */
  partial: boolean
  maxFailures: number
  /** Infinity where it is not known yet. */
  total: number
  /** Index of the first item, where these go on from others. */
  first: number
  /** Whether the items are text. */
  isText: boolean
  onProgress: ((progress: Progress) => void) | undefined
}

/** A call over items that gives an outcome: its chunks come as `protocol.ts` says. */
export class OutcomeJob<T> extends BaseJob<BatchOutcome<T>> {
  readonly #rules: OutcomeRules<T>
  readonly #done = new Ranges()
  readonly #failures: FailureList
  #doneCount = 0
  #status: BatchOutcome<T>['status'] = 'complete'
  /** Items that were not sent. Their slots come with the chunks of the others, so they are filled at the end. */
  readonly #refused: ItemFailure[] = []

  constructor(
    call: Call,
    readers: JobReaders,
    settle: Settle<BatchOutcome<T>>,
    rules: OutcomeRules<T>,
  ) {
    super(call, readers, settle)
    this.#rules = rules
    this.#failures = new FailureList(rules.maxFailures)
  }

  override chunk(event: WireEvent): void {
    if (isLargeChunk(event) && this.#rules.areValues) this.#readLater(stable(event))
    else this.#take(event)
  }

  /** Has the large blocks read first, in slices. */
  #readLater(event: WireEvent): void {
    const { blocks } = outcomeParts(event, this.#rules.isText)
    const { bytes, attachments, subject } = event
    const large = blocks.filter(isLargeChunk)
    if (large.length === 0) return this.#take(event)
    const values = new Map<number, unknown>()
    large.forEach(({ offset, length }, number) => {
      const isLast = number === large.length - 1
      const block: Payload = { bytes, offset, length, attachments }
      const read = (value?: unknown): void => {
        values.set(offset, value)
        if (isLast) this.#take(event, values)
      }
      // What is refused, is so once more with its item's index.
      this.readLater(subject, block, read, () => read())
    })
  }

  /** @param values those that have been read already, by their block's offset */
  #take(event: WireEvent, values?: ReadonlyMap<number, unknown>): void {
    const { total, onProgress } = this.#rules
    const { count } = event
    const first = event.number - this.#rules.first
    const whole = event.code !== EventCode.Salvaged
    if (whole) this.#add(first, first + count)
    this.#read(event, first, whole, values)
    onProgress?.({ done: this.#doneCount, total })
  }

  override end(event: WireEvent): void {
    if (event.code === EventCode.TimedOut && this.#rules.partial) this.#status = 'partial'
    super.end(event)
  }

  protected override isGood(event: WireEvent): boolean {
    return this.#status === 'partial' || super.isGood(event)
  }

  /** Item `index` has failed before it was sent. */
  refuse(index: number, error: Error): void {
    const failure = { index, error }
    this.#failures.add(failure)
    this.#refused.push(failure)
    this.#done.add(index, index + 1)
  }

  protected override value(): BatchOutcome<T> {
    const { policy, total } = this.#rules
    for (const { index, error } of this.#refused) policy.fail(index, error)
    // Of a text all items have been found, then.
    const isAll = total === Infinity && this.#status === 'complete'
    const missing = isAll ? [] : this.#done.missing(total)
    return {
      status: this.#status,
      results: policy.results(missing),
      completed: this.#done.size,
      missing,
      failures: this.#failures.list(),
      failuresOmitted: this.#failures.omitted,
    }
  }

  #add(start: number, end: number): void {
    this.#done.add(start, end)
    this.#doneCount += end - start
  }

  #read(
    event: WireEvent,
    first: number,
    whole: boolean,
    values?: ReadonlyMap<number, unknown>,
  ): void {
    const { policy, isText } = this.#rules
    const { bytes, attachments, ran } = event
    const { blocks, failures } = outcomeParts(event, isText)
    for (const { start, count, offset, length } of blocks) {
      const from = first + start
      const refused: ItemFailure[] = []
      const known = values?.get(offset)
      const block = { first: from, count, bytes, offset, length, attachments, ran, values: known }
      policy.keep(block, (index, error) => refused.push({ index, error }))
      for (const failure of refused) this.#tell(failure)
      if (!whole) this.#add(from, from + count)
    }
    for (const { start, offset, length, place } of failures) {
      const index = first + start
      this.#fail({ index, bytes, offset, length }, place)
      if (!whole) this.#done.add(index, index + 1)
    }
  }

  /** A failure that the host has found. */
  #tell({ index, error }: ItemFailure): void {
    const { policy, first } = this.#rules
    this.#failures.add({ index: first + index, error })
    policy.fail(index, error)
  }

  #fail(failure: ItemError, place: TextPlace | undefined): void {
    const { policy, first } = this.#rules
    const { index, length } = failure
    const isTold = length > 0
    const error =
      isTold || policy.needsErrors ? itemError(failure, this.call, this.readers.decoder) : undefined
    const told: ItemFailure = { index: first + index, error: error! }
    if (place !== undefined) told.offset = place.offset
    this.#failures.add(isTold ? told : undefined)
    policy.fail(index, error, place)
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
