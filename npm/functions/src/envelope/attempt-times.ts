import type { CallTiming, MapOptions } from 'isolane'

/** Where the time of a call went, in milliseconds: that of all attempts together. */
export interface CallTimes {
  /** Waiting for a worker. */
  readonly queued: number
  /** On workers, from the first that began to the last that was done. */
  readonly run: number
  /** What the event loop spent writing input for the workers. */
  readonly encode: number
  /** What it spent reading results. */
  readonly decode: number
  /** From the call to its end: all of these, looking for the function and its data, interceptors, pauses between attempts. */
  readonly total: number
}

/** How long the attempts of a call took, and where the last of them ran. */
export class AttemptTimes {
  #sum = { queued: 0, run: 0, encode: 0, decode: 0 }
  #workers: readonly number[] = []

  /** Ids of the workers that the last attempt ran on. */
  get workers(): readonly number[] {
    return this.#workers
  }

  /** The only one of these. */
  get worker(): number | undefined {
    return this.#workers.length === 1 ? this.#workers[0] : undefined
  }

  /** @param total milliseconds of the call so far */
  upTo(total: number): CallTimes {
    return { ...this.#sum, total }
  }

  /** The options of the next attempt, by which the pool tells of it. */
  asking(options: MapOptions): MapOptions {
    const { onTiming } = options
    this.#workers = []
    // What is no function, the pool refuses.
    if (onTiming !== undefined && typeof onTiming !== 'function') return options
    const heard = (timing: CallTiming): void => {
      this.#add(timing)
      onTiming?.(timing)
    }
    return { ...options, onTiming: heard }
  }

  #add({ queued, run, encode, decode, workers }: CallTiming): void {
    const sum = this.#sum
    sum.queued += queued
    sum.run += run
    sum.encode += encode
    sum.decode += decode
    this.#workers = workers
  }
}
