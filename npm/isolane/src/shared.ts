import { InvalidTypeError } from './errors.js'

/** What a shared value needs of its pool. */
export interface SharedHost {
  /** Encodes the value and hands it over. Returns its key. */
  publish(name: string, value: unknown): number
  /** Lets a key go. */
  withdraw(key: number): void
}

/** Lets go of what was never disposed of, once nobody can reach it. */
const abandoned = new FinalizationRegistry<{ host: SharedHost; key: { current: number } }>(
  ({ host, key }) => host.withdraw(key.current),
)

/**
 * A value that stays in the isolates: encoded once by {@link Pool.share}, decoded once per isolate
 * at first use, deeply frozen there. (The elements of typed arrays cannot be frozen in JavaScript;
 * a function that writes to them changes its own isolate's copy only.)
 */
export class SharedValue {
  readonly #host: SharedHost
  readonly #key: { current: number }
  #disposed = false

  /** @internal */
  constructor(
    host: SharedHost,
    /** The name by which functions find it: `shared.<name>`. */
    readonly name: string,
    value: unknown,
  ) {
    this.#host = host
    this.#key = { current: host.publish(name, value) }
    abandoned.register(this, { host, key: this.#key }, this)
  }

  /** Replaces the value for calls made from now on; running ones keep theirs. */
  async update(value: unknown): Promise<void> {
    this.#assertAlive()
    const previous = this.#key.current
    this.#key.current = this.#host.publish(this.name, value)
    this.#host.withdraw(previous)
  }

  /** Lets the value go once the calls that use it have ended. Disposing twice does nothing. */
  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    abandoned.unregister(this)
    this.#host.withdraw(this.#key.current)
  }

  /** Same as {@link dispose}. */
  [Symbol.dispose](): void {
    this.dispose()
  }

  /** @internal The key of the value as it is now, for a call on `host`. */
  keyFor(host: SharedHost): number {
    this.#assertAlive()
    if (host !== this.#host) {
      throw new InvalidTypeError(`The shared value '${this.name}' belongs to another pool`)
    }
    return this.#key.current
  }

  #assertAlive(): void {
    if (this.#disposed) {
      throw new InvalidTypeError(`The shared value '${this.name}' has been disposed of`)
    }
  }
}
