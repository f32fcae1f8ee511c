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
   * - `stopped`: the pool has been closed
   */
  state: 'starting' | 'idle' | 'running' | 'stopping' | 'lost' | 'stopped'
  /** Name of the function that runs; `undefined` when none does. */
  function: string | undefined
  /** Items computed since the worker started. */
  itemsDone: number
  /** Heap in use, in bytes, as last measured (between calls). */
  heapUsed: number
  /** Since the worker started, in milliseconds. */
  age: number
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

/** A worker's status as the addon tells it. */
export function workerStatus(native: NativeStatus): WorkerStatus {
  const { id, state, itemsDone, heapUsed, ageMs } = native
  return {
    id,
    state: STATES[state] ?? (state as WorkerStatus['state']),
    function: native.function ?? undefined,
    itemsDone,
    heapUsed,
    age: ageMs,
  }
}

/** As `isolane_core::WorkerStatus` is serialized. */
export interface NativeStatus {
  id: number
  state: string
  function: string | null
  itemsDone: number
  heapUsed: number
  ageMs: number
}
