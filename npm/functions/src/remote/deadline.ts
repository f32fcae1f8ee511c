/**
 * A moment by which something must be done. A server that hangs looks like one that is down.
 *
 * Time is counted from its making, over all that is raced against it.
 */
export class Deadline {
  readonly #late: Promise<never>
  readonly #timer: NodeJS.Timeout

  /** @param late what then is wrong */
  constructor(ms: number, late: () => Error) {
    let reject: (error: Error) => void
    this.#late = new Promise<never>((_, refuse) => (reject = refuse))
    // It may pass while nothing is raced against it.
    this.#late.catch(() => {})
    this.#timer = setTimeout(() => reject(late()), ms)
  }

  /** What `work` gives, unless it is late. What becomes of it then is of no interest. */
  race<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {})
    return Promise.race([work, this.#late])
  }

  /** It is done. */
  clear(): void {
    clearTimeout(this.#timer)
  }
}
