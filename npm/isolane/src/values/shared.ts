import type { Encoder } from '../codec/index.js'
import { InvalidTypeError } from '../errors/errors.js'
import { FreezeMode, SHARED_HEAD, SharedForm } from '../protocol.js'
import { isPlainJson } from './plain-json.js'

/** What a shared value needs of its pool. */
export interface SharedHost {
  /**
   * Encodes the value and hands it over. Returns its key.
   *
   * @throws {PoolClosedError} the pool is closed
   */
  share(name: string, value: unknown, mode: number): number
  /** Lets a key go. */
  withdraw(key: number): void
}

/**
 * Lets go of what was never disposed of, once nobody can reach it. What is registered here lives as
 * long as the value; the host's pool may refer to the value in turn, by a listener, and so must not.
 */
const abandoned = new FinalizationRegistry<{
  host: WeakRef<SharedHost>
  key: { current: number }
}>(({ host, key }) => host.deref()?.withdraw(key.current))

/** Options of `pool.share`. */
export interface ShareOptions {
  /**
   * `'deep'` (default): everything in the value is read-only. `'objects'`: all but the elements of
   * arrays. V8 reads frozen arrays slowly in `every`, `for…of` and the like (a rule engine that
   * walks shared rules took 1.5 times as long), so code that is trusted not to write to them may
   * want this.
   */
  freeze?: 'deep' | 'objects'
}

/**
 * A value that stays in the isolates: encoded once by `pool.share`, decoded once per isolate at
 * first use, deeply frozen there. JavaScript cannot freeze the elements of typed arrays, and what
 * Maps, Sets and Dates hold only against their own methods: a function that writes to them by
 * other means changes its own isolate's copy. A SharedArrayBuffer (node engine) stays writable, and
 * is one memory for all.
 */
export class SharedValue {
  readonly #host: SharedHost
  readonly #key: { current: number }
  readonly #mode: number
  #disposed = false

  /** @internal */
  constructor(
    host: SharedHost,
    /** The name by which functions find it: `shared.<name>`. */
    readonly name: string,
    value: unknown,
    { freeze = 'deep' }: ShareOptions = {},
  ) {
    this.#host = host
    this.#mode = freeze === 'deep' ? FreezeMode.Deep : FreezeMode.Objects
    this.#key = { current: host.share(name, value, this.#mode) }
    abandoned.register(this, { host: new WeakRef(host), key: this.#key }, this)
  }

  /** Replaces the value for calls made from now on; running ones keep theirs. */
  async update(value: unknown): Promise<void> {
    this.#assertAlive()
    const previous = this.#key.current
    this.#key.current = this.#host.share(this.name, value, this.#mode)
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

/** The payload of a shared value: its head, and then the value. */
export function encodeShared(
  encoder: Encoder,
  name: string,
  value: unknown,
  mode: number,
): Uint8Array {
  const asJson = isPlainJson(value)
  const encoded = asJson
    ? encoder.encode(JSON.stringify(value))
    : encoder.encode(value, `shared.${name}`)
  const payload = new Uint8Array(SHARED_HEAD + encoded.length)
  payload[0] = mode
  payload[1] = asJson ? SharedForm.JsonText : SharedForm.Value
  payload.set(encoded, SHARED_HEAD)
  return payload
}
