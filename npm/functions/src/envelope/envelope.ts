import type { IndexRange, ItemFailure, LogEntry } from 'isolane'

import type { CallTimes } from './attempt-times.js'
import { codeOf, type Fault, faultOf } from './faults.js'

/**
 * - `'ok'`: the function gave the data;
 * - `'partial'`: it gave some of them; of others it failed, or its time was up;
 * - `'fallback'`: it failed, and the data are what the caller wants then;
 * - `'error'`: it failed, and there are no data.
 */
export type CallStatus = 'ok' | 'partial' | 'fallback' | 'error'

/** Who makes a call; told to interceptors, and in the envelope. */
export type Trigger = 'api' | 'http' | 'timer' | 'internal' | 'debug'

/** What is known of a call whatever becomes of it. */
export interface CallFacts {
  /** Name of the function, without a version; of a `patch` those of its tasks. */
  readonly function: string
  /** The version that ran; `undefined` where there is no such function, or several, or it is not published. */
  readonly version: number | undefined
  /** What ran, with all that it requires: the same for the same texts only. */
  readonly linkHash: string | undefined
  /** The revision of the registry in which the call began. */
  readonly revision: number
  readonly callId: string
  /** As the caller gave it. */
  readonly traceId: string | undefined
  /** How often the pool was asked: 0 where it never was. */
  readonly attempts: number
  readonly trigger: Trigger
  /** Where its time went. */
  readonly timing: CallTimes
  /** Id of the worker that ran the last attempt, as in `pool.status()`; `undefined` for none, or several. */
  readonly worker: number | undefined
  /** With `logs: true`: what the function logged, in all attempts; the first 1000 lines. */
  readonly logs: readonly LogEntry[] | undefined
  /** Lines beyond those. */
  readonly logsOmitted: number
}

/** What `functions.call` gives. */
export interface Envelope<R = any> extends CallFacts {
  /** Whether there are data: `status` is not `'error'`. */
  readonly ok: boolean
  readonly status: CallStatus
  /** `'OK'`, `'PARTIAL'`, `'FALLBACK'`, or the error's. */
  readonly code: string
  readonly data: R | undefined
  /** Why the function gave no data; beside a fallback too. */
  readonly error: Error | undefined
  /** Whose fault that was. */
  readonly fault: Fault | undefined
  /** Items that failed, in order. Of `call` and `debug` none: what fails is the call, and `error` tells of it. */
  readonly failures: readonly ItemFailure[]
  /** Failures beyond those that are listed. */
  readonly failuresOmitted: number
  /**
   * Items that were gone through, those that failed among them; of `call` and `debug` 1 where the function has
   * given a result. A call that has failed as a whole has counted none.
   */
  readonly completed: number
  /** Items that were not. Of a call that has failed as a whole none are listed. */
  readonly missing: readonly IndexRange[]
}

/** What `functions.callAll` gives. */
export interface BatchEnvelope<R = any[]> extends Envelope<R> {
  /** Ids of all workers that ran the last attempt, in ascending order. */
  readonly workers: readonly number[]
}

/** What became of the items of a call. */
export type ItemCounts = Pick<Envelope, 'failures' | 'failuresOmitted' | 'completed' | 'missing'>

/** Of a call whose items, so many, have all given results; of 0, of one that has failed as a whole. */
export function allCompleted(completed: number): ItemCounts {
  return { failures: [], failuresOmitted: 0, completed, missing: [] }
}

/** What a call came to. */
export type CallEnd = Pick<Envelope, 'ok' | 'status' | 'code' | 'data' | 'error' | 'fault'>

function ended(data: unknown): CallEnd {
  return { ok: true, status: 'ok', code: 'OK', data, error: undefined, fault: undefined }
}

/** Of a call that has given data: of all items, or of a part. */
export function endOf(data: unknown, counts: ItemCounts): CallEnd {
  const { missing, failures, failuresOmitted } = counts
  const isWhole = missing.length + failures.length + failuresOmitted === 0
  return isWhole ? ended(data) : { ...ended(data), status: 'partial', code: 'PARTIAL' }
}

export function failed(error: Error): CallEnd {
  const [code, fault] = [codeOf(error), faultOf(error)]
  return { ok: false, status: 'error', code, data: undefined, error, fault }
}

export function fellBack(data: unknown, error: Error): CallEnd {
  return { ...failed(error), ok: true, status: 'fallback', code: 'FALLBACK', data }
}

/** An envelope. Property by property: each call makes one, and to copy three objects takes several times as long. */
export function whole(end: CallEnd, counts: ItemCounts, facts: CallFacts): Envelope {
  return {
    ok: end.ok,
    status: end.status,
    code: end.code,
    data: end.data,
    error: end.error,
    fault: end.fault,
    failures: counts.failures,
    failuresOmitted: counts.failuresOmitted,
    completed: counts.completed,
    missing: counts.missing,
    function: facts.function,
    version: facts.version,
    linkHash: facts.linkHash,
    revision: facts.revision,
    callId: facts.callId,
    traceId: facts.traceId,
    attempts: facts.attempts,
    trigger: facts.trigger,
    logs: facts.logs,
    logsOmitted: facts.logsOmitted,
    timing: facts.timing,
    worker: facts.worker,
  }
}
