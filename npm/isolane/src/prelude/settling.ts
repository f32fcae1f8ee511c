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
  /** Indices that wait, in no order; settled ones are removed. */
  readonly #waiting = new Set<number>()
  #rejectedAt = Infinity
  #reason: unknown

  constructor(results: unknown[]) {
    this.#results = results
  }

  /** Follows `promise`; its result becomes result `index`. */
  adopt(promise: PromiseLike<unknown>, index: number): void {
    setAdd(this.#waiting, index)
    promiseThen(
      promiseResolve(promise) as Promise<unknown>,
      (value) => {
        setDelete(this.#waiting, index)
        this.#results[index] = value
      },
      (reason) => {
        setDelete(this.#waiting, index)
        if (index >= this.#rejectedAt) return
        this.#rejectedAt = index
        this.#reason = reason
      },
    )
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
const setAdd = bind.bind(Set.prototype.add) as (set: Set<number>, value: number) => void
const setDelete = bind.bind(Set.prototype.delete) as (set: Set<number>, value: number) => void
const setForEach = bind.bind(Set.prototype.forEach) as (
  set: Set<number>,
  visit: (value: number) => void,
) => void
