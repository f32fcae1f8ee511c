import { AsyncResource } from 'node:async_hooks'
import type { Job } from '../addon/channel.js'
import type { JobShape } from '../addon/outbox.js'
import type { Call } from '../calls/call.js'
import type { FunctionHandle } from '../functions/handles.js'
import type { BatchOptions, OutcomeOptions } from '../options/call.js'
import type { BatchOutcome, OnError } from '../options/outcome.js'
import { CODEC, isText, Operation } from '../protocol.js'
import type { ItemList } from '../values/items.js'
import { isTextInput, type TextInput } from '../values/text.js'
import type { RefuseItem } from './feeder.js'
import { BatchJob, type JobReaders, type Settle } from './job.js'
import { policyFor, type OnErrorPolicy } from './on-error.js'
import { OutcomeJob } from './outcome-job.js'
import { isListResults, type Results } from './results.js'
import { JoinedResults } from './text-results.js'

/** A call over items, before it becomes a job. */
export interface Batch<T> {
  operation: JobShape['operation']
  call: Call
  /** What `reduce` maps by. */
  second?: FunctionHandle | undefined
  items: ItemList | TextInput
  /** What results are on the wire: 0 for the codec's values (default), else as raw memory. */
  outputKind?: number
  options: BatchOptions & OutcomeOptions
  /** What the results are put into. */
  results: Results<T>
}

const MAX_FAILURES = 1000
/** To an isolate: tell every failure. */
const ALL_FAILURES = 0xffff_ffff

/** What the job of a call over items is. */
export function batchShape(batch: Batch<unknown>): JobShape {
  const { onError = 'reject', maxFailures = MAX_FAILURES, chunkSize = 0 } = batch.options
  const joined = batch.results instanceof JoinedResults
  return {
    operation: batch.operation,
    second: batch.second?.key,
    inputKind: batch.items.kind,
    outputKind: batch.outputKind ?? CODEC,
    maxFailures: failuresTold(onError, maxFailures),
    salvage: isPartial(batch.options),
    chunkSize,
    target: isAllOrNothing(batch.options) ? batch.results.target : undefined,
    sought: isText(batch.items.kind),
    joined,
    quiet: joined && batch.options.onProgress === undefined,
    continues: false,
    warmUp: false,
  }
}

/** What takes the chunks of a call over items. */
interface BatchSink {
  job: Job
  /** Takes items that cannot be sent; undefined where one ends the call. */
  refuse: RefuseItem | undefined
}

/** What takes the chunks of `batch`. It settles with an outcome where the options ask for one. */
export function batchJob<T>(
  batch: Batch<T>,
  readers: JobReaders,
  settle: Settle<T | BatchOutcome<T>>,
): BatchSink {
  const { call, items, options, results } = batch
  const { onError = 'reject', maxFailures = MAX_FAILURES } = options
  const onProgress = inContext(options.onProgress)
  const total = isTextInput(items) ? Infinity : items.length
  if (isAllOrNothing(options)) {
    const first = firstIndex(items)
    const job = new BatchJob(call, readers, settle, results, total, first, onProgress)
    return { job, refuse: undefined }
  }
  const policy = policyOf(batch)
  const rules = {
    policy,
    areValues: isListResults(results),
    partial: isPartial(options),
    maxFailures,
    total,
    first: firstIndex(items),
    isText: isTextInput(items),
    onProgress,
  }
  const job = new OutcomeJob(call, readers, settle, rules)
  const refuse: RefuseItem = (index, error) => job.refuse(index, error)
  return { job, refuse: onError === 'reject' ? undefined : refuse }
}

/** What becomes of items that fail. It has indices of the job's own, from 0. */
export function policyOf<T>({ operation, items, options, results }: Batch<T>): OnErrorPolicy<T> {
  const { onError = 'reject' } = options
  const first = firstIndex(items)
  const replace = typeof onError === 'function' ? inContext(onError)! : undefined
  const handler = replace
    ? (item: unknown, index: number, error: Error): unknown => replace(item, first + index, error)
    : onError
  return policyFor(handler, results, items, operation === Operation.Filter)
}

/** Index in the whole input of a job's first item. */
function firstIndex(items: ItemList | TextInput): number {
  return isTextInput(items) ? (items.origin?.index ?? 0) : 0
}

/** Whether the items are needed when the call has ended. */
export function needsItems({ operation, options: { onError } }: Batch<unknown>): boolean {
  return operation === Operation.Filter || onError === 'original' || typeof onError === 'function'
}

function isPartial({ onTimeout }: OutcomeOptions): boolean {
  return onTimeout === 'partial'
}

/** Whether a call gives all its results or rejects. */
export function isAllOrNothing(options: OutcomeOptions): boolean {
  return (options.onError ?? 'reject') === 'reject' && !isPartial(options)
}

/** How many failures an isolate tells in full; 0 where the first one ends the call. */
function failuresTold(onError: OnError, maxFailures: number): number {
  if (onError === 'reject') return 0
  return onError === 'settle' || typeof onError === 'function'
    ? ALL_FAILURES
    : Math.max(1, maxFailures)
}

/** A callback that runs in the async context of the call. */
function inContext<F extends (...parameters: any[]) => any>(callback: F | undefined) {
  return callback && AsyncResource.bind(callback)
}
