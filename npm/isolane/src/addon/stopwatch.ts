/** How long calls take, for those who ask. */

import { PromiseThen } from '../codec/shared/primordials.js'
import type { CallTimer, WatchedCall } from './call-name.js'
import type { Job } from './channel.js'
import type { WireEvent } from './inbox.js'
import { guarded, now } from './timers.js'

/** Where the time of a call went, in milliseconds. */
export interface CallTiming {
  /** From the call until a worker began with it; of one that none began with, until its end. Of `reduce` both waits: for its chunks, and for what they gave. */
  queued: number
  /** From then until no worker ran it any more: for a call over items, until the last of its chunks was done. Of `reduce` both runs. */
  run: number
  /** What the event loop spent writing arguments and items for the workers, part of it while they ran. */
  encode: number
  /** What it spent reading results, and in callbacks that are called for these. */
  decode: number
  /** Ids of the workers that ran it, as in `pool.status()`, in ascending order; of `run` there is one at most. */
  workers: readonly number[]
}

/** Measures one call. */
export class Stopwatch implements CallTimer {
  #queued = 0
  #run = 0
  #encode = 0
  #decode = 0
  readonly #workers = new Set<number>()
  #isSent = false
  #isHeld = false
  readonly #tell: (timing: CallTiming) => void

  constructor(tell: (timing: CallTiming) => void) {
    this.#tell = tell
  }

  encoding<T>(work: () => T): T {
    const since = now()
    try {
      return work()
    } finally {
      this.#encode += now() - since
    }
  }

  decoding<T>(work: () => T): T {
    const since = now()
    try {
      return work()
    } finally {
      this.#decode += now() - since
    }
  }

  ran({ number, ran, bytes, offset, count }: WireEvent): void {
    this.#queued += number
    this.#run += ran
    for (let i = 0; i < count; i++) this.#workers.add(wordAt(bytes, offset + 4 * i))
  }

  /**
   * What `settled` gives for `open`, which sends the call: once that settles, it is told, where the caller is now.
   */
  following<T, S>(
    open: (settle: S) => number,
    settled: (followed: (settle: S) => number) => Promise<T>,
  ): Promise<T> {
    const end = settled((settle) => {
      const id = open(settle)
      this.#isSent = true
      return id
    })
    return this.#isHeld ? end : this.#told(end)
  }

  /** What `work` gives, which sends the call as several jobs: once it settles, it is told. */
  over<T>(work: () => Promise<T>): Promise<T> {
    this.#isHeld = true
    return this.#told(work())
  }

  #told<T>(end: Promise<T>): Promise<T> {
    const told = (value: unknown): unknown => {
      this.#end()
      return value
    }
    const failed = (error: unknown): never => {
      this.#end()
      throw error
    }
    return PromiseThen(end, told, failed) as Promise<T>
  }

  #end(): void {
    if (!this.#isSent) return
    const timing = {
      queued: this.#queued,
      run: this.#run,
      encode: this.#encode,
      decode: this.#decode,
      workers: [...this.#workers].sort((one, other) => one - other),
    }
    guarded(() => this.#tell(timing))
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  const high = (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
  return (bytes[at]! | (bytes[at + 1]! << 8) | high) >>> 0
}

/** A job whose results are read under the eyes of its call's timer, if it has one. */
export function timed(job: Job): Job {
  const { timer } = job.call
  return timer === undefined ? job : new TimedJob(job, timer)
}

class TimedJob implements Job {
  readonly call: WatchedCall

  constructor(
    private readonly job: Job,
    private readonly timer: CallTimer,
  ) {
    this.call = job.call
  }

  chunk(event: WireEvent): void {
    this.timer.decoding(() => this.job.chunk(event))
  }

  end(event: WireEvent): void {
    this.timer.decoding(() => this.job.end(event))
  }

  fail(error: unknown): void {
    this.job.fail(error)
  }
}
