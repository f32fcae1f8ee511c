import { PromiseResolve, PromiseThen, SafeSet } from '../../codec/shared/primordials.js'

/** How the promises of a chunk stand once its microtasks have run dry. */
export type Ending =
  | { status: 'fulfilled' }
  | { status: 'rejected'; index: number; reason: unknown }
  | { status: 'pending'; index: number }

/** The promises that the functions of one chunk returned, and where their results go. */
export class Settling {
  readonly #results: unknown[]
  readonly #onRejection: ((index: number, reason: unknown) => void) | undefined
  readonly #resultOf: ((index: number, value: unknown) => unknown) | undefined
  /** Indices without a result, in no order. */
  readonly #waiting = new SafeSet<number>()
  #rejectedAt = Infinity
  #reason: unknown
  #pending = 0
  /** Called when a promise has settled. */
  onSettled: (() => void) | undefined

  /**
   * @param onRejection takes rejections, which then count as settled
   * @param resultOf gives what stands for a value, or throws
   */
  constructor(
    results: unknown[],
    onRejection: ((index: number, reason: unknown) => void) | undefined,
    resultOf: ((index: number, value: unknown) => unknown) | undefined,
  ) {
    this.#results = results
    this.#onRejection = onRejection
    this.#resultOf = resultOf
  }

  /** How many promises have not settled. */
  get pending(): number {
    return this.#pending
  }

  /** Whether a promise was rejected, and that was not taken. */
  get isRejected(): boolean {
    return this.#rejectedAt !== Infinity
  }

  /** Whether the promise at `index` has no result yet, or was rejected and that was not taken. */
  lacks(index: number): boolean {
    return this.#waiting.has(index)
  }

  /** Follows `promise`; its result becomes result `index`. */
  adopt(promise: PromiseLike<unknown>, index: number): void {
    const followed = PromiseResolve(promise) as Promise<unknown>
    this.#waiting.add(index)
    this.#pending++
    PromiseThen(
      followed,
      (value) => {
        this.#fulfill(index, value)
        this.#settled()
      },
      (reason) => {
        this.#reject(index, reason)
        this.#settled()
      },
    )
  }

  #settled(): void {
    this.#pending--
    this.onSettled?.()
  }

  #fulfill(index: number, value: unknown): void {
    try {
      const resultOf = this.#resultOf
      this.#results[index] = resultOf === undefined ? value : resultOf(index, value)
      this.#waiting.delete(index)
    } catch (error) {
      // A typed array takes numbers or bigints only.
      this.#reject(index, error)
    }
  }

  #reject(index: number, reason: unknown): void {
    if (this.#onRejection !== undefined) {
      this.#waiting.delete(index)
      this.#onRejection(index, reason)
    } else if (index < this.#rejectedAt) {
      this.#rejectedAt = index
      this.#reason = reason
    }
  }

  /** Visits the indices without a result, in order. */
  forEachLacking(visit: (index: number) => void): void {
    this.#waiting.forEach(visit)
  }

  /** The lowest rejection wins; without one, a promise that still waits can never settle. */
  ending(): Ending {
    if (this.#rejectedAt !== Infinity) {
      return { status: 'rejected', index: this.#rejectedAt, reason: this.#reason }
    }
    let index = Infinity
    this.#waiting.forEach((waiting) => {
      if (waiting < index) index = waiting
    })
    return index === Infinity ? { status: 'fulfilled' } : { status: 'pending', index }
  }
}
