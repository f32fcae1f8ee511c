import type { Clock } from './clock.js'
import type { DataSettings } from './options.js'

type Limits = Pick<DataSettings<unknown>, 'ttl' | 'staleWhileRevalidate' | 'staleIfError'>

/** How old data is, and whether that is too old. */
export class Age {
  /** Loads that have failed since the last that succeeded. */
  failures = 0
  #loadedAt: number | undefined
  #staleAt = Infinity

  constructor(
    private readonly limits: Limits,
    private readonly clock: Clock,
  ) {}

  /** Milliseconds since the last load that succeeded. */
  get age(): number | undefined {
    return this.#loadedAt === undefined ? undefined : this.clock.now() - this.#loadedAt
  }

  get isStale(): boolean {
    return this.clock.now() >= this.#staleAt
  }

  /** Whether calls may still have it. */
  get isUsable(): boolean {
    const over = this.clock.now() - this.#staleAt
    const { staleIfError, staleWhileRevalidate } = this.limits
    return over < 0 || over <= (this.failures > 0 ? staleIfError : staleWhileRevalidate)
  }

  /** @param isOutdated it may be from before the last invalidation */
  loaded(isOutdated: boolean): void {
    this.failures = 0
    this.#loadedAt = this.clock.now()
    this.#staleAt = isOutdated ? this.#loadedAt : this.#loadedAt + this.limits.ttl
  }

  failed(): void {
    this.failures++
  }

  /** It has changed at its source. */
  invalidate(): void {
    this.#staleAt = Math.min(this.#staleAt, this.clock.now())
  }

  /** There is none any more. */
  reset(): void {
    this.#loadedAt = undefined
    this.#staleAt = Infinity
  }
}
