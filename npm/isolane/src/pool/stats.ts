import type { CallName } from '../addon/call-name.js'
import { ask } from '../addon/failure.js'
import type { NativePool } from '../addon/native.js'

/** What a worker does at the moment; see `pool.status()`. */
export interface WorkerStatus {
  /** Unique in the pool; a replacement gets a new one. */
  id: number
  /**
   * - `starting`: its isolate is being made
   * - `idle`: nothing to do
   * - `running`: it runs a function
   * - `stopping`: the function was interrupted (timeout, abort, a failure elsewhere) and has not
   *   come back yet
   * - `lost`: it was given up, and its thread has not come back: it keeps its memory, and a core for
   *   as long as it computes. A replacement gets another `id`
   * - `stopped`: the pool has been closed, or no worker could start here. Then another is tried while
   *   the others work, and gets another `id`
   */
  state: 'starting' | 'idle' | 'running' | 'stopping' | 'lost' | 'stopped'
  /** Name of the function that runs; `undefined` when none does. */
  function: string | undefined
  /** The call that it runs for. */
  callId: string | undefined
  /** The tenant of that call. */
  tenant: string | undefined
  /** Items computed since the worker started. */
  itemsDone: number
  /** Heap in use, in bytes, as last measured (between calls). */
  heapUsed: number
  /** Since the worker started, in milliseconds. */
  age: number
}

/** A call that has not ended. */
export interface CallStatus {
  /** As given, or made for the call; a stream is one call, and so is a `patch`. */
  callId: string
  /** Name of the function. */
  function: string
  /** On whose behalf it runs. */
  tenant: string | undefined
}

/** What `pool.status()` gives: the workers, and beside them the calls. */
export interface PoolStatus extends Array<WorkerStatus> {
  /** Calls that have been started, the oldest first; at most 1000. A call of several jobs may be there several times. */
  running: CallStatus[]
  /** Calls that wait to be started, likewise. */
  queued: CallStatus[]
}

/** A distribution of times, in milliseconds; all 0 when there are none. The keys are piscina's. */
export interface Histogram {
  /** How many times there are. */
  count: number
  /** The same as `mean`. */
  average: number
  mean: number
  /** Standard deviation. */
  stddev: number
  min: number
  max: number
  /** The median: half of the times are at most this. The others likewise. */
  p50: number
  p75: number
  p90: number
  p95: number
  p97_5: number
  p99: number
  p99_9: number
}

/** What a pool has done so far; see `pool.stats()`. */
export interface PoolStats {
  /** Calls that ended well. */
  completed: number
  /** Calls that did not; one that gave a partial outcome is among them. */
  failed: number
  /** Calls that wait to be started. */
  queued: number
  /** Calls that have been started and have not ended. */
  running: number
  /** What the caps have cut off; see `maxLogRecords`, `maxErrorKb` and `maxResultMb`. */
  truncated: {
    /** Log records that were shortened or dropped. */
    logs: number
    /** Errors that were shortened. */
    errors: number
    /** Calls that were ended because their results were too large. */
    results: number
  }
  /** Share of the workers' time that was spent running functions, 0 to 1. */
  utilization: number
  /** From start to end of calls. */
  run: Histogram
  /** From call to start, of calls that were started. */
  wait: Histogram
}

/** The addon's words for the states a reader can do nothing with apart. */
const STATES: Record<string, WorkerStatus['state']> = {
  claimed: 'idle',
  assigned: 'idle',
  resting: 'idle',
  draining: 'stopping',
}

/** By the number of a job that has not ended, its call. */
type CallOf = (job: number) => CallName | undefined

/** What the addon tells. */
export function nativeStatus(native: NativePool): NativeStatus {
  return JSON.parse(ask('tell its status', () => native.status())) as NativeStatus
}

/** A pool's status as the addon tells it. */
export function poolStatus({ workers, running, queued }: NativeStatus, callOf: CallOf): PoolStatus {
  const calls = (jobs: number[]) =>
    jobs.map(callOf).flatMap((call) => (call === undefined ? [] : [callStatus(call)]))
  const list = workers.map((worker) => workerStatus(worker, callOf))
  return Object.assign(list, { running: calls(running), queued: calls(queued) })
}

function callStatus({ callId, function: fn, tenant }: CallName): CallStatus {
  return { callId, function: fn, tenant }
}

function workerStatus(native: NativeWorker, callOf: CallOf): WorkerStatus {
  const { id, state, job, itemsDone, heapUsed, ageMs } = native
  const call = job === null ? undefined : callOf(job)
  return {
    id,
    state: STATES[state] ?? (state as WorkerStatus['state']),
    function: native.function ?? undefined,
    callId: call?.callId,
    tenant: call?.tenant,
    itemsDone,
    heapUsed,
    age: ageMs,
  }
}

/** As `crates/isolane/src/report.rs` serializes it. */
interface NativeStatus {
  workers: NativeWorker[]
  /** Jobs by number. */
  running: number[]
  queued: number[]
}

interface NativeWorker {
  id: number
  state: string
  function: string | null
  job: number | null
  itemsDone: number
  heapUsed: number
  ageMs: number
}
