import { AsyncResource } from 'node:async_hooks'
import type { Job } from '../addon/channel.js'
import type { JobShape } from '../addon/outbox.js'
import type { Decoder } from '../codec/index.js'
import type { FunctionHandle } from '../functions/handles.js'
import type { BatchOptions, OutcomeOptions } from '../options/call.js'
import type { BatchOutcome, OnError } from '../options/outcome.js'
import { CODEC, Operation } from '../protocol.js'
import type { ItemList } from '../values/items.js'
import type { CallInfo } from './failures.js'
import { BatchJob, type Settle } from './job.js'
import { policyFor } from './on-error.js'
import { OutcomeJob } from './outcome-job.js'
import type { Results } from './results.js'

/** A call over items, before it becomes a job. */
export interface Batch<T> {
  operation: JobShape['operation']
  fn: FunctionHandle
  /** What `reduce` maps by. */
  second?: FunctionHandle | undefined
  items: ItemList
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
  return {
    operation: batch.operation,
    second: batch.second?.key,
    inputKind: batch.items.kind,
    outputKind: batch.outputKind ?? CODEC,
    maxFailures: failuresTold(onError, maxFailures),
    salvage: isPartial(batch.options),
    chunkSize,
    target: isAllOrNothing(batch.options) ? batch.results.target : undefined,
    continues: false,
  }
}

/** What takes the chunks of a call over items. It settles with an outcome where the options ask for one. */
export function batchJob<T>(
  batch: Batch<T>,
  call: CallInfo,
  decoder: Decoder,
  settle: Settle<T | BatchOutcome<T>>,
): Job {
  const { operation, items, options, results } = batch
  const { onError = 'reject', maxFailures = MAX_FAILURES } = options
  const onProgress = inContext(options.onProgress)
  const total = items.length
  if (isAllOrNothing(options)) {
    return new BatchJob(call, decoder, settle, results, total, onProgress)
  }
  const handler = typeof onError === 'function' ? inContext(onError)! : onError
  const policy = policyFor(handler, results, items, operation === Operation.Filter)
  const rules = { policy, partial: isPartial(options), maxFailures, total, onProgress }
  return new OutcomeJob(call, decoder, settle, rules)
}

/** Whether the items are needed when the call has ended. */
export function needsItems({ operation, options: { onError } }: Batch<unknown>): boolean {
  return operation === Operation.Filter || onError === 'original' || typeof onError === 'function'
}

function isPartial({ onTimeout }: OutcomeOptions): boolean {
  return onTimeout === 'partial'
}

function isAllOrNothing(options: OutcomeOptions): boolean {
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
