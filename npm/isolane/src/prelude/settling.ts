const promiseResolve = Promise.resolve.bind(Promise)
const promiseThen = Function.prototype.call.bind(Promise.prototype.then) as (
  self: Promise<unknown>,
  fulfilled: (value: unknown) => void,
  rejected: (reason: unknown) => void,
) => Promise<unknown>

/** Whether awaiting `value` would call its `then`. */
export function isThenable(value: object): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown }).then === 'function'
}

/** How the promises of a chunk stand once its microtasks have run dry. */
export type Verdict =
  | { status: 'fulfilled' }
  | { status: 'rejected'; index: number; reason: unknown }
  | { status: 'pending'; index: number }

/** The promises that the functions of one chunk returned, and where their results go. */
export class Settling {
  readonly #results: unknown[]
  readonly #onRejection: ((index: number, reason: unknown) => void) | undefined
  /** Indices without a result, in no order. */
  readonly #waiting = new Set<number>()
  #rejectedAt = Infinity
  #reason: unknown
  #pending = 0
  /** Called when a promise has settled. */
  onSettled: (() => void) | undefined

  /** @param onRejection takes rejections, which then count as settled */
  constructor(results: unknown[], onRejection?: (index: number, reason: unknown) => void) {
    this.#results = results
    this.#onRejection = onRejection
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
    return setHas(this.#waiting, index)
  }

  /** Follows `promise`; its result becomes result `index`. */
  adopt(promise: PromiseLike<unknown>, index: number): void {
    const followed = promiseResolve(promise) as Promise<unknown>
    setAdd(this.#waiting, index)
    this.#pending++
    promiseThen(
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
      this.#results[index] = value
      setDelete(this.#waiting, index)
    } catch (error) {
      // A typed array takes numbers or bigints only.
      this.#reject(index, error)
    }
  }

  #reject(index: number, reason: unknown): void {
    if (this.#onRejection !== undefined) {
      setDelete(this.#waiting, index)
      this.#onRejection(index, reason)
    } else if (index < this.#rejectedAt) {
      this.#rejectedAt = index
      this.#reason = reason
    }
  }

  /** Visits the indices without a result, in order. */
  forEachLacking(visit: (index: number) => void): void {
    setForEach(this.#waiting, visit)
  }

  /** The lowest rejection wins; without one, a promise that still waits can never settle. */
  verdict(): Verdict {
    if (this.#rejectedAt !== Infinity) {
      return { status: 'rejected', index: this.#rejectedAt, reason: this.#reason }
    }
    let index = Infinity
    setForEach(this.#waiting, (waiting) => {
      if (waiting < index) index = waiting
    })
    return index === Infinity ? { status: 'fulfilled' } : { status: 'pending', index }
  }
}

const bind = Function.prototype.call
const setHas = bind.bind(Set.prototype.has) as (set: Set<number>, value: number) => boolean
const setAdd = bind.bind(Set.prototype.add) as (set: Set<number>, value: number) => void
const setDelete = bind.bind(Set.prototype.delete) as (set: Set<number>, value: number) => void
const setForEach = bind.bind(Set.prototype.forEach) as (
  set: Set<number>,
  visit: (value: number) => void,
) => void
